"""Roster files as schools send them, by name: kept in tests/data/rosters, or written here where they are
plain tables. Every name, number and phone is invented; identity numbers have a sound check character.

The academic year is 2026-2027, so 高一 is the class of 2026.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

import pytest
from openpyxl import Workbook

KEPT = Path(__file__).resolve().parent / "data" / "rosters"
CLASSES = 13
TEMPLATE = (
    "学校标识码 姓名 性别 出生日期 出生地行政区划代码 籍贯 民族 国籍/地区 身份证件类型 身份证件号 港澳台侨外 政治面貌 "
    "健康状况 姓名拼音 曾用名 身份证件有效期 户口所在地行政区划代码 户口性质 特长 学籍辅号 班内学号 年级 班级 入学年月 "
    "入学方式 就读方式 学生来源 现住址 通信地址 家庭地址 联系电话 邮政编码 电子信箱 主页地址 是否独生子女 "
    "是否受过学前教育 是否留守儿童 是否进城务工人员随迁子女 是否孤儿 是否烈士或优抚子女 随班就读 残疾类型 "
    "是否由政府购买学位 是否需要申请资助 是否享受一补 上下学距离 上下学方式 是否需要乘坐校车 学籍号"
)
MEMBER = "姓名 关系 关系说明 现住址 户口所在地行政区划代码 联系电话 是否监护人 身份证件类型 身份证件号 民族 工作单位 职务"
NATIONAL = [*TEMPLATE.split(), *(f"成员{number}{heading}" for number in (1, 2) for heading in MEMBER.split())]
STAFF = ["工号", "姓名", "性别", "任教学科", "职称", "岗位", "职务", "状态"]
STAFF += ["是否班主任", "所带班级", "任教班级", "手机号码"]
SUBJECTS = [
    "语文",
    "数学",
    "英语",
    "物理",
    "化学",
    "生物学",
    "思想政治",
    "历史",
    "地理",
    "体育与健康",
    "信息技术",
    "音乐",
]
BROKEN = ["学籍号", "姓名", "性别", "班级"]
SOUND = ["G340200201103178849", "许可", "女", "高一(1)班"]


def workbook(title: str, rows: Iterable[Sequence[object]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# The school: 640 students of 高一 in 13 classes, 58 staff, and the old paper list of 40 pairs ---------------


def class_name(number: int) -> str:
    """The class of the ``number``-th student or adviser, counted from 0: they are dealt out in turn."""
    return f"高一({number % CLASSES + 1})班"


def names(count: int, seed: str) -> list[str]:
    """Distinct names of two to four characters."""
    dice = random.Random(seed)
    surnames = [*"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "上官", "诸葛"]
    given = "明思子浩文嘉承景立修远泽宇知星晓清若静雅"
    every = [s + first + second for s in surnames for first in given for second in ["", *given]]
    return dice.sample(every, count)


@cache
def student_names() -> list[str]:
    """The sixth bears the fifth's name, in another class."""
    drawn = names(640, "students")
    return [*drawn[:5], drawn[4], *drawn[6:]]


@cache
def staff_names() -> list[str]:
    return names(58, "staff")


def id_number(birth: str, serial: int) -> str:
    """GB 11643, of an invented person: the last but one digit is odd for a man."""
    body = f"340200{birth}{serial:03d}"
    weighed = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[weighed % 11]


def student(number: int, name: str, father: str, mother: str) -> dict[str, str]:
    """One line of the national template; codes and words take turns, as when two offices fill it in."""
    coded, woman = number % 2 == 1, number // 2 % 2 == 1
    birth = f"{2009 + number % 3}{number % 12 + 1:02d}{number % 28 + 1:02d}"
    identity = id_number(birth, number * 2 % 998 + (0 if woman else 1))
    own_id = id_number(f"1978{number % 12 + 1:02d}{number % 28 + 1:02d}", number * 2 % 998 + 1)
    one, two = f"138{number * 2 + 1:08d}", f"150{number * 2 + 2:08d}"
    line = {
        "学校标识码": "3134009901", "姓名": name, "性别": "男女"[woman], "出生日期": birth, "民族": "汉族",
        "国籍/地区": "中国", "身份证件类型": "居民身份证", "身份证件号": identity, "政治面貌": "共青团员",
        "健康状况": "健康或良好", "学籍辅号": f"34{number:011d}", "班内学号": f"{number // CLASSES + 1:02d}",
        "年级": "高一", "班级": class_name(number), "入学年月": "202609", "入学方式": "统一招生考试/普通入学",
        "就读方式": ["走读", "住校"][number % 5 > 1], "现住址": "示范市某路1号", "家庭地址": "示范市某路1号",
        "联系电话": one, "邮政编码": "000000", "学籍号": f"G{identity}",
        "成员1姓名": father, "成员1关系": "父亲", "成员1联系电话": one, "成员1是否监护人": "是",
        "成员1身份证件类型": "居民身份证", "成员1身份证件号": own_id,
        "成员2姓名": mother, "成员2关系": "母亲", "成员2联系电话": two, "成员2是否监护人": "是",
    }  # fmt: skip
    if coded:
        line |= {"性别": str(woman + 1), "民族": "01", "成员1关系": "51", "成员2关系": "52"}
        line["就读方式"] = str((number % 5 > 1) + 1)
    return line


