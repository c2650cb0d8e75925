"""What the four kinds of roster have in common: columns as objects, a record of one line, a kind."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from liangshi.foundation.documents.sheets import Cell
from liangshi.practice.rosters.parsing.cells import CellError
from liangshi.practice.rosters.parsing.model import ColumnChoice, Place, Problem, RosterRow
from liangshi.registry.schools import classnames
from liangshi.registry.schools.classnames import ClassName

_DECORATION = re.compile(r"[★☆*※#:()（）\[\]【】\s/、_\-.]|必填|选填")


def normal(heading: str) -> str:
    """A heading without stars, brackets, blanks and punctuation, in half width."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", heading))


@dataclass(frozen=True)
class Column:
    """A field of ours: its Chinese label, the headings it is known by, and how one cell is read.

    `fills_down`: a vertically merged cell stands for all its rows. `unsure`: headings that may mean it.
    """

    identifier: str
    label: str
    headings: tuple[str, ...]
    read: Callable[[Cell], Any]
    fills_down: bool = False
    unsure: tuple[str, ...] = ()


@dataclass
class Record:
    """One line while it is read: clean values by field, the raw text for problems, and the problems."""

    place: Place
    labels: dict[str, str]
    year_start: int
    sheet_class: ClassName | None
    values: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def get(self, identifier: str, default: Any = "") -> Any:
        return self.values.get(identifier, default)

    def report(self, identifier: str, code: str, message: str) -> None:
        label = self.labels.get(identifier, "")
        self.problems.append(
            self.place.problem(identifier, label, self.raw.get(identifier, ""), code, message)
        )

    def require(self, identifier: str) -> None:
        """A problem unless the field has a value or already a problem of its own."""
        if identifier not in self.raw:
            self.report(identifier, "missing_value", f"缺少{self.labels[identifier]}。请补上后再上传。")

    def class_named(self, identifier: str, text: str) -> ClassName | None:
        """The class that a cell names, or a problem at that cell."""
        try:
            return class_of(text, self.year_start)
        except CellError as fault:
            self.report(identifier, fault.code, fault.message)
            return None


def class_of(text: str, year_start: int) -> ClassName:
    """The class of a present cohort that `text` names. Raises CellError."""
    found = classnames.parse(text, year_start=year_start)
    if found is None:
        raise CellError(
            "unknown_class",
            "看不懂这个班级名称。请写成“高一(3)班”或“2024级3班”这样，年级只能是高一到高三。",
        )
    if not 0 <= year_start - found.cohort < classnames.YEARS_OF_STUDY:
        raise CellError(
            "unknown_class",
            f"{found.cohort}级在 {year_start}-{year_start + 1} 学年不在高一到高三之间。请核对年级和学年。",
        )
    return found


@dataclass(frozen=True)
class Kind:
    """One kind of roster.

    `needs`: each group must have at least one column. `marks`: one of these columns tells this kind from
    the others, and those in `rules_out` are not meant where it is there. `build` turns a record into rows
    or reports problems; `keys` names what may occur only once.
    """

    identifier: str
    label: str
    columns: tuple[Column, ...]
    needs: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...]
    build: Callable[[Record], list[RosterRow]]
    keys: Callable[[Any], Iterable[tuple[str, tuple[Any, ...]]]]
    refine: Callable[[list[ColumnChoice]], list[ColumnChoice]] = lambda choices: choices
    rules_out: tuple[str, ...] = ()

    def column(self, identifier: str) -> Column:
        return next(column for column in self.columns if column.identifier == identifier)

    @property
    def labels(self) -> dict[str, str]:
        return {column.identifier: column.label for column in self.columns}
