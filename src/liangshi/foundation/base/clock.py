"""The only place that asks what time it is."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    return timezone.now()


def today() -> dt.date:
    """Today in the city (Asia/Shanghai)."""
    return timezone.localdate()


def spelled(day: dt.date) -> str:
    """A day in a sentence: 「2027 年 6 月 30 日」."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
