"""What an import would do, worked out before anything is written.

A plan is made twice: for the clerk's eyes, and again inside the transaction that applies it. Its
`fingerprint` covers every decision; if the two differ, the registry has changed in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from liangshi.foundation.audit.hashing import canonical
from liangshi.foundation.base.sealed import digest, masked
from liangshi.practice.rosters.parsing.model import Place, Problem
from liangshi.registry.schools.classnames import ClassName
from liangshi.registry.schools.models import ClassGroup, School

BATCH = 500
NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """One value, old → new. `secret` numbers are shown with their middle hidden."""

    label: str
    old: str
    new: str
    secret: bool = False

    @property
    def shown_old(self) -> str:
        return (masked(self.old) if self.secret else self.old) or "（空）"

    @property
    def shown_new(self) -> str:
        return masked(self.new) if self.secret else self.new


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one line of the file. `target` is the record it was matched with."""

    place: Place
    name: str
    group: str
    target: UUID | None
    changes: tuple[Change, ...] = ()
    told: str = ""

    @property
    def standing(self) -> str:
        return NEW if self.target is None else CHANGED if self.changes else UNCHANGED


@dataclass
class Plan:
    """`steps` are the writer's own instructions, one per line without a problem. `missing` are people of the
    same classes (or the same staff) whom the file does not name: they are listed and left alone. `absent` has the keys
    of such students, and their classes. `waits` are the classes of which whoever brings the file would be the adviser:
    another one agrees first."""

    kind: str
    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    absent: dict[UUID, ClassName] = field(default_factory=dict)
    new_classes: list[ClassName] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    waits: list[ClassName] = field(default_factory=list)
    steps: list[Any] = field(default_factory=list)

    def count(self, standing: str) -> int:
        return sum(line.standing == standing for line in self.lines)

    def of(self, standing: str) -> list[Line]:
        return [line for line in self.lines if line.standing == standing]

    @property
    def counts(self) -> dict[str, int]:
        return {standing: self.count(standing) for standing in (NEW, CHANGED, UNCHANGED)}

    @property
    def fingerprint(self) -> str:
        """A keyed digest, so that it gives away no number."""
        decisions = [
            [
                line.place.sheet,
                line.place.row,
                line.target,
                line.told,
                [[change.label, change.old, change.new] for change in line.changes],
            ]
            for line in self.lines
        ]
        classes = [name.code for name in self.new_classes]
        return digest(canonical([self.kind, decisions, classes, len(self.problems), self.missing]).decode())


def chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    """Lists of at most BATCH values: no query names more."""
    rest = list(values)
    for start in range(0, len(rest), BATCH):
        yield rest[start : start + BATCH]


def line_key(sheet: str, row: int) -> str:
    """How a line is named when it is left out: 「Sheet1!42」."""
    return f"{sheet}!{row}"


def problem_key(problem: Problem) -> str:
    return line_key(problem.sheet, int(re.sub(r"\D", "", problem.cell) or 0))


def class_name_of(group: ClassGroup) -> ClassName:
    return ClassName(group.cohort.entry_year, group.number, group.track)


def classes_of_school(school: School) -> dict[ClassName, ClassGroup]:
    groups = ClassGroup.objects.filter(cohort__school=school).select_related("cohort")
    return {class_name_of(group): group for group in groups}
