"""Years and dates of schools."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, JSONField, Value

from liangshi.foundation.base.clock import today
from liangshi.registry.schools.choices import EventKind, TermSeq
from liangshi.registry.schools.grades import GRADES, year_start_of
from liangshi.registry.schools.models import CalendarEvent, CompulsoryField, School, SchoolYear, Term
from liangshi.registry.schools.moments import Event, Window, before_leaving, windows

_TERM = "term"  # no kind of entry
# A window begins at most 30 days before the year or the event that makes it.
_MARGIN = dt.timedelta(days=60)


def year_of(school: School, day: dt.date | None = None) -> SchoolYear | None:
    """The school's year that holds `day` (default today), if it has been opened."""
    return SchoolYear.objects.filter(school=school, start_year=year_start_of(day or today())).first()


def years_so_far(school_id: UUID) -> list[SchoolYear]:
    """The years of a school that have begun, newest first."""
    return [row for row in SchoolYear.objects.filter(school=school_id) if row.starts_on <= today()]


def compulsory_fields(school_id: UUID, form: str) -> frozenset[str]:
    """The otherwise optional fields of a form that this school wants filled in."""
    rows = CompulsoryField.objects.filter(school_id=school_id, form=form)
    return frozenset(rows.values_list("field", flat=True))


def windows_by_grade(
    school_id: UUID, years: Iterable[int], *, without: Collection[UUID] = ()
) -> list[tuple[int, int, Window]]:
    """(year's start, entry year, window) of every grade in these years of a school. One question.

    `without`: as if these entries of the calendar were not there.
    """
    within = {"year__school": school_id, "year__start_year__in": list(years)}
    entries = CalendarEvent.objects.filter(**within).exclude(pk__in=without).order_by()
    terms = Term.objects.filter(**within).order_by()
    rows = entries.values_list(
        "year__start_year", "kind", "title", "starts_on", "last_on", "entry_years"
    ).union(
        terms.values_list(
            "year__start_year",
            Value(_TERM),
            "seq",
            "opens_on",
            F("opens_on"),
            Value([], JSONField()),
        ),
        all=True,
    )
    events: dict[int, list[tuple[Event, list[int]]]] = defaultdict(list)
    openings: dict[int, list[Event]] = defaultdict(list)
    for start, kind, title, first, last, only in rows:
        if kind == _TERM:
            openings[start].append(Event(EventKind.OPENING, f"{TermSeq(title).label}开学", first, last))
        else:
            events[start].append((Event(kind, title, first, last), only))
    return [
        (start, start - step, window)
        for start in sorted({*events, *openings})
        for step in range(len(GRADES))
        for window in windows(_of_grade(events[start], start, step), openings[start])
    ]


def _of_grade(events: Iterable[tuple[Event, list[int]]], year_start: int, step: int) -> Iterable[Event]:
    mine = (event for event, only in events if not only or year_start - step in only)
    return before_leaving(mine, year_start) if step == len(GRADES) - 1 else mine


@dataclass(frozen=True, slots=True)
class GradeWindow:
    """A window of one grade (the students who entered in `entry_year`) of one school."""

    school_id: UUID
    entry_year: int
    year_start: int
    window: Window
    returned: bool = False  # of those alone who came back after 休学 on its first day (`moments.of_return`)

    @property
    def grade(self) -> str:
        return GRADES[self.year_start - self.entry_year]


def calendar(school_id: UUID, first: dt.date, last: dt.date) -> list[GradeWindow]:
    """The school's windows that have a day between `first` and `last`, per grade, in order. One question."""
    years = range(year_start_of(first - _MARGIN), year_start_of(last + _MARGIN) + 1)
    found = [
        GradeWindow(school_id, entry_year, start, window)
        for start, entry_year, window in windows_by_grade(school_id, years)
        if window.opens_on <= last and window.last_on >= first
    ]
    return sorted(found, key=lambda each: (each.window.opens_on, -each.entry_year))
