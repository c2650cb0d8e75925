"""离岗: a mentor is away or gone, and each of his students is looked after until there is a successor."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liangshi.foundation.base.models import Row
from liangshi.practice.relations.choices import AWAY_NOW, AbsenceKind, AbsenceState
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import Person, Staff


class Absence(Row):
    """Why and how long a mentor is away. Never a medical text: only the kind from the list."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="absences")
    kind = models.CharField("情形", max_length=10, choices=AbsenceKind)
    state = models.CharField("状态", max_length=10, choices=AbsenceState)
    starts_on = models.DateField("从")
    back_on = models.DateField("预计返岗", null=True, blank=True)
    ended_on = models.DateField("办结", null=True, blank=True)
    registered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["staff"], condition=Q(state__in=sorted(AWAY_NOW)), name="away_for_one_reason"
            ),
            models.CheckConstraint(
                condition=~Q(kind=AbsenceKind.SHORT) | Q(back_on__isnull=False), name="short_leave_has_an_end"
            ),
        )

    def __str__(self) -> str:
        return f"{self.staff} {self.get_kind_display()}"


class Succession(Row):
    """The task of finding a successor for one student of a mentor who is gone. Closed once it has happened."""

    absence = models.ForeignKey(Absence, models.CASCADE, related_name="successions")
    mentorship = models.ForeignKey(Mentorship, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField("办结", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["absence", "mentorship"], name="succession_once"),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(closed_at__isnull=False),
                name="successor_closes_succession",
            ),
        )

    def __str__(self) -> str:
        return f"{self.mentorship.student} 接任"
