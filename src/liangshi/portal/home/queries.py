"""What the home pages show: their own, and what rooms registered. Each is a fixed number of questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.foundation.notices.models import Notice
from liangshi.foundation.notices.queries import notices_for
from liangshi.foundation.ui.shell import Piece
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.faces import (
    BOND_CARDS,
    CARDS,
    LAST_CONTACTS,
    ROWS,
    Card,
    Context,
    Desk,
    Lines,
    Place,
    Spot,
)
from liangshi.registry.access.queries import active, class_of, staff, students
from liangshi.registry.mentorships.choices import POLICY_CAP
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import live_extra
from liangshi.registry.people.actions import GONE
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import Staff

CALM, LONG = 30, 45  # days since the last contact that colour a mentor's own list; they go nowhere else


def shown(desk: Desk) -> dict[str, Any]:
    """What rooms show on this home page: place → pieces, and list → rows, each in its order."""
    role = desk.actor.role
    return {place.value: _pieces(desk, CARDS[role, place]) for place in Place} | {
        lines.value: [row for found in ROWS[role, lines] for row in found(desk)] for lines in Lines
    }


def _pieces(desk: Desk, cards: Iterable[Card]) -> list[Piece]:
    found = ((card.template, card.context(desk)) for card in cards)
    return [Piece(template, context) for template, context in found if context is not None]


@dataclass(frozen=True, slots=True)
class Held:
    """A mentor of today, and what rooms say and offer beside him."""

    bond: Mentorship
    notes: tuple[Piece, ...]
    deeds: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Mine:
    """One student (oneself, or a child) and the mentors he has today."""

    student: Any
    group: str
    mentors: tuple[Held, ...]

    @property
    def gone(self) -> str:
        """「转出」, 「毕业」, 「退学」, or "" for a student of the school."""
        return str(StudentState(self.student.state).label) if self.student.state in GONE else ""


def family_desk(actor: Actor) -> Desk:
    """The student himself, or a guardian's children, with their mentors of today. Two questions."""
    rows = list(students(actor))
    bonds: dict[UUID, list[Mentorship]] = {row.pk: [] for row in rows}
    held = Mentorship.objects.filter(span_at(today()), student__in=rows).select_related(
        "mentor__person", "mentor__profile"
    )
    for bond in held.order_by("-kind", "starts_on"):
        bonds[bond.student_id].append(bond)
    return Desk(actor, rows, bonds)


def own_students(desk: Desk) -> list[Mine]:
    """Each student of the desk with class, mentors, and what rooms say of them."""
    notes, deeds = ([*_of_bonds(desk, spot)] for spot in (Spot.MENTOR_NOTES, Spot.MENTOR_DEEDS))
    return [
        Mine(
            row,
            class_of(row),
            tuple(
                Held(bond, _beside(bond, notes), _beside(bond, deeds)) for bond in desk.bonds.get(row.pk, ())
            ),
        )
        for row in desk.students
    ]


OfBonds = tuple[str, Mapping[UUID, Context]]


def _of_bonds(desk: Desk, spot: Spot) -> Iterator[OfBonds]:
    return ((card.template, card.context(desk)) for card in BOND_CARDS[spot])


def _beside(bond: Mentorship, found: Iterable[OfBonds]) -> tuple[Piece, ...]:
    return tuple(Piece(template, of[bond.pk]) for template, of in found if bond.pk in of)


@dataclass(frozen=True, slots=True)
class Mentee:
    """A student in a mentor's list, and how long since the last contact (None: not yet)."""

    student: Any
    group: str
    days: int | None

    @property
    def words(self) -> str:
        if self.days is None:
            return "还没谈过"
        return {0: "今天", 1: "昨天"}.get(self.days, f"{self.days} 天前")

    @property
    def tone(self) -> str:
        """The two thresholds colour this list, and nothing else is made of them."""
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
        Mentee(row, class_of(row), (today() - last[row.pk]).days if row.pk in last else None) for row in rows
    ]
    return sorted(listed, key=lambda each: -(10**6 if each.days is None else each.days))


def by_class(rows: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Students (in order of class) under the names of their classes."""
    return [(name, list(group)) for name, group in groupby(rows, key=class_of)]


def in_care(actor: Actor) -> list[Any]:
    """A mentor's mentees, or the students of a 班主任's classes."""
    return list(active(students(actor)))


def own_post(actor: Actor) -> Staff | None:
    return Staff.objects.filter(pk=actor.staff_id).select_related("person", "school").first()


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
        Staff.objects.filter(pk=actor.staff_id)
        .annotate(extra=live_extra(actor.staff_id, today()))
        .values_list("places__taken", "places__quota", "extra")
        .first()
    )
    taken, quota, extra = row or (None, None, 0)
    return Places(taken or 0, POLICY_CAP if quota is None else quota, extra)


def unread(actor: Actor) -> list[Notice]:
    rows = notices_for(person=actor.person_id, school=actor.school_id, role=actor.role.value)
    return list(rows.filter(read_at__isnull=True)[:3])


def colleagues(actor: Actor) -> int:
    """How many staff the school has on its books."""
    return staff(actor).count()
