"""What a 级 is called in a given year."""

from __future__ import annotations

import datetime as dt

from liangshi.foundation.base.clock import today

GRADES = ("高一", "高二", "高三")


def year_start_of(day: dt.date) -> int:
    """The academic year a day belongs to, named by the year it starts in: 2026-11-23 → 2026."""
    return day.year if day.month >= 9 else day.year - 1


def grade_name(entry_year: int, year_start: int) -> str:
    """高一/高二/高三 of those who entered in `entry_year`, in the year starting `year_start`; else 「2024级」."""
    step = year_start - entry_year
    return GRADES[step] if 0 <= step < len(GRADES) else f"{entry_year}级"


def display_name(entry_year: int, number: int, track: str, year_start: int) -> str:
    """高一(3)班, 高三物理(1)班, 2021级(2)班."""
    return f"{grade_name(entry_year, year_start)}{track}({number})班"


def current_year_start() -> int:
    """The calendar year in which the present academic year began."""
    return year_start_of(today())
