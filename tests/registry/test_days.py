"""School days: weekends and the calendar's holidays do not count."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liangshi.registry.schools.choices import EventKind
from liangshi.registry.schools.days import holidays_of, is_school_day, school_days_after
from liangshi.registry.schools.models import CalendarEvent
from tests.cast import Cast

FRIDAY = dt.date(2026, 11, 20)
NATIONAL = [(dt.date(2026, 10, 1), dt.date(2026, 10, 7))]


@pytest.mark.parametrize(
    ("day", "number", "holidays", "wanted"),
    [
        (FRIDAY, 0, (), FRIDAY),
        (FRIDAY, 1, (), dt.date(2026, 11, 23)),
        (FRIDAY, 5, (), dt.date(2026, 11, 27)),
        (FRIDAY, 6, (), dt.date(2026, 11, 30)),
        (dt.date(2026, 11, 21), 1, (), dt.date(2026, 11, 23)),  # from a Saturday
        (dt.date(2026, 9, 30), 1, NATIONAL, dt.date(2026, 10, 8)),
        (dt.date(2026, 9, 30), 5, NATIONAL, dt.date(2026, 10, 14)),
        (dt.date(2026, 10, 3), 1, NATIONAL, dt.date(2026, 10, 8)),  # from within the holiday
    ],
)
def test_the_nth_school_day(
    day: dt.date, number: int, holidays: list[tuple[dt.date, dt.date]], wanted: dt.date
) -> None:
    assert school_days_after(day, number, holidays) == wanted


def test_a_calendar_without_any_school_day_ends_after_a_year() -> None:
    always = [(dt.date(2020, 1, 1), dt.date(2030, 1, 1))]
    assert school_days_after(FRIDAY, 3, always) == FRIDAY + dt.timedelta(days=366)


def test_only_holidays_of_all_grades_of_this_school_that_are_not_over(cast: Cast) -> None:
    def event(year: object, kind: str, first: int, last: int, entry_year: int | None = None) -> None:
        CalendarEvent.objects.create(
            year=year, kind=kind, title="x", entry_year=entry_year,
            starts_on=dt.date(2026, 11, first), last_on=dt.date(2026, 11, last),
        )  # fmt: skip

    event(cast.own.year, EventKind.HOLIDAY, 23, 24)
    event(cast.own.year, EventKind.HOLIDAY, 2, 3)
    event(cast.own.year, EventKind.FINAL, 25, 25)
    event(cast.own.year, EventKind.HOLIDAY, 25, 25, 2026)
    event(cast.other.year, EventKind.HOLIDAY, 25, 26)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = holidays_of(cast.own.school.pk, FRIDAY)
    assert list(found) == [(dt.date(2026, 11, 23), dt.date(2026, 11, 24))]
    assert len(asked) == 1
    assert not is_school_day(dt.date(2026, 11, 23), found)
    assert school_days_after(FRIDAY, 1, found) == dt.date(2026, 11, 25)
