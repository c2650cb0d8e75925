"""Key-moment windows (关键时间节点) from the calendar; events within 14 days of one another share one.

They are computed whenever somebody looks, so they move with the days they come from. The opening of a term makes a
window of its own; a school moves that by moving the term's 开学日, or by an entry 「开学」 in the calendar, for all
grades or one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from liangshi.registry.schools.choices import EventKind

_EXAM = (-7, 10)
SPANS: dict[str, tuple[int, int]] = {
    # days before the first day, days after the last
    EventKind.OPENING: (-7, 14),
    EventKind.MIDTERM: _EXAM,
    EventKind.FINAL: _EXAM,
    EventKind.MOCK: _EXAM,
    EventKind.JOINT: _EXAM,
    EventKind.QUALIFYING: _EXAM,
    EventKind.GAOKAO: (-30, 0),
    EventKind.SUBJECTS: (-21, 0),
}
RETURN = "复学"  # a moment of one student alone: he is back after 休学
_RETURN_DAYS = 7  # days after the first
MERGED_WITHIN = 14
FORECAST_DAYS = 30  # how far ahead one looks
STANDS_IN_WITHIN = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Event:
    kind: str
    title: str
    starts_on: dt.date
    last_on: dt.date


@dataclass(frozen=True, slots=True)
class Window:
    """A span of days (both included) in which talks matter, and the events that made it."""

    opens_on: dt.date
    last_on: dt.date
    titles: tuple[str, ...]

    @property
    def title(self) -> str:
        return "、".join(self.titles)


def windows(events: Iterable[Event], openings: Iterable[Event] = ()) -> list[Window]:
    """The windows of one grade's calendar, in order.

    `openings` are the first days of the terms. An entry 「开学」 within 60 days stands in the place of one.
    """
    held = [event for event in events if event.kind in SPANS]
    held += [opening for opening in openings if not _stood_in_for(opening, held)]
    made: list[Window] = []
    last_event_day: dt.date | None = None
    for event in sorted(held, key=lambda e: (e.starts_on, e.title)):
        before, after = SPANS[event.kind]
        opens, last = event.starts_on + dt.timedelta(before), event.last_on + dt.timedelta(after)
        if last_event_day and (event.starts_on - last_event_day).days <= MERGED_WITHIN:
            old = made[-1]
            made[-1] = Window(min(old.opens_on, opens), max(old.last_on, last), (*old.titles, event.title))
            last_event_day = max(last_event_day, event.last_on)
        else:
            made.append(Window(opens, last, (event.title,)))
            last_event_day = event.last_on
    return made


def of_return(day: dt.date) -> Window:
    """The window of a student who came back on `day`."""
    return Window(day, day + dt.timedelta(_RETURN_DAYS), (RETURN,))


def first_returns(day: dt.date) -> dt.date:
    """The earliest day of return whose window is still open on `day`."""
    return day - dt.timedelta(_RETURN_DAYS)


def before_leaving(events: Iterable[Event], year_start: int) -> list[Event]:
    """What of a year's calendar concerns 高三: they have left once the 高考 is over, on the day that the calendar says,
    else on 9 June."""
    held = list(events)
    over = [event.last_on for event in held if event.kind == EventKind.GAOKAO]
    left = max(over, default=dt.date(year_start + 1, 6, 9))
    return [event for event in held if event.starts_on <= left]


def _stood_in_for(opening: Event, events: Iterable[Event]) -> bool:
    return any(
        event.kind == EventKind.OPENING and abs(event.starts_on - opening.starts_on) <= STANDS_IN_WITHIN
        for event in events
    )
