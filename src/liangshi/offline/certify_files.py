"""Reads the two published workbooks anew and checks every cell of the result against the wishes.

Written apart from ``offline`` and ``wish_sheets``: another library, another parser, no common code but the
examination of the archive before it is unpacked. Optimality itself is checked by ``pairing.certify``.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from liangshi.foundation.documents.reading import examine
from liangshi.foundation.documents.sheets import DocumentError
from liangshi.pairing.certificate import Certificate, Violation
from liangshi.pairing.certify import certify
from liangshi.pairing.problem import Aim, Mentor, Problem, ProblemError, Result, Student

CELLS = "公布的表格与证书一致"
SOURCE = "抽签种子由输入校验值得出"
DIGITS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True))
HEADINGS = {
    "结果": ("学籍号", "姓名", "导师", "志愿", "理由"),
    "导师": ("导师", "工号", "人数", "学生"),
    "证书": ("项目", "内容"),
}
Sheets = dict[str, list[list[str]]]


def check_files(wishes: Path, published: Path) -> Certificate:
    """Every promise of a published workbook, checked. Raises DocumentError for a file of no use."""
    input_sheets, output = _sheets(wishes), _sheets(published)
    for title, headings in HEADINGS.items():
        if title not in output:
            raise DocumentError("no_sheet", f"结果文件里没有工作表「{title}」，无法核验。")
        if not output[title] or tuple(output[title][0]) != headings:
            raise DocumentError("no_column", f"结果文件的工作表「{title}」首行应为：{'、'.join(headings)}。")
    facts = Facts(output["证书"][1:])
    problem = _problem(input_sheets, facts["抽签种子"])
    result, wrong = _result(problem, output["结果"][1:], facts)
    if wrong:
        return Certificate((), tuple(wrong))
    certificate = certify(problem, result, canonical=True)
    if not certificate.holds:
        return certificate
    wrong = [*_cells(problem, result, output), *facts.wrong(problem, result, certificate, output)]
    return Certificate((*certificate.kept, *([] if wrong else [CELLS])), tuple(wrong))


class Facts:
    """The sheet 证书: one row for each thing it states."""

    def __init__(self, rows: list[list[str]]) -> None:
        self.rows = [[*row, "", ""][:2] for row in rows]
        self.stated = {name: value for name, value in self.rows if name != "承诺"}

    def __getitem__(self, name: str) -> str:
        try:
            return self.stated[name]
        except KeyError:
            raise DocumentError("no_fact", f"结果文件的证书里没有「{name}」，无法核验。") from None

    def number(self, name: str) -> int:
        value = self[name]
        if not re.fullmatch(r"0|[1-9]\d{0,8}", value):
            raise DocumentError("no_fact", f"结果文件的证书里「{name}」应是一个整数，现在是「{value}」。")
        return int(value)

    def aim(self) -> Aim:
        for aim in Aim:
            if aim.label == self["分配目标"]:
                return aim
        raise DocumentError("no_fact", f"结果文件的证书里「分配目标」不认识：「{self['分配目标']}」。")

    def profile(self) -> tuple[int, ...]:
        counts = {}
        for name in self.stated:
            if match := re.fullmatch(r"(第.+志愿)人数", name):
                counts[_wish_number(match[1])] = self.number(name)
        return tuple(counts[wish] for wish in sorted(counts))

    def wrong(
        self, problem: Problem, result: Result, certificate: Certificate, output: Sheets
    ) -> Iterator[Violation]:
        """What the certificate of the pairs does not cover: hash of the sheets, counts, origin, promises."""
        table = _sha256([sorted(output["结果"][1:]), sorted(output["导师"][1:])])
        if self["表格校验值"] != table:
            yield Violation(CELLS, "表格校验值与「结果」「导师」两张表的内容不符：表格被改动过。")
        if self.number("学生人数") != len(problem.students) or self.number("导师人数") != len(
            problem.mentors
        ):
            yield Violation(CELLS, "证书里的学生人数或导师人数与志愿文件不符。")
        origin = self["种子来源"]
        if origin == "由输入校验值得出":
            if result.seed != hashlib.sha256(result.commitment.encode()).hexdigest():
                yield Violation(SOURCE, "抽签种子不是由输入校验值得出的。")
        elif origin != "指定":
            yield Violation(CELLS, f"证书里的「种子来源」不认识：「{origin}」。")
        promises = [value for name, value in self.rows if name == "承诺"]
        if promises != list(certificate.kept):
            yield Violation(CELLS, "证书里的承诺与核验所得的不同。")
        if len(self.rows) != len(self.stated) + len(promises) or len(self.stated) != 10 + len(result.profile):
            yield Violation(CELLS, "证书里有多余或重复的项目。")


def _result(problem: Problem, rows: list[list[str]], facts: Facts) -> tuple[Result, list[Violation]]:
    labels = {label: key for key, label in problem.mentor_labels().items()}
    wrong = [
        Violation(CELLS, f"学生 {row[0]} 的导师「{row[2]}」不在导师名单里。")
        for row in rows
        if row[2] not in labels
    ]
    pairs = tuple(sorted((row[0], labels.get(row[2], "")) for row in rows))
    return Result(
        facts.aim(),
        facts["抽签种子"],
        pairs,
        facts.profile(),
        facts.number("志愿外人数"),
        facts.number("志愿名次合计"),
        facts["输入校验值"],
        facts["结果校验值"],
    ), wrong


def _cells(problem: Problem, result: Result, output: Sheets) -> Iterator[Violation]:
    """Names, wish numbers and the mentors' sheet, cell by cell."""
    students = {student.key: student for student in problem.students}
    given = dict(result.pairs)
    for key, name, _, wish, _ in output["结果"][1:]:
        student = students[key]
        if name != student.name:
            yield Violation(CELLS, f"学生 {key} 的姓名「{name}」与志愿文件不符。")
        real = student.wishes.index(given[key]) + 1 if given[key] in student.wishes else 0
        if _wish_number(wish) != real:
            yield Violation(CELLS, f"学生 {key} 的志愿写的是「{wish}」，与志愿文件不符。")
    mentors = {mentor.key: mentor for mentor in problem.mentors}
    listed = Counter(row[1] for row in output["导师"][1:])
    if set(listed) != set(mentors) or max(listed.values()) > 1:
        yield Violation(CELLS, "「导师」表里的工号与导师名单不符。")
        return
    for name, key, count, names in output["导师"][1:]:
        own = [students[student].name for student, mentor in result.pairs if mentor == key]
        if (name, count, names) != (mentors[key].name, str(len(own)), "、".join(own)):
            yield Violation(CELLS, f"「导师」表里工号 {key} 的姓名、人数或学生与「结果」表不符。")


