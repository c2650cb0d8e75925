"""Who hears of what: one row for each thing that may happen to a relation, an absence, a need, an event, a student.

A room says it in its `transitions.py`, and its deeds take their words from there:

    GRANTED = NEED_ROWS.row("staff", student=says("从今天起，{also}也会陪伴你"), rest="…why nobody else…")
    deed.tell([student.person_id], role=Role.STUDENT, title=GRANTED.student(also=names), …)

Each cell is a notice that arrives, something that begins or ceases to wait on that side's agenda, or a silence with its
reason. What may happen and has no row stops the start (`checks`); that each row is true, tests walk
(`tests/practice/test_transitions.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from django.db.models import TextChoices

from liangshi.foundation.base.workflow import Workflow
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.people.choices import StudentState


@dataclass(frozen=True)
class Cell:
    """What one side notices. `words`: titles of notices, filled in by name (of several, a deed
    names the one it means); `opens`, `closes`: kinds of what is due
    (`faces.due`); `why`: why it hears nothing."""

    words: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    why: str = ""

    def __add__(self, other: Cell) -> Cell:
        return Cell(self.words + other.words, self.opens + other.opens, self.closes + other.closes)

    def __call__(self, **values: object) -> str:
        """The title of the notice, of which there is one."""
        (words,) = self.words
        return words.format(**values)

    def matches(self, title: str) -> str | None:
        """Which of the words this title says."""
        return next((words for words in self.words if re.fullmatch(_pattern(words), title)), None)


def _pattern(words: str) -> str:
    return re.sub(r"\\\{\w+\\\}", ".+", re.escape(words))


def says(*words: str) -> Cell:
    return Cell(words)


def opens(*due: str) -> Cell:
    return Cell(opens=due)


def closes(*due: str) -> Cell:
    return Cell(closes=due)


def silent(why: str) -> Cell:
    return Cell(why=why)


@dataclass(frozen=True)
class Row:
    """One thing that happens, and what each side notices. The sides that are not named notice nothing, for one reason."""

    student: Cell
    guardians: Cell
    mentor: Cell  # whoever is in charge before it
    next: Cell  # the mentor whose student he becomes, or is to become
    caretaker: Cell
    co_mentors: Cell
    adviser: Cell
    office: Cell
    leader: Cell
    asker: Cell  # whoever has asked for it, proposed or told it
    lead: Cell  # of a 重大变故, before and after

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """Side and cell, in the order of `SIDES`."""
        return ((side, getattr(self, side)) for side in SIDES)


SIDES = {
    "student": "学生",
    "guardians": "家长",
    "mentor": "导师",
    "next": "接任的导师",
    "caretaker": "代管老师",
    "co_mentors": "协同导师",
    "adviser": "班主任",
    "office": "学校办公室",
    "leader": "校领导",
    "asker": "提出的人",
    "lead": "主谈人",
}
assert list(SIDES) == [field.name for field in fields(Row)]


class Kind:
    """What may happen to one kind of thing, by key and in words, and the row of each."""

    def __init__(self, label: str, members: Mapping[str, str]) -> None:
        self.label = label
        self.members = dict(members)
        self.rows: dict[str, Row] = {}
        self.never: dict[str, str] = {}
        KINDS.append(self)

    @classmethod
    def states(cls, label: str, states: type[TextChoices]) -> Kind:
        """Each of its values may come."""
        return cls(label, {str(value): str(word) for value, word in states.choices})

    @classmethod
    def moves(cls, label: str, workflow: Workflow, *, begin: str, **also: str) -> Kind:
        """It begins and goes through the moves of its workflow; `also` what happens without a move."""
        moves = {name: move.label for name, move in workflow.moves.items()}
        return cls(label, {"begin": begin, **moves, **also})

    def row(self, *members: str, rest: str, **cells: Cell) -> Row:
        """Say who notices these, and why the others do not. Raises ValueError for what cannot happen, or has a row."""
        made = Row(**{side: cells.pop(side, silent(rest)) for side in SIDES})
        if cells:
            raise ValueError(f"{self.label}: there is no {', '.join(cells)}")
        for member in map(str, members):
            self._new(member)
            self.rows[member] = made
        return made

    def nothing_does(self, *members: str, because: str) -> None:
        """No deed of ours does this."""
        for member in map(str, members):
            self._new(member)
            self.never[member] = because

    def _new(self, member: str) -> None:
        if member not in self.members or member in self.rows or member in self.never:
            raise ValueError(f"{self.label}: {member} cannot happen, or has its row already")

    def missing(self) -> list[str]:
        return [member for member in self.members if member not in self.rows and member not in self.never]


KINDS: list[Kind] = []

# What happens to the facts of the registry is told by the rooms that do it.
BEGINS = Kind.states("导师关系开始", Origin)
ENDS = Kind.states("导师关系结束", EndReason)
STANDING = Kind.states("学生状态", StudentState)
