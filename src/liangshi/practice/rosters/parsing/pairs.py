"""Existing paper lists of who is whose mentor."""

from collections.abc import Iterable
from typing import Any

from liangshi.practice.rosters.parsing import cells
from liangshi.practice.rosters.parsing.kinds import Column, Kind, Record
from liangshi.practice.rosters.parsing.model import PairRow, RosterRow

COLUMNS = (
    Column(
        "mentor",
        "导师",
        ("导师", "导师姓名", "成长导师", "结对教师", "结对导师", "指导老师", "教师姓名"),
        cells.name,
        fills_down=True,
    ),
    Column("mentor_no", "导师工号", ("工号", "导师工号", "教师编号"), cells.number_text, fills_down=True),
    Column(
        "student",
        "学生",
        ("学生", "受导学生", "导生", "学生姓名", "姓名", "结对学生", "学生名单"),
        cells.names,
    ),
    Column(
        "class", "班级", ("班级", "学生班级", "行政班", "所在班级", "班级名称"), cells.text, fills_down=True
    ),
    Column("national_no", "学籍号", ("学籍号", "全国学籍号", "学生学籍号"), cells.national_no),
    Column("school_no", "学号", ("学号", "校内学号", "学生学号"), cells.number_text),
    Column(
        "since",
        "起始时间",
        ("起始时间", "开始时间", "结对时间", "起始日期", "结对日期"),
        cells.date,
        fills_down=True,
    ),
)


def build(record: Record) -> list[RosterRow]:
    for one, other in (("mentor", "mentor_no"), ("student", "national_no")):
        if other not in record.raw:
            record.require(one)
    text = record.get("class")
    class_name = record.class_named("class", text) if text else None
    students = record.get("student", ("",))
    numbered = [key for key in ("national_no", "school_no") if key in record.raw]
    if len(students) > 1 and numbered:
        record.report(numbered[0], "several_students", "一格里有几名学生，却只有一个号码。请每名学生写一行。")
    if record.problems:
        return []
    return [
        PairRow(
            place=record.place,
            mentor=record.get("mentor"),
            mentor_no=record.get("mentor_no"),
            student=student,
            class_name=class_name,
            national_no=record.get("national_no"),
            school_no=record.get("school_no"),
            since=record.get("since", None),
        )
        for student in students
    ]


def keys(row: PairRow) -> Iterable[tuple[str, tuple[Any, ...]]]:
    """A student has one mentor; without class or number, homonyms cannot be told from repeats here."""
    if row.national_no:
        yield "national_no", (row.national_no,)
    elif row.school_no:
        yield "school_no", (row.school_no,)
    elif row.class_name:
        yield "student", (row.student, row.class_name)


PAIRS = Kind(
    identifier="pairs",
    label="导师名单",
    columns=COLUMNS,
    needs=(("mentor", "mentor_no"), ("student", "national_no")),
    marks=("mentor",),
    build=build,
    keys=keys,
)
