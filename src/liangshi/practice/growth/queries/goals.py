"""Terms and goals."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import F, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.practice.growth.choices import MAX_GOALS, GoalState
from liangshi.practice.growth.models import Goal
from liangshi.practice.growth.policy import GOAL_WRITE
from liangshi.registry.access.actor import Actor
from liangshi.registry.people.models import Student
from liangshi.registry.schools.models import Term

AHEAD = dt.timedelta(days=7)  # a goal is on the list a week before its day


def terms_up_to(school_id: UUID, day: dt.date) -> QuerySet[Term]:
    """The terms that had begun by `day`, newest first. A holiday belongs to the term before it."""
    return (
        Term.objects.filter(year__school_id=school_id, opens_on__lte=day)
        .select_related("year")
        .order_by("-opens_on")
    )


def term_at(school_id: UUID, day: dt.date) -> Term | None:
    """The term of a day, or None when the school has entered none yet."""
    return terms_up_to(school_id, day).first()


def free_seats(student_id: UUID, term: Term) -> list[int]:
    """The seats of a term on which no open goal of the student sits, lowest first."""
    open_ones = Goal.objects.as_system("which seats are free").filter(
        student=student_id, term=term, state=GoalState.OPEN
    )
    taken = set(open_ones.values_list("seat", flat=True))
    return [seat for seat in range(1, MAX_GOALS + 1) if seat not in taken]


def room_for_goal(student: Student) -> bool:
    """Whether one more goal may be offered: the running term has a seat. Where no term is entered, setting one says
    so. Two questions."""
    term = term_at(student.school_id, today())
    return term is None or bool(free_seats(student.pk, term))


def goals_of(actor: Actor, student_id: UUID) -> QuerySet[Goal]:
    """The goals of a student whom the actor accompanies (or is): open ones first, then newest first."""
    rows = Goal.objects.of(student=Student.objects.seen_by(actor, GOAL_WRITE)).filter(student_id=student_id)
    return rows.select_related("term__year", "set_by").order_by(
        F("seat").asc(nulls_last=True), "-closed_on", "-created_at"
    )


def due_goals(actor: Actor) -> list[Goal]:
    """The open goals of all students in the actor's reach whose day to look back has come or is near, oldest first."""
    students = Student.objects.seen_by(actor, GOAL_WRITE)
    rows = Goal.objects.of(student=students).filter(state=GoalState.OPEN, review_on__lte=today() + AHEAD)
    return list(rows.select_related("student__person").order_by("review_on"))
