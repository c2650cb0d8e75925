"""Who has not met his mentor yet: what the student is offered, and whom the office looks after.

Students are named by class. Nothing here is counted, grouped or ordered by mentor.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.talks.choices import CONTACT_WITHIN, UNSEEN_AFTER
from liangshi.practice.talks.models import ActivityStudent, TalkStudent, Unmet
from liangshi.practice.talks.policy import UNMET_HANDLE, UNMET_PRESS
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import allows
from liangshi.registry.access.queries import active, class_of, students
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import active_students
from liangshi.registry.people.models import Student
from liangshi.registry.people.queries import still_here
from liangshi.registry.schools.days import calendar_of, school_days_after

if TYPE_CHECKING:
    from liangshi.registry.access.queries import StudentToday


def contact_by(school_id: UUID, day: dt.date) -> dt.date:
    """Until when somebody of the office is in touch with a student who asks on `day`."""
    return school_days_after(day, CONTACT_WITHIN, calendar_of(school_id, day))


def _without_contact(bonds: QuerySet[Mentorship], talk: Q, activity: Q) -> QuerySet[Mentorship]:
    """Those of `bonds` since whose first day the student had no such talk and was in no such activity."""
    talked = TalkStudent.objects.filter(
        talk,
        student=OuterRef("student"),
        talk__voided_at__isnull=True,
        talk__day__gte=OuterRef("starts_on"),
    )
    joined = ActivityStudent.objects.filter(
        activity,
        student=OuterRef("student"),
        present=True,
        activity__voided_at__isnull=True,
        activity__day__gte=OuterRef("starts_on"),
    )
    return bonds.filter(~Exists(talked), ~Exists(joined))


@dataclass(frozen=True, slots=True)
class Pressable:
    """A student's bond in which the two have not met, and what he has told the school of it and is still open."""

    bond: Mentorship
    held: Unmet | None


def pressable(actor: Actor) -> Pressable | None:
    """None when the student has met his mentor of today, or has none. Two questions."""
    if not allows(actor.role, UNMET_PRESS):
        return None
    himself = Student.objects.seen_by(actor, UNMET_PRESS)
    mine = Mentorship.objects.of(student=himself).filter(span_at(today()), kind=Kind.PRIMARY)
    with_him = Q(talk__author=OuterRef("mentor")), Q(activity__owner=OuterRef("mentor"))
    bond = _without_contact(mine, *with_him).select_related("student__person", "mentor").first()
    if bond is None:
        return None
    mine_open = Unmet.objects.of(student=himself)
    return Pressable(bond, mine_open.filter(student=bond.student_id, contacted_at__isnull=True).first())


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody with whom the office gets in touch, and his class."""

    row: Unmet
    group: str

    @property
    def late(self) -> bool:
        return self.row.due_on < today()


def open_unmet(actor: Actor) -> list[Waiting]:
    """Whom the office has still to contact, the nearest day first. Two questions, however many."""
    rows = list(
        Unmet.objects.seen_by(actor, UNMET_HANDLE)
        .filter(still_here(), contacted_at__isnull=True)
        .select_related("student__person")
        .order_by("due_on", "created_at")
    )
    if not rows:
        return []
    found = students(actor).filter(pk__in=[row.student_id for row in rows])
    groups = {student.pk: class_of(student) for student in found}
    return [Waiting(row, groups.get(row.student_id, "")) for row in rows]


def unmet_for(actor: Actor, pk: UUID) -> Unmet | None:
    return Unmet.objects.seen_by(actor, UNMET_HANDLE).filter(pk=pk).select_related("student__person").first()


def _unseen(day: dt.date) -> QuerySet[Mentorship]:
    """Bonds of four weeks and more in which nobody has talked with the student.

    Only those who accompany a student, or lead in what happened to him, can record a talk with him.
    """
    bonds = Mentorship.objects.filter(
        span_at(day),
        kind=Kind.PRIMARY,
        starts_on__lte=day - UNSEEN_AFTER,
        student__in=active_students(day),
    )
    return _without_contact(bonds, Q(), Q())


def blind_spots(actor: Actor) -> QuerySet[StudentToday]:
    """The active students of the office's school with whom nobody has talked, by class."""
    rows = students(actor) if allows(actor.role, UNMET_HANDLE) else students(actor).none()
    return active(rows).filter(
        pk__in=_unseen(today()).filter(student__school=actor.school_id).values("student")
    )


def blind_spots_by_school(day: dt.date) -> dict[UUID, int]:
    """School → how many, for those that have any. One question."""
    return dict(
        _unseen(day)
        .order_by()
        .values_list("student__school")
        .annotate(number=Count("student", distinct=True))
    )
