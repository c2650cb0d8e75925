"""The plan of an existing list of mentors: names are resolved against the registry, by number or by class."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from liangshi.foundation.base.sealed import digest
from liangshi.practice.rosters.parsing.model import ClubRow, PairRow, Roster
from liangshi.practice.rosters.queries.plans import Line, Plan, chunks, classes_of_school
from liangshi.registry.mentorships.actions import Pair
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.choices import POLICY_CAP
from liangshi.registry.mentorships.models import (
    ACTIVE_PRIMARY,
    MentorPlaces,
    Mentorship,
    RatioException,
    exception_holds,
)
from liangshi.registry.mentorships.queries import IN_POOL, STANDINGS, staff_of, with_standing
from liangshi.registry.people.choices import ACTIVE
from liangshi.registry.people.models import Enrolment, StudentSpan
from liangshi.registry.schools.classnames import ClassName
from liangshi.registry.schools.models import FIRST_YEAR, School

if TYPE_CHECKING:
    from liangshi.registry.mentorships.queries import StaffWithStanding

MANY = 5  # as many homonyms as a sentence names
N = TypeVar("N", bound=PairRow | ClubRow)


@dataclass(frozen=True, slots=True)
class Pupil:
    pk: UUID
    name: str
    class_name: ClassName


class People:
    """The school's active students and staff, found as files name them. A fault becomes a problem of the line."""

    def __init__(self, plan: Plan, school: School, *, year_start: int, today: dt.date) -> None:
        self.plan, self.year_start = plan, year_start
        self.classes = classes_of_school(school)
        self.pupils: dict[str, list[Pupil]] = defaultdict(list)
        self.by_digest: dict[str, Pupil] = {}
        self.by_school_no: dict[str, Pupil] = {}
        active = StudentSpan.objects.filter(student__school=school, ends_on__isnull=True, state__in=ACTIVE)
        held = Enrolment.objects.filter(
            student__in=active.values("student_id"), ends_on__isnull=True
        ).values_list(
            "student_id", "student__person__name", "student__national_digest", "student__school_no",
            "class_group__cohort__entry_year", "class_group__number", "class_group__track",
        )  # fmt: skip
        for pk, name, national, number, entry, order, track in held:
            pupil = Pupil(pk, name, ClassName(entry, order, track))
            self.pupils[name].append(pupil)
            if national:
                self.by_digest[national] = pupil
            if number:
                self.by_school_no[number] = pupil
        self.staff: dict[str, list[StaffWithStanding]] = defaultdict(list)
        self.by_staff_no: dict[str, StaffWithStanding] = {}
        for staff in with_standing(staff_of(school.pk), today):
            self.staff[staff.person.name].append(staff)
            self.by_staff_no[staff.staff_no] = staff

    def problem(
        self, row: N, field: str, label: str, value: str, code: str, message: str, about: UUID | None = None
    ) -> None:
        self.plan.problems.append(row.place.problem(field, label, value, code, message, about))

    def teacher(
        self, row: N, field: str, label: str, name: str, number: str = ""
    ) -> StaffWithStanding | None:
        """The one teacher of this 工号 or name, or a problem."""
        if number:
            found = self.by_staff_no.get(number)
            if found and (not name or found.person.name == name):
                return found
            held = f"工号 {number} 在库里是{found.person.name}" if found else f"本校没有工号 {number}"
            self.problem(row, "mentor_no", "工号", number, "unknown_teacher", f"{held}。请核对工号和姓名。")
            return None
        alike = self.staff.get(name, [])
        if len(alike) == 1:
            return alike[0]
        if alike:
            who = "、".join(
                f"{staff.subject or staff.get_post_display()} {staff.staff_no}" for staff in alike[:MANY]
            )
            self.problem(
                row, field, label, name, "ambiguous_teacher",
                f"本校有 {len(alike)} 位{name}老师（{who}）。请加一列“工号”，写明是哪一位。",
            )  # fmt: skip
        else:
            self.problem(
                row, field, label, name, "unknown_teacher",
                f"教职工名册里没有{name}。请核对姓名，或先导入教职工名册。",
            )  # fmt: skip
        return None

    def student(self, row: N) -> Pupil | None:
        """The one student of this number, or of this name (and class), or a problem."""
        if row.class_name and row.class_name not in self.classes:
            self.problem(
                row, "class", "班级", row.class_name.display(year_start=self.year_start), "unknown_class",
                "本校没有这个班。请核对班级，或先导入这个班的学生名册。",
            )  # fmt: skip
            return None
        if row.national_no or (isinstance(row, PairRow) and row.school_no):
            return self._numbered(row)
        alike = [
            pupil for pupil in self.pupils.get(row.student, ())
            if row.class_name is None or pupil.class_name == row.class_name
        ]  # fmt: skip
        if len(alike) == 1:
            return alike[0]
        if alike:
            self._ambiguous(row, alike)
        else:
            where = row.class_name.display(year_start=self.year_start) if row.class_name else "本校"
            others = "、".join(
                pupil.class_name.display(year_start=self.year_start)
                for pupil in self.pupils.get(row.student, ())
            )
            hint = f"（{others} 有这个名字）" if others else ""
            self.problem(
                row, "student", "学生", row.student, "unknown_student",
                f"{where}没有在读学生{row.student}{hint}。请核对姓名和班级，或先导入学生名册。",
            )  # fmt: skip
        return None

    def _numbered(self, row: N) -> Pupil | None:
        number = row.school_no if isinstance(row, PairRow) else ""
        found = (
            self.by_digest.get(digest(row.national_no)) if row.national_no else self.by_school_no.get(number)
        )
        if found and row.student in ("", found.name):
            return found
        field, label = ("national_no", "学籍号") if row.national_no else ("school_no", "学号")
        held = f"这个{label}在库里是{found.name}" if found else f"本校在读学生里没有这个{label}"
        self.problem(
            row, field, label, row.national_no or number, "unknown_student", f"{held}。请核对号码和姓名。",
            about=found.pk if found else None,
        )  # fmt: skip
        return None

    def _ambiguous(self, row: N, alike: list[Pupil]) -> None:
        if row.class_name:
            sentence = (
                f"{row.class_name.display(year_start=self.year_start)}有 {len(alike)} 名{row.student}。"
                "请加一列“学号”或“学籍号”，写明是哪一名。"
            )
        else:
            classes = "、".join(
                sorted({pupil.class_name.display(year_start=self.year_start) for pupil in alike})[:MANY]
            )
            sentence = f"本校有 {len(alike)} 名{row.student}，分别在 {classes}。请在“班级”列写明是哪一名。"
        self.problem(row, "student", "学生", row.student, "ambiguous_student", sentence)


