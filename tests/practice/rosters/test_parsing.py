"""Roster files as schools send them: what is understood, what is asked, what is reported with its cell."""

import datetime
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangshi.foundation.documents.sheets import Area, Cell, DocumentError, Row, Sheet, Workbook
from liangshi.foundation.documents.writing import Table, csv_bytes, workbook_bytes
from liangshi.practice.rosters.parsing.model import GuardianRow, Mapping, Roster, mask
from liangshi.practice.rosters.parsing.reading import KINDS, read_roster, roster_of
from liangshi.practice.rosters.parsing.staff import pool_exception
from liangshi.registry.schools.classnames import ClassName
from tests.rosters import content

SOUND = "G340200201103178849"
OTHER = "G340200200904265382"


def sent(name: str) -> Roster:
    return read_roster(content(name), name.rpartition("/")[2], kind=None, year_start=2026)


def read(headings: Sequence[str], *rows: Sequence, kind: str | None = None, mapping: Mapping | None = None):
    data = workbook_bytes([Table("名册", headings, rows)])
    return read_roster(data, "名册.xlsx", kind=kind, year_start=2026, mapping=mapping)


def places(roster: Roster) -> list[tuple[str, str]]:
    return [(problem.cell, problem.code) for problem in roster.problems]


# --- the files of schools ------------------------------------------------------------------------------


def test_national_template():
    roster = sent("national_students.xlsx")
    assert (roster.kind, len(roster.rows), roster.problems) == ("students", 640, ())
    assert {row.class_name for row in roster.rows} == {ClassName(2026, number) for number in range(1, 14)}
    assert sum(len(row.guardians) for row in roster.rows) == 1_280
    assert all(guardian.name and guardian.phone for row in roster.rows for guardian in row.guardians)
    assert {row.gender for row in roster.rows} == {"1", "2"}
    assert {row.lodging for row in roster.rows} == {"1", "2"}
    assert {guardian.relation for row in roster.rows for guardian in row.guardians} == {"51", "52"}
    assert {"民族", "健康状况", "现住址", "成员1身份证件号"} <= set(roster.ignored_columns)
    assert len(roster.ignored_columns) + 20 == 73


def test_class_adviser_sheets():
    roster = sent("class_adviser_sheets.xlsx")
    assert (roster.kind, len(roster.rows), roster.problems) == ("students", 48, ())
    assert {row.class_name for row in roster.rows} == {ClassName(2025, number) for number in range(1, 5)}
    assert sum(len(row.guardians) for row in roster.rows) == 96
    assert [report.rows for report in roster.sheets] == [12, 12, 12, 12]
    by_name = {row.name: row for row in roster.rows}
    assert by_name["刘然"].guardians[0].phone == "13900001283"
    assert by_name["何思佑"].seat_no == "01"
    assert by_name["杨梓宜"].national_no == "G34020020100822259X"
    assert by_name["吴思航"].birth_date == datetime.date(2009, 7, 14)
    assert roster.ignored_columns == ("序号",)


def test_gbk_csv():
    roster = sent("students_gbk.csv")
    assert (len(roster.rows), roster.problems) == (45, ())
    assert {row.class_name for row in roster.rows} == {ClassName(2024, 1)}
    assert sum(len(row.guardians) for row in roster.rows) == 90
    assert [row.school_no for row in roster.rows] == [f"{number:03d}" for number in range(1, 46)]


def test_old_xls():
    roster = sent("old_students.xls")
    assert (len(roster.rows), roster.problems) == (40, ())
    assert sum(len(row.guardians) for row in roster.rows) == 40


def test_teachers():
    roster = sent("teachers.xlsx")
    assert (roster.kind, len(roster.rows), roster.problems) == ("staff", 58, ())
    assert sorted(row.adviser_class.number for row in roster.rows if row.is_adviser) == list(range(1, 14))
    exceptions = sorted(pool_exception(row) for row in roster.rows if pool_exception(row))
    assert exceptions == ["产假", "产假", "工勤", "工勤"]
    assert {row.duty for row in roster.rows} == {"", "党委书记", "校长", "心理教师"}


