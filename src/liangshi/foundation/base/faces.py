"""What a room shows on pages that are not its own, as plain data: what is due, what happened, what a form costs.

A room registers these in its `face.py`; portal and oversight collect them and name no room. What depends on who asks
is registered in `registry.access.faces`, because this floor knows no actor.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import GuardedQuerySet

T = TypeVar("T")
SOON = dt.timedelta(days=7)


class Board(Generic[T]):
    """Things under a key each, in the order of their numbers, those without one by key; never in that of the imports.

    A key or a number that is taken stops the start with ValueError: of two with one number nobody could say which
    comes first.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._held: dict[str, T] = {}
        self._order: list[tuple[float, str]] = []

    def put(self, key: str, item: T, number: int | None = None) -> T:
        """Add `item`; gives it back."""
        taken = number is not None and any(number == held for held, _ in self._order)
        if key in self._held or taken:
            raise ValueError(f"{self._what}: {key} ({number}) is taken, there are {self._order}")
        self._held[key] = item
        insort(self._order, (math.inf if number is None else number, key))
        return item

    def __iter__(self) -> Iterator[T]:
        return (self._held[key] for _, key in self._order)

    def __len__(self) -> int:
        return len(self._order)

    def items(self) -> Iterator[tuple[str, T]]:
        return ((key, self._held[key]) for _, key in self._order)


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done: `key` names it for ever, `on` is the last day (None: no day), `url` leads to it.

    `title` may name students, since only its owner reads it; `names` says which (the agenda's entry in the log).
    `first`: it stands before everything else, in red, whatever its day.
    `neutral` leaves the house with the calendar and never names anybody; it cannot be empty (ValueError).
    """

    key: str
    title: str
    neutral: str
    url: str
    icon: str = "list-checks"
    on: dt.date | None = None
    names: tuple[UUID, ...] = ()
    first: bool = False

    def __post_init__(self) -> None:
        if not (self.key and self.neutral.strip()):
            raise ValueError(f"{self.key or self.title}: what is due has a key and a neutral text")

    @property
    def tone(self) -> str:
        """Late things are said, never scolded: `warn`, not `bad`, which is for what comes first."""
        if self.first:
            return "bad"
        if self.on is None:
            return "quiet"
        return "warn" if self.on < today() else "info" if self.on <= today() + SOON else "quiet"

    @property
    def when(self) -> str:
        """「今天」, 「还有 3 天」, 「过了 2 天」, or ""."""
        if self.on is None:
            return ""
        days = (self.on - today()).days
        return "今天" if days == 0 else f"还有 {days} 天" if days > 0 else f"过了 {-days} 天"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event in a student's life: the day it happened, and the day on which somebody wrote it down.

    Of what is restricted only the month is told.
    """

    on: dt.date
    noted_on: dt.date
    title: str
    text: str = ""
    icon: str = "circle"
    url: str = ""
    month_only: bool = False


# What counts as talking with a student in a key moment: rows with their `student` and the day, `on`, void ones left out.
ContactRows = Callable[[], QuerySet[Any, Any]]
CONTACT_ROWS: Board[ContactRows] = Board("rows that are contacts")

# (students, first day, last day) → code of a strategy or topic → how many records about these students touched it.
Touched = Callable[[GuardedQuerySet[Any], dt.date, dt.date], Mapping[str, int]]
TOUCHED: Board[Touched] = Board("what was talked about")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `fixed`: compulsory everywhere, because the record means nothing without it."""

    code: str
    label: str
    seconds: int
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What a mentor fills in. `times`: how often in a year for one mentee, an assumption that the page states.
    `timed`: how long it really takes is measured (`foundation.base.timing`)."""

    code: str
    label: str
    times: float
    assumption: str
    fields: tuple[Field, ...]
    timed: bool = False

    def field(self, code: str) -> Field | None:
        return next((field for field in self.fields if field.code == code), None)


def fixed(seconds: dict[str, int], **labels: str) -> tuple[Field, ...]:
    """The fields that a room itself makes compulsory, with its own seconds. ValueError where one has no label."""
    if seconds.keys() != labels.keys():
        raise ValueError(f"compulsory are {sorted(seconds)}, named {sorted(labels)}")
    return tuple(Field(code, label, seconds[code], fixed=True) for code, label in labels.items())


def compulsory(form: Any, **seconds: int) -> tuple[Field, ...]:
    """The fields that a form asks for, by its own labels, each with the seconds that it takes on a phone."""
    return tuple(
        Field(code, str(form.base_fields[code].label), each, fixed=True) for code, each in seconds.items()
    )


FORMS: Board[Form] = Board("forms that mentors fill in")


def fills_in(number: int, form: Form) -> None:
    """Count this form in the burden budget, at this place of its page."""
    FORMS.put(form.code, form, number)
