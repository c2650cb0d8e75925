"""Student rosters: one line a student, with up to two guardians."""

from collections.abc import Iterable
from typing import Any

from liangshi.practice.rosters.parsing import cells
from liangshi.practice.rosters.parsing.kinds import Column, Kind, Record, normal
from liangshi.practice.rosters.parsing.model import ColumnChoice, GuardianRow, RosterRow, StudentRow
from liangshi.registry.people import codes
from liangshi.registry.schools.classnames import ClassName

MOST_GUARDIANS = 2

# slot → (label, how headings name the person, the relation that the heading itself states)
SLOTS = {
    "guardian1": ("监护人1", ("监护人", "家长", "成员", "家庭成员", "联系人"), ""),
    "guardian2": ("监护人2", ("监护人", "家长", "成员", "家庭成员", "联系人"), ""),
    "father": ("父亲", ("父亲", "爸爸", "父", "监护人父亲", "家长父亲"), "51"),
    "mother": ("母亲", ("母亲", "妈妈", "母", "监护人母亲", "家长母亲"), "52"),
}
NAME_WORDS = ("姓名", "名字", "")
RELATION_WORDS = ("关系", "与学生关系", "与本人关系", "与学生的关系", "称谓")
PHONE_WORDS = ("电话", "联系电话", "手机", "手机号", "手机号码", "电话号码", "联系方式")
LEGAL_WORDS = ("是否监护人",)
# Headings that name no person; they belong to the guardian named just before them.
LOOSE = dict.fromkeys(RELATION_WORDS, "relation") | dict.fromkeys(PHONE_WORDS, "phone")


def _names_of(slot: str) -> tuple[str, ...]:
    words = SLOTS[slot][1]
    if SLOTS[slot][2]:
        return words
    number = slot[-1]
    chinese = "一" if number == "1" else "二"
    numbered = [word + mark for word in words for mark in (number, chinese)]
    return (*numbered, f"第{chinese}监护人", f"第{chinese}联系人", *(words if number == "1" else ()))


def _headings(slot: str, attributes: tuple[str, ...]) -> tuple[str, ...]:
    joined = [person + attribute for person in _names_of(slot) for attribute in attributes]
    if slot in ("guardian1", "guardian2"):  # 家长姓名1
        joined += [word + attribute + slot[-1] for word in SLOTS[slot][1] for attribute in attributes]
    return tuple(dict.fromkeys(joined))


def _guardian_columns() -> Iterable[Column]:
    for slot, (label, _, stated) in SLOTS.items():
        yield Column(f"{slot}_name", f"{label}姓名", _headings(slot, NAME_WORDS), cells.labelled_names)
        if not stated:
            yield Column(f"{slot}_relation", f"{label}关系", _headings(slot, RELATION_WORDS), cells.relation)
        yield Column(f"{slot}_phone", f"{label}电话", _headings(slot, PHONE_WORDS), cells.labelled_phones)
        yield Column(f"{slot}_legal", f"{label}是否监护人", _headings(slot, LEGAL_WORDS), cells.yes_no)


