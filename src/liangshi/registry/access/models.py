"""Role grants: posts that do not follow from the roster."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal
from liangshi.foundation.records.decisions import by_another
from liangshi.registry.access.choices import GRANTED, Role
from liangshi.registry.people.models import Person
from liangshi.registry.schools.models import Bureau, Cohort, School


class RoleGrant(Personal):
    """A person holds a role at a bureau or a school, from a day to a day. None is without an end."""

    holds = Holds(c2="role title reason")
    person = models.ForeignKey(Person, models.CASCADE, related_name="grants")
    role = models.CharField("身份", max_length=12, choices=[(role.value, role.label) for role in GRANTED])
    bureau = models.ForeignKey(Bureau, models.CASCADE, null=True, blank=True, related_name="grants")
    school = models.ForeignKey(School, models.CASCADE, null=True, blank=True, related_name="grants")
    cohort = models.ForeignKey(Cohort, models.CASCADE, null=True, blank=True, related_name="grants")
    title = models.CharField("职务", max_length=20, blank=True)
    starts_on = models.DateField("起")
    ends_on = models.DateField("止")
    reason = models.CharField("依据", max_length=100)
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )

    class Meta:
        ordering = ("starts_on",)
        constraints = (
            models.CheckConstraint(
                name="grant_at_one_place",
                condition=Q(role__in=[Role.CITY, Role.COUNTY], bureau__isnull=False, school__isnull=True)
                | Q(role__in=[Role.LEADER, Role.CLERK], bureau__isnull=True, school__isnull=False)
                | Q(role=Role.GRADE_HEAD, bureau__isnull=True, school__isnull=False, cohort__isnull=False),
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="grant_ends"),
            by_another("person", name="grant_decided_by_another"),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()}"
