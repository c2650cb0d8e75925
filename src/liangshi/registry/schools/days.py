"""School days: Monday to Friday, without the holidays that stand in the school's calendar for all grades."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from liangshi.registry.schools.choices import EventKind
from liangshi.registry.schools.models import CalendarEvent

Holidays = Sequence[tuple[dt.date, dt.date]]  # first and last day, both included
DAY = dt.timedelta(days=1)
WEEKEND = 5  # Saturday's number
FAR = 366  # a calendar that is all holidays must not count for ever


def holidays_of(school_id: UUID, since: dt.date) -> Holidays:
    """The school's holidays that are not over on `since`."""
    rows = CalendarEvent.objects.filter(
        year__school_id=school_id, kind=EventKind.HOLIDAY, entry_year__isnull=True, last_on__gte=since
    )
    return list(rows.order_by("starts_on").values_list("starts_on", "last_on"))


def is_school_day(day: dt.date, holidays: Holidays) -> bool:
    return day.weekday() < WEEKEND and not any(first <= day <= last for first, last in holidays)


def school_days_after(day: dt.date, number: int, holidays: Holidays = ()) -> dt.date:
    """The `number`-th school day after `day` (which itself does not count); a year later at the latest."""
    found = day
    for _ in range(FAR):
        if number <= 0:
            break
        found += DAY
        number -= is_school_day(found, holidays)
    return found