COLUMNS = (
    Column("name", "姓名", ("姓名", "学生姓名", "学生", "学生名字"), cells.name),
    Column(
        "national_no",
        "学籍号",
        ("学籍号", "全国学籍号", "国家学籍号", "学籍主号", "全国学籍编号", "学籍号码"),
        cells.national_no,
    ),
    Column(
        "id_no",
        "身份证号",
        ("身份证号", "身份证件号", "身份证", "证件号码", "公民身份号码", "身份证号码", "学生身份证号"),
        cells.id_no,
    ),
    Column(
        "aux_no",
        "学籍辅号",
        ("学籍辅号", "省学籍号", "学籍副号", "地方学籍号", "省学籍辅号"),
        cells.number_text,
    ),
    Column(
        "school_no",
        "学号",
        ("学号", "校内学号", "学生学号"),
        cells.number_text,
        unsure=("考号", "准考证号", "编号", "考生号"),
    ),
    Column("seat_no", "班内学号", ("班内学号", "座号", "班级序号", "座位号", "班内序号"), cells.number_text),
    Column("gender", "性别", ("性别", "性别码", "学生性别"), cells.gender),
    Column("birth_date", "出生日期", ("出生日期", "出生年月日", "生日", "出生"), cells.date),
    Column(
        "class",
        "班级",
        ("班级", "行政班", "班级名称", "班号", "所在班级", "班级班号", "所在班", "班别"),
        cells.text,
        fills_down=True,
    ),
    Column("grade", "年级", ("年级", "所在年级", "级别"), cells.text, fills_down=True),
    Column(
        "lodging",
        "就读方式",
        ("就读方式", "住宿", "是否住校", "走读住校", "是否住宿", "住宿情况"),
        cells.lodging,
    ),
    Column(
        "left_behind",
        "是否留守",
        ("是否留守儿童", "是否留守", "留守儿童", "留守情况", "是否留守学生"),
        cells.left_behind,
    ),
    Column("entry_month", "入学年月", ("入学年月", "入学时间", "入学日期"), cells.month),
    *_guardian_columns(),
)


def refine(choices: list[ColumnChoice]) -> list[ColumnChoice]:
    """Gives bare 关系 and 电话 to the guardian named just before, a repeated 家长 to the second."""
    taken = {choice.field for choice in choices if choice.field}
    has_phone = any(target.endswith("_phone") for target in taken)
    slot, distance, refined = "", 0, []
    for choice in choices:
        first = choice.heading.removesuffix("(2)")
        base = normal(first)
        target = choice.field
        distance += 1
        if target is None and choice.certainty == "ignored":
            target = _second(base) if first != choice.heading else None
            if target is None and base in LOOSE and slot and distance <= 3:
                target = f"{slot}_{LOOSE[base]}"
            if target in taken:
                target = None
        if target and target.endswith("_name") and target != "name":
            slot, distance = target.removesuffix("_name"), 0
        refined.append(_refined(choice, target, base, has_phone))
        if target:
            taken.add(target)
    return refined


def _refined(choice: ColumnChoice, target: str | None, base: str, has_phone: bool) -> ColumnChoice:
    if target != choice.field:
        return ColumnChoice(choice.heading, target, "sure")
    if choice.certainty == "ignored" and LOOSE.get(base) == "phone" and not has_phone:
        return ColumnChoice(choice.heading, None, "ask", "guardian1_phone")
    return choice


def _second(heading: str) -> str | None:
    for column in COLUMNS:
        if column.identifier.startswith("guardian1_") and heading in column.headings:
            return column.identifier.replace("guardian1", "guardian2")
    return None


def build(record: Record) -> list[RosterRow]:
    record.require("name")
    class_name = _class_of(record)
    if not any(key in record.raw for key in ("national_no", "id_no", "school_no")):
        record.report(
            "national_no",
            "missing_id",
            "这名学生没有学籍号、身份证号或学号，无法与其他人区分。请至少补上一个。",
        )
    _cross_check(record)
    guardians = _guardians(record)
    if record.problems or class_name is None:
        return []
    number = record.get("national_no")[1:] or record.get("id_no")
    return [
        StudentRow(
            place=record.place,
            name=record.get("name"),
            class_name=class_name,
            national_no=record.get("national_no"),
            id_no=record.get("id_no"),
            school_no=record.get("school_no"),
            aux_no=record.get("aux_no"),
            seat_no=record.get("seat_no"),
            gender=record.get("gender"),
            birth_date=record.get("birth_date", None) or (codes.birth_date(number) if number else None),
            lodging=record.get("lodging"),
            left_behind=record.get("left_behind"),
            entry_month=record.get("entry_month"),
            guardians=guardians,
        )
    ]


