"""What rooms show on the pages of others, as far as it depends on who asks. Each says so in its `face.py`.

A page has places. A room puts something in a place under a key and a number; the page collects what stands there, in
the order of the numbers, and names no room. Two with one key or one number stop the start (`Board`). The types that
need no actor are in `foundation.base.faces`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from liangshi.foundation.audit.types import EntryType
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.faces import Board, Due, Happened
from liangshi.foundation.base.models import span_at
from liangshi.foundation.ui.shell import Button, ListRow
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.links import address
from liangshi.registry.access.policy import Permission
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import MentorProfile, Mentorship
from liangshi.registry.people.models import Student

Context = dict[str, Any]

# The navigation


@dataclass(frozen=True, slots=True)
class Nav:
    """A place of the navigation, for those whom the policy table lets in, `without` those who do without it."""

    label: str
    icon: str
    without: Collection[Role] = ()
    primary: bool = False


NAV: Board[Nav] = Board("the navigation")


def nav(
    number: int, route: str, label: str, icon: str, *, without: Collection[Role] = (), primary: bool = False
) -> None:
    """Register a place. `primary`: the raised ＋ on a phone."""
    NAV.put(route, Nav(label, icon, without, primary), number)


# What is due


Items = Callable[[Actor], Iterable[Due]]


@dataclass(frozen=True, slots=True)
class Source:
    """What one room still wants of those who have the permission."""

    permission: Permission[Any]
    items: Items


DUES: Board[Source] = Board("what is due")


def due(kind: str, permission: Permission[Any]) -> Callable[[Items], Items]:
    """Register a source. The agenda sets `kind` before the keys, so that those of two rooms never meet."""

    def put(items: Items) -> Items:
        DUES.put(kind, Source(permission, items))
        return items

    return put


# The home pages

LIGHTER: Board[Callable[[Actor], bool]] = Board("whose days are lighter")


@dataclass(frozen=True)
class Desk:
    """Whose home page it is, and what its cards need together, so that it is asked once.

    `students` are the student himself or a guardian's children, with their mentors of today; empty for all others.
    """

    actor: Actor
    students: Sequence[Any] = ()
    bonds: Mapping[UUID, Sequence[Mentorship]] = field(default_factory=dict)
    named: set[UUID] = field(default_factory=set)  # the students whom the page names; its cards add theirs
    idle: bool = False  # he was away: cards with C3 texts stay closed

    def names(self, students: Iterable[UUID]) -> None:
        """Say that what stands on this page names these students (its entry in the log)."""
        self.named.update(students)

    @cached_property
    def lighter(self) -> bool:
        """Whether he carries so much just now that nothing else reminds him (some room says so)."""
        return any(lighter(self.actor) for lighter in LIGHTER)

    @cached_property
    def introduced(self) -> bool:
        """Whether a mentor has written of himself."""
        profiles = MentorProfile.objects.as_system("whether the reader has written of himself")
        return profiles.filter(staff=self.actor.staff_id).exclude(intro="").exists()


class Place(StrEnum):
    """Where a card of a home page may stand. Which of them a page has, its template says."""

    TOP = "top"
    MAIN = "main"
    SIDE = "side"
    BELOW = "below"
    UNDER_MENTOR = "under_mentor"  # in the card of a student's own mentor
    UNDER_MENTEES = "under_mentees"  # in the card of a mentor's students
    UNDER_LINKS = "under_links"  # in the card of the links


class Lines(StrEnum):
    """Where rows of a list may stand."""

    LINKS = "links"
    MORE_MENTEES = "more_mentees"  # after a mentor's students of today


class Spot(StrEnum):
    """Where a piece about one bond may stand, on the card that shows a student his mentor."""

    MENTOR_NOTES = "notes"
    MENTOR_DEEDS = "deeds"


Shows = Callable[[Desk], Context | None]
ShowsBonds = Callable[[Desk], Mapping[UUID, Context]]


@dataclass(frozen=True, slots=True)
class Card:
    """`context` answers None where there is nothing to show."""

    template: str
    context: Shows
    private: bool = False  # shows C3 texts: not to whoever takes up a phone that was left for half an hour


@dataclass(frozen=True, slots=True)
class BondCard:
    """`context` answers for all bonds at once, by their keys."""

    template: str
    context: ShowsBonds
    private: bool = False


Rows = Callable[[Desk], Iterable[ListRow]]
On = Mapping[Role, int]  # on whose home page, and at which number of the place

CARDS: dict[tuple[Role, Place], Board[Card]] = defaultdict(lambda: Board("cards of a home page"))
ROWS: dict[tuple[Role, Lines], Board[Rows]] = defaultdict(lambda: Board("rows of a home page"))
BOND_CARDS: dict[Spot, Board[BondCard]] = defaultdict(lambda: Board("pieces of a mentor's card"))


def card(place: Place, template: str, on: On, *, private: bool = False) -> Callable[[Shows], Shows]:
    """Register a card under its template. May stand several times above one function. `private`: it shows C3 texts."""

    def put(context: Shows) -> Shows:
        for role, number in on.items():
            CARDS[role, place].put(template, Card(template, context, private), number)
        return context

    return put


def rows(key: str, on: On, lines: Lines = Lines.LINKS) -> Callable[[Rows], Rows]:
    """Register rows of a list."""

    def put(found: Rows) -> Rows:
        for role, number in on.items():
            ROWS[role, lines].put(key, found, number)
        return found

    return put


def link(route: str, title: str, on: On, *, icon: str, sub: str = "") -> None:
    """Register a row that leads to a page, for those who may open it."""

    @rows(route, on)
    def _link(desk: Desk) -> Iterable[ListRow]:
        if url := address(desk.actor, route):
            yield ListRow(title, url, sub=sub, icon=icon)


def bond_card(
    spot: Spot, template: str, number: int, *, private: bool = False
) -> Callable[[ShowsBonds], ShowsBonds]:
    """Register a piece of the card that shows a student, or his guardian, one of his mentors."""

    def put(context: ShowsBonds) -> ShowsBonds:
        BOND_CARDS[spot].put(template, BondCard(template, context, private), number)
        return context

    return put


# The office's page of relations: where else it goes from there. A row without an address is not shown.
RELATIONS_ROWS: Board[Callable[[Actor], Iterable[ListRow]]] = Board("rows of the office's page of relations")

# The page of a student


@dataclass(frozen=True)
class Reader:
    """Who opens the page of whom, and what he may do with it: those of the permissions that the page's parts ask for."""

    actor: Actor
    student: Any
    may: frozenset[Permission[Student]]

    @cached_property
    def bonds(self) -> list[Mentorship]:
        """The student's mentor of today, then co-mentors. Asked once."""
        held = Mentorship.objects.of(student=self.student).filter(span_at(today()))
        held = held.select_related("mentor__person", "mentor__profile")
        return sorted(held, key=lambda row: row.kind != Kind.PRIMARY)

    def link(self, permission: Permission[Student], route: str, *keys: Any) -> str:
        """The address of a deed on this student, or ""."""
        return address(self.actor, route, *keys) if permission in self.may else ""


