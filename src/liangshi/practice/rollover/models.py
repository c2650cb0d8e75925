"""学年结转: what was done when a school's year ended, so that it can be undone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal
from liangshi.practice.rollover.choices import RolloverState
from liangshi.registry.people.models import Person
from liangshi.registry.schools.models import SchoolYear


class Rollover(Personal):
    """One rollover of a year.

    `report`: the numbers that people were shown. `journal`: [[model, key, before, after], …], where before is null
    for a row that was made, and both have only the fields that changed (`registry.schools.rollover.Entry`).
    """

    holds = Holds(c1="state report", c2="journal")
    year = models.ForeignKey(SchoolYear, models.PROTECT, related_name="rollovers")
    state = models.CharField("状态", max_length=8, choices=RolloverState, default=RolloverState.DONE)
    graduated_on = models.DateField("毕业日期")
    report = models.JSONField(default=dict)
    journal = models.JSONField(default=list)
    run_at = models.DateTimeField("结转时间")
    run_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reversed_at = models.DateTimeField("撤回时间", null=True, blank=True)
    reversed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-run_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["year"], condition=Q(state=RolloverState.DONE), name="one_rollover_of_a_year"
            ),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.get_state_display()}"