def plan_pairs(
    school: School, roster: Roster, *, year_start: int, today: dt.date, by: UUID | None = None
) -> Plan:
    """Works out which pairs begin; `by` brings them. A pair that holds already is unchanged. Writes nothing."""
    rows = [row for row in roster.rows if isinstance(row, PairRow)]
    plan = Plan("pairs", problems=list(roster.problems))
    people = People(plan, school, year_start=year_start, today=today)
    resolved = [found for row in rows if (found := _resolved(people, row, today))]
    held = _held(school, [pupil.pk for _, _, pupil in resolved])
    barred = barred_of((pupil.pk for _, _, pupil in resolved), today)
    seen: dict[UUID, PairRow] = {}
    wanted: dict[UUID, list[tuple[PairRow, StaffWithStanding]]] = defaultdict(list)
    for row, mentor, pupil in resolved:
        if pupil.pk in seen:
            people.problem(
                row, "student", "学生", pupil.name, "same_student",
                f"第 {seen[pupil.pk].place.row} 行已经给这名学生写了导师。一名学生只有一位主导师，请只保留一行。",
            )  # fmt: skip
            continue
        seen[pupil.pk] = row
        present = held.get(pupil.pk)
        if present and present.mentor_id != mentor.pk:
            people.problem(
                row, "student", "学生", pupil.name, "already_has_mentor",
                f"{pupil.name}的导师已经是{present.mentor}。请先结束原来的关系，或把这一行从表里去掉。",
            )  # fmt: skip
            continue
        if present is None and by and mentor.person_id == by:  # before anything that tells him who keeps away
            people.problem(
                row, "mentor", "导师", str(mentor), "own_pair",
                "不能给您自己配学生。请勾选「略去这一行」，其余各行照常导入；这一行请另一位同事来导入。",
                about=pupil.pk,
            )  # fmt: skip
            continue
        if present is None and mentor.pk in barred[pupil.pk]:
            people.problem(
                row, "mentor", "导师", str(mentor), "not_given",
                f"{mentor}不能做{pupil.name}的导师。请另选一位老师，或把这一行从表里去掉。", about=pupil.pk,
            )  # fmt: skip
            continue
        group = pupil.class_name.display(year_start=year_start)
        since = row.since or today
        told = f"{mentor.pk} {since}"
        line = Line(row.place, f"{pupil.name} · {mentor}", group, present.pk if present else None, told=told)
        plan.lines.append(line)
        if present is None:
            wanted[mentor.pk].append((row, mentor))
            plan.steps.append(Pair(pupil.pk, mentor.pk, since))
    _check_places(people, wanted, today)
    return plan


