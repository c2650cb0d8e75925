"""For whom a slip is meant, and who may say the second word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.foundation.base.wall import everywhere
from liangshi.foundation.records.decisions import Decision
from liangshi.practice.slips.choices import GOOD_DAYS, Kind, Whom
from liangshi.practice.slips.models import SlipLine, SlipRequest
from liangshi.practice.slips.policy import (
    SLIP_DECIDE,
    SLIP_FOR_OFFICERS,
    SLIP_FOR_STAFF,
    SLIP_FOR_STUDENTS,
    SLIP_PRINT,
)
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import guardians, officers
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant, in_force
from liangshi.registry.access.policy import BUREAUS
from liangshi.registry.accounts.models import Account, ActivationCode
from liangshi.registry.people.choices import ACTIVE, LEFT
from liangshi.registry.people.models import Enrolment, GuardianLink, Person, Staff, Student, StudentSpan
from liangshi.registry.schools.models import ClassGroup, School

ABOVE = (Role.LEADER, Role.CITY, Role.COUNTY)


@dataclass(frozen=True, slots=True)
class Recipient:
    """An account, and how its slip is addressed. `student`: whom the log is about, for students and guardians."""

    account: Account
    name: str
    group: str
    student: UUID | None = None


def requests(actor: Actor) -> QuerySet[SlipRequest]:
    """Those on which he may decide, and his own; what waits first, then the newest. How many accounts each is for:
    `people`; whose, where it is for several of the staff: `colleagues` (a bureau reads numbers)."""
    rows = SlipRequest.objects.seen_by(actor, SLIP_DECIDE)
    counted = rows.select_related("school", "asked_by", "decided_by").annotate(people=Count("lines"))
    lines = (
        SlipLine.objects.of(request=rows).filter(request__whom=Whom.STAFF).order_by("account__person__search")
    )
    named = lines.none() if actor.role in BUREAUS else lines.select_related("account__person")
    told = counted.prefetch_related(Prefetch("lines", named, to_attr="colleagues"))
    return told.order_by(F("decided_on").desc(nulls_first=True), "-created_at")


def request_to_print(actor: Actor, pk: UUID) -> SlipRequest | None:
    rows = SlipRequest.objects.seen_by(actor, SLIP_PRINT).filter(pk=pk)
    return rows.select_related("school", "student__person").first()


def about_oneself(actor: Actor) -> list[SlipRequest]:
    """What others have asked for an account that is in use: its owner reads it, whatever hat he wears."""
    with everywhere("whichever school asked for the reader's own account"):
        rows = SlipRequest.objects.as_system("requests about the reader's own account")
        mine = rows.filter(lines__account=actor.account_id).exclude(kind=Kind.FIRST)
        return list(mine.select_related("school", "asked_by", "decided_by"))


def own_school(actor: Actor) -> School:
    return School.objects.get(pk=actor.own_school)


def classes_of(actor: Actor) -> QuerySet[ClassGroup]:
    """The classes for which the actor may ask: none, where he asks for staff alone."""
    students = Student.objects.seen_by(actor, SLIP_FOR_STUDENTS)
    held = Enrolment.objects.of(student=students).filter(span_at(today()))
    return (
        ClassGroup.objects.filter(pk__in=held.values("class_group"))
        .select_related("cohort")
        .order_by("-cohort__entry_year", "track", "number")
    )


def staff_of(actor: Actor) -> QuerySet[Staff]:
    rows = Staff.objects.seen_by(actor, SLIP_FOR_STAFF).exclude(state__in=LEFT)
    return rows.select_related("person", "school")


def link_of(actor: Actor, pk: UUID) -> GuardianLink | None:
    """A guardian of today who may read: a restricted one gets no slip."""
    students = Student.objects.seen_by(actor, SLIP_FOR_STUDENTS)
    rows = GuardianLink.objects.of(student=students).filter(span_at(today()), restricted=False, pk=pk)
    return rows.select_related("person", "student__person").first()


def recipient(person: Person, group: str, student: UUID | None = None) -> Recipient | None:
    """One person, however his account stands; None where he has none that may sign in."""
    account = active_accounts().filter(person=person).select_related("person").first()
    return Recipient(account, person.name, group, student) if account else None


def own_to_print(actor: Actor) -> QuerySet[SlipRequest]:
    """What the actor asked for, another one agreed to in the last days, and has not been printed."""
    since = today() - dt.timedelta(GOOD_DAYS)
    rows = SlipRequest.objects.seen_by(actor, SLIP_PRINT).exclude(kind=Kind.MET)
    return rows.filter(state=Decision.AGREED, decided_on__gte=since, printed_at=None, stopped_at=None)


def officer_of(actor: Actor, pk: UUID) -> RoleGrant | None:
    """A leader or clerk of a school in the bureau's reach."""
    schools = School.objects.seen_by(actor, SLIP_FOR_OFFICERS)
    rows = RoleGrant.objects.as_system("who holds an office at a school").filter(
        in_force(today()), school__in=schools
    )
    return rows.filter(pk=pk).select_related("person", "school").first()


