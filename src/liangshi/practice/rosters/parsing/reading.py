"""Reads one roster file: sheets → headings → mapping → records → rows and problems. Needs no database."""

import re
from collections.abc import Iterator
from typing import Any

from liangshi.foundation.documents.reading import read_workbook
from liangshi.foundation.documents.sheets import EMPTY, Cell, DocumentError, Row, Sheet, Workbook, address
from liangshi.practice.rosters.parsing.cells import CellError
from liangshi.practice.rosters.parsing.clubs import CLUBS
from liangshi.practice.rosters.parsing.headings import Header, find_header, propose
from liangshi.practice.rosters.parsing.kinds import Column, Kind, Record
from liangshi.practice.rosters.parsing.model import (
    ColumnChoice,
    Mapping,
    Place,
    Problem,
    Roster,
    RosterRow,
    SheetReport,
    mask,
)
from liangshi.practice.rosters.parsing.pairs import PAIRS
from liangshi.practice.rosters.parsing.staff import STAFF
from liangshi.practice.rosters.parsing.students import STUDENTS
from liangshi.registry.schools import classnames
from liangshi.registry.schools.classnames import ClassName

# In this order: of two kinds that fit a heading row equally well the more particular one is meant.
KINDS = {kind.identifier: kind for kind in (PAIRS, CLUBS, STAFF, STUDENTS)}

_FOOTER = re.compile(
    r"(合计|总计|小计|共计|总人数|人数|总数)|(制表|填表|审核|备注|说明|注|班主任|联系人)[^:：]{0,6}[:：]"
)
_CLASS_IN_TITLE = re.compile(r"(?:\d{4}[级届])?(?:高中?[一二三123]|\d{4}[级届])[^班]{0,8}班")
_MOST_PROBLEMS = 1_000


def read_roster(
    data: bytes, filename: str, *, kind: str | None, year_start: int, mapping: Mapping | None = None
) -> Roster:
    """The roster in a file.

    `kind` is a key of KINDS, or None to tell it from the headings. `year_start` is the calendar year in
    which the academic year begins. `mapping` carries the clerk's answers (`Mapping.of`); headings that it
    does not name are proposed anew. Raises DocumentError when the file cannot be read or is no roster.
    """
    return roster_of(
        read_workbook(data, filename), filename, kind=kind, year_start=year_start, mapping=mapping
    )


def roster_of(
    workbook: Workbook, filename: str, *, kind: str | None, year_start: int, mapping: Mapping | None = None
) -> Roster:
    """`read_roster` for a workbook that has been read already; a .csv sheet takes the file's name."""
    stem = filename.rpartition(".")[0] or filename
    titled = [(sheet, sheet.title or stem) for sheet in workbook.sheets]
    answers = mapping.answers() if mapping else {}
    chosen = KINDS[kind] if kind else _recognised(list(workbook.sheets), answers)
    return _Reader(chosen, year_start, answers).read(titled)


def _recognised(sheets: list[Sheet], answers: dict[str, str | None]) -> Kind:
    totals = dict.fromkeys(KINDS, 0)
    for sheet in sheets:
        found = None if sheet.hidden else find_header(sheet, KINDS.values(), answers)
        for identifier, score in (found[1] if found else {}).items():
            totals[identifier] = max(totals[identifier], score)
    best = max(totals, key=lambda identifier: totals[identifier])
    if not totals[best]:
        raise DocumentError(
            "no_header",
            "没有找到表头：前 30 行里没有“姓名、学籍号、班级”“工号、任教学科”或“导师、学生”这样的列名。"
            "请在名单上方加一行列名后再上传。",
        )
    return KINDS[best]