def test_pairs():
    roster = sent("existing_pairs.xlsx")
    assert (roster.kind, len(roster.rows), roster.problems) == ("pairs", 43, ())
    by_row = {row.place.row: row for row in roster.rows}
    assert by_row[42].mentor == "查无此师"
    assert by_row[42].place.cells["mentor"] == "A42"
    assert (by_row[43].student, by_row[43].place.cells["student"]) == ("查无此生", "B43")
    assert (by_row[44].class_name, by_row[44].place.cells["class"]) == (ClassName(2026, 99), "C44")
    assert by_row[2].since == datetime.date(2026, 9, 20)


@pytest.mark.row("G28")
@pytest.mark.parametrize("write", [lambda table: workbook_bytes([table]), csv_bytes], ids=["xlsx", "csv"])
def test_ids_survive_import_export_import_byte_for_byte(write):
    first = sent("national_students.xlsx")
    rows = [[row.national_no, row.id_no, row.name, "高一(1)班"] for row in first.rows]
    data = write(Table("名册", ["学籍号", "身份证号", "姓名", "班级"], rows))
    name = "名册.xlsx" if data.startswith(b"PK") else "名册.csv"
    second = read_roster(data, name, kind="students", year_start=2026)
    assert second.problems == ()
    assert [[row.national_no, row.id_no, row.name] for row in second.rows] == [row[:3] for row in rows]
    assert {len(row.national_no) for row in second.rows} == {19}
    assert {len(row.id_no) for row in second.rows} == {18}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "scientific", [("A2", "scientific"), ("A3", "scientific")], marks=pytest.mark.row("G28")
        ),
        ("duplicate_no", [("A3", "duplicate")]),
        ("bad_check_digit", [("A2", "bad_check_digit")]),
        ("unknown_class", [("D2", "unknown_class")]),
        ("missing_name", [("A1", "missing_column")]),
        ("formula", [("B2", "formula"), ("B3", "formula")]),
        ("tall_but_empty", []),
    ],
)
def test_broken_files_are_reported_with_their_cells(name, expected):
    roster = sent(f"broken/{name}.xlsx")
    assert places(roster) == expected
    assert roster.applicable == (not expected)


@pytest.mark.parametrize(
    ("name", "code"), [("empty", "empty"), ("really_csv", "really_text"), ("corrupt", "corrupt")]
)
def test_broken_files_that_cannot_be_read(name, code):
    with pytest.raises(DocumentError) as refused:
        sent(f"broken/{name}.xlsx")
    assert refused.value.code == code


# --- headings ------------------------------------------------------------------------------------------


def test_a_column_that_may_be_something_else_is_asked_and_the_answer_is_followed():
    headings, row = ["考号", "姓名", "班级", "性别"], ["0012", "张三", "高一(1)班", "男"]
    roster = read(headings, row)
    (choice,) = roster.mapping.to_ask
    assert (choice.heading, choice.field, choice.suggestion) == ("考号", None, "school_no")
    assert places(roster) == [("A1", "missing_column")]
    answered = read(headings, row, kind="students", mapping=Mapping.of({"考号": "school_no", "性别": None}))
    assert answered.problems == ()
    assert (answered.rows[0].school_no, answered.rows[0].gender) == ("0012", "")
    assert answered.ignored_columns == ("性别",)


def test_headings_that_only_the_clerk_understands():
    row = [SOUND, "张三", "高一(1)班"]
    answers = Mapping.of({"编码": "national_no", "称呼": "name", "所属": "class"})
    roster = read(["编码", "称呼", "所属"], row, kind="students", mapping=answers)
    assert (roster.problems, roster.rows[0].national_no) == ((), SOUND)


def test_the_wrong_kind_says_what_is_missing():
    roster = read(["工号", "姓名", "性别"], ["1", "张三", "男"], kind="students")
    assert {problem.code for problem in roster.problems} == {"missing_column"}


def test_two_columns_for_one_field_are_a_problem():
    roster = read(
        ["学号", "考号", "姓名", "班级"],
        ["1", "2", "张三", "高一(1)班"],
        mapping=Mapping.of({"学号": "school_no", "考号": "school_no"}),
    )
    assert places(roster) == [("B1", "column_twice")]