def _resolved(
    people: People, row: PairRow, today: dt.date
) -> tuple[PairRow, StaffWithStanding, Pupil] | None:
    """Both people of a line; every fault of the line is reported, not only the first."""
    mentor = people.teacher(row, "mentor", "导师", row.mentor, row.mentor_no)
    pupil = people.student(row)
    good = True
    if row.since and not dt.date(FIRST_YEAR, 9, 1) <= row.since <= today:
        people.problem(
            row, "since", "起始时间", str(row.since), "bad_date",
            f"起始时间应在 {FIRST_YEAR} 年 9 月 1 日和今天之间。请改正。",
        )  # fmt: skip
        good = False
    if mentor and mentor.standing != IN_POOL:
        people.problem(
            row, "mentor", "导师", row.mentor, "not_in_pool",
            f"{mentor}目前不在导师名单里（{STANDINGS[mentor.standing]}）。请换一位导师，或先在他的页面恢复担任。",
        )  # fmt: skip
        good = False
    return (row, mentor, pupil) if mentor and pupil and good else None


def _held(school: School, students: list[UUID]) -> dict[UUID, Mentorship]:
    held: dict[UUID, Mentorship] = {}
    for some in chunks(students):
        rows = Mentorship.objects.filter(ACTIVE_PRIMARY, student__in=some).select_related("mentor__person")
        held |= {row.student_id: row for row in rows}
    return held


def _check_places(
    people: People, wanted: dict[UUID, list[tuple[PairRow, StaffWithStanding]]], today: dt.date
) -> None:
    """Reports each line that a mentor has no place for; the sentence names him and all his lines."""
    places = {
        row.staff_id: row for some in chunks(wanted) for row in MentorPlaces.objects.filter(staff__in=some)
    }
    extra: dict[UUID, int] = defaultdict(int)
    for some in chunks(wanted):
        live = RatioException.objects.filter(exception_holds(today), staff__in=some)
        for staff_id, more in live.values_list("staff_id", "extra"):
            extra[staff_id] += more
    for mentor_id, rows in wanted.items():
        have = places.get(mentor_id)
        quota = (have.quota if have else POLICY_CAP) + extra[mentor_id]
        taken = have.taken if have else 0
        free = max(0, quota - taken)
        lines = "、".join(str(row.place.row) for row, _ in rows)
        for row, mentor in rows[free:]:
            people.problem(
                row, "mentor", "导师", row.mentor, "ratio_exceeded",
                f"{mentor}的名额是 {quota} 人，已有 {taken} 人，这份名单又给了 {len(rows)} 人（第 {lines} 行）。"
                "请改派别的导师；确有需要，请校领导先批准超额许可。",
            )  # fmt: skip
