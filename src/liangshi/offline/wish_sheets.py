"""The workbook of wishes → a problem, or every problem of the workbook with its cell.

Sheet 志愿: 学籍号 or 学号, 姓名, 第一志愿 …, 回避1 …; sheet 导师: 导师, 工号, 上限, 下限. A wish may name a
mentor by name or by 工号. Ids are text and stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from liangshi.foundation.documents.sheets import Cell, DocumentError, Row, Sheet, Workbook, address
from liangshi.pairing.problem import Mentor, Student

WISHES, MENTORS = "志愿", "导师"
STUDENT_KEYS = ("学籍号", "学号")
WISH = re.compile(r"第([一二三四五六七八九十]|[1-9]\d?)志愿")
BAN = re.compile(r"回避([1-9]\d?)?")
SCIENTIFIC = re.compile(r"[+-]?\d+([.]\d+)?[eE][+-]?\d+")
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class CellProblem:
    """One thing to mend in the file. ``value`` is shown as it stands, ids masked."""

    sheet: str
    cell: str
    column: str
    value: str
    code: str
    message: str

    @property
    def sentence(self) -> str:
        return f"{self.sheet}!{self.cell}：{self.message}"


@dataclass
class WishSheets:
    """What the workbook holds; ``students`` and ``mentors`` are of use only if ``problems`` is empty."""

    students: list[Student] = field(default_factory=list)
    mentors: list[Mentor] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)


def read(workbook: Workbook) -> WishSheets:
    """Raises DocumentError when a sheet or a needed column is not there at all."""
    found = WishSheets()
    _Mentors(found, _table(workbook, MENTORS)).read()
    if not found.mentors and not found.problems:
        raise DocumentError("no_mentors", "工作表「导师」里没有导师，请填好导师、工号、上限和下限。")
    _Students(found, _table(workbook, WISHES)).read()
    if not found.students and not found.problems:
        raise DocumentError("no_students", "工作表「志愿」里没有学生，请填好学籍号、姓名和志愿。")
    return found


def plain(text: str) -> str:
    """A name or heading for comparing: full width as half width, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _table(workbook: Workbook, title: str) -> Sheet:
    for sheet in workbook.sheets:
        if plain(sheet.title) == title:
            if sheet.rows:
                return sheet
            raise DocumentError("empty_sheet", f"工作表「{title}」是空的，请填好后再试。")
    present = "、".join(f"「{sheet.title}」" for sheet in workbook.sheets)
    raise DocumentError("no_sheet", f"文件里没有名为「{title}」的工作表（现有{present}），请补上或改名。")


class _Reader:
    """What both sheets share: headings, cells of one kind, problems."""

    def __init__(self, found: WishSheets, sheet: Sheet) -> None:
        self.found, self.sheet = found, sheet
        head, *self.rows = sheet.rows
        self.columns: dict[str, int] = {}
        for column, cell in head.cells.items():
            heading = plain(cell.text)
            if heading in self.columns:
                raise DocumentError(
                    "column_twice", f"工作表「{sheet.title}」有两列都叫「{heading}」，请只留一列或改名。"
                )
            if heading:
                self.columns[heading] = column

    def need(self, *names: str) -> str:
        """The first of these headings that is there."""
        for name in names:
            if name in self.columns:
                return name
        raise DocumentError(
            "no_column",
            f"工作表「{self.sheet.title}」的第一行里没有「{'」或「'.join(names)}」这一列，请补上。",
        )

    def numbered(self, pattern: re.Pattern[str]) -> list[str]:
        """The headings of a numbered kind, in the order of their numbers."""
        numbers: dict[str, int] = {}
        for heading in self.columns:
            if match := pattern.fullmatch(heading):
                number = match[1] or "1"
                numbers[heading] = NUMERALS.index(number) + 1 if number in NUMERALS else int(number)
        return sorted(numbers, key=numbers.__getitem__)

    def problem(self, row: Row, heading: str, code: str, message: str, *, masked: bool = False) -> None:
        column = self.columns[heading]
        value = row.cell(column).text
        if masked and len(value) > 6:
            value = value[:3] + "*" * (len(value) - 5) + value[-2:]
        self.found.problems.append(
            CellProblem(self.sheet.title, address(row.number, column), heading, value, code, message)
        )

    def text(self, row: Row, heading: str, *, masked: bool = False) -> str | None:
        """The stripped text of a cell, "" if empty; None, and a problem, if it is not safely text."""
        cell = row.cell(self.columns[heading])
        trouble = _not_text(cell)
        if trouble:
            self.problem(row, heading, *trouble, masked=masked)
            return None
        return cell.text.strip()


def _not_text(cell: Cell) -> tuple[str, str] | None:
    if cell.kind == "formula":
        return "formula", "这一格是公式。请复制后选择性粘贴为「值」。"
    if cell.kind == "number":
        return "number", "这一格是数字格式，Excel 会改动长号码和开头的 0。请把这一列设为文本格式，重新填写。"
    if cell.kind not in ("text", "empty"):
        return "not_text", "这一格不是文本，请设为文本格式后重新填写。"
    if any(unicodedata.category(character) in ("Cc", "Cf") for character in cell.text.strip()):
        return "invisible", "这一格里有换行或看不见的字符。请删掉重新填写。"
    if SCIENTIFIC.fullmatch(cell.text.strip()):
        return (
            "scientific",
            "这一格是科学计数法，原来的号码已经丢失。请把这一列设为文本格式，从原始材料重新填写。",
        )
    return None