@pytest.mark.parametrize(
    ("headings", "people"),
    [
        (["家长姓名", "与学生关系", "联系电话", "家长姓名", "与学生关系", "联系电话"], 2),
        (["监护人1姓名", "监护人1关系", "监护人1电话", "监护人2姓名", "监护人2关系", "监护人2电话"], 2),
        (["第一监护人", "称谓", "手机", "第二监护人", "称谓", "手机"], 2),
        (["监护人一", "关系", "手机号码", "监护人二", "关系", "手机号码"], 2),
    ],
)
def test_guardians_under_many_headings(headings, people):
    values = ["张大", "父亲", "138 0013 8000", "李四", "母子", "139-0013-9000"]
    roster = read(["学籍号", "姓名", "班级", *headings], [SOUND, "张三", "高一(1)班", *values])
    assert roster.problems == ()
    assert roster.rows[0].guardians == (
        GuardianRow("张大", "51", "13800138000"),
        GuardianRow("李四", "52", "13900139000"),
    )
    assert len(roster.rows[0].guardians) == people


def test_both_phones_in_one_cell():
    text = "父：138 0013 8000；母：13900139000"
    roster = read(["学籍号", "姓名", "班级", "家长电话"], [SOUND, "张三", "高一(1)班", text])
    assert roster.rows[0].guardians == (
        GuardianRow("", "51", "13800138000"),
        GuardianRow("", "52", "13900139000"),
    )
    named = read(
        ["学籍号", "姓名", "班级", "父亲姓名", "母亲姓名", "家长电话"],
        [SOUND, "张三", "高一(1)班", "张大", "李四", text],
    )
    assert named.rows[0].guardians == (
        GuardianRow("张大", "51", "13800138000"),
        GuardianRow("李四", "52", "13900139000"),
    )


def test_a_family_member_who_is_no_guardian_is_left_out():
    roster = read(
        ["学籍号", "姓名", "班级", "成员1姓名", "成员1关系", "成员1是否监护人", "成员2姓名", "成员2关系"],
        [SOUND, "张三", "高一(1)班", "王五", "姐", "否", "李四", "母亲"],
    )
    assert roster.rows[0].guardians == (GuardianRow("李四", "52"),)


def test_a_phone_of_nobody_is_asked():
    roster = read(["学籍号", "姓名", "班级", "联系电话"], [SOUND, "张三", "高一(1)班", "13800138000"])
    assert [(choice.heading, choice.suggestion) for choice in roster.mapping.to_ask] == [
        ("联系电话", "guardian1_phone")
    ]
    assert roster.rows[0].guardians == ()


def test_two_row_headings_without_merged_cells():
    text = (
        "高二（1）班学生花名册,,,,,,\n学籍号,姓名,监护人1,,,监护人2,\n,,姓名,关系,电话,姓名,电话\n"
        f"{SOUND},张三,张大,父亲,13800138000,李四,13900139000\n\n合计,1人\n制表人：王五\n"
    )
    roster = read_roster(text.encode(), "名册.csv", kind=None, year_start=2026)
    assert roster.problems == ()
    (row,) = roster.rows
    assert row.class_name == ClassName(2025, 1)  # from the title above the headings
    assert [guardian.phone for guardian in row.guardians] == ["13800138000", "13900139000"]


def test_grade_and_bare_class_number_in_two_columns():
    roster = read(
        ["学籍号", "姓名", "年级", "班级"], [SOUND, "张三", "高二", 3], [OTHER, "李四", "2024级", "(04)班"]
    )
    assert [row.class_name for row in roster.rows] == [ClassName(2025, 3), ClassName(2024, 4)]


def test_repeated_headings_and_other_sheets_are_skipped():
    table = Table(
        "甲", ["学籍号", "姓名", "班级"], [[SOUND, "张三", "高一(1)班"], ["学籍号", "姓名", "班级"]]
    )
    notes = Table("填表说明", ["请认真填写"], [["姓名不要有空格"]])
    roster = read_roster(workbook_bytes([notes, table]), "a.xlsx", kind=None, year_start=2026)
    assert (len(roster.rows), roster.problems) == (1, ())
    assert [(report.title, report.skipped) for report in roster.sheets] == [
        ("填表说明", "没有表头"),
        ("甲", ""),
    ]


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        (["工号", "姓名", "任教学科"], "staff"),
        (["导师姓名", "学生姓名", "班级"], "pairs"),
        (["成长导师", "受导学生"], "pairs"),
        (["社团名称", "指导教师", "姓名", "班级"], "clubs"),
        (["社团名称", "指导老师", "工号", "姓名", "班级", "身份证号"], "clubs"),
        (["社团", "指导老师", "工号", "学生姓名", "班级", "学号"], "clubs"),
        (["指导老师", "工号", "学生姓名", "班级", "学号"], "pairs"),
        (["序号", "学生姓名", "性别", "班级", "学号", "家长姓名"], "students"),
    ],
)
def test_the_kind_is_told_from_the_headings(headings, kind):
    assert read(headings, ["甲"] * len(headings)).kind == kind


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_a_file_without_headings_is_refused(kind):
    with pytest.raises(DocumentError) as refused:
        read(["张三", "李四"], ["王五", "赵六"], kind=kind)
    assert refused.value.code == "no_header"


