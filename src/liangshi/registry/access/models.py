"""Role grants: posts that do not follow from the roster, and the proposals from which they come."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal, span_at
from liangshi.foundation.records.decisions import Decision, by_another
from liangshi.foundation.records.models import Voidable
from liangshi.registry.access.choices import GRANTED, Does, Role, Way
from liangshi.registry.people.choices import LEFT
from liangshi.registry.people.models import Decided, Person, Staff
from liangshi.registry.schools.models import Bureau, Cohort, School

ROLES = [(role.value, role.label) for role in GRANTED]
DECIDED = ~Q(state=Decision.ASKED) & Q(decided_on__isnull=False)
AT_ONE_PLACE = (
    Q(role__in=[Role.CITY, Role.COUNTY], bureau__isnull=False, school__isnull=True)
    | Q(role__in=[Role.LEADER, Role.CLERK], bureau__isnull=True, school__isnull=False)
    | Q(role=Role.GRADE_HEAD, bureau__isnull=True, school__isnull=False, cohort__isnull=False)
)


class Office:
    """What is held at a place: a role, and for a head of a grade, of which."""

    cohort: Cohort | None

    if TYPE_CHECKING:

        def get_role_display(self) -> str: ...

    @property
    def office(self) -> str:
        """「年级组长（2026 级）」."""
        return f"{self.get_role_display()}（{self.cohort}）" if self.cohort else self.get_role_display()


class RoleGrant(Office, Personal):
    """A person holds a role at a bureau or a school, from a day to a day. None is without an end.

    One person proposed it and another agreed, neither of them the holder; `way` says which of the few exceptions it
    was where that is not so. What was ended before its day has `ended_at`, by whom and why, and may then be without a
    single day. `follows` is what it extends or replaces.
    """

    holds = Holds(c1="way", c2="role title reason ended_reason")
    person = models.ForeignKey(Person, models.CASCADE, related_name="grants")
    role = models.CharField("身份", max_length=12, choices=ROLES)
    bureau = models.ForeignKey(Bureau, models.CASCADE, null=True, blank=True, related_name="grants")
    school = models.ForeignKey(School, models.CASCADE, null=True, blank=True, related_name="grants")
    cohort = models.ForeignKey(Cohort, models.CASCADE, null=True, blank=True, related_name="grants")
    title = models.CharField("职务", max_length=20, blank=True)
    starts_on = models.DateField("起")
    ends_on = models.DateField("止")
    reason = models.CharField("依据", max_length=100)
    way = models.CharField("方式", max_length=8, choices=Way, default=Way.TWO)
    proposed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提出人"
    )
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="同意人"
    )
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )
    ended_reason = models.CharField("结束原因", max_length=100, blank=True)

    class Meta:
        ordering = ("starts_on",)
        constraints = (
            models.CheckConstraint(name="grant_at_one_place", condition=AT_ONE_PLACE),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")) | Q(ends_on=F("starts_on"), ended_at__isnull=False),
                name="grant_ends",
            ),
            models.CheckConstraint(
                condition=Q(way=Way.TWO, proposed_by__isnull=False, decided_by__isnull=False)
                | Q(way=Way.KEYBOARD, proposed_by__isnull=False, decided_by__isnull=True)
                | Q(way=Way.FOUNDING, role__in=[Role.CITY, Role.LEADER, Role.CLERK], decided_by__isnull=True)
                | Q(way=Way.EARLIER, proposed_by__isnull=True),
                name="grant_by_two",
            ),
            by_another("person", name="grant_decided_by_another"),
            by_another("proposed_by", name="grant_decided_by_another_than_proposed"),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True) | ~Q(proposed_by=F("person")),
                name="grant_proposed_by_another",
            ),
            models.UniqueConstraint(
                fields=["school"], condition=Q(way=Way.FOUNDING), name="one_founder_of_a_school"
            ),
            models.UniqueConstraint(
                fields=["bureau"], condition=Q(way=Way.FOUNDING), name="one_founder_of_a_bureau"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_reason="")
                | Q(ended_at__isnull=False) & ~Q(ended_reason=""),
                name="grant_ended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | ~Q(ended_by=F("person")), name="grant_ended_by_another"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()}"


def in_force(day: dt.date) -> Q:
    """Grants that hold on `day`. One at a school holds for nobody who has left it, whatever became of the grant."""
    posts = Staff.objects.filter(school=OuterRef("school"), person=OuterRef("person"))
    return span_at(day) & (~Exists(posts.filter(state__in=LEFT)) | Exists(posts.exclude(state__in=LEFT)))


class GrantProposal(Office, Decided, Voidable, Personal):
    """That somebody should hold a role, go on holding it, take it over, or lay it down (`does`).

    Who is meant is `person`, or where nobody has looked him up yet, a name, and at a school a 工号: whoever proposes from
    outside the school learns nothing of its staff. `former` is the grant that is extended, replaced or laid down, and
    `asked_as` the role in which it was proposed. `at_keyboard`: the operator decided it, who is no person here.
    """

    holds = Holds(c1="role state does", c2="name staff_no title reason")
    state = models.CharField("状态", max_length=8, choices=Decision, default=Decision.ASKED)
    does = models.CharField("做什么", max_length=8, choices=Does, default=Does.NEW)
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField("姓名", max_length=60)
    staff_no = models.CharField("工号", max_length=20, blank=True)
    role = models.CharField("身份", max_length=12, choices=ROLES)
    bureau = models.ForeignKey(Bureau, models.CASCADE, null=True, blank=True, related_name="+")
    school = models.ForeignKey(School, models.CASCADE, null=True, blank=True, related_name="+")
    cohort = models.ForeignKey(Cohort, models.CASCADE, null=True, blank=True, related_name="+")
    title = models.CharField("职务", max_length=20, blank=True)
    ends_on = models.DateField("止", null=True, blank=True)
    reason = models.CharField("依据", max_length=100)
    former = models.ForeignKey(RoleGrant, models.CASCADE, null=True, blank=True, related_name="+")
    at_keyboard = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("created_at",)
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            by_another("asked_by", name="proposal_decided_by_another"),
            by_another("person", name="proposal_decided_by_another_than_meant"),
            models.CheckConstraint(
                condition=Q(state=Decision.ASKED, decided_by__isnull=True, at_keyboard=False)
                | DECIDED & Q(decided_by__isnull=False, at_keyboard=False)
                | DECIDED & Q(decided_by__isnull=True, at_keyboard=True),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(does=Does.RESIGN) | ~Q(asked_by=F("person")),
                name="proposal_for_another",
            ),
            models.CheckConstraint(
                condition=Q(does=Does.NEW, former__isnull=True) | ~Q(does=Does.NEW) & Q(former__isnull=False),
                name="proposal_knows_what_it_changes",
            ),
            models.CheckConstraint(
                condition=Q(does=Does.RESIGN) | Q(ends_on__isnull=False), name="proposed_grant_ends"
            ),
            models.CheckConstraint(name="proposal_at_one_place", condition=AT_ONE_PLACE),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.get_role_display()}"

    @property
    def proposer(self) -> str:
        """The role in which it was proposed, in words."""
        return str(Role(self.asked_as).label)
