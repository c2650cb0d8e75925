"""交接信: written by the outgoing mentor and the student, read first by the next mentor."""

from __future__ import annotations

from django.db import models

from liangshi.foundation.base.models import Row
from liangshi.practice.relations.choices import HandOverState
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import Staff

LONGEST_HALF = 1000


class HandOver(Row):
    """One per ended relation that another mentor took over; both halves may stay empty.

    It has no place for what was said in confidence: talks of level 2 stay with their author.
    """

    ended = models.OneToOneField(Mentorship, models.PROTECT, related_name="hand_over")
    successor = models.ForeignKey(Staff, models.PROTECT, related_name="hand_overs")
    state = models.CharField("状态", max_length=10, choices=HandOverState, default=HandOverState.OPEN)
    mentor_half = models.TextField("导师的一半", max_length=LONGEST_HALF, blank=True)
    mentor_half_at = models.DateTimeField(null=True, blank=True)
    by_office = models.BooleanField("由学校代写", default=False)
    student_half = models.TextField("学生的一半", max_length=LONGEST_HALF, blank=True)
    student_half_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.ended.student} 交接信"
