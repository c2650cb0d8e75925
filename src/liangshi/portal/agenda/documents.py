"""The calendar file (iCalendar, RFC 5545). Its titles hold no student's name: it leaves the house."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from icalendar import Calendar, Event

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.faces import Due


def calendar_bytes(items: Iterable[Due], *, title: str) -> bytes:
    """One all-day event for each item with a day, under its neutral title."""
    calendar = Calendar()
    calendar.add("prodid", "-//Liangshi//agenda//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", dt.timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for item in items:
        if item.on is None:
            continue
        event = Event()
        event.add("uid", f"{hashlib.sha256(item.key.encode()).hexdigest()[:32]}@liangshi")
        event.add("dtstamp", now())
        event.add("dtstart", item.on)
        event.add("dtend", item.on + dt.timedelta(days=1))
        event.add("summary", item.neutral)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
