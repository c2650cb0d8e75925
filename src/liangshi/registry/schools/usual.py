"""School years since autumn 2022 with their terms and the usual events of a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from liangshi.registry.schools.choices import EventKind


@dataclass(frozen=True, slots=True)
class Usual:
    """An event of every year: month and day it starts on, how long, and for which grade (0 高一 … 2 高三)."""

    kind: EventKind
    title: str
    month: int
    day: int
    days: int = 1
    grade: int | None = None


USUAL = (
    Usual(EventKind.OPENING, "第一学期开学", 9, 1),
    Usual(EventKind.OTHER, "高一军训和入学教育", 9, 2, 6, 0),
    Usual(EventKind.HOLIDAY, "国庆假期", 10, 1, 7),
    Usual(EventKind.MONTHLY, "第一次月考", 10, 14, 2),
    Usual(EventKind.MIDTERM, "期中考试", 11, 12, 3),
    Usual(EventKind.PARENTS, "家长会", 11, 22),
    Usual(EventKind.SUBJECTS, "高一选科意向填报", 12, 20, 1, 0),
    Usual(EventKind.JOINT, "高三联考", 12, 16, 2, 2),
    Usual(EventKind.QUALIFYING, "学业水平合格考", 1, 8, 2, 1),
    Usual(EventKind.FINAL, "第一学期期末考试", 1, 19, 3),
    Usual(EventKind.HOLIDAY, "寒假", 1, 25, 25),
    Usual(EventKind.OPENING, "第二学期开学", 2, 20),
    Usual(EventKind.MOCK, "高三第一次模拟考试", 3, 17, 2, 2),
    Usual(EventKind.MIDTERM, "第二学期期中考试", 4, 24, 3),
    Usual(EventKind.MOCK, "高三第二次模拟考试", 5, 12, 2, 2),
    Usual(EventKind.GAOKAO, "高考", 6, 7, 3, 2),
    Usual(EventKind.FINAL, "第二学期期末考试", 7, 2, 3),
    Usual(EventKind.HOLIDAY, "暑假", 7, 9, 50),
)
TERMS = (("1", (9, 1), (1, 24)), ("2", (2, 20), (7, 8)))


def _date(start_year: int, month: int, day: int) -> dt.date:
    return dt.date(start_year + (month < 9), month, day)


def terms(start_year: int) -> Iterator[tuple[str, dt.date, dt.date]]:
    """(第一/第二, opens, closes) of the year that starts in `start_year`."""
    for seq, opens, closes in TERMS:
        yield seq, _date(start_year, *opens), _date(start_year, *closes)


def events(start_year: int) -> Iterator[tuple[Usual, dt.date, dt.date, int | None]]:
    """Each event with its first and last day, and the year of entry of its grade."""
    for usual in USUAL:
        first = _date(start_year, usual.month, usual.day)
        entry = None if usual.grade is None else start_year - usual.grade
        yield usual, first, first + dt.timedelta(usual.days - 1), entry