@dataclass(frozen=True, slots=True)
class Part:
    """A tab. `needs`: any of these opens it, and none lets everybody in who may open the page. `asks`: what else
    `context` wants to know of the reader. `reads` stands in the log instead of the page's own entry when the part is
    shown (declared with `also_reads`)."""

    label: str
    template: str
    context: Callable[[Reader], Context]
    needs: frozenset[Permission[Student]] = frozenset()
    asks: frozenset[Permission[Student]] = frozenset()
    reads: EntryType | None = None


@dataclass(frozen=True, slots=True)
class Deeds:
    """Buttons that lead to deeds on this student. `asks` as for a part."""

    buttons: Callable[[Reader], Iterable[Button]]
    asks: frozenset[Permission[Student]] = frozenset()


@dataclass(frozen=True, slots=True)
class StudentCard:
    """A piece of the overview, under the student's mentors; None where there is nothing to show."""

    template: str
    context: Callable[[Reader], Context | None]


PARTS: Board[Part] = Board("parts of a student's page")
HEADING_DEEDS: Board[Deeds] = Board("buttons in the heading of a student's page")
MENTOR_DEEDS: Board[Deeds] = Board("buttons under a student's mentors")
MENTOR_CARDS: Board[StudentCard] = Board("pieces under a student's mentors")


def asked() -> list[Permission[Student]]:
    """Every permission that a student's page wants to know of its reader."""
    wanted: frozenset[Permission[Student]] = frozenset()
    for part in PARTS:
        wanted |= part.needs | part.asks
    for deeds in (*HEADING_DEEDS, *MENTOR_DEEDS):
        wanted |= deeds.asks
    return sorted(wanted, key=str)


# What happened to a student, as far as the actor may know. A fixed number of questions each.
Timeline = Callable[[Actor, Student], Iterable[Happened]]
TIMELINES: Board[Timeline] = Board("what happened to a student")

# When somebody who accompanies them was last in touch with each of these students, as far as the actor may know.
LastContacts = Callable[[Actor, Sequence[UUID]], Mapping[UUID, dt.date]]
LAST_CONTACTS: Board[LastContacts] = Board("the last contact")

FAMILY = "family"  # beside the codes of the five strategies: contact with the family
# Strategy code, or FAMILY → day of the last contact with one student; None when that is none of the actor's business.
LastByStrategy = Callable[[Actor, Student], Mapping[str, dt.date] | None]
LAST_BY_STRATEGY: Board[LastByStrategy] = Board("the last contact about each strategy")

# Term → strategy → how often it was talked about with a student, as far as the actor may know.
ByTerm = Callable[[Actor, Student, Sequence[UUID]], Mapping[UUID, Mapping[str, int]]]
TALKED_BY_TERM: Board[ByTerm] = Board("how often each strategy was talked about")
