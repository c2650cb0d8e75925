"""Key moments: computed from the calendar and the talks whenever they are looked at, never stored.

A window asks for one talk with each student of its grade. When it closes nothing is left behind.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.talks.models import TalkStudent
from liangshi.practice.talks.rules import charges
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.queries import active, students
from liangshi.registry.people.models import Enrolment
from liangshi.registry.schools.moments import FORECAST_DAYS, Window
from liangshi.registry.schools.queries import GradeWindow, calendar

if TYPE_CHECKING:
    from liangshi.registry.access.queries import StudentToday


def still_taken(school_id: UUID, day: dt.date, students: Collection[UUID]) -> bool:
    """Whether for each of these students `day` lies in a window of his grade that has not ended. Two questions."""
    on = today()
    grades = {span.entry_year for span in calendar(school_id, day, day) if span.window.last_on >= on}
    here = Enrolment.objects.as_system("which grades they are in").filter(span_at(on), student__in=students)
    found = here.filter(class_group__cohort__entry_year__in=grades)
    return found.values("student").distinct().count() == len(set(students))


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


def _lists(rows: Sequence[Any], spans: Iterable[GradeWindow], day: dt.date) -> list[Untalked]:
    """Whom of `rows` (students with today's class) each window still wants. One question."""
    wanted = [span for span in spans if any(row.entry_year == span.entry_year for row in rows)]
    if not wanted:
        return []
    talked = (
        TalkStudent.objects.as_system("whether anybody has talked with them, and when")
        .filter(
            student__in=[row.pk for row in rows],
            talk__voided_at__isnull=True,
            talk__day__range=(min(span.window.opens_on for span in wanted), day),
        )
        .values_list("student_id", "talk__day")
    )
    days: dict[UUID, list[dt.date]] = defaultdict(list)
    for student, on in talked:
        days[student].append(on)
    by_window: dict[Window, tuple[list[str], list[Any]]] = defaultdict(lambda: ([], []))
    for span in wanted:
        grades, missing = by_window[span.window]
        grades.append(span.grade)
        missing += [
            row
            for row in rows
            if row.entry_year == span.entry_year
            and not any(span.window.opens_on <= on <= span.window.last_on for on in days[row.pk])
        ]
    return [
        Untalked(window, tuple(grades), tuple(missing))
        for window, (grades, missing) in by_window.items()
        if missing
    ]


def _charges(actor: Actor) -> list[Any]:
    return list(active(students(actor)).filter(charges(actor)))


def untalked(actor: Actor) -> list[Untalked]:
    """「还没谈过」: per open window a mentor's students without a talk dated in it, whoever talked. Three questions."""
    day = today()
    return _lists(_charges(actor), open_windows(actor.own_school, day), day)


def forecast(actor: Actor) -> list[Untalked]:
    """The same for every window of the next 30 days, open or coming."""
    day = today()
    spans = calendar(actor.own_school, day, day + dt.timedelta(days=FORECAST_DAYS))
    return _lists(_charges(actor), spans, day)