def _class_of(record: Record) -> ClassName | None:
    """From 班级, from 年级 with 班级 (高一 | 3), or from the sheet's own title."""
    text, grade = record.get("class"), record.get("grade")
    if "class" not in record.raw:
        if record.sheet_class is None:
            record.require("class")
        return record.sheet_class
    if not text:
        return None
    if grade and text.strip("()班").isdigit():
        text = f"{grade}({text.strip('()班')})班"
    return record.class_named("class", text)


def _cross_check(record: Record) -> None:
    """学籍号, ID number, birth date and gender of one line must not contradict each other."""
    national, id_no = record.get("national_no"), record.get("id_no")
    if national[:1] == "G" and id_no and national[1:] != id_no:
        record.report("id_no", "id_mismatch", "身份证号与学籍号后 18 位不一致。请核对是哪一个抄错了。")
    number = national[1:] or id_no
    if not number:
        return
    birth = record.get("birth_date", None)
    if birth and birth != codes.birth_date(number):
        record.report(
            "birth_date", "birth_mismatch", "出生日期与学籍号（身份证号）里的日期不一致。请核对后改正。"
        )
    if national[:1] in ("J", "L"):
        return  # generated numbers say nothing about gender
    if record.get("gender") in ("1", "2") and record.get("gender") != codes.gender_of(number):
        record.report(
            "gender", "gender_mismatch", "性别与学籍号（身份证号）第 17 位所示的不一致。请核对后改正。"
        )


def _guardians(record: Record) -> tuple[GuardianRow, ...]:
    """The guardians of a line. A family member marked as no guardian is left out."""
    people: list[dict[str, str]] = []
    for slot, (_, _, stated) in SLOTS.items():
        if record.get(f"{slot}_legal", True):
            people += _people_of(record, slot, stated)
    for person in [person for person in people if not person["name"]]:
        # 父：138…；母：139… in a column of its own belongs to the people named elsewhere in the line
        owner = next(
            (
                other
                for other in people
                if other["name"] and other["relation"] == person["relation"] and not other["phone"]
            ),
            None,
        )
        if owner:
            owner["phone"] = person["phone"]
            people.remove(person)
    if len(people) > MOST_GUARDIANS:
        record.report("guardian1_name", "too_many_guardians", "一名学生最多登记两位监护人。请只保留两位。")
    return tuple(GuardianRow(**person) for person in people)


def _people_of(record: Record, slot: str, stated: str) -> list[dict[str, str]]:
    names: Any = record.get(f"{slot}_name", ())
    phones = list(record.get(f"{slot}_phone", ()))
    relation = stated or record.get(f"{slot}_relation")
    people = [{"name": name, "relation": label or relation, "phone": ""} for label, name in names]
    for label, number in phones:
        owner = next(
            (
                person
                for person in people
                if not person["phone"] and (not label or person["relation"] in ("", label))
            ),
            None,
        )
        if owner:
            owner["phone"] = number
            owner["relation"] = owner["relation"] or label
        elif label or not people:
            people.append({"name": "", "relation": label or relation, "phone": number})
        else:
            record.report(
                f"{slot}_phone", "several_phones", "一格里有几个号码，分不清是谁的。请只留一个常用号码。"
            )
    return people


def keys(row: StudentRow) -> Iterable[tuple[str, tuple[Any, ...]]]:
    for identifier in ("national_no", "id_no", "school_no"):
        value = getattr(row, identifier)
        if value:
            yield identifier, (value,)


STUDENTS = Kind(
    identifier="students",
    label="学生",
    columns=COLUMNS,
    needs=(("name",), ("class",), ("national_no", "id_no", "school_no")),
    marks=(
        "national_no",
        "aux_no",
        "school_no",
        "seat_no",
        "id_no",
        "lodging",
        "guardian1_name",
        "father_name",
        "class",
    ),
    build=build,
    keys=keys,
    refine=refine,
)
