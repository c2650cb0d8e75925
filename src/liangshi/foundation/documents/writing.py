"""Writes .xlsx and .csv that no spreadsheet will ever compute.

A text that a spreadsheet might take for a formula is kept a text in the way each format has for it,
so that reading it back with `reading` gives the identical text:

- .xlsx: every str is a string cell in number format "@"; a dangerous one also carries the cell style
  `quotePrefix`, which keeps it text when somebody edits the cell. The text itself is unchanged.
- .csv: a dangerous text, and one that begins with an apostrophe, gets one apostrophe in front;
  `reading` takes one off.
"""

import csv
import datetime
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook as OpenpyxlWorkbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Value = str | int | float | bool | datetime.date | datetime.datetime | None

FORMULA_STARTS = frozenset("=+-@|%＝＋－＠｜％")
# XML 1.0 has no way to write these, not even escaped.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Spreadsheets decode _x0041_ in a cell to "A"; escaping the underscore keeps such a text as it is.
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
FORBIDDEN_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
CELL_LIMIT = 32_767


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet to write: a heading row, then rows of values in the same order."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]


def is_dangerous(text: str) -> bool:
    """Might a spreadsheet compute this text? True too after blanks, control or invisible characters."""
    for position, character in enumerate(text):
        if character in FORMULA_STARTS:
            return True
        if not (character.isspace() or unicodedata.category(character) in ("Cc", "Cf")):
            return False
        if position == 0 and character in "\t\r\n\0":
            return True
    return False


def workbook_bytes(tables: Iterable[Table]) -> bytes:
    """An .xlsx with one sheet per table. Rows are streamed; a row is never held after it is written.

    Characters that XML cannot carry (control characters, lone surrogates) are left out, and a text
    longer than a cell holds (32,767 characters) is cut.
    """
    book = OpenpyxlWorkbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(FORBIDDEN_IN_TITLE.sub(" ", table.title)[:31].strip("'") or "Sheet")
        sheet.freeze_panes = "A2"
        for column, heading in enumerate(table.headings, 1):
            sheet.column_dimensions[get_column_letter(column)].width = max(10, 2 * len(heading) + 4)
        sheet.append([_cell(sheet, heading, bold=True) for heading in table.headings])
        for row in table.rows:
            sheet.append([_cell(sheet, value) for value in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _cell(sheet: Any, value: Value, bold: bool = False) -> Any:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # the stubs forget date
    text = LOOKS_ESCAPED.sub("_x005F_", UNWRITABLE.sub("", value[:CELL_LIMIT]))
    cell = WriteOnlyCell(sheet, text.replace("\r", "_x000D_"))  # a bare CR would be read back as LF
    cell.data_type = "s"  # openpyxl takes "=1" for a formula and "#N/A" for an error
    cell.number_format = "@"
    if is_dangerous(value):
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def csv_bytes(table: Table) -> bytes:
    """A .csv in UTF-8 with BOM, which Excel and WPS open without asking."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_MINIMAL)
    writer.writerow([_csv_text(heading) for heading in table.headings])
    for row in table.rows:
        writer.writerow([_csv_text(value) for value in row])
    return b"\xef\xbb\xbf" + target.getvalue().encode("utf-8", "replace")


def _csv_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if not isinstance(value, str):
        return str(value)
    text = UNWRITABLE.sub("", value)
    return "'" + text if text.startswith("'") or is_dangerous(text) else text


def sheet_bytes(title: str, rows: Sequence[Sequence[Any]]) -> bytes:
    """An .xlsx of one sheet from rows whose first is the heading: the writer of every list's Excel twin."""
    body = ([_plain(value) for value in row] for row in rows[1:])
    return workbook_bytes([Table(title, [str(heading) for heading in rows[0]], body)])


def _plain(value: Any) -> Value:
    known = isinstance(value, str | int | float | datetime.date | None)
    return value if known else str(value)
