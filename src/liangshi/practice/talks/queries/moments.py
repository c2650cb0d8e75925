"""Key moments: computed from the calendar and the talks whenever they are looked at, never stored.

A window asks for one talk with each student of its grade; a return from 休学 opens one for that student alone. When it
closes nothing is left behind.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.talks.models import TalkStudent
from liangshi.practice.talks.rules import charges
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.queries import active, students
from liangshi.registry.people.models import Enrolment
from liangshi.registry.people.queries import returns
from liangshi.registry.schools.grades import grade_name, year_start_of
from liangshi.registry.schools.moments import FORECAST_DAYS, Window, first_returns, of_return
from liangshi.registry.schools.queries import GradeWindow, calendar

if TYPE_CHECKING:
    from liangshi.registry.access.queries import StudentToday


def still_taken(school_id: UUID, day: dt.date, students: Collection[UUID]) -> bool:
    """Whether for each of these students, and there are some, `day` lies in a window of his grade that has not ended. Two
    questions."""
    on = today()
    grades = {span.entry_year for span in calendar(school_id, day, day) if span.window.last_on >= on}
    here = Enrolment.objects.as_system("which grades they are in").filter(span_at(on), student__in=students)
    found = here.filter(class_group__cohort__entry_year__in=grades)
    return bool(students) and found.values("student").distinct().count() == len(set(students))


def open_windows(school_id: UUID, day: dt.date) -> list[GradeWindow]:
    return calendar(school_id, day, day)


@dataclass(frozen=True, slots=True)
class Untalked:
    """An open or coming window, and whom of his students a mentor has not talked with in it."""

    window: Window
    grades: tuple[str, ...]
    students: tuple[StudentToday, ...]

    def weekly(self, day: dt.date) -> int:
        """How many a week are enough when one begins now, or when the window opens."""
        days = (self.window.last_on - max(day, self.window.opens_on)).days + 1
        weeks = max(1, math.ceil(days / 7))
        return math.ceil(len(self.students) / weeks)


def _asked(
    rows: Sequence[Any], spans: Iterable[GradeWindow], day: dt.date
) -> list[tuple[Window, str, list[Any]]]:
    """Each window with a grade and whom of `rows` it is about: first those who are back after 休学, then whole grades."""
    asked = [
        (of_return(row.back_on), grade_name(row.entry_year or 0, year_start_of(day)), [row])
        for row in rows
        if row.back_on
    ]
    for span in spans:
        if mine := [row for row in rows if row.entry_year == span.entry_year]:
            asked.append((span.window, span.grade, mine))
    return asked


def _lists(rows: Sequence[Any], spans: Iterable[GradeWindow], day: dt.date) -> list[Untalked]:
    """Whom of `rows` (those of `_charges`) each window still wants. One question."""
    asked = _asked(rows, spans, day)
    if not asked:
        return []
    talked = (
        TalkStudent.objects.as_system("whether anybody has talked with them, and when")
        .filter(
            student__in=[row.pk for row in rows],
            talk__voided_at__isnull=True,
            talk__day__range=(min(window.opens_on for window, _, _ in asked), day),
        )
        .values_list("student_id", "talk__day")
    )
    days: dict[UUID, list[dt.date]] = defaultdict(list)
    for student, on in talked:
        days[student].append(on)
    by_window: dict[Window, tuple[list[str], list[Any]]] = defaultdict(lambda: ([], []))
    for window, grade, mine in asked:
        grades, missing = by_window[window]
        if grade not in grades:
            grades.append(grade)
        missing += [
            row for row in mine if not any(window.opens_on <= on <= window.last_on for on in days[row.pk])
        ]
    return [
        Untalked(window, tuple(grades), tuple(missing))
        for window, (grades, missing) in by_window.items()
        if missing
    ]


def _charges(actor: Actor, day: dt.date) -> list[Any]:
    """The students whom he is to talk with; `back_on` where the days after a return are not over."""
    back = returns().filter(student=OuterRef("pk"), starts_on__range=(first_returns(day), day))
    on = Subquery(back.order_by("-starts_on").values("starts_on")[:1])
    return list(active(students(actor)).filter(charges(actor)).annotate(back_on=on))


def untalked(actor: Actor) -> list[Untalked]:
    """「还没谈过」: per open window a mentor's students without a talk dated in it, whoever talked. Three questions."""
    day = today()
    return _lists(_charges(actor, day), open_windows(actor.own_school, day), day)


def forecast(actor: Actor) -> list[Untalked]:
    """The same for every window of the next 30 days, open or coming."""
    day = today()
    spans = calendar(actor.own_school, day, day + dt.timedelta(days=FORECAST_DAYS))
    return _lists(_charges(actor, day), spans, day)