# --- cells ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "value", "code"),
    [
        ("性别", "公", "bad_gender"),
        ("性别", "男", "gender_mismatch"),
        ("出生日期", "去年", "bad_date"),
        ("出生日期", "20110231", "bad_date"),
        ("出生日期", "2011.3.18", "birth_mismatch"),
        ("就读方式", "飞", "bad_lodging"),
        ("是否留守儿童", "也许", "bad_left_behind"),
        ("身份证号", "340200201103178849 ", None),
        ("身份证号", "340200200904265382", "id_mismatch"),
        ("身份证号", "3402002011031788", "bad_length"),
        ("身份证号", 340200201103178849, "scientific"),
        ("学号", "3.4E+11", "scientific"),
        ("学号", 7, None),
        ("家长电话", "1380013800", "bad_phone"),
        ("家长电话", "0553-5961234", None),
        ("家长电话", 13800138000, None),
        ("父亲姓名", "张3", "bad_name"),
        ("父亲姓名", "x" * 501, "too_long"),
        ("入学年月", "2026年9月", None),
        ("入学年月", "202613", "bad_date"),
    ],
)
def test_cells(heading, value, code):
    roster = read(["学籍号", "姓名", "班级", heading], [SOUND, "张三", "高一(1)班", value])
    assert places(roster) == ([("D2", code)] if code else [])
    assert len(roster.rows) == (0 if code else 1)


@pytest.mark.parametrize("text", ["2011.3.17", "2011-03-17", "2011/3/17", "2011年3月17日", "20110317", 40619])
def test_birth_dates_in_every_form(text):
    roster = read(["学籍号", "姓名", "班级", "出生日期"], [SOUND, "张三", "高一(1)班", text])
    assert roster.rows[0].birth_date == datetime.date(2011, 3, 17)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("张　三", "张三"),
        (" 欧阳 娜 ", "欧阳娜"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("Anna  Li", "Anna Li"),
        ("𠮷田㐂", "𠮷田㐂"),
    ],
)
def test_names(written, kept):
    assert read(["学籍号", "姓名", "班级"], [SOUND, written, "高一(1)班"]).rows[0].name == kept


def test_missing_values_have_a_cell():
    roster = read(
        ["学籍号", "姓名", "班级"], [SOUND, "", "高一(1)班"], ["", "李四", "高一(1)班"], [OTHER, "王五", ""]
    )
    assert places(roster) == [("B2", "missing_value"), ("A3", "missing_id"), ("C4", "missing_value")]
    assert roster.row_count == 3


def test_a_class_of_another_year_is_unknown():
    roster = read(["学籍号", "姓名", "班级"], [SOUND, "张三", "2019级3班"])
    assert places(roster) == [("C2", "unknown_class")]


def test_a_repeat_on_another_sheet_names_both_places():
    tables = [
        Table(title, ["学籍号", "姓名", "班级"], [[SOUND, "张三", "高一(1)班"]]) for title in ("甲", "乙")
    ]
    roster = read_roster(workbook_bytes(tables), "a.xlsx", kind=None, year_start=2026)
    (problem,) = roster.problems
    assert (problem.sheet, problem.cell, problem.code) == ("乙", "A2", "duplicate")
    assert "“甲”" in problem.message
    assert "A2" in problem.message


def test_values_of_ids_and_phones_are_masked():
    roster = read(
        ["学籍号", "姓名", "班级", "家长电话"],
        [SOUND[:-1] + "1", "张三", "高一(1)班", "138001380001"],
        [SOUND[:-2], "李四", "高一(1)班", "父：1380013800"],
    )
    assert len(roster.problems) == 4
    shown = "".join(problem.value + problem.message for problem in roster.problems)
    assert not {"20110317", "1380013800", "00138"} & {
        shown[i : i + n] for n in (5, 8, 10) for i in range(len(shown))
    }
    assert mask("13800138000") == "138******00"
    assert mask("高一(3)班") == "高一(3)班"


