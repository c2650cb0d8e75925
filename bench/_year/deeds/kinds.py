"""Kinds of deeds, and who does them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bench._year.world import Nothing, World
from liangshi.foundation.base.errors import DomainError
from liangshi.practice.rosters.actions.jobs import apply_file
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.models import (
    ACTIVE_PRIMARY,
    Mentorship,
)
from liangshi.registry.people.models import (
    OPEN,
    Student,
)

T = TypeVar("T")
Does = Callable[[World], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of deed: how often, against the others. `quiet`: touches no relation."""

    does: Does
    weight: float
    quiet: bool = False


KINDS: dict[str, Kind] = {}


def deed(name: str, weight: float, *, quiet: bool = False) -> Callable[[Does], Does]:
    def put(does: Does) -> Does:
        KINDS[name] = Kind(does, weight, quiet)
        return does

    return put


def seen(row: T | None) -> T:
    """The row that the actor's page opens. Raises Nothing where it opens none."""
    if row is None:
        raise Nothing
    return row


def family(w: World, student: Student) -> Actor:
    """The student himself, or one of his guardians."""
    if w.chance(0.6):
        return w.wearing(student.person, Role.STUDENT, student_id=student.pk)
    return w.guardian_of(student)


def mentor_of(w: World, student: Student) -> Actor:
    """Who is the student's mentor now, or stands in for him."""
    bond = w.pick(
        Mentorship.objects.filter(ACTIVE_PRIMARY, student=student).select_related("mentor__person__account")
    )
    care = list(bond.interims.filter(OPEN).select_related("caretaker__person__account"))
    return w.wearing((care[0].caretaker if care else bond.mentor).person, Role.MENTOR)


def bring(w: World, kind: str, heading: str, line: str, actor: Actor) -> None:
    """A roster of one line, whole or not at all."""
    data = f"{heading}\n{line}\n".encode()
    start = w.made.year.start_year
    found = apply_file(w.school, data, "名册.csv", kind=kind, year_start=start, actor=actor, dry=False)
    if not found.applicable:
        raise DomainError(found.problems[0].code if found.problems else "nothing", "名册没有写入。")
