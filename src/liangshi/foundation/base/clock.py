"""The only place that asks what time it is."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    return timezone.now()


def today() -> dt.date:
    """Today in the city (Asia/Shanghai)."""
    return timezone.localdate()


def last_day(end: dt.date) -> dt.date:
    """The last day of what is over at 00:00 of `end`: dated rows end half-open, people read the day that counts."""
    return end - dt.timedelta(days=1)


def day_of(end: dt.datetime) -> dt.date:
    """The day to which a deadline belongs: at 00:00 it is over with the day before."""
    local = timezone.localtime(end)
    return last_day(local.date()) if local.time() == dt.time() else local.date()


def deadline(end: dt.datetime) -> str:
    """A deadline in a sentence: 「12 月 1 日 18:00」; 00:00 of 2 December is 「12 月 1 日 24:00」."""
    day, local = day_of(end), timezone.localtime(end)
    return f"{day.month} 月 {day.day} 日 {'24:00' if day < local.date() else f'{local:%H:%M}'}"


def spelled(day: dt.date) -> str:
    """A day in a sentence: 「2027 年 6 月 30 日」."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
