"""The home page of each role: its own first things, and in their places what rooms show there. One builder per role.

A builder returns the template and its context; `desk` looks it up in `DESKS` and adds the cards and rows that rooms
registered for the role (`registry.access.faces`). Links come from `address`, which gives "" for a page that is not
there or not open to the role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from liangshi.foundation.ui.charts import Chart, Series
from liangshi.foundation.ui.shell import Piece
from liangshi.oversight.coverage.queries import Share, class_figures, school_figures, total
from liangshi.portal.home import queries
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import (
    BOND_CARDS,
    CARDS,
    ROWS,
    BondCard,
    Card,
    Context,
    Desk,
    Lines,
    Place,
    Spot,
)
from liangshi.registry.access.links import address
from liangshi.registry.access.queries import class_of
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import GONE, StudentState

Page = tuple[Desk, dict[str, Any]]


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
    return ((card.template, card.context(desk)) for card in BOND_CARDS[spot] if _open(desk, card))


def _open(desk: Desk, card: Card | BondCard) -> bool:
    return not (card.private and desk.idle)


def _beside(bond: Mentorship, found: Iterable[OfBonds]) -> tuple[Piece, ...]:
    return tuple(Piece(template, of[bond.pk]) for template, of in found if bond.pk in of)


def _student(actor: Actor) -> Page:
    return queries.family_desk(actor), {}


def _mentor(actor: Actor) -> Page:
    mentees = queries.mentees_by_contact(actor)
    return Desk(actor, named={each.student.pk for each in mentees}), {
        "post": queries.own_post(actor),
        "mentees": mentees,
        "places": queries.places(actor),
    }


def _adviser(actor: Actor) -> Page:
    rows = queries.in_care(actor)
    return Desk(actor, named={row.pk for row in rows}), {
        "groups": queries.by_class(rows),
        "share": Share(len(rows), sum(row.mentor_id is not None for row in rows)),
        "list_url": address(actor, "dossier:students"),
        "none_url": address(actor, "dossier:students", mentor="no"),
    }


def _grade_head(actor: Actor) -> Page:
    rows = class_figures(actor)
    return Desk(actor), {
        "classes": rows,
        "share": sum((row.share for row in rows), Share()),
        "list_url": address(actor, "dossier:students"),
        "none_url": address(actor, "dossier:students", mentor="no"),
    }


def _staff(actor: Actor) -> Page:
    return Desk(actor), {"post": queries.own_post(actor)}


def _office(actor: Actor) -> Page:
    (row,) = school_figures(actor)
    return Desk(actor), {
        "row": row,
        "empty": not row.share.active and not queries.colleagues(actor) > 1,
        "list_url": address(actor, "dossier:students"),
        "none_url": address(actor, "dossier:students", mentor="no"),
        "teachers_url": address(actor, "dossier:staff", standing="teachers"),
        "mentors_url": address(actor, "dossier:staff", standing="pool"),
        "left_out_url": address(actor, "dossier:not_mentoring"),
        "classes_url": address(actor, "dossier:classes"),
        "import_url": address(actor, "rosters:list"),
    }


def _bureau(actor: Actor) -> Page:
    rows = sorted(school_figures(actor), key=lambda row: not row.red)
    begun = [row for row in rows if row.share.active]
    chart = Chart(
        "coverage",
        "各校有导师的学生",
        [row.school.short_name for row in begun],
        [Series("比例", [row.share.percent for row in begun])],
        unit="%",
        horizontal=True,
    )
    return Desk(actor), {
        "chart": chart if begun else None,
        "rows": rows,
        "total": total(rows),
        "schools_url": address(actor, "dashboards:schools"),
        "red_url": address(actor, "dashboards:schools", red="1"),
        "private_url": address(actor, "dashboards:schools", ownership="2"),
        "org_url": address(actor, "dashboards:org"),
    }


DESKS: dict[Role, tuple[str, Callable[[Actor], Page]]] = {
    Role.CITY: ("bureau", _bureau),
    Role.COUNTY: ("bureau", _bureau),
    Role.LEADER: ("office", _office),
    Role.CLERK: ("office", _office),
    Role.GRADE_HEAD: ("grade_head", _grade_head),
    Role.ADVISER: ("adviser", _adviser),
    Role.MENTOR: ("mentor", _mentor),
    Role.STAFF: ("staff", _staff),
    Role.STUDENT: ("student", _student),
    Role.GUARDIAN: ("guardian", _student),
}


def shown(desk: Desk) -> dict[str, Any]:
    """What rooms show on this home page: place → pieces, and list → rows, each in its order."""
    role = desk.actor.role
    return {place.value: _pieces(desk, CARDS[role, place]) for place in Place} | {
        lines.value: [row for found in ROWS[role, lines] for row in found(desk)] for lines in Lines
    }


def _pieces(desk: Desk, cards: Iterable[Card]) -> list[Piece]:
    found = ((card.template, card.context(desk)) for card in cards if _open(desk, card))
    return [Piece(template, context) for template, context in found if context is not None]


def desk(actor: Actor, *, idle: bool) -> tuple[str, dict[str, Any], set[UUID]]:
    """The template under home/, its context, and the students whom it names, for the hat the actor wears; its unread
    notices on all. Whoever has been away (`idle`) gets it without the cards that show C3 texts."""
    name, build = DESKS[actor.role]
    plain, context = build(actor)
    made = replace(plain, idle=idle)
    context |= {
        **shown(made),
        "mine": own_students(made) if made.students else [],
        "news": queries.news(actor),
        "idle": idle,
    }
    return f"home/{name}.html", context, made.named
