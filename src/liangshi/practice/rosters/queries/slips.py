"""Who gets an activation slip.

An office hands out slips for its own people only. Whoever could do more with the account than the clerk may
(a leader, somebody of a bureau, a teacher of another school) gets it from those who gave him that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.foundation.base.wall import everywhere
from liangshi.practice.rosters.policy import STAFF_WRITE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import guardians
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.accounts.models import Account
from liangshi.registry.people.choices import ACTIVE, LEFT
from liangshi.registry.people.models import Enrolment, GuardianLink, Staff, StudentSpan
from liangshi.registry.schools.models import ClassGroup

ABOVE_THE_OFFICE = (Role.LEADER, Role.CITY, Role.COUNTY)


@dataclass(frozen=True, slots=True)
class Recipient:
    """An account, and how its slip is addressed. `student`: whom the log is about, for students and guardians."""

    account: Account
    name: str
    group: str
    student: UUID | None = None


def within_reach(actor: Actor) -> QuerySet[Account]:
    """Accounts that can do no more than this office may hand out."""
    day = today()
    grants = RoleGrant.objects.as_system("who may do more than this office")
    above = grants.filter(span_at(day), person=OuterRef("person"), role__in=ABOVE_THE_OFFICE)
    posts = Staff.objects.as_system("who teaches at another school too")
    teaches = posts.filter(person=OuterRef("person")).exclude(
        Q(school_id=actor.own_school) | Q(state__in=LEFT)
    )
    return Account.objects.filter(~Exists(above), ~Exists(teaches), is_active=True).select_related("person")


def _accounts_of(people: QuerySet[Any, Any] | list[UUID], accounts: QuerySet[Account]) -> dict[UUID, Account]:
    """Person → account. What somebody is at another school takes him out of reach, so all schools are asked."""
    with everywhere("what else an account opens decides who may print its slip"):
        return {account.person_id: account for account in accounts.filter(person__in=people)}


def dormant(actor: Actor) -> QuerySet[Account]:
    """Those within reach that nobody has activated yet."""
    return within_reach(actor).filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)


def of_staff(actor: Actor, accounts: QuerySet[Account]) -> list[Recipient]:
    staff = Staff.objects.seen_by(actor, STAFF_WRITE).exclude(state__in=LEFT)
    found = _accounts_of(staff.values("person_id"), accounts)
    return [
        Recipient(found[row.person_id], row.person.name, row.subject or row.get_post_display())
        for row in staff.select_related("person")
        if row.person_id in found
    ]


def of_students(group: ClassGroup, accounts: QuerySet[Account]) -> list[Recipient]:
    held = _places(group)
    found = _accounts_of(held.values("student__person_id"), accounts)
    return [
        Recipient(found[row.student.person_id], row.student.person.name, str(group), row.student_id)
        for row in held
        if row.student.person_id in found
    ]


def of_guardians(group: ClassGroup, accounts: QuerySet[Account]) -> list[Recipient]:
    """One slip a person, though he may have twins in the class."""
    links = (
        guardians(_places(group).values_list("student_id", flat=True))
        .select_related("person", "student__person")
        .order_by("student__person__search", "-is_primary")
    )
    found = _accounts_of(links.values("person_id"), accounts)
    recipients: dict[UUID, Recipient] = {}
    for link in links:
        if link.person_id in found:
            about = f"{group} {link.student.person.name}的{link.get_relation_display()}"
            recipients.setdefault(
                link.person_id, Recipient(found[link.person_id], link.person.name, about, link.student_id)
            )
    return list(recipients.values())


def _places(group: ClassGroup) -> QuerySet[Enrolment]:
    active = StudentSpan.objects.filter(span_at(today()), student=OuterRef("student"), state__in=ACTIVE)
    return (
        Enrolment.objects.of(class_group=group)
        .filter(Exists(active), span_at(today()))
        .select_related("student__person")
        .order_by("student__person__search")
    )


def account_of(actor: Actor, person_id: UUID) -> Account | None:
    """The account of one person, when it is within the office's reach."""
    return _accounts_of([person_id], within_reach(actor)).get(person_id)


def elsewhere(actor: Actor, people: Iterable[UUID]) -> set[tuple[UUID, str]]:
    """(school, name) of those who are guardians of a student of another school too."""
    links = GuardianLink.objects.as_system("at which other schools they have children")
    links = links.filter(span_at(today()), person__in=list(people))
    links = links.exclude(student__school=actor.own_school)
    return set(links.order_by().values_list("student__school_id", "person__name"))
