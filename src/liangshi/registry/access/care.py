"""About whom somebody may read because he accompanies him: the one rule behind pages, lists, search, talks, notes,
letters, drafts and feeds.

A right follows the relation and not the authorship: what was written about a student is the student's file. It begins
and ends at 00:00 in the city, on half-open days (`starts_on` ≤ day < `ends_on`), and is asked anew for every request.
A student is in somebody's care whose mentor or co-mentor he is today, or for whose mentor he stands in. Whoever leads
an open life event has the student in his care for that event alone; the room of talks says how far.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.people.models import Enrolment

Day = dt.date | OuterRef


def _bonds(day: Day) -> QuerySet[Mentorship]:
    return Mentorship.objects.filter(span_at(day))


def _covers(day: Day) -> QuerySet[Interim]:
    """Who stands in, for a relation that goes on."""
    return Interim.objects.filter(span_at(day), span_at(day, "mentorship__"))


def _students(bonds: QuerySet[Mentorship], covers: QuerySet[Interim]) -> Q:
    return Q(pk__in=bonds.values("student_id")) | Q(pk__in=covers.values("mentorship__student_id"))


def mentored(staff: UUID) -> Q:
    """As a filter of students: whose mentor or co-mentor he is today."""
    return Q(pk__in=_bonds(today()).filter(mentor=staff).values("student_id"))


def accompanied(staff: UUID) -> Q:
    """As a filter of students: who is in his care today."""
    return _students(_bonds(today()).filter(mentor=staff), _covers(today()).filter(caretaker=staff))


def charged(staff: UUID) -> Q:
    """As a filter of students: who is his to prompt for. Every student with a mentor is one person's: the caretaker's
    while there is one, else the mentor's."""
    held, covers = _bonds(today()).filter(kind=Kind.PRIMARY), _covers(today())
    mine = held.filter(mentor=staff).exclude(pk__in=covers.values("mentorship_id"))
    return _students(mine, covers.filter(caretaker=staff))


def in_care(who: str, student: str = "student") -> Q:
    """As a filter of rows: the post that the field `who` names has the student that `student` names in his care."""
    bonds = _bonds(today()).filter(mentor=OuterRef(who), student=OuterRef(student))
    covers = _covers(today()).filter(caretaker=OuterRef(who), mentorship__student=OuterRef(student))
    return Q(Exists(bonds)) | Q(Exists(covers))


def parted(person: UUID, written: str, student: str = "student") -> Q:
    """As a filter of rows: on the day that the field `written` names he had the student in his care or in his class,
    and today he has him no more."""
    return _beside(person, OuterRef(written), student) & ~_beside(person, today(), student)


def _beside(person: UUID, day: Day, student: str) -> Q:
    """Mentor, co-mentor, caretaker or 班主任, at whatever post of his."""
    his = OuterRef(student)
    bonds = _bonds(day).filter(mentor__person=person, student=his)
    covers = _covers(day).filter(caretaker__person=person, mentorship__student=his)
    advised = Enrolment.objects.filter(
        span_at(day),
        span_at(day, "class_group__posts__"),
        class_group__posts__staff__person=person,
        class_group__posts__is_adviser=True,
        student=his,
    )
    return Q(Exists(bonds)) | Q(Exists(covers)) | Q(Exists(advised))
