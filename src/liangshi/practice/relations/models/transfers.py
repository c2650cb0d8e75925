"""Students who may stay without a mentor for a time."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from liangshi.practice.relations.choices import Exempt
from liangshi.registry.people.models import OPEN, Person, Span, Student


class MentorExemption(Span):
    """Why a student has no mentor and may do without until a day; past that day it counts no more."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="mentor_exemptions")
    reason = models.CharField("原因", max_length=10, choices=Exempt)
    until = models.DateField("到哪一天")
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta(Span.Meta):
        constraints = (
            *Span.Meta.constraints,
            models.UniqueConstraint(fields=["student"], condition=OPEN, name="exempt_for_one_reason"),
            models.CheckConstraint(
                condition=Q(until__gte=F("starts_on")), name="exemption_until_after_its_start"
            ),
        )

    def __str__(self) -> str:
        return self.get_reason_display()
