"""Staff rosters: one line a member of staff."""

from collections.abc import Callable, Iterable
from typing import Any

from liangshi.foundation.documents.sheets import Cell
from liangshi.practice.rosters.parsing import cells
from liangshi.practice.rosters.parsing.cells import CellError
from liangshi.practice.rosters.parsing.kinds import Column, Kind, Record
from liangshi.practice.rosters.parsing.model import RosterRow, StaffRow
from liangshi.registry.schools.classnames import ClassName

POST_KINDS = {
    "专任教师": ("专任", "教师", "任课教师", "专职教师"),
    "行政兼课": ("行政", "行政人员", "管理", "管理岗"),
    "教辅": ("教辅人员", "实验员", "图书管理员"),
    "工勤": ("工勤人员", "工勤岗", "后勤", "工人"),
    "校医": ("医务", "医生"),
    "宿管": ("宿舍管理", "宿管员", "生活老师"),
}
TITLES = {
    "正高级": ("正高级教师", "正高"),
    "高级": ("高级教师", "中学高级", "中学高级教师", "副高", "副高级"),
    "一级": ("一级教师", "中学一级", "中学一级教师", "中级"),
    "二级": ("二级教师", "中学二级", "中学二级教师", "初级"),
    "三级": ("三级教师", "中学三级", "中学三级教师"),
    "未评": ("未定级", "无", "未评定", "见习"),
}
STATUSES = {
    "在岗": ("在职", "在编在岗", "正常"),
    "产假": ("休产假",),
    "病假": ("休病假", "长病假"),
    "外出": ("外派", "借调", "支教", "进修", "交流"),
    "离职": ("调出", "辞职"),
    "退休": (),
    "去世": ("病故", "已故"),
}
PRESENT = "在岗"
NO_MENTOR_POSTS = ("工勤",)


def _reader(table: dict[str, tuple[str, ...]], code: str, label: str) -> Callable[[Cell], str]:
    meaning = {word: ours for ours, words in table.items() for word in (ours, *words)}

    def read(cell: Cell) -> str:
        value = meaning.get(cells.text(cell))
        if value is None:
            raise CellError(code, f"看不懂这个{label}。请从这些里选一个：{'、'.join(table)}。")
        return value

    return read


COLUMNS = (
    Column(
        "staff_no",
        "工号",
        ("工号", "教师编号", "职工号", "教职工号", "教工号", "员工编号"),
        cells.number_text,
    ),
    Column("name", "姓名", ("姓名", "教师姓名", "教职工姓名", "教师"), cells.name),
    Column("gender", "性别", ("性别", "性别码"), cells.gender),
    Column(
        "subjects",
        "任教学科",
        ("任教学科", "学段学科", "学科", "任课学科", "任教课程", "科目"),
        cells.several,
    ),
    Column("title", "职称", ("职称", "专业技术职务", "职称等级"), _reader(TITLES, "bad_title", "职称")),
    Column(
        "post_kind",
        "岗位",
        ("岗位", "岗位类别", "岗位类型", "人员类别"),
        _reader(POST_KINDS, "bad_post_kind", "岗位"),
    ),
    Column("duty", "职务", ("职务", "行政职务", "党政职务"), cells.text),
    Column(
        "status",
        "状态",
        ("状态", "在岗状态", "在岗情况", "人员状态"),
        _reader(STATUSES, "bad_status", "状态"),
    ),
    Column("is_adviser", "是否班主任", ("是否班主任", "班主任"), cells.yes_no),
    Column("adviser_class", "所带班级", ("所带班级", "班主任班级", "带班", "担任班主任班级"), cells.text),
    Column("teaching_classes", "任教班级", ("任教班级", "任课班级", "授课班级"), cells.several),
    Column("phone", "手机号码", ("手机号码", "手机", "手机号", "联系电话", "电话", "联系方式"), cells.phone),
)


def build(record: Record) -> list[RosterRow]:
    record.require("staff_no")
    record.require("name")
    adviser = record.get("adviser_class")
    adviser_class = record.class_named("adviser_class", adviser) if adviser else None
    teaching = [record.class_named("teaching_classes", text) for text in record.get("teaching_classes", ())]
    if record.get("is_adviser", False) and "adviser_class" not in record.raw:
        record.report("adviser_class", "missing_value", "填了是班主任，但没有填所带班级。请补上班级。")
    if record.problems:
        return []
    return [
        StaffRow(
            place=record.place,
            staff_no=record.get("staff_no"),
            name=record.get("name"),
            gender=record.get("gender"),
            subjects=record.get("subjects", ()),
            title=record.get("title"),
            post_kind=record.get("post_kind"),
            duty=record.get("duty"),
            status=record.get("status"),
            is_adviser=record.get("is_adviser", adviser_class is not None),
            adviser_class=adviser_class,
            teaching_classes=tuple(found for found in teaching if found),
            phone=record.get("phone"),
        )
    ]


def classes_of(row: StaffRow) -> set[ClassName]:
    return {*row.teaching_classes, *([row.adviser_class] if row.adviser_class else [])}


def pool_exception(row: StaffRow) -> str:
    """Why this person is not in the mentor pool by default (产假, 工勤 …); "" when they are in it."""
    if row.status not in ("", PRESENT):
        return row.status
    return row.post_kind if row.post_kind in NO_MENTOR_POSTS else ""


def keys(row: StaffRow) -> Iterable[tuple[str, tuple[Any, ...]]]:
    yield "staff_no", (row.staff_no,)


STAFF = Kind(
    identifier="staff",
    label="教职工",
    columns=COLUMNS,
    needs=(("staff_no",), ("name",)),
    marks=("staff_no", "subjects", "title", "post_kind", "adviser_class"),
    build=build,
    keys=keys,
)
