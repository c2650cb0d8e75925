"""School days: the national calendar, above it the school's own, and no day between two terms."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liangshi.registry.schools.choices import EventKind
from liangshi.registry.schools.days import Calendar, calendar_of, is_school_day, school_days_after
from liangshi.registry.schools.models import CalendarEvent, Term
from tests.cast import Cast

FRIDAY = dt.date(2026, 11, 20)


def days(*pairs: tuple[int, int]) -> list[tuple[dt.date, dt.date]]:
    """Of November 2026: first and last."""
    return [(dt.date(2026, 11, first), dt.date(2026, 11, last)) for first, last in pairs]


@pytest.mark.row("N28")
@pytest.mark.parametrize(
    ("day", "number", "calendar", "wanted"),
    [
        (FRIDAY, 0, Calendar(), FRIDAY),
        (FRIDAY, 1, Calendar(), dt.date(2026, 11, 23)),
        (FRIDAY, 5, Calendar(), dt.date(2026, 11, 27)),
        (FRIDAY, 6, Calendar(), dt.date(2026, 11, 30)),
        (dt.date(2026, 11, 21), 1, Calendar(), dt.date(2026, 11, 23)),  # from a Saturday
        (dt.date(2026, 9, 30), 1, Calendar(), dt.date(2026, 10, 8)),  # the national days
        (dt.date(2026, 9, 30), 3, Calendar(), dt.date(2026, 10, 10)),  # a Saturday that works for one of them
        (dt.date(2026, 9, 18), 1, Calendar(), dt.date(2026, 9, 20)),  # and a Sunday
        (dt.date(2026, 10, 3), 1, Calendar(), dt.date(2026, 10, 8)),  # from within the holiday
        (
            dt.date(2027, 9, 30),
            1,
            Calendar(),
            dt.date(2027, 10, 6),
        ),  # of a year not announced: as the law has it
        (FRIDAY, 1, Calendar(off=days((23, 24))), dt.date(2026, 11, 25)),
        (FRIDAY, 1, Calendar(on=days((21, 21))), dt.date(2026, 11, 21)),  # the school makes up for a day
        (FRIDAY, 1, Calendar(off=days((21, 21)), on=days((21, 21))), dt.date(2026, 11, 23)),
        (FRIDAY, 1, Calendar(between=days((21, 29))), dt.date(2026, 11, 30)),
        (FRIDAY, 1, Calendar(between=days((21, 29)), on=days((28, 28))), dt.date(2026, 11, 28)),
    ],
)
def test_the_nth_school_day(day: dt.date, number: int, calendar: Calendar, wanted: dt.date) -> None:
    assert school_days_after(day, number, calendar) == wanted


def test_a_calendar_without_any_school_day_ends_after_a_year() -> None:
    always = Calendar(off=[(dt.date(2020, 1, 1), dt.date(2030, 1, 1))])
    assert school_days_after(FRIDAY, 3, always) == FRIDAY + dt.timedelta(days=366)


def test_only_what_stands_for_all_grades_of_this_school_and_is_not_over(cast: Cast) -> None:
    def event(year: object, kind: str, first: int, last: int, entry_year: int | None = None) -> None:
        CalendarEvent.objects.create(
            year=year, kind=kind, title="x", entry_years=[entry_year] if entry_year else [],
            starts_on=dt.date(2026, 11, first), last_on=dt.date(2026, 11, last),
        )  # fmt: skip

    event(cast.own.year, EventKind.HOLIDAY, 23, 24)
    event(cast.own.year, EventKind.HOLIDAY, 2, 3)
    event(cast.own.year, EventKind.WORKDAY, 28, 28)
    event(cast.own.year, EventKind.FINAL, 25, 25)
    event(cast.own.year, EventKind.HOLIDAY, 25, 25, 2026)
    event(cast.other.year, EventKind.HOLIDAY, 25, 26)
    with CaptureQueriesContext(connection) as asked:
        found = calendar_of(cast.own.school.pk, FRIDAY)
    assert (found.off, found.on) == (days((23, 24)), days((28, 28)))
    assert len(asked) == 2
    assert not is_school_day(dt.date(2026, 11, 23), found)
    assert is_school_day(dt.date(2026, 11, 28), found)
    assert school_days_after(FRIDAY, 1, found) == dt.date(2026, 11, 25)


def test_between_two_terms_no_day_counts_and_after_the_last_one_that_is_known_they_do(cast: Cast) -> None:
    Term.objects.all().delete()
    year, own = cast.own.year, cast.own.school.pk
    for seq, opens, closes in (
        ("1", dt.date(2026, 9, 1), dt.date(2027, 1, 22)),
        ("2", dt.date(2027, 2, 22), dt.date(2027, 7, 9)),
    ):
        Term.objects.create(year=year, seq=seq, opens_on=opens, closes_on=closes)
    winter = dt.date(2027, 1, 22)  # a Friday, and the last day of the term
    assert school_days_after(winter, 1, calendar_of(own, winter)) == dt.date(2027, 2, 22)
    within = dt.date(2027, 2, 1)
    assert school_days_after(within, 2, calendar_of(own, within)) == dt.date(2027, 2, 23)
    summer = dt.date(2027, 7, 9)
    assert school_days_after(summer, 1, calendar_of(own, summer)) == dt.date(2027, 7, 12)