def of_staff(rows: QuerySet[Staff], accounts: QuerySet[Account]) -> list[Recipient]:
    found = _by_person(rows.values("person_id"), accounts)
    return [
        Recipient(found[row.person_id], row.person.name, row.subject or row.get_post_display())
        for row in rows
        if row.person_id in found
    ]


def _places(school: UUID, group: ClassGroup | None) -> QuerySet[Enrolment]:
    active = StudentSpan.objects.filter(span_at(today()), student=OuterRef("student"), state__in=ACTIVE)
    held = Enrolment.objects.as_system("the students of the school for whom a slip was asked")
    held = held.filter(Exists(active), span_at(today()), student__school=school)
    held = held.filter(class_group=group) if group else held
    return held.select_related("student__person", "class_group__cohort").order_by(
        "-class_group__cohort__entry_year", "class_group__number", "student__person__search"
    )


def of_students(
    school: UUID, accounts: QuerySet[Account], group: ClassGroup | None = None
) -> list[Recipient]:
    held = _places(school, group)
    found = _by_person(held.values("student__person_id"), accounts)
    return [
        Recipient(found[row.student.person_id], row.student.person.name, str(row.class_group), row.student_id)
        for row in held
        if row.student.person_id in found
    ]


def of_guardians(
    school: UUID, accounts: QuerySet[Account], group: ClassGroup | None = None
) -> list[Recipient]:
    """One slip a person, though he may have several children here."""
    held = list(_places(school, group))
    classes = {row.student_id: row.class_group for row in held}
    links = guardians(classes).select_related("person", "student__person").order_by("-is_primary", "pk")
    found = _by_person(links.values("person_id"), accounts)
    by_student: dict[UUID, list[GuardianLink]] = {}
    for link in links:
        by_student.setdefault(link.student_id, []).append(link)
    recipients: dict[UUID, Recipient] = {}
    for link in (link for row in held for link in by_student.get(row.student_id, ())):
        if link.person_id in found:
            about = f"{classes[link.student_id]} {link.student.person.name}的{link.get_relation_display()}"
            recipients.setdefault(
                link.person_id, Recipient(found[link.person_id], link.person.name, about, link.student_id)
            )
    return list(recipients.values())


def _by_person(people: QuerySet[Any, Any], accounts: QuerySet[Account]) -> dict[UUID, Account]:
    return {each.person_id: each for each in accounts.filter(person__in=people).select_related("person")}


def active_accounts() -> QuerySet[Account]:
    return Account.objects.filter(is_active=True)


def dormant() -> QuerySet[Account]:
    """Those that nobody has opened yet."""
    return active_accounts().filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)


def recipients(row: SlipRequest, accounts: QuerySet[Account]) -> list[Recipient]:
    """Who of a request's people still belongs to the school and may read, among `accounts`."""
    meant = accounts.filter(pk__in=row.lines.as_system("for whom it was asked").values("account"))
    if row.whom == Whom.STAFF:
        staff = Staff.objects.as_system("the staff for whom it was asked").filter(school=row.school_id)
        return of_staff(staff.exclude(state__in=LEFT).select_related("person"), meant)
    return {Whom.STUDENTS: of_students, Whom.GUARDIANS: of_guardians}[Whom(row.whom)](row.school_id, meant)


def leading(people: Iterable[UUID]) -> set[UUID]:
    """Those of these people who lead a school or sit in a bureau today."""
    with everywhere("what an account opens decides who says the second word"):
        grants = RoleGrant.objects.as_system("the same")
        held = grants.filter(in_force(today()), person__in=list(people), role__in=ABOVE)
        return set(held.values_list("person_id", flat=True))


def leads(people: Iterable[UUID]) -> bool:
    return bool(leading(people))


def working(people: Iterable[UUID], school: UUID) -> set[UUID]:
    """Those of these people who work at the school today, whatever else they are there."""
    with everywhere("what an account opens decides who says the second word"):
        posts = Staff.objects.as_system("the same").filter(school=school, person__in=list(people))
        return set(posts.exclude(state__in=LEFT).values_list("person_id", flat=True))


def gave_the_reset(account: Account) -> list[set[UUID]]:
    """The two behind each reset that was used since the account was last its owner's without a doubt."""
    used = ActivationCode.objects.filter(account=account, resets=True, used_at__gte=account.locked_at)
    rows = SlipRequest.objects.as_system("who gave the reset").filter(pk__in=used.values("request"))
    return [{asked, decided} for asked, decided in rows.values_list("asked_by", "decided_by")]


def officers_of(school: UUID) -> set[UUID]:
    """Who leads a school or sits in its office today."""
    return {grant.person_id for grant in officers(school)}


def waiting_to_be_met(account: Account, actor: Actor) -> SlipRequest | None:
    """That another one has met him, and the actor's word is still missing."""
    rows = SlipRequest.objects.seen_by(actor, SLIP_DECIDE).exclude(asked_by=actor.person_id)
    waits = rows.filter(kind=Kind.MET, state=Decision.ASKED, stopped_at=None, lines__account=account)
    return waits.select_related("school").first()
