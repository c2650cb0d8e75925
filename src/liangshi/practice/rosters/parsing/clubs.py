"""Clubs with their advisers and members: one line a member, or several members in one cell."""

from collections.abc import Iterable
from typing import Any

from liangshi.practice.rosters.parsing import cells
from liangshi.practice.rosters.parsing.kinds import Column, Kind, Record
from liangshi.practice.rosters.parsing.model import ClubRow, RosterRow

COLUMNS = (
    Column(
        "club",
        "社团名称",
        ("社团名称", "社团", "社团小组", "兴趣小组", "小组名称", "项目组", "校队", "社团名"),
        cells.text,
        fills_down=True,
    ),
    Column("kind", "类别", ("类别", "社团类别", "类型", "社团类型"), cells.text, fills_down=True),
    Column(
        "adviser",
        "指导教师",
        ("指导教师", "指导老师", "负责教师", "社团导师", "辅导教师", "导师"),
        cells.name,
        fills_down=True,
    ),
    Column(
        "student", "成员", ("成员", "社员", "学生", "学生姓名", "姓名", "成员姓名", "成员名单"), cells.names
    ),
    Column("class", "班级", ("班级", "行政班", "所在班级", "班级名称"), cells.text, fills_down=True),
    Column("national_no", "学籍号", ("学籍号", "全国学籍号"), cells.national_no),
)


def build(record: Record) -> list[RosterRow]:
    record.require("club")
    text = record.get("class")
    class_name = record.class_named("class", text) if text else None
    students = record.get("student", ("",))
    if len(students) > 1 and "national_no" in record.raw:
        record.report(
            "national_no", "several_students", "一格里有几名成员，却只有一个号码。请每名成员写一行。"
        )
    if record.problems:
        return []
    return [
        ClubRow(
            place=record.place,
            club=record.get("club"),
            kind=record.get("kind"),
            adviser=record.get("adviser"),
            student=student,
            class_name=class_name,
            national_no=record.get("national_no"),
        )
        for student in students
    ]


def keys(row: ClubRow) -> Iterable[tuple[str, tuple[Any, ...]]]:
    if row.national_no:
        yield "national_no", (row.club, row.national_no)
    elif row.student and row.class_name:
        yield "student", (row.club, row.student, row.class_name)


CLUBS = Kind(
    identifier="clubs",
    label="社团",
    columns=COLUMNS,
    needs=(("club",),),
    marks=("club",),
    build=build,
    keys=keys,
    rules_out=("pairs",),  # a club's 指导老师 is nobody's mentor for that
)
