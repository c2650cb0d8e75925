"""What a mentor has kept for himself about a student, when the two part: he reads it a last time beside his half of the
hand-over letter, to move lines into it, and then it ends.

A room whose rows are their author's alone says both here (`PARTINGS.put(…)` in its `face.py`). When and for whom it is
done, the room of letters decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base.faces import Board
from liangshi.registry.mentorships.models import Mentorship


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of what he has kept; `key` names it on the page."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Parting:
    """`lines` reads what the mentor of an ended relation has kept, the oldest first; `end` erases it where he has the
    student in his care no more."""

    lines: Callable[[Mentorship], Sequence[Line]]
    end: Callable[[Collection[Mentorship], Doer], None]


PARTINGS: Board[Parting] = Board("what a mentor has kept for himself about a student")


def lines_of(bond: Mentorship) -> list[Line]:
    return [line for parting in PARTINGS for line in parting.lines(bond)]


def end_kept(bonds: Collection[Mentorship], *, actor: Doer) -> None:
    for parting in PARTINGS:
        parting.end(bonds, actor)