def test_staff_problems():
    roster = read(
        ["工号", "姓名", "岗位", "是否班主任", "所带班级", "任教班级"],
        ["1", "张三", "神仙", "", "", ""],
        ["2", "李四", "专任教师", "是", "", ""],
        ["2", "王五", "", "", "高四(1)班", ""],
        ["", "赵六", "", "", "", "高一(1)班、很多班"],
        ["2", "孙七", "", "", "", ""],
        ["2", "周八", "", "", "", ""],
    )
    assert places(roster) == [
        ("C2", "bad_post_kind"),
        ("E3", "missing_value"),
        ("E4", "unknown_class"),
        ("A5", "missing_value"),
        ("F5", "unknown_class"),
        ("A7", "duplicate"),
    ]


def test_pairs_with_several_students_in_a_cell_and_a_repeat():
    roster = read(
        ["导师", "学生", "班级"], ["张三", "李四、王五", "高一(1)班"], ["赵六", "王五", "高一(1)班"]
    )
    assert [(row.mentor, row.student) for row in roster.rows] == [("张三", "李四"), ("张三", "王五")]
    assert places(roster) == [("B3", "duplicate")]


def test_clubs():
    roster = read(
        ["社团名称", "类别", "指导教师", "姓名", "班级"],
        ["天文社", "社团", "张三", "李四", "高一(1)班"],
        ["天文社", "社团", "张三", "王五", "高一(2)班"],
        ["篮球队", "校队", "赵六", "", ""],
    )
    assert roster.problems == ()
    assert [(row.club, row.adviser, row.student) for row in roster.rows] == [
        ("天文社", "张三", "李四"),
        ("天文社", "张三", "王五"),
        ("篮球队", "赵六", ""),
    ]


def test_very_many_problems_are_cut_with_a_word():
    rows = [[f"X{number}", "张三", "高一(1)班"] for number in range(1_100)]
    roster = read(["学籍号", "姓名", "班级"], *rows)
    assert len(roster.problems) == 1_001
    assert "1100 处" in roster.problems[-1].message


HEADINGS = [word for kind in KINDS.values() for column in kind.columns for word in column.headings]
WORDS = st.sampled_from(
    [SOUND, OTHER, "高一(1)班", "父：13800138000；母：", "是", "男", "合计", "2009.9.1", "，、", "3.4E+17"]
)
CELLS = st.one_of(
    st.builds(Cell, st.just("text"), st.one_of(WORDS, st.text(max_size=30), st.sampled_from(HEADINGS))),
    st.builds(Cell, st.just("number"), st.one_of(st.integers(), st.floats())),
    st.builds(Cell, st.just("date"), st.dates()),
    st.builds(Cell, st.just("bool"), st.booleans()),
    st.builds(Cell, st.sampled_from(["formula", "error"]), st.text(max_size=5)),
)
SMALL = st.integers(1, 8)


@given(
    headings=st.lists(st.sampled_from(HEADINGS), min_size=2, max_size=8),
    lines=st.dictionaries(st.integers(2, 12), st.dictionaries(SMALL, CELLS, min_size=1), max_size=8),
    merged=st.lists(st.builds(Area, SMALL, SMALL, SMALL, SMALL), max_size=3),
    kind=st.sampled_from([None, *KINDS]),
)
@settings(max_examples=150, deadline=None)
def test_no_sheet_breaks_it(headings, lines, merged, kind):
    """Whatever stands under whatever headings: a roster whose problems have addresses, or a refusal."""
    top = Row(1, {column: Cell("text", word) for column, word in enumerate(headings, 1)})
    rows = (top, *(Row(number, lines[number]) for number in sorted(lines)))
    workbook = Workbook("xlsx", (Sheet("甲", rows, tuple(merged)),))
    try:
        roster = roster_of(workbook, "a.xlsx", kind=kind, year_start=2026)
    except DocumentError:
        return
    assert all(problem.cell and problem.message for problem in roster.problems)
    assert roster.row_count <= len(lines)
