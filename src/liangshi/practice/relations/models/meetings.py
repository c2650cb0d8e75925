"""The first meeting of a student and a new mentor."""

from __future__ import annotations

from django.db import models

from liangshi.foundation.base.models import Row
from liangshi.registry.mentorships.models import Mentorship


class FirstMeeting(Row):
    """Where and when the two mean to meet, in the words of whoever wrote last; nobody has to fill it in."""

    mentorship = models.OneToOneField(Mentorship, models.CASCADE, related_name="first_meeting")
    note = models.CharField("第一次见面约在", max_length=60, blank=True)

    def __str__(self) -> str:
        return self.note