class _Reader:
    """Collects what the sheets of one file give."""

    def __init__(self, kind: Kind, year_start: int, answers: dict[str, str | None]) -> None:
        self.kind = kind
        self.year_start = year_start
        self.answers = answers
        self.columns = {column.identifier: column for column in kind.columns}
        self.rows: list[RosterRow] = []
        self.problems: list[Problem] = []
        self.choices: dict[str, ColumnChoice] = {}
        self.reports: list[SheetReport] = []
        self.first_seen: dict[tuple[str, tuple[Any, ...]], Place] = {}

    def read(self, sheets: list[tuple[Sheet, str]]) -> Roster:
        for sheet, title in sheets:
            self.reports.append(self._read_sheet(sheet, title))
        if all(report.header_row is None for report in self.reports):
            raise DocumentError(
                "no_header",
                f"没有找到{self.kind.label}名册的表头。请确认选对了名册种类，并在名单上方保留一行列名。",
            )
        return Roster(
            kind=self.kind.identifier,
            rows=tuple(self.rows),
            problems=self._reported(),
            ignored_columns=tuple(choice.heading for choice in self.choices.values() if choice.field is None),
            sheets=tuple(self.reports),
            mapping=Mapping(tuple(self.choices.values())),
            row_count=sum(report.rows for report in self.reports),
        )

    def _reported(self) -> tuple[Problem, ...]:
        """The problems; of very many the first ones, and a last line that says so."""
        if len(self.problems) <= _MOST_PROBLEMS:
            return tuple(self.problems)
        more = Problem(
            "",
            "",
            "",
            "",
            "more_problems",
            f"共有 {len(self.problems)} 处问题，这里只列出前 {_MOST_PROBLEMS} 处。"
            "多半是选错了名册种类或列的含义。",
        )
        return (*self.problems[:_MOST_PROBLEMS], more)

    def _read_sheet(self, sheet: Sheet, title: str) -> SheetReport:
        if sheet.hidden:
            return SheetReport(title, None, 0, "隐藏的工作表")
        if not sheet.rows:
            return SheetReport(title, None, 0, "空工作表")
        found = find_header(sheet, [self.kind], self.answers)
        if found is None:
            return SheetReport(title, None, 0, "没有表头")
        header = found[0]
        choices = propose(header, self.kind, self.answers)
        for choice in choices:
            self.choices.setdefault(choice.heading, choice)
        places = self._places(header, choices, title)
        sheet_class = self._class_in(sheet, header, title)
        if not self._has_needed(places, header, title, sheet_class):
            return SheetReport(title, header.first, 0)
        count = 0
        for row in _data_rows(sheet, header, places):
            count += 1
            self._read_row(row, title, places, sheet_class)
        return SheetReport(title, header.first, count)

    def _places(self, header: Header, choices: list[ColumnChoice], title: str) -> dict[str, int]:
        """Field → column. Two columns for one field, possible only by the clerk's choice, is a problem."""
        places: dict[str, int] = {}
        for column, choice in zip(sorted(header.headings), choices, strict=True):
            if choice.field is None:
                continue
            if choice.field not in self.columns:
                raise DocumentError(
                    "unknown_field", f"列“{choice.heading}”对应的字段不存在。请重新选择这一列的含义。"
                )
            if choice.field in places:
                label = self.columns[choice.field].label
                self.problems.append(
                    Problem(
                        title,
                        address(header.last, column),
                        label,
                        choice.heading,
                        "column_twice",
                        f"有两列都被当作“{label}”。请只保留一列，另一列选“不读取”。",
                    )
                )
            places[choice.field] = column
        return places

    def _has_needed(
        self, places: dict[str, int], header: Header, title: str, sheet_class: ClassName | None
    ) -> bool:
        complete = True
        for group in self.kind.needs:
            if any(identifier in places for identifier in group) or (group == ("class",) and sheet_class):
                continue
            labels = "、".join(self.columns[identifier].label for identifier in group)
            any_of = "（至少一列）" if len(group) > 1 else ""
            self.problems.append(
                Problem(
                    title,
                    header.cell,
                    self.columns[group[0]].label,
                    "",
                    "missing_column",
                    f"没有找到“{labels}”列{any_of}。请在表里补上，或在确认列时指出哪一列是它。",
                )
            )
            complete = False
        return complete

    def _class_in(self, sheet: Sheet, header: Header, title: str) -> ClassName | None:
        """The class that the sheet's name or a line above the headings names, for sheets without 班级."""
        above = [cell.text for row in sheet.rows if row.number < header.first for cell in row.cells.values()]
        for text in (title, *above):
            for candidate in (text, *_CLASS_IN_TITLE.findall(text)):
                found = classnames.parse(candidate, year_start=self.year_start)
                if found and 0 <= self.year_start - found.cohort < classnames.YEARS_OF_STUDY:
                    return found
        return None

    def _read_row(self, row: Row, title: str, places: dict[str, int], sheet_class: ClassName | None) -> None:
        addresses = {identifier: address(row.number, column) for identifier, column in places.items()}
        record = Record(Place(title, row.number, addresses), self.kind.labels, self.year_start, sheet_class)
        for identifier, column in places.items():
            cell = row.cell(column)
            if cell.kind == "formula" or cell.text.strip():
                _read_cell(record, self.columns[identifier], cell)
        built = self.kind.build(record)
        self.problems += record.problems
        for item in built:
            if not self._repeats(item, record):
                self.rows.append(item)

    def _repeats(self, item: RosterRow, record: Record) -> bool:
        for identifier, key in self.kind.keys(item):
            first = self.first_seen.setdefault((identifier, key), record.place)
            if first is record.place:
                continue
            where = first.cells.get(identifier, f"第 {first.row} 行")
            sheet = f"“{first.sheet}”的" if first.sheet != record.place.sheet else ""
            label = self.columns[identifier].label
            hint = "如果这一列是班内座号，请在确认列时选“班内学号”。" if identifier == "school_no" else ""
            self.problems.append(
                record.place.problem(
                    identifier,
                    label,
                    record.raw.get(identifier, ""),
                    "duplicate",
                    f"{label}与{sheet} {where} 重复。请核对是填错了号码还是重复了一行。{hint}",
                )
            )
            return True
        return False


