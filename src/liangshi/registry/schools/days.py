"""School days: the national calendar with its working weekends (调休), above it what stands in the school's own, and no
day between two terms. Asked anew each time, never kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from uuid import UUID

from holidays import HolidayBase, country_holidays

from liangshi.registry.schools.choices import EventKind
from liangshi.registry.schools.models import CalendarEvent, Term

Spans = Sequence[tuple[dt.date, dt.date]]  # first and last day, both included
DAY = dt.timedelta(days=1)
YEAR = dt.timedelta(days=366)
WEEKEND = 5  # Saturday's number
FAR = 366  # a calendar that is all holidays must not count for ever


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the school's own calendar says: days off, days on which it works all the same, and where no term is."""

    off: Spans = ()
    on: Spans = ()
    between: Spans = ()


def calendar_of(school_id: UUID, since: dt.date) -> Calendar:
    """The school's calendar from a day on. Two questions."""
    rows = CalendarEvent.objects.filter(
        year__school_id=school_id,
        kind__in=(EventKind.HOLIDAY, EventKind.WORKDAY),
        entry_years=[],
        last_on__gte=since,
    )
    spans: dict[str, list[tuple[dt.date, dt.date]]] = {EventKind.HOLIDAY: [], EventKind.WORKDAY: []}
    for kind, first, last in rows.order_by("starts_on").values_list("kind", "starts_on", "last_on"):
        spans[kind].append((first, last))
    held = Term.objects.filter(year__school_id=school_id, closes_on__gte=since - YEAR)
    terms = held.order_by("opens_on").values_list("opens_on", "closes_on")
    between = [(closes + DAY, opens - DAY) for (_, closes), (opens, _) in pairwise(terms)]
    return Calendar(spans[EventKind.HOLIDAY], spans[EventKind.WORKDAY], between)


def is_school_day(day: dt.date, calendar: Calendar) -> bool:
    if _within(day, calendar.off):
        return False
    return _within(day, calendar.on) or (not _within(day, calendar.between) and _works(day))


def school_days_after(day: dt.date, number: int, calendar: Calendar = Calendar()) -> dt.date:
    """The `number`-th school day after `day` (which itself does not count); a year later at the latest."""
    found = day
    for _ in range(FAR):
        if number <= 0:
            break
        found += DAY
        number -= is_school_day(found, calendar)
    return found


def _within(day: dt.date, spans: Spans) -> bool:
    return any(first <= day <= last for first, last in spans)


def _works(day: dt.date) -> bool:
    """Whether the country works. The working weekends of a year are known once the State Council has announced them."""
    nation = _nation(day.year)
    return day in nation.weekend_workdays or (day.weekday() < WEEKEND and day not in nation)


@cache
def _nation(year: int) -> HolidayBase:
    return country_holidays("CN", years=[year])
