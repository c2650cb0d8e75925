"""`import-roster --dry-run` without any database."""

import datetime
import io
import json
import subprocess
import sys

import pytest

from liangshi.practice.rosters.offline import run_dry, year_start_of
from tests.conftest import ROOT

TODAY = datetime.date(2026, 11, 1)
KEYS = {
    "rows",
    "students",
    "guardians",
    "staff",
    "classes",
    "pairs",
    "new",
    "changed",
    "unchanged",
    "ignored_columns",
    "problems",
}


@pytest.fixture
def dry(roster_file):
    def run(name: str, *options: str) -> tuple[int, str]:
        out = io.StringIO()
        status = run_dry([str(roster_file(name)), "--dry-run", *options], today=TODAY, out=out)
        return status, out.getvalue()

    return run


@pytest.mark.parametrize(
    ("name", "status", "counts"),
    [
        ("national_students.xlsx", 0, {"students": 640, "classes": 13, "guardians": 1_280, "new": 640}),
        (
            "class_adviser_sheets.xlsx",
            0,
            {"students": 48, "classes": 4, "guardians": 96, "ignored_columns": ["序号"]},
        ),
        ("students_gbk.csv", 0, {"students": 45, "classes": 1, "guardians": 90}),
        ("old_students.xls", 0, {"students": 40, "guardians": 40}),
        ("teachers.xlsx", 0, {"staff": 58, "new": 58}),
        ("existing_pairs.xlsx", 0, {"pairs": 43, "students": 0}),
        ("broken/tall_but_empty.xlsx", 0, {"students": 1}),
        ("broken/duplicate_no.xlsx", 1, {"rows": 2}),
        ("broken/empty.xlsx", 1, {"rows": 0}),
        ("broken/really_csv.xlsx", 1, {"rows": 0}),
        ("broken/corrupt.xlsx", 1, {"rows": 0}),
        ("broken/missing_name.xlsx", 1, {"students": 0}),
    ],
)
def test_json_report(dry, name, status, counts):
    returned, text = dry(name, "--json")
    report = json.loads(text)
    assert returned == status
    assert set(report) >= KEYS
    assert {key: report[key] for key in counts} == counts
    assert bool(report["problems"]) == bool(status)
    for problem in report["problems"]:
        assert set(problem) == {"sheet", "cell", "column", "value", "code", "message"}


def test_report_for_people(dry):
    status, text = dry("teachers.xlsx")
    assert status == 0
    assert "教职工 58 人" in text
    assert "可进入导师池 54 人" in text
    assert "可以整份导入" in text
    status, text = dry("broken/scientific.xlsx")
    assert status == 1
    assert "Sheet A2 学籍号" in text
    assert "文本" in text
    _, text = dry("national_students.xlsx")
    assert "已忽略 53 列" in text


def test_a_missing_file_and_a_wrong_kind(tmp_path, capsys):
    out = io.StringIO()
    assert run_dry([str(tmp_path / "没有.xlsx"), "--dry-run"], today=TODAY, out=out) == 1
    assert "打不开文件“没有.xlsx”" in out.getvalue()
    with pytest.raises(SystemExit) as stopped:
        run_dry(["a.xlsx", "--kind", "cats"], today=TODAY, out=out)
    assert stopped.value.code == 2


def test_headings_without_rows_cannot_be_applied(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("学籍号,姓名,班级\n", encoding="utf-8")
    out = io.StringIO()
    assert run_dry([str(file)], today=TODAY, out=out) == 1
    assert "没有可导入的内容" in out.getvalue()


def test_the_academic_year_begins_in_september():
    assert year_start_of(datetime.date(2026, 8, 31)) == 2025
    assert year_start_of(datetime.date(2026, 9, 1)) == 2026


def test_needs_no_django():
    check = "import sys, liangshi.practice.rosters.offline; sys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], cwd=ROOT / "src", check=False)
    assert done.returncode == 0
