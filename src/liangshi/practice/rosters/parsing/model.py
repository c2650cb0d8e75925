"""What a roster file becomes: rows of facts, problems with their cells, and what was left out."""

import datetime
import re
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from liangshi.registry.schools.classnames import ClassName

_LONG_NUMBER = re.compile(r"\d[\d\s\-]{5,}[\dXx]")


def mask(text: str) -> str:
    """Hides the middle of every id or phone number in a text: 138******00, 340*************41."""

    def hidden(number: re.Match[str]) -> str:
        digits = re.sub(r"\s", "", number[0])
        return digits[:3] + "*" * (len(digits) - 5) + digits[-2:]

    return _LONG_NUMBER.sub(hidden, text)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a file from being applied. `value` is masked; `message` says what to do; `about` is the
    student of the registry whom it names."""

    sheet: str
    cell: str
    column: str
    value: str
    code: str
    message: str
    about: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in the file; `cells` maps a field to its address (A3) for later problems."""

    sheet: str
    row: int
    cells: MappingABC[str, str]

    def problem(
        self, field_: str, label: str, value: str, code: str, message: str, about: UUID | None = None
    ) -> Problem:
        cell = self.cells.get(field_, f"A{self.row}")
        return Problem(self.sheet, cell, label, mask(value), code, message, about)


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """One guardian. `name` is "" when the file gives only a phone; `relation` is GB/T 4761 or ""."""

    name: str
    relation: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class StudentRow:
    """One student; "" and None where the file does not say. Codes as in `registry.people.codes`."""

    place: Place = field(compare=False, repr=False)
    name: str
    class_name: ClassName
    national_no: str = ""
    id_no: str = ""
    school_no: str = ""
    aux_no: str = ""
    seat_no: str = ""
    gender: str = ""
    birth_date: datetime.date | None = None
    lodging: str = ""
    left_behind: str = ""
    entry_month: str = ""
    guardians: tuple[GuardianRow, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One member of staff. `duty` is free text (校长, 党委书记 …)."""

    place: Place = field(compare=False, repr=False)
    staff_no: str
    name: str
    gender: str = ""
    subjects: tuple[str, ...] = ()
    title: str = ""
    post_kind: str = ""
    duty: str = ""
    status: str = ""
    is_adviser: bool = False
    adviser_class: ClassName | None = None
    teaching_classes: tuple[ClassName, ...] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PairRow:
    """One mentor and one student as a paper list names them; resolved against the registry later."""

    place: Place = field(compare=False, repr=False)
    mentor: str
    student: str
    class_name: ClassName | None = None
    mentor_no: str = ""
    national_no: str = ""
    school_no: str = ""
    since: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class ClubRow:
    """One member of one club; `student` is "" in a line that only names the club."""

    place: Place = field(compare=False, repr=False)
    club: str
    kind: str = ""
    adviser: str = ""
    student: str = ""
    class_name: ClassName | None = None
    national_no: str = ""


RosterRow = StudentRow | StaffRow | PairRow | ClubRow
Certainty = Literal["sure", "ask", "chosen", "ignored"]


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """What a heading of the file means to us. `field` None: not read. "ask": the clerk should decide;
    `suggestion` is then our guess."""

    heading: str
    field: str | None
    certainty: Certainty
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """Headings → fields, in the order of the file."""

    choices: tuple[ColumnChoice, ...] = ()

    @classmethod
    def of(cls, answers: MappingABC[str, str | None]) -> "Mapping":
        """The answers of the confirm screen: heading → field, or None to leave the column out."""
        return cls(tuple(ColumnChoice(heading, target, "chosen") for heading, target in answers.items()))

    def answers(self) -> dict[str, str | None]:
        return {choice.heading: choice.field for choice in self.choices if choice.certainty == "chosen"}

    @property
    def to_ask(self) -> tuple[ColumnChoice, ...]:
        return tuple(choice for choice in self.choices if choice.certainty == "ask")


@dataclass(frozen=True, slots=True)
class SheetReport:
    """`header_row` None: the sheet was not read, for the reason in `skipped`."""

    title: str
    header_row: int | None
    rows: int
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """One file, read. `row_count` counts all data lines, `rows` has those without a problem."""

    kind: str
    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]
    ignored_columns: tuple[str, ...]
    sheets: tuple[SheetReport, ...]
    mapping: Mapping
    row_count: int

    @property
    def applicable(self) -> bool:
        return not self.problems and bool(self.rows)
