"""What we write is text wherever it must be, computes nothing, and reads back identical."""

import csv
import io
import itertools
import random

import openpyxl
import pytest

from liangshi.foundation.documents.reading import read_workbook
from liangshi.foundation.documents.writing import Table, csv_bytes, is_dangerous, workbook_bytes

STARTS = ["=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠"]
BEFORE = ["", " ", "\u3000", "\t", "\n", "\r", " \t", "\u200b"]
BODIES = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x.invalid","y")', "SUM(A1:A9)", "张三", ""]
PAYLOADS = [before + start + body for before, start, body in itertools.product(BEFORE, STARTS, BODIES)]
PAYLOADS += [start + "张三" for start in "\t\r\n"]
HARMLESS = [
    "张三",
    "欧阳·娜仁",
    "#N/A",
    "TRUE",
    "1e5",
    "00123",
    "_x0041_",
    " 前后有空格 ",
    '逗号,引号"换行\n',
    "'",
    "'=1+1",
    "''=1+1",
    "https://a.invalid",
    "𠮷",
]


def ids() -> list[str]:
    chance = random.Random(7)
    digits = ["".join(chance.choice("0123456789") for _ in range(17)) for _ in range(300)]
    return [letter + number + chance.choice("0123456789Xx") for number in digits for letter in ("", "G", "L")]


def read_back(data: bytes, filename: str) -> list[str]:
    """The first column below the heading; every cell must be a text."""
    rows = read_workbook(data, filename).sheets[0].rows[1:]
    assert {row.cell(1).kind for row in rows} == {"text"}
    return [row.cell(1).text for row in rows]


@pytest.mark.parametrize(
    ("write", "filename"), [(lambda t: workbook_bytes([t]), "a.xlsx"), (csv_bytes, "a.csv")]
)
@pytest.mark.parametrize("texts", [PAYLOADS, HARMLESS, ids()], ids=["payloads", "harmless", "ids"])
def test_texts_read_back_identical(write, filename, texts):
    data = write(Table("名册", ["学籍号", "序号"], [[text, 1] for text in texts]))
    assert read_back(data, filename) == texts


def test_no_cell_of_a_workbook_is_a_formula():
    data = workbook_bytes([Table("=名册/一", ["=1+1"], [[text] for text in PAYLOADS])])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    column = [cell for (cell,) in sheet.iter_rows()]
    assert {cell.data_type for cell in column} == {"s"}
    assert {cell.number_format for cell in column} == {"@"}
    assert all(cell.quotePrefix for cell in column)


def test_no_field_of_a_csv_begins_like_a_formula():
    text = csv_bytes(Table("名册", ["=1+1"], [[payload, 1] for payload in PAYLOADS])).decode("utf-8-sig")
    assert {row[0][:1] for row in csv.reader(io.StringIO(text, newline=""))} == {"'"}


def test_what_is_dangerous_and_what_is_not():
    assert all(is_dangerous(payload) for payload in PAYLOADS)
    assert not any(is_dangerous(text) for text in HARMLESS)


def test_numbers_and_control_characters():
    data = workbook_bytes([Table("甲", ["数", "文"], [[7, "a\x00\x07b"], [1.5, "x" * 40_000]])])
    rows = read_workbook(data, "a.xlsx").sheets[0].rows
    assert [row.cell(1).value for row in rows[1:]] == [7, 1.5]
    assert rows[1].cell(2).text == "ab"
    assert len(rows[2].cell(2).text) == 32_767