def _wish_number(text: str) -> int:
    """第一志愿 → 1, 志愿外 → 0, anything else → -1."""
    if text == "志愿外":
        return 0
    match = re.fullmatch(r"第(.+)志愿", text)
    if not match:
        return -1
    return DIGITS.get(match[1]) or (int(match[1]) if re.fullmatch("[1-9][0-9]?", match[1]) else -1)


def _problem(sheets: Sheets, seed: str) -> Problem:
    """The wishes, read strictly: whatever ``liangshi pair`` accepts means the same here."""
    for title in ("志愿", "导师"):
        if not sheets.get(title):
            raise DocumentError("no_sheet", f"志愿文件里没有工作表「{title}」，或者它是空的。")
    mentors = [
        Mentor(row["工号"] or row["导师"], _quota(row["下限"]), _quota(row["上限"]), row["导师"])
        for row in _records(sheets["导师"], "导师", ("导师", "工号", "上限", "下限"))
    ]
    by_text: dict[str, set[str]] = {}
    for mentor in mentors:
        for text in (mentor.name, f"{mentor.name}({mentor.key})"):
            by_text.setdefault(_squeezed(text), set()).add(mentor.key)
    for mentor in mentors:
        by_text[_squeezed(mentor.key)] = {mentor.key}
    students = []
    for row in _records(sheets["志愿"], "志愿", ("姓名", "第一志愿")):
        wishes = sorted((n, v) for h, v in row.items() if v and (n := _wish_number(h)) > 0)
        banned = [v for h, v in row.items() if v and re.fullmatch(r"回避\d*", h)]
        key = row["学籍号"] if "学籍号" in row else row.get("学号", "")
        chosen = tuple(_mentor(by_text, text) for _, text in wishes)
        students.append(
            Student(key, chosen, frozenset(_mentor(by_text, text) for text in banned), (), row["姓名"])
        )
    try:
        return Problem(tuple(students), tuple(mentors), seed)
    except ProblemError as error:
        raise DocumentError(error.code, f"志愿文件：{error.message}") from error


def _records(rows: list[list[str]], title: str, needed: tuple[str, ...]) -> list[dict[str, str]]:
    heads = [_squeezed(cell) for cell in rows[0]]
    for name in needed:
        if name not in heads:
            raise DocumentError("no_column", f"志愿文件的工作表「{title}」没有「{name}」这一列。")
    return [dict(zip(heads, row, strict=True)) for row in rows[1:]]


def _mentor(by_text: dict[str, set[str]], text: str) -> str:
    keys = by_text.get(_squeezed(text), set())
    if len(keys) != 1:
        raise DocumentError("unknown_mentor", f"志愿文件里的导师「{text}」找不到，或有同名导师，无法核验。")
    return next(iter(keys))


def _quota(text: str) -> int:
    digits = unicodedata.normalize("NFKC", text)
    if not re.fullmatch(r"\d{1,4}", digits):
        raise DocumentError("quota", f"志愿文件里的上限或下限应是整数，现在是「{text}」。")
    return int(digits)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _sheets(path: Path) -> Sheets:
    """All sheets as stripped text, rows padded to the heading's width, empty rows left out."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError("no_file", f"读不了文件 {path}：{error.strerror or '请检查文件名'}。") from None
    if examine(data, path.name) != "xlsx":
        raise DocumentError(
            "not_workbook", f"{path.name} 不是 .xlsx 工作簿，请先用 Excel 或 WPS 另存为 .xlsx。"
        )
    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
        return {sheet.title.strip(): list(_rows(sheet)) for sheet in book.worksheets}
    except DocumentError:
        raise
    except Exception as error:  # openpyxl fails in many ways on a damaged file
        raise DocumentError("corrupt", f"{path.name} 已损坏，读不出内容。") from error


def _rows(sheet: Any) -> Iterator[list[str]]:
    width = 0
    sheet.reset_dimensions()  # what the file declares may be a million rows of nothing
    for row in sheet.iter_rows():
        texts = [_text(sheet.title, cell) for cell in row]
        if not any(texts):
            continue
        if not width:
            width = max(i for i, text in enumerate(texts, 1) if text)
        yield (texts + [""] * width)[:width]


def _text(title: str, cell: Any) -> str:
    if cell.value is None:
        return ""
    if cell.data_type == "f":
        raise DocumentError("formula", f"{title}!{cell.coordinate} 是公式，无法核验；请改为值。")
    if isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    return str(cell.value).strip()


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
