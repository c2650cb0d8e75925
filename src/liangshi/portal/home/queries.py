"""What the home pages show: their own, and what rooms registered. Each is a fixed number of questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.foundation.notices.models import Notice
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.faces import (
    LAST_CONTACTS,
    Desk,
)
from liangshi.registry.access.inboxes import own_notices
from liangshi.registry.access.queries import active, class_of, staff, students
from liangshi.registry.mentorships.choices import POLICY_CAP
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import live_extra
from liangshi.registry.people.models import Staff

CALM, LONG = 30, 45  # days since the last contact that colour a mentor's own list; they go nowhere else


def family_desk(actor: Actor) -> Desk:
    """The student himself, or a guardian's children, with their mentors of today. Two questions."""
    rows = list(students(actor))
    bonds: dict[UUID, list[Mentorship]] = {row.pk: [] for row in rows}
    held = Mentorship.objects.of(student=rows).filter(span_at(today()))
    held = held.select_related("mentor__person", "mentor__profile")
    for bond in held.order_by("-kind", "starts_on"):
        bonds[bond.student_id].append(bond)
    return Desk(actor, rows, bonds)


@dataclass(frozen=True, slots=True)
class Mentee:
    """A student in a mentor's list, and how long since the last contact (None: not yet). While the account waits for
    its owner (`locked`) the talks that he alone reads are hidden, and "not yet" would be untrue."""

    student: Any
    group: str
    days: int | None
    locked: bool = False

    @property
    def words(self) -> str:
        if self.days is None:
            return "核实后可见" if self.locked else "还没谈过"
        return {0: "今天", 1: "昨天"}.get(self.days, f"{self.days} 天前")

    @property
    def tone(self) -> str:
        """The two thresholds colour this list, and nothing else is made of them."""
        if self.days is None and self.locked:
            return "quiet"
        if self.days is None or self.days >= LONG:
            return "warn"
        return "info" if self.days >= CALM else "quiet"


def mentees_by_contact(actor: Actor) -> list[Mentee]:
    """A mentor's students, the longest without contact of any kind first. One question, and those of the rooms."""
    rows = in_care(actor)
    last: dict[UUID, dt.date] = {}
    for source in LAST_CONTACTS:
        for pk, day in source(actor, [row.pk for row in rows]).items():
            last[pk] = max(day, last.get(pk, day))
    listed = [
        Mentee(
            row, class_of(row), (today() - last[row.pk]).days if row.pk in last else None, locked=actor.locked
        )
        for row in rows
    ]
    return sorted(listed, key=lambda each: -(10**6 if each.days is None else each.days))


def by_class(rows: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Students (in order of class) under the names of their classes."""
    return [(name, list(group)) for name, group in groupby(rows, key=class_of)]


def in_care(actor: Actor) -> list[Any]:
    """A mentor's mentees, or the students of a 班主任's classes."""
    return list(active(students(actor)))


def own_post(actor: Actor) -> Staff | None:
    return (
        Staff.objects.as_system("the reader himself")
        .filter(pk=actor.staff_id)
        .select_related("person", "school")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Places:
    """A mentor's places: how many students he has, how many he may have, and why it may be more than 15."""

    taken: int
    quota: int
    extra: int

    @property
    def all(self) -> int:
        return self.quota + self.extra


def places(actor: Actor) -> Places:
    row = (
        Staff.objects.as_system("the reader himself")
        .filter(pk=actor.staff_id)
        .annotate(extra=live_extra(actor.staff_id, today()))
        .values_list("places__taken", "places__quota", "extra")
        .first()
    )
    taken, quota, extra = row or (None, None, 0)
    return Places(taken or 0, POLICY_CAP if quota is None else quota, extra)


def news(actor: Actor) -> list[Notice]:
    """The newest that this hat has not read."""
    return list(own_notices(actor).filter(read_at__isnull=True)[:3])


def colleagues(actor: Actor) -> int:
    """How many staff the school has on its books."""
    return staff(actor).count()
