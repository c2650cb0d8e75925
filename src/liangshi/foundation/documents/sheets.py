"""A workbook as plain data: what `reading` gives and every roster reader takes."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["empty", "text", "number", "date", "bool", "error", "formula"]


class DocumentError(Exception):
    """A file that cannot be used. `code` is stable, `message` is a Chinese sentence for the person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `value`: str (text, error, formula), int or float (number), date, bool; "" when empty."""

    kind: Kind
    value: str | int | float | bool | datetime.date

    @property
    def text(self) -> str:
        """The value as a person reads it; whole numbers without a decimal point, dates as 2009-09-01."""
        if isinstance(self.value, bool):
            return "是" if self.value else "否"
        if isinstance(self.value, float) and self.value.is_integer() and abs(self.value) < 1e15:
            return str(int(self.value))
        return str(self.value)


EMPTY = Cell("empty", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something. `number` counts from 1; `cells` maps the column (from 1) to its cell."""

    number: int
    cells: Mapping[int, Cell]

    def cell(self, column: int) -> Cell:
        return self.cells.get(column, EMPTY)


@dataclass(frozen=True, slots=True)
class Area:
    """A merged range, inclusive, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Rows without any value are absent; row numbers are those of the file."""

    title: str
    rows: tuple[Row, ...]
    merged: tuple[Area, ...] = ()
    hidden: bool = False
    hidden_columns: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Workbook:
    """`format` is what the bytes are (xlsx, xls, csv), whatever the name says."""

    format: Literal["xlsx", "xls", "csv"]
    sheets: tuple[Sheet, ...]


def column_letters(column: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """The address as the spreadsheet shows it: (3, 1) → A3."""
    return f"{column_letters(column)}{row}"
