"""What concerns safety, as those who told it and those who deal with it may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import hand_out
from liangshi.foundation.base.models import span_at
from liangshi.practice.relations.choices import CONCERN_DAYS, NAMED_WITHIN, STANDS, UNDER_WAY
from liangshi.practice.relations.models import ChangeRequest, Concern
from liangshi.practice.relations.policy import CHANGE_DECIDE, CONCERN_CLOSE, CONCERN_FOLLOW, CONCERN_RAISE
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Interim, Mentorship
from liangshi.registry.people.models import Staff, Student
from liangshi.registry.schools.days import calendar_of, school_days_after

JOINED = ("student__person", "student__school", "mentorship__mentor__person", "about", "decided_by")


def answer_by(school_id: UUID, day: dt.date) -> dt.date:
    """Until when a concern that is told on `day` has an answer; after that it is due to the leaders too. A child's
    safety has no holidays: a week later at the latest."""
    by = school_days_after(day, CONCERN_DAYS, calendar_of(school_id, day))
    return min(by, day + dt.timedelta(weeks=1))


def concerns(actor: Actor) -> QuerySet[Concern]:
    """Those with which the actor may deal, the oldest first."""
    return Concern.objects.seen_by(actor, CONCERN_CLOSE).select_related(*JOINED)


def standing(actor: Actor) -> QuerySet[Concern]:
    """Those of them that nobody has closed."""
    return concerns(actor).filter(state__in=sorted(STANDS))


def answered(actor: Actor) -> QuerySet[Concern]:
    """Those of them that are closed, the latest first."""
    return concerns(actor).exclude(state__in=sorted(STANDS)).order_by("-decided_on", "-created_at")


def concern_for(actor: Actor, pk: UUID) -> Concern | None:
    row = concerns(actor).filter(pk=pk).first()
    return hand_out(row, "reason", "answer") if row else None


def own_concerns(actor: Actor) -> QuerySet[Concern]:
    """What the actor has told himself under this hat, the newest first."""
    told = Concern.objects.seen_by(actor, CONCERN_FOLLOW).select_related(*JOINED)
    return told.order_by("-created_at")


def told(actor: Actor) -> list[Concern]:
    """The same with what the school has answered."""
    return [hand_out(row, "answer") for row in own_concerns(actor)]


def own_standing(actor: Actor, student_id: UUID, about: Staff | None = None) -> Concern | None:
    """What he has told of a student (and this person) and is not closed yet."""
    rows = own_concerns(actor).filter(student=student_id, state__in=sorted(STANDS))
    return (rows.filter(mentorship__mentor=about) if about else rows).first()


def child_of(actor: Actor, student_id: UUID) -> Student | None:
    """The student for whom the actor may tell the school something that concerns safety."""
    found = Student.objects.seen_by(actor, CONCERN_RAISE).filter(pk=student_id)
    return found.select_related("person", "school").first()


@dataclass(frozen=True, slots=True)
class Beside:
    """An adult whom a student knows from a relation: who he is, and in which relation."""

    staff: Staff
    bond: Mentorship


def beside(student: Student) -> list[Beside]:
    """The mentors, co-mentors and caretakers of a student today and within a year, the latest first, each once."""
    since = today() - dt.timedelta(days=NAMED_WITHIN)
    recent = Q(ends_on__isnull=True) | Q(ends_on__gte=since)
    bonds = Mentorship.objects.as_system("whom a student may name").filter(student=student)
    cared = Interim.objects.as_system("whom a student may name").filter(recent, mentorship__in=bonds)
    rows = [
        (row.starts_on, row.ends_on is not None, row.mentor, row)
        for row in bonds.filter(recent).select_related("mentor__person")
    ] + [
        (row.starts_on, row.ends_on is not None, row.caretaker, row.mentorship)
        for row in cared.select_related("caretaker__person", "mentorship__mentor__person")
    ]
    found: dict[UUID, Beside] = {}
    for _, _, staff, bond in sorted(rows, key=lambda row: (row[1], -row[0].toordinal(), row[2].staff_no)):
        found.setdefault(staff.person_id, Beside(staff, bond))
    return list(found.values())


def stand_ins(bond: Mentorship) -> set[UUID]:
    """The persons who look after the student in place of the mentor today."""
    held = Interim.objects.as_system("who stands in").filter(span_at(today()), mentorship=bond)
    return set(held.values_list("caretaker__person", flat=True))


def of_safety(actor: Actor, rows: Iterable[ChangeRequest]) -> dict[UUID, Concern]:
    """Relation → a concern about it that stands and is the actor's to deal with, for these requests. One question."""
    found = standing(actor).filter(mentorship__in=[row.mentorship_id for row in rows])
    return {row.mentorship_id: row for row in found if row.mentorship_id}


def requests_beside(actor: Actor, concern: Concern) -> QuerySet[ChangeRequest]:
    """The requests for another mentor of this student that wait for the actor."""
    rows = ChangeRequest.objects.seen_by(actor, CHANGE_DECIDE).filter(state__in=sorted(UNDER_WAY))
    return rows.filter(mentorship__student=concern.student_id, mentorship__ends_on__isnull=True)


def mentor_now(concern: Concern) -> Staff | None:
    """The student's mentor today."""
    held = Mentorship.objects.of(student=concern.student).filter(ACTIVE_PRIMARY)
    bond = held.select_related("mentor__person").first()
    return bond.mentor if bond else None
