"""学年结转: how the rooms of the house take part in the change of a school's year.

A room says so once, in its own `rollover.py`: whose rows a rollover can touch, what it ends for those who graduate,
and what stands in the way of going back. `practice.rollover` carries it out and names no other room.

Parts stand in the order of the floors, since a room loads those it stands on. What ends, ends from the top down;
what was made is removed from the top down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Greatest

from liangshi.foundation.audit.actions import Doer
from liangshi.registry.schools.models import CalendarEvent, SchoolYear, Term


@dataclass(frozen=True, slots=True)
class Leavers:
    """Who graduates, from which day, at the end of which year."""

    year: SchoolYear
    students: tuple[UUID, ...]
    on: dt.date

    @property
    def chain(self) -> str:
        return str(self.year.school_id)


RowKey = tuple[type[models.Model], str]  # a row of the journal: its model and key


class Entry(NamedTuple):
    """A row of the journal: its changed fields before (None: the rollover made the row) and after, as JSON values."""

    model: type[models.Model]
    key: str
    old: dict[str, Any] | None
    new: dict[str, Any]


Paths = Mapping[
    type[models.Model], str
]  # a model, and the way of lookups from it to the school or the student


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How one room takes part. Every row of `of_school` and of the leavers' `of_students` is kept in the journal."""

    of_school: Paths = field(default_factory=dict)
    of_students: Paths = field(default_factory=dict)
    # Models that stay as they are although they hold for a time and are about a student, and why.
    stays: Paths = field(default_factory=dict)
    # What it ends for the leavers.
    end: Callable[[Leavers, Doer], None] | None = None
    # What that is, for a rehearsal: a label and a number. As many questions, however many students.
    ends: Callable[[Collection[UUID]], Mapping[str, int]] | None = None
    # Names of what has come since and forbids to go back.
    in_the_way: Callable[[Collection[Entry]], Iterator[str]] | None = None
    # What is put back besides the rows of the journal, before them. Returns those that are not put back after all.
    put_back: Callable[[Collection[Entry]], Collection[RowKey]] | None = None


PARTS: dict[str, Part] = {}


def take_part(room: str, part: Part) -> None:
    """Declare how a room takes part. ValueError for a room, or a model, that is declared twice."""
    if room in PARTS:
        raise ValueError(f"{room} says twice how it takes part in the rollover")
    declared = {*part.of_school, *part.of_students, *part.stays}
    if twice := declared & declared_models():
        raise ValueError(f"{room} declares what another room has declared: {twice}")
    PARTS[room] = part


def declared_models() -> set[type[models.Model]]:
    return {model for part in PARTS.values() for model in (*part.of_school, *part.of_students, *part.stays)}


def touched(school_id: UUID, students: Collection[UUID]) -> Iterator[models.QuerySet[Any]]:
    """Every row that a rollover of these students can touch. Parents before children."""
    for part in PARTS.values():
        for model, path in part.of_school.items():
            yield model._default_manager.filter(**{path: school_id})
        for model, path in part.of_students.items():
            yield model._default_manager.filter(**{f"{path}__in": students})


def bring_forward(students: Collection[UUID], on: dt.date) -> int:
    """What rooms have closed about these students later than `on`, the day on which they left, ends on that day; returns
    how many rows. Whoever leaves is often registered days later, and meanwhile his class or mentor may have changed. A
    row that began later still is left without a day. What is open, each room ends by itself.
    """
    moved = 0
    for part in PARTS.values():
        for model, path in part.of_students.items():
            days = {field.name for field in model._meta.concrete_fields}
            rows = model._default_manager.filter(**{f"{path}__in": students})
            if "ends_on" in days:
                later = rows.filter(ends_on__gt=on, starts_on__lt=F("ends_on"))
                moved += later.update(ends_on=Greatest(Value(on, models.DateField()), F("starts_on")))
            elif "ended_on" in days:
                moved += rows.filter(ended_on__gt=on).update(ended_on=on)
    return moved


take_part(
    "registry.schools",
    Part(of_school={SchoolYear: "school", Term: "year__school", CalendarEvent: "year__school"}),
)