def _read_cell(record: Record, column: Column, cell: Cell) -> None:
    record.raw[column.identifier] = _shown(cell)
    try:
        record.values[column.identifier] = column.read(cell)
    except CellError as fault:
        record.report(column.identifier, fault.code, fault.message)


def _shown(cell: Cell) -> str:
    """What the person sees in the cell, ids and phones masked; a damaged id as the spreadsheet shows it."""
    if isinstance(cell.value, float) and abs(cell.value) >= 1e11:
        return f"{cell.value:.3E}"
    return mask(cell.text[:60])


def _data_rows(sheet: Sheet, header: Header, places: dict[str, int]) -> Iterator[Row]:
    """The lines below the headings that hold something for us; no totals, footers, repeated headings."""
    merged = _merged_values(sheet, header)
    for row in sheet.rows:
        if row.number <= header.last or _is_footer(row) or _repeats_headings(row, header):
            continue
        own = [
            column
            for column in places.values()
            if row.cell(column).kind == "formula" or row.cell(column).text.strip()
        ]
        if own:
            filled = {column: cell for (number, column), cell in merged.items() if number == row.number}
            yield Row(row.number, {**filled, **row.cells}) if filled else row


def _merged_values(sheet: Sheet, header: Header) -> dict[tuple[int, int], Cell]:
    """Below the headings: the value of each vertically merged cell, for the rows that it covers."""
    by_number = {row.number: row for row in sheet.rows}
    values = {}
    for area in sheet.merged:
        if area.top > header.last and area.bottom > area.top and area.left == area.right:
            source = by_number.get(area.top)
            value = source.cell(area.left) if source else EMPTY
            for number in range(area.top + 1, area.bottom + 1):
                if number in by_number and value is not EMPTY:
                    values[number, area.left] = value
    return values


def _is_footer(row: Row) -> bool:
    texts = [re.sub(r"\s", "", cell.text) for _, cell in sorted(row.cells.items()) if cell.text.strip()]
    return any(_FOOTER.match(text) for text in texts[:2])


def _repeats_headings(row: Row, header: Header) -> bool:
    same = sum(
        re.sub(r"\s", "", cell.text) == header.headings.get(column) for column, cell in row.cells.items()
    )
    return same >= 2
