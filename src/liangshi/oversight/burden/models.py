"""The city's cap on what mentors fill in."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Row
from liangshi.registry.people.models import Person


class BurdenCap(Row):
    """Hours a year that a mentor of fifteen students may be asked to fill in. The newest counts; all are public."""

    holds = Holds(c0="note")
    hours = models.DecimalField("小时", max_digits=4, decimal_places=1, validators=[MinValueValidator(0)])
    note = models.CharField("说明", max_length=200)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=100), name="cap_within_reason"),
            models.CheckConstraint(condition=~Q(note=""), name="cap_has_a_public_note"),
        )

    def __str__(self) -> str:
        return f"{self.hours} 小时"
