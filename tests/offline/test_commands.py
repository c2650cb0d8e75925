"""``liangshi pair`` and ``liangshi certify``: from workbook to workbook, and every way it can be refused."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from liangshi.offline import commands
from liangshi.pairing.problem import Aim
from tests.pairing import town
from tests.rosters import KEPT

WISHES_300 = KEPT / "wishes_300.xlsx"
HEAD = ["学籍号", "姓名", "第一志愿", "第二志愿", "回避1"]
STUDENTS = [
    ["G340200200901010012", "赵一", "安老师", "白老师", "陈老师"],
    ["G340200200901010020", "钱二", "安老师", "T2", ""],
    ["G34020020090101003X", "孙三", "白老师", "", ""],
    ["G340200200901010047", "李四", "", "", "安老师"],
    ["000123456789012345", "周五", "安老师", "陈老师", ""],
    ["000123456789012346", "赵一", "陈老师", "安老师", ""],
]
MENTOR_HEAD = ["导师", "工号", "上限", "下限"]
MENTORS = [["安老师", "T1", 2, 1], ["白老师", "T2", 3, 1], ["陈老师", "T3", 2, 1]]


def write(path, students=STUDENTS, mentors=MENTORS, head=HEAD, mentor_head=MENTOR_HEAD):
    book = Workbook()
    book.remove(book.active)
    for title, rows in (("志愿", [head, *students]), ("导师", [mentor_head, *mentors])):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def pair(capsys, *argv):
    capsys.readouterr()
    code = commands.run_pair([str(arg) for arg in argv])
    out, err = capsys.readouterr()
    return code, out, err


def certify(capsys, *argv):
    capsys.readouterr()
    code = commands.run_certify([str(arg) for arg in argv])
    out, err = capsys.readouterr()
    return code, out, err


def sheets(path):
    book = load_workbook(path)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def test_the_300_reach_the_known_optimum(tmp_path, capsys):
    code, out, _ = pair(capsys, WISHES_300, "--out", tmp_path / "r.xlsx", "--json")
    told = json.loads(out)
    assert code == 0
    assert set(told) == {"students", "mentors", "profile", "unlisted", "total_rank", "seed", "result_sha256"}
    assert (told["students"], told["mentors"], told["unlisted"], told["total_rank"]) == (300, 24, 1, 409)
    assert sum(told["profile"]) == 299
    code, out, _ = certify(capsys, WISHES_300, tmp_path / "r.xlsx")
    assert code == 0
    assert "志愿名次合计最小" in out


def test_shuffled_rows_give_the_same_result(tmp_path, capsys):
    _, out, _ = pair(capsys, WISHES_300, "--out", tmp_path / "r.xlsx", "--json")
    book, shuffled = sheets(WISHES_300), Workbook()
    shuffled.remove(shuffled.active)
    for title, (head, *rows) in book.items():
        random.Random(4).shuffle(rows)
        sheet = shuffled.create_sheet(title)
        for row in (head, *rows):
            sheet.append(row)
    shuffled.save(tmp_path / "shuffled.xlsx")
    _, again, _ = pair(capsys, tmp_path / "shuffled.xlsx", "--out", tmp_path / "s.xlsx", "--json")
    assert json.loads(out) == json.loads(again)
    assert sheets(tmp_path / "r.xlsx") == sheets(tmp_path / "s.xlsx")
    assert certify(capsys, WISHES_300, tmp_path / "s.xlsx")[0] == 0


def test_600_students_in_a_few_seconds_from_process_start(tmp_path):
    problem = town.school(600, 48, seed=9)
    name = {mentor.key: f"师{mentor.key}" for mentor in problem.mentors}
    rows = []
    for student in problem.students:
        wishes = [name[key] for key in student.wishes] + [""] * (5 - len(student.wishes))
        banned = [name[key] for key in sorted(student.banned)] + ["", ""]
        rows.append([student.key, f"生{student.key}", *wishes, *banned[:2]])
    head = ["学号", "姓名", *(f"第{n}志愿" for n in "一二三四五"), "回避1", "回避2"]
    source = write(
        tmp_path / "w.xlsx", rows, [[name[m.key], m.key, m.upper, m.lower] for m in problem.mentors], head
    )
    call = (
        "import sys; from liangshi.offline import commands\n"
        "code = getattr(commands, sys.argv[1])(sys.argv[2:])\n"
        "assert not any(name.split('.')[0] == 'django' for name in sys.modules)\n"
        "sys.exit(code)"
    )
    path = {"PYTHONPATH": str(Path(commands.__file__).parents[2])}
    for verb, files in (
        ("run_pair", [source, "--out", tmp_path / "r.xlsx"]),
        ("run_certify", [source, tmp_path / "r.xlsx"]),
    ):
        done = subprocess.run(
            [sys.executable, "-c", call, verb, *map(str, files)], env=path, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
    _, *highs, _ = town.highs_optimum(problem, Aim.SUM)
    stated = dict(row for row in sheets(tmp_path / "r.xlsx")["证书"] if row[0] != "承诺")
    assert [int(stated["志愿外人数"]), int(stated["志愿名次合计"])] == highs


def test_the_published_workbook(tmp_path, capsys):
    source = write(tmp_path / "w.xlsx")
    code, out, _ = pair(capsys, source, "--out", tmp_path / "r.xlsx")
    assert code == 0
    assert "已通过独立核验" in out
    book = sheets(tmp_path / "r.xlsx")
    assert list(book) == ["结果", "导师", "证书"]
    assert book["结果"][0] == ["学籍号", "姓名", "导师", "志愿", "理由"]
    assert book["导师"][0] == ["导师", "工号", "人数", "学生"]
    rows = {row[0]: row for row in book["结果"][1:]}
    assert set(rows) == {row[0] for row in STUDENTS}, "ids must come back byte for byte"
    assert rows["G340200200901010047"][3] == "志愿外"
    assert rows["G340200200901010047"][2] != "安老师"
    assert rows["G34020020090101003X"][1:4] == ["孙三", "白老师", "第一志愿"]
    assert sum(int(row[2]) for row in book["导师"][1:]) == len(STUDENTS)
    assert all(row[4].endswith("。") for row in book["结果"][1:])
    for sheet in load_workbook(tmp_path / "r.xlsx"):
        assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("aim", ["sum", "greedy", "generous"])
def test_aims_and_seeds(tmp_path, capsys, aim):
    source = write(tmp_path / "w.xlsx")
    code, out, _ = pair(
        capsys, source, "--out", tmp_path / "r.xlsx", "--aim", aim, "--seed", "9319./", "--json"
    )
    assert code == 0
    assert json.loads(out)["seed"] == "9319./"
    assert certify(capsys, source, tmp_path / "r.xlsx")[0] == 0


def test_every_single_changed_cell_is_refused(tmp_path, capsys):
    """One character at a time, in every cell of every sheet of the published workbook."""
    source = write(tmp_path / "w.xlsx")
    assert pair(capsys, source, "--out", tmp_path / "r.xlsx")[0] == 0
    rng = random.Random(5)
    original = load_workbook(tmp_path / "r.xlsx")
    places = [(s.title, cell.coordinate) for s in original for row in s.iter_rows() for cell in row]
    assert len(places) > 80
    for title, coordinate in places:
        cell = original[title][coordinate]
        before = cell.value or ""
        at = rng.randrange(len(before)) if before else 0
        other = "8" if before[at : at + 1] != "8" else "3"
        cell.value = before[:at] + other + before[at + 1 :]
        original.save(tmp_path / "changed.xlsx")
        cell.value = before
        code, out, err = certify(capsys, source, tmp_path / "changed.xlsx")
        assert code == 1, f"{title}!{coordinate} {before!r}"
        assert err.strip()
        assert "Traceback" not in out + err


def test_a_swap_of_two_students_names_the_promise(tmp_path, capsys):
    source = write(tmp_path / "w.xlsx")
    pair(capsys, source, "--out", tmp_path / "r.xlsx")
    book = load_workbook(tmp_path / "r.xlsx")
    rows = list(book["结果"].iter_rows(min_row=2))
    one = rows[0]
    other = next(row for row in rows if row[2].value != one[2].value)
    one[2].value, other[2].value = other[2].value, one[2].value
    book.save(tmp_path / "r.xlsx")
    code, out, _ = certify(capsys, source, tmp_path / "r.xlsx", "--json")
    assert code == 1
    told = json.loads(out)
    assert told["holds"] is False
    assert told["violations"][0]["promise"]


def test_a_sheet_that_declares_a_million_empty_rows_is_read_quickly(tmp_path, capsys):
    source = write(tmp_path / "w.xlsx")
    pair(capsys, source, "--out", tmp_path / "r.xlsx")
    tall = tmp_path / "tall.xlsx"
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(tall, "w") as after:
        for entry in before.infolist():
            data = before.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                data, times = re.subn(rb'<dimension ref="[^"]+"', b'<dimension ref="A1:XFD1048576"', data)
                assert times == 1
            after.writestr(entry, data)
    assert pair(capsys, tall, "--out", tmp_path / "again.xlsx")[0] == 0
    assert certify(capsys, tall, tmp_path / "r.xlsx")[0] == 0


def test_a_row_left_out_is_refused(tmp_path, capsys):
    source = write(tmp_path / "w.xlsx")
    pair(capsys, source, "--out", tmp_path / "r.xlsx")
    book = load_workbook(tmp_path / "r.xlsx")
    book["结果"].delete_rows(3)
    book.save(tmp_path / "r.xlsx")
    code, _, err = certify(capsys, source, tmp_path / "r.xlsx")
    assert code == 1
    assert "没有导师" in err


def changed(row, column, value, rows=STUDENTS):
    copy = [list(r) for r in rows]
    copy[row][column] = value
    return copy


@pytest.mark.parametrize(
    ("files", "cell", "words"),
    [
        ({"students": changed(0, 0, 340200200901010012)}, "志愿!A2", "数字格式"),
        ({"students": changed(1, 0, "3.402E+17")}, "志愿!A3", "科学计数法"),
        ({"students": changed(1, 0, "=A2")}, "志愿!A3", "公式"),
        ({"students": changed(1, 0, "G34020020\u200b0901010020")}, "志愿!A3", "看不见的字符"),
        ({"students": changed(1, 1, "钱\n二")}, "志愿!B3", "换行"),
        ({"students": changed(1, 0, "")}, "志愿!A3", "缺学籍号"),
        ({"students": changed(1, 1, "")}, "志愿!B3", "缺姓名"),
        ({"students": changed(1, 0, STUDENTS[0][0])}, "志愿!A3", "与 A2 重复"),
        ({"students": changed(2, 2, "黄老师")}, "志愿!C4", "导师名单里没有黄老师"),
        ({"students": changed(0, 3, "安老师")}, "志愿!D2", "同一位导师填了两次"),
        ({"students": changed(0, 4, "T2")}, "志愿!D2", "同时填在志愿和回避里"),
        ({"students": changed(0, 2, 12)}, "志愿!C2", "数字格式"),
        (
            {"mentors": [*MENTORS, ["安老师", "T9", 3, 0]]},
            "志愿!C2",
            "有 2 位导师叫安老师，请改填工号（T1、T9）",
        ),
        ({"mentors": [*MENTORS, ["黄老师", "T1", 3, 0]]}, "导师!B5", "与 B2 重复"),
        ({"mentors": [*MENTORS, ["安老师", "", 3, 0]]}, "导师!B5", "请填工号加以区分"),
        ({"mentors": changed(0, 2, "十五", MENTORS)}, "导师!C2", "上限要填 0 或正整数"),
        ({"mentors": changed(0, 2, -1, MENTORS)}, "导师!C2", "上限要填 0 或正整数"),
        ({"mentors": changed(0, 2, 2.5, MENTORS)}, "导师!C2", "上限要填 0 或正整数"),
        ({"mentors": changed(0, 3, 9, MENTORS)}, "导师!D2", "下限 9 大于上限 2"),
        ({"mentors": changed(0, 0, "", MENTORS)}, "导师!A2", "缺导师姓名"),
        ({"mentors": changed(0, 1, 7, MENTORS)}, "导师!B2", "数字格式"),
    ],
)
def test_a_bad_cell_is_named(tmp_path, capsys, files, cell, words):
    source = write(tmp_path / "w.xlsx", **files)
    code, _, err = pair(capsys, source, "--out", tmp_path / "r.xlsx")
    assert code == 1
    assert any(line.startswith(cell) and words in line for line in err.splitlines()), err
    assert not (tmp_path / "r.xlsx").exists()
    code, out, _ = pair(capsys, source, "--out", tmp_path / "r.xlsx", "--json")
    problems = json.loads(out)["problems"]
    assert code == 1
    assert {"sheet", "cell", "column", "value", "code", "message"} == set(problems[0])
    assert "340200200901010012" not in out


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"head": ["学籍号", "姓名", "志愿A", "志愿B", "回避1"]}, "没有「第一志愿」这一列"),
        ({"head": ["编号", "姓名", "第一志愿", "第二志愿", "回避1"]}, "没有「学籍号」或「学号」这一列"),
        ({"head": ["学籍号", "姓名", "第一志愿", "第一志愿", "回避1"]}, "有两列都叫「第一志愿」"),
        ({"mentor_head": ["导师", "工号", "上限", "备注"]}, "没有「下限」这一列"),
        ({"students": []}, "没有学生"),
        ({"mentors": []}, "没有导师"),
    ],
)
def test_a_bad_table_is_told(tmp_path, capsys, files, words):
    code, _, err = pair(capsys, write(tmp_path / "w.xlsx", **files), "--out", tmp_path / "r.xlsx")
    assert code == 1
    assert words in err


def test_homonyms_by_number_and_other_spellings(tmp_path, capsys):
    mentors = [*MENTORS, ["安 老师", "T9", 2, 1]]
    students = [
        ["1", "甲", "T9", "", ""],
        ["2", "乙", "安老师（T1）", "", ""],
        ["3", "丙", "白 老师", "", ""],
        ["4", "丁", "Ｔ３", "", ""],
    ]
    mentors[0] = ["安 老师", "T1", 2, 1]
    source = write(tmp_path / "w.xlsx", students, mentors)
    assert pair(capsys, source, "--out", tmp_path / "r.xlsx")[0] == 0
    rows = {row[0]: row[2:4] for row in sheets(tmp_path / "r.xlsx")["结果"][1:]}
    assert rows == {
        "1": ["安 老师（T9）", "第一志愿"],
        "2": ["安 老师（T1）", "第一志愿"],
        "3": ["白老师", "第一志愿"],
        "4": ["陈老师", "第一志愿"],
    }
    assert certify(capsys, source, tmp_path / "r.xlsx")[0] == 0


def test_infeasible_says_who_and_what_would_help(tmp_path, capsys):
    mentors = [["安老师", "T1", 1, 0], ["白老师", "T2", 1, 0], ["陈老师", "T3", 9, 0]]
    students = [[str(i), f"生{i}", "", "", "陈老师"] for i in range(3)]
    code, _, err = pair(capsys, write(tmp_path / "w.xlsx", students, mentors), "--out", tmp_path / "r.xlsx")
    assert code == 1
    assert "这 3 名学生只接受这 2 位导师，共 2 个名额" in err
    assert "再增加 1 个名额" in err
    assert "生0（0）" in err


def test_unusable_files(tmp_path, capsys):
    source = write(tmp_path / "w.xlsx")
    (tmp_path / "csv.xlsx").write_text("学籍号,姓名\n1,甲\n", encoding="utf-8")
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "corrupt.xlsx").write_bytes(source.read_bytes()[:900])
    for name, words in (
        ("nowhere.xlsx", "找不到文件"),
        ("csv.xlsx", "CSV"),
        ("empty.xlsx", "空的"),
        ("corrupt.xlsx", "损坏"),
        (".", "文件夹"),
    ):
        code, _, err = pair(capsys, tmp_path / name, "--out", tmp_path / "r.xlsx")
        assert code == 1
        assert words in err
        code, _, err = certify(capsys, tmp_path / name, source)
        assert code == 1
        assert err.strip()
        assert "Traceback" not in err
    code, _, err = certify(capsys, source, source)
    assert code == 1
    assert "结果文件里没有工作表「结果」" in err


def test_unusable_targets(tmp_path, capsys):
    source = write(tmp_path / "w.xlsx")
    for target, words in (
        (source, "结果文件不能就是志愿文件"),
        (tmp_path / "r.xls", "以 .xlsx 结尾"),
        (tmp_path / "none/r.xlsx", "写不了结果文件"),
    ):
        code, _, err = pair(capsys, source, "--out", target)
        assert code == 1
        assert words in err
    code, _, err = pair(capsys, source, "--out", tmp_path / "r.xlsx", "--seed", "")
    assert code == 1
    assert "抽签种子" in err


@pytest.mark.parametrize(
    "argv", [[], ["w.xlsx"], ["w.xlsx", "--out", "r.xlsx", "--aim", "best"], ["--nonsense"]]
)
def test_wrong_usage(capsys, argv):
    code, _, err = pair(capsys, *argv)
    assert code == 2
    assert "liangshi pair WISHES.xlsx" in err


def test_wrong_usage_of_certify(capsys):
    code, _, err = certify(capsys, "w.xlsx")
    assert code == 2
    assert "liangshi certify WISHES.xlsx" in err


def test_formula_injection_stays_text(tmp_path, capsys):
    students = changed(2, 1, "@SUM(A1)")
    students = changed(3, 1, "+1", students)
    source = write(tmp_path / "w.xlsx", students)
    assert pair(capsys, source, "--out", tmp_path / "r.xlsx")[0] == 0
    sheet = load_workbook(tmp_path / "r.xlsx")["结果"]
    dangerous = [cell for row in sheet.iter_rows() for cell in row if str(cell.value)[:1] in "@+"]
    assert len(dangerous) == 2
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in dangerous)
    assert certify(capsys, source, tmp_path / "r.xlsx")[0] == 0


def test_the_input_may_not_change_afterwards(tmp_path, capsys):
    source = write(tmp_path / "w.xlsx")
    pair(capsys, source, "--out", tmp_path / "r.xlsx")
    shutil.copy(tmp_path / "r.xlsx", tmp_path / "kept.xlsx")
    write(source, changed(0, 2, ""))
    code, _, err = certify(capsys, source, tmp_path / "kept.xlsx")
    assert code == 1
    assert "不成立" in err