def national_students() -> bytes:
    """The national template: 73 columns, of which 20 are used."""
    guardians = names(1_280, "guardians")
    people = zip(student_names(), guardians[:640], guardians[640:], strict=True)
    lines = [student(number, *three) for number, three in enumerate(people)]
    rows = [[line.get(heading) for heading in NATIONAL] for line in lines]
    return workbook("学生信息", [NATIONAL, *rows])


def teachers() -> bytes:
    """58 staff: 书记, 校长, a psychology teacher, 2 on 产假, 2 工勤, then teachers, 13 of them 班主任."""
    special = [
        {"岗位": "行政兼课", "职务": "党委书记"},
        {"岗位": "行政兼课", "职务": "校长"},
        {"任教学科": "心理健康", "职务": "心理教师"},
        {"状态": "产假"},
        {"状态": "产假"},
        {"任教学科": None, "岗位": "工勤", "任教班级": None},
        {"任教学科": None, "岗位": "工勤", "任教班级": None},
    ]
    advisers = [{"是否班主任": "是", "所带班级": class_name(number)} for number in range(CLASSES)]
    lines = [*special, {}, {}, {}, *advisers]
    lines += [{}] * (58 - len(lines))
    plain = [
        {
            "工号": f"T{number + 1:03d}", "姓名": name, "性别": "男女"[number % 2],
            "任教学科": SUBJECTS[number % len(SUBJECTS)], "职称": "高级教师", "岗位": "专任教师", "状态": "在岗",
            "是否班主任": "否", "任教班级": f"{class_name(number)}、{class_name(number + 5)}",
            "手机号码": f"139{number + 1:08d}",
        }
        for number, name in enumerate(staff_names())
    ]  # fmt: skip
    rows = [
        [(usual | line).get(heading) for heading in STAFF] for usual, line in zip(plain, lines, strict=True)
    ]
    return workbook("教职工", [STAFF, *rows])


def existing_pairs() -> bytes:
    """40 sound pairs; lines 42 to 44 name a teacher, a student and a class that the school does not have."""
    mentors, students = staff_names()[7:], student_names()
    rows = [[mentors[n], students[3 * n], class_name(3 * n)] for n in range(40)]
    rows += [
        ["查无此师", students[1], class_name(1)],
        [mentors[1], "查无此生", class_name(1)],
        [mentors[2], students[2], "高一(99)班"],
    ]
    return workbook("Sheet", [["导师", "学生", "班级", "起始时间"], *([*row, "2026-09-20"] for row in rows)])


# One fault each -------------------------------------------------------------------------------------------


def with_fault(*rows: Sequence[object]) -> Callable[[], bytes]:
    return lambda: workbook("Sheet", rows)


def in_place_of(column: int, value: object, row: Sequence[object] = SOUND) -> list[object]:
    return [*row[:column], value, *row[column + 1 :]]


def tall_but_empty() -> bytes:
    """One student, and a styled cell in the last line that a sheet can have."""
    book = Workbook()
    sheet = book.active
    sheet.append(BROKEN)
    sheet.append(SOUND)
    sheet.row_dimensions[1_048_576].height = 15
    sheet.cell(1_048_576, 1).number_format = "@"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


MADE = {
    "national_students.xlsx": national_students,
    "teachers.xlsx": teachers,
    "existing_pairs.xlsx": existing_pairs,
    "broken/tall_but_empty.xlsx": tall_but_empty,
    "broken/scientific.xlsx": with_fault(
        BROKEN, in_place_of(0, 340200201001010000), in_place_of(0, "3.40200E+17")
    ),
    "broken/duplicate_no.xlsx": with_fault(BROKEN, SOUND, in_place_of(1, "杨思")),
    "broken/bad_check_digit.xlsx": with_fault(BROKEN, in_place_of(0, "G340200201103178841")),
    "broken/unknown_class.xlsx": with_fault(BROKEN, in_place_of(3, "高四(77)班")),
    "broken/missing_name.xlsx": with_fault([BROKEN[0], *BROKEN[2:]], [SOUND[0], *SOUND[2:]]),
    "broken/formula.xlsx": with_fault(
        BROKEN,
        in_place_of(1, '=HYPERLINK("http://127.0.0.1","x")'),
        in_place_of(1, "=1+1", in_place_of(0, "G340200200904265382")),
    ),
    "broken/empty.xlsx": lambda: b"",
    "broken/really_csv.xlsx": "学籍号,姓名\n1,2\n".encode,
    "broken/corrupt.xlsx": lambda: b"PK\x03\x04" + bytes(range(256)) * 20,
}


# By name --------------------------------------------------------------------------------------------------


@cache
@cache
def content(name: str) -> bytes:
    """The file of that name, as ``teachers.xlsx`` or ``broken/empty.xlsx``. Raises FileNotFoundError."""
    return MADE[name]() if name in MADE else (KEPT / name).read_bytes()


@pytest.fixture(scope="session")
def roster_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A roster's name → a path that it can be read from."""
    folder = tmp_path_factory.mktemp("rosters")

    def place(name: str) -> Path:
        path = folder / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content(name))
        return path

    return place
