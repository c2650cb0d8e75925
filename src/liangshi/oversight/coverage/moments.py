"""Key moments and talks in numbers: one definition for page, list and whatever later counts on it.

key-moment reach(window) = students in scope with at least one talk dated in the window ÷ students in scope. In scope
are the students who count (在读 or 借读) and are in the window's grade on its last day, or today while it is open; of
the window of a return (复学) those who came back on its first day. Who
talked does not matter, nor when it was written down: what counts is the day of the talk. Which rows are talks, rooms
say in their faces (`CONTACT_ROWS`, `TOUCHED`). There is no figure about a teacher here, and none is to be made.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.faces import CONTACT_ROWS, TOUCHED
from liangshi.foundation.base.models import span_at
from liangshi.oversight.coverage.policy import MOMENT_READ
from liangshi.oversight.coverage.queries import Share
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import NOTHING
from liangshi.registry.mentorships.queries import active_students, with_mentor
from liangshi.registry.people.models import Enrolment, Student
from liangshi.registry.people.queries import returns
from liangshi.registry.schools.choices import Strategy, Topic
from liangshi.registry.schools.grades import year_start_of
from liangshi.registry.schools.moments import FORECAST_DAYS, first_returns, of_return
from liangshi.registry.schools.queries import GradeWindow, calendar


@dataclass(frozen=True, slots=True)
class Reach:
    """One window of one grade: who is in scope, whom somebody talked with, and whom his mentor still might."""

    span: GradeWindow
    share: Share  # active: in scope; matched: reached
    wanted: int  # not reached and with a mentor: the sum of the mentors' lists

    @property
    def unmentored(self) -> int:
        """Not reached, and on nobody's list for want of a mentor."""
        return self.share.missing - self.wanted


def reaches(spans: Sequence[GradeWindow], day: dt.date, within: Q | None = None) -> list[Reach]:
    """The reach of each window as of `day`. One question to the database, however many windows and students."""
    if not spans:
        return []
    parts = [_part(index, span, day, within or Q()) for index, span in enumerate(spans)]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    counted = {row["index"]: row for row in rows}
    empty = {"active": 0, "reached": 0, "wanted": 0}
    found = [(span, counted.get(index, empty)) for index, span in enumerate(spans)]
    return [Reach(span, Share(row["active"], row["reached"]), row["wanted"]) for span, row in found]


def _part(index: int, span: GradeWindow, day: dt.date, within: Q) -> QuerySet[Any, Any]:
    on = min(day, span.window.last_on)
    placed = Enrolment.objects.filter(
        span_at(on),
        class_group__cohort__school=span.school_id,
        class_group__cohort__entry_year=span.entry_year,
    )
    here = {"student": OuterRef("pk"), "on__gte": span.window.opens_on, "on__lte": on}
    reached = reduce(or_, (Q(Exists(found().filter(**here))) for found in CONTACT_ROWS), NOTHING)
    rows = active_students(on).filter(within, school=span.school_id, pk__in=placed.values("student_id"))
    if span.returned:
        rows = rows.filter(pk__in=returns().filter(starts_on=span.window.opens_on).values("student_id"))
    return (
        with_mentor(rows, on)
        .annotate(index=Value(index), reached_here=ExpressionWrapper(reached, BooleanField()))
        .order_by()
        .values("index")
        .annotate(
            active=Count("pk"),
            reached=Count("pk", filter=Q(reached_here=True)),
            wanted=Count("pk", filter=Q(reached_here=False, has_mentor=True)),
        )
    )


def spans_of(school_id: UUID, day: dt.date) -> list[GradeWindow]:
    """The windows of this year up to those of the next 30 days, of the calendar and of the students who have come back
    after 休学, per grade, in order. Two questions."""
    first, last = _first(day), day + dt.timedelta(days=FORECAST_DAYS)
    back = returns().filter(student__school=school_id, starts_on__range=(first_returns(first), day))
    placed = Enrolment.objects.filter(span_at(OuterRef("starts_on")), student=OuterRef("student"))
    grade = Subquery(placed.values("class_group__cohort__entry_year")[:1])
    days = back.annotate(entry_year=grade).filter(entry_year__isnull=False).order_by()
    own = [
        GradeWindow(school_id, entry_year, year_start_of(on), of_return(on), returned=True)
        for entry_year, on in days.values_list("entry_year", "starts_on").distinct()
    ]
    spans = [*calendar(school_id, first, last), *own]
    return sorted(spans, key=lambda each: (each.window.opens_on, -each.entry_year))


def _first(day: dt.date) -> dt.date:
    return dt.date(year_start_of(day), 8, 1)


def year_reaches(
    actor: Actor, day: dt.date | None = None, spans: Sequence[GradeWindow] | None = None
) -> list[Reach]:
    """The windows of this year that have opened, newest first, for the students whose figures the actor may see. `spans`
    are those of `spans_of`, where somebody has asked for them already."""
    day = day or today()
    spans = spans_of(actor.own_school, day) if spans is None else spans
    rows = reaches([span for span in spans if span.window.opens_on <= day], day, MOMENT_READ.rows(actor))
    return [row for row in reversed(rows) if row.share.active]


def outlook(
    actor: Actor, day: dt.date | None = None, spans: Sequence[GradeWindow] | None = None
) -> list[Reach]:
    """The windows of the next 30 days, open or coming: how many talks they want. The sum of the mentors' lists. `spans` as
    in `year_reaches`."""
    day = day or today()
    spans = spans_of(actor.own_school, day) if spans is None else spans
    rows = reaches([span for span in spans if span.window.last_on >= day], day, MOMENT_READ.rows(actor))
    return [row for row in rows if row.wanted]


def balance(
    actor: Actor, first: dt.date, last: dt.date
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """How many talks touched each of the five strategies and the five topics between two days (both included)."""
    seen = Student.objects.seen_by(actor, MOMENT_READ)
    counts: Counter[str] = Counter()
    for touched in TOUCHED:
        counts.update(touched(seen, first, last))
    return _named(Strategy.choices, counts), _named(Topic.choices, counts)


def _named(choices: Iterable[tuple[Any, Any]], counts: Counter[str]) -> list[tuple[str, int]]:
    return [(str(label), counts[str(code)]) for code, label in choices]
