"""Ends are half-open, and what people read is the last day that counts."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from liangshi.foundation.base.clock import day_of, deadline, last_day

CITY = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("end", "day", "words"),
    [
        (dt.datetime(2026, 12, 1, 18), dt.date(2026, 12, 1), "12 月 1 日 18:00"),
        (dt.datetime(2026, 12, 2), dt.date(2026, 12, 1), "12 月 1 日 24:00"),
        (dt.datetime(2027, 1, 1), dt.date(2026, 12, 31), "12 月 31 日 24:00"),
        (dt.datetime(2026, 12, 2, 0, 1), dt.date(2026, 12, 2), "12 月 2 日 00:01"),
    ],
)
def test_a_deadline_at_midnight_belongs_to_the_day_before(end: dt.datetime, day: dt.date, words: str) -> None:
    moment = end.replace(tzinfo=CITY).astimezone(dt.UTC)  # as the database hands it out
    assert (day_of(moment), deadline(moment)) == (day, words)


def test_what_ends_with_a_day_names_the_day_before() -> None:
    assert last_day(dt.date(2027, 3, 1)) == dt.date(2027, 2, 28)