class _Mentors(_Reader):
    def read(self) -> None:
        self.name, self.key = self.need("导师"), self.need("工号")
        self.upper, self.lower = self.need("上限"), self.need("下限")
        first: dict[str, str] = {}
        names = Counter(plain(row.cell(self.columns[self.name]).text) for row in self.rows)
        for row in self.rows:
            name, key = self.text(row, self.name), self.text(row, self.key)
            lower, upper = self.quota(row, self.lower), self.quota(row, self.upper)
            if name is None or key is None or lower is None or upper is None:
                continue
            if not name:
                self.problem(row, self.name, "no_name", "缺导师姓名，请补上。")
            elif not key and names[plain(name)] > 1:
                self.problem(row, self.key, "no_key", f"有几位导师都叫{name}，请填工号加以区分。")
            elif (known := first.get(key or name)) is not None:
                self.problem(row, self.key, "mentor_twice", f"与 {known} 重复，请只保留一行。")
            elif lower > upper:
                self.problem(row, self.lower, "quota", f"{name}的下限 {lower} 大于上限 {upper}，请改正。")
            else:
                first[key or name] = address(row.number, self.columns[self.key])
                self.found.mentors.append(Mentor(key or name, lower, upper, name))

    def quota(self, row: Row, heading: str) -> int | None:
        cell = row.cell(self.columns[heading])
        digits = unicodedata.normalize("NFKC", cell.text).strip()
        if cell.kind in ("number", "text") and re.fullmatch(r"\d{1,4}", digits):
            return int(digits)
        self.problem(row, heading, "quota", f"{heading}要填 0 或正整数。")
        return None


class _Students(_Reader):
    def read(self) -> None:
        self.key, self.name = self.need(*STUDENT_KEYS), self.need("姓名")
        self.wishes, self.bans = self.numbered(WISH), self.numbered(BAN)
        if not self.wishes:
            self.need("第一志愿")
        self.mentor = _mentor_finder(self.found.mentors)
        first: dict[str, str] = {}
        for row in self.rows:
            key, name = self.text(row, self.key, masked=True), self.text(row, self.name)
            chosen, avoided = dict(self.chosen(row, self.wishes)), dict(self.chosen(row, self.bans))
            if key is None or name is None:
                continue
            if not key:
                self.problem(row, self.key, "no_key", f"缺{self.key}，请补上。")
            elif not name:
                self.problem(row, self.name, "no_name", "缺姓名，请补上。")
            elif key in first:
                self.problem(
                    row, self.key, "student_twice", f"与 {first[key]} 重复，请只保留一行。", masked=True
                )
            else:
                first[key] = address(row.number, self.columns[self.key])
                self.found.students.append(
                    Student(key, self.distinct(row, chosen, avoided), frozenset(avoided.values()), (), name)
                )

    def chosen(self, row: Row, headings: list[str]) -> Iterator[tuple[str, str]]:
        """(heading, mentor key) of the cells that are filled in and understood."""
        for heading in headings:
            if text := self.text(row, heading):
                found = self.mentor(text)
                if isinstance(found, str):
                    yield heading, found
                else:
                    self.problem(row, heading, *found)

    def distinct(self, row: Row, chosen: Mapping[str, str], avoided: Mapping[str, str]) -> tuple[str, ...]:
        """The wishes in order; a repeated one, or one that is avoided too, is a problem."""
        kept: list[str] = []
        for heading, key in chosen.items():
            if key in kept:
                self.problem(row, heading, "wish_twice", "同一位导师填了两次，请改成另一位或留空。")
            elif key in avoided.values():
                self.problem(row, heading, "wish_banned", "这位导师同时填在志愿和回避里，请二选一。")
            else:
                kept.append(key)
        return tuple(kept)


def _mentor_finder(mentors: list[Mentor]) -> Callable[[str], str | tuple[str, str]]:
    """Text of a cell → mentor key, or (code, message). 工号 first, then the name if only one bears it."""
    keys = {plain(mentor.key): mentor.key for mentor in mentors}
    names: dict[str, list[str]] = defaultdict(list)
    for mentor in mentors:
        names[plain(mentor.name)].append(mentor.key)
        names[plain(f"{mentor.name}({mentor.key})")].append(mentor.key)

    def find(text: str) -> str | tuple[str, str]:
        wanted = plain(text)
        if wanted in keys:
            return keys[wanted]
        bearers = names.get(wanted, [])
        if len(bearers) == 1:
            return bearers[0]
        if bearers:
            return "ambiguous", f"有 {len(bearers)} 位导师叫{text}，请改填工号（{'、'.join(bearers)}）。"
        return "unknown_mentor", f"导师名单里没有{text}，请核对姓名，或改填工号。"

    return find
