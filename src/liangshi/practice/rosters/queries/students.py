"""The plan of a student roster: who is new, who has changed, which guardians are whose.

A line is matched by 学籍号, else by 学号, else by name and class when that is unique on both sides and their
numbers do not contradict each other.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from liangshi.foundation.base.sealed import digest
from liangshi.practice.rosters.parsing.model import GuardianRow, Roster, StudentRow
from liangshi.practice.rosters.queries.plans import (
    Change,
    Line,
    Plan,
    chunks,
    class_name_of,
    classes_of_school,
)
from liangshi.registry.people.choices import ACTIVE, GONE, Gender, LeftBehind, Lodging, Relation, StudentState
from liangshi.registry.people.models import Enrolment, GuardianLink, Person, Student, StudentSpan
from liangshi.registry.people.queries import known_at, tied_elsewhere
from liangshi.registry.schools.classnames import ClassName
from liangshi.registry.schools.models import School


@dataclass
class GuardianStep:
    """A guardian of one line. `link`: the one he has already; `person`: somebody known; else a new person. `theirs`: he
    is tied to other places as well, and keeps his phone himself."""

    name: str
    phone: str
    relation: str
    link: GuardianLink | None = None
    person: Person | None = None
    theirs: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.phone

    @property
    def relinks(self) -> bool:
        """The link stays the child's, but another known person of this name and phone takes it over."""
        return bool(self.link and self.person and self.link.person_id != self.person.pk)

    @property
    def begins(self) -> UUID | None:
        """Whom, of those who are known, the line makes a guardian of the child."""
        return self.person.pk if self.person and (self.link is None or self.relinks) else None

    @property
    def other_phone(self) -> bool:
        """The line has another phone for him than he has."""
        return bool(self.link and not self.person and self.phone and self.link.person.mobile != self.phone)

    @property
    def new_phone(self) -> bool:
        return self.other_phone and not self.theirs

    @property
    def new_relation(self) -> bool:
        return bool(self.link and self.relation and self.link.relation != self.relation)


@dataclass
class StudentStep:
    """What the writer does for one line. `moves`: he changes class; `fields`: (model, field) → new value."""

    row: StudentRow
    student: Student | None = None
    enrolment: Enrolment | None = None
    moves: bool = False
    fields: dict[tuple[str, str], Any] = field(default_factory=dict)
    guardians: list[GuardianStep] = field(default_factory=list)


@dataclass
class Known:
    """What the registry holds of a school's students."""

    students: dict[UUID, Student]
    enrolments: dict[UUID, Enrolment]
    states: dict[UUID, str]
    links: dict[UUID, list[GuardianLink]]
    by_digest: dict[str, UUID]
    by_school_no: dict[str, UUID]
    by_name: dict[tuple[str, ClassName], list[UUID]]
    persons: dict[tuple[str, str], Person]
    theirs: set[UUID]  # guardians who are tied to other places as well


def number_of(row: StudentRow) -> str:
    """The 学籍号; where a file gives only the ID number, the formal 学籍号 that follows from it."""
    return row.national_no or (f"G{row.id_no}" if row.id_no else "")


def known_for(school: School, rows: list[StudentRow]) -> Known:
    """The students whom the file may mean, and those of its classes. Queries: constant per 500 people."""
    open_rows = list(
        Enrolment.objects.filter(student__school=school, ends_on__isnull=True)
        .select_related("class_group__cohort")
        .only("student_id", "seat_no", "starts_on", "class_group__number", "class_group__track",
              "class_group__cohort__entry_year")
    )  # fmt: skip
    enrolments = {row.student_id: row for row in open_rows}
    classes = {row.class_name for row in rows}
    wanted = {pk for pk, row in enrolments.items() if class_name_of(row.class_group) in classes}
    digests = {digest(number_of(row)) for row in rows} - {""}
    numbers = {row.school_no for row in rows} - {""}
    light = Student.objects.filter(school=school).values_list("pk", "national_digest", "school_no")
    wanted |= {pk for pk, held, number in light if held in digests or number in numbers}
    students: dict[UUID, Student] = {}
    states: dict[UUID, str] = {}
    links: dict[UUID, list[GuardianLink]] = defaultdict(list)
    for some in chunks(sorted(wanted)):
        students |= {row.pk: row for row in Student.objects.filter(pk__in=some).select_related("person")}
        spans = StudentSpan.objects.filter(student__in=some, ends_on__isnull=True)
        states |= dict(spans.values_list("student_id", "state"))
        for link in GuardianLink.objects.filter(student__in=some, ends_on__isnull=True).select_related(
            "person"
        ):
            links[link.student_id].append(link)
    by_name: dict[tuple[str, ClassName], list[UUID]] = defaultdict(list)
    for pk, student in students.items():
        if pk in enrolments:
            by_name[student.person.name, class_name_of(enrolments[pk].class_group)].append(pk)
    return Known(
        students=students,
        enrolments=enrolments,
        states=states,
        links=links,
        by_digest={row.national_digest: pk for pk, row in students.items() if row.national_digest},
        by_school_no={row.school_no: pk for pk, row in students.items() if row.school_no},
        by_name=by_name,
        persons=known_at(
            school.pk, ((guardian.name, guardian.phone) for row in rows for guardian in row.guardians)
        ),
        theirs=tied_elsewhere((link.person_id for held in links.values() for link in held), school.pk),
    )


def plan_students(
    school: School, roster: Roster, *, year_start: int, today: dt.date, by: UUID | None = None
) -> Plan:
    """Works out what the roster would change; `by` brings it. Writes nothing."""
    rows = [row for row in roster.rows if isinstance(row, StudentRow)]
    known = known_for(school, rows)
    plan = Plan("students", problems=list(roster.problems))
    classes = classes_of_school(school)
    plan.new_classes = sorted({row.class_name for row in rows} - classes.keys())
    planner = _Planner(plan, known, Counter((row.name, row.class_name) for row in rows), year_start, by)
    for row in rows:
        planner.add(row)
    planner.check_phones()
    if kept := sum(
        guardian.theirs and guardian.other_phone for step in plan.steps for guardian in step.guardians
    ):
        plan.notes.append(
            f"{kept} 位家长的电话由本人管理，表里不同的号码没有写入。请TA登录后在「我的」里改。"
        )
    named = {row.class_name for row in rows}
    plan.absent = {
        pk: class_name_of(enrolment.class_group)
        for pk, enrolment in known.enrolments.items()
        if class_name_of(enrolment.class_group) in named
        and pk not in planner.taken
        and known.states.get(pk) in ACTIVE
    }
    plan.missing = sorted(
        f"{known.students[pk].person.name}（{group.display(year_start=year_start)}）"
        for pk, group in plan.absent.items()
    )
    return plan


class _Planner:
    def __init__(
        self,
        plan: Plan,
        known: Known,
        names: Counter[tuple[str, ClassName]],
        year_start: int,
        by: UUID | None,
    ) -> None:
        self.plan, self.known, self.names, self.year_start, self.by = plan, known, names, year_start, by
        # One who only has his name is he for all that anybody here can tell.
        self.own_name = Person.objects.get(pk=by).name if by else ""
        self.taken: dict[UUID, StudentRow] = {}
        self.phones: dict[UUID, tuple[str, StudentRow]] = {}

    def problem(
        self, row: StudentRow, field_: str, label: str, value: str, code: str, message: str,
        about: UUID | None = None,
    ) -> None:  # fmt: skip
        self.plan.problems.append(row.place.problem(field_, label, value, code, message, about))

    def add(self, row: StudentRow) -> None:
        pk = self.match(row)
        if not self.sound(row, pk):
            return
        if pk:
            self.taken[pk] = row
        step = self.step(row, pk)
        if step is None:
            return
        self.plan.steps.append(step)
        self.plan.lines.append(
            Line(
                row.place,
                row.name,
                row.class_name.display(year_start=self.year_start),
                pk,
                tuple(self.changes(step)) if pk else (),
                told=repr([guardian.key for guardian in step.guardians]),
            )
        )

    def match(self, row: StudentRow) -> UUID | None:
        number = digest(number_of(row))
        if number and number in self.known.by_digest:
            return self.known.by_digest[number]
        if row.school_no and row.school_no in self.known.by_school_no:
            return self.known.by_school_no[row.school_no]
        alike = self.known.by_name.get((row.name, row.class_name), [])
        if len(alike) != 1 or self.names[row.name, row.class_name] != 1:
            return None
        student = self.known.students[alike[0]]
        both_national = number and student.national_digest
        both_school = row.school_no and student.school_no
        return None if both_national or both_school else alike[0]

    def sound(self, row: StudentRow, pk: UUID | None) -> bool:
        """Reports what makes this match doubtful; False when the line cannot be used."""
        known = self.known
        holder = known.by_school_no.get(row.school_no) if row.school_no else None
        if holder and holder != pk:
            self.problem(
                row, "school_no", "学号", row.school_no, "school_no_taken",
                f"学号已是本校另一名学生（{known.students[holder].person.name}）的。请核对学号，或先在他的页面更正。",
                about=holder,
            )  # fmt: skip
            return False
        if pk is None:
            return True
        student = known.students[pk]
        if pk in self.taken:
            first = self.taken[pk].place
            self.problem(
                row, "name", "姓名", row.name, "same_student",
                f"这一行和第 {first.row} 行（{first.sheet}）说的是同一名学生。请只保留一行。",
            )  # fmt: skip
            return False
        by_number = student.national_digest and student.national_digest == digest(number_of(row))
        if not by_number and student.person.name != row.name:
            self.problem(
                row, "school_no", "学号", row.school_no, "name_mismatch",
                f"这个学号在库里是{student.person.name}，和这一行的姓名不一样。请核对学号和姓名，或填上学籍号。",
                about=pk,
            )  # fmt: skip
            return False
        state = known.states.get(pk, "")
        if state in GONE:
            self.problem(
                row, "name", "姓名", row.name, "student_gone",
                f"{student.person.name}在库里是“{StudentState(state).label}”。"
                "如果已经返校，请先在他的页面登记复学；否则请从表里删去这一行。",
                about=pk,
            )  # fmt: skip
            return False
        return True

    def step(self, row: StudentRow, pk: UUID | None) -> StudentStep | None:
        student = self.known.students[pk] if pk else None
        enrolment = self.known.enrolments.get(pk) if pk else None
        step = StudentStep(row, student, enrolment)
        if student:
            self._fields(step, student)
            step.moves = enrolment is None or class_name_of(enrolment.class_group) != row.class_name
            if enrolment and row.seat_no and row.seat_no != enrolment.seat_no and not step.moves:
                step.fields["enrolment", "seat_no"] = row.seat_no
        for number, guardian in enumerate(row.guardians, 1):
            found = self._guardian(row, guardian, pk)
            if self.by and (found.begins == self.by or (found.link is None and found.name == self.own_name)):
                self.problem(
                    row, f"guardian{number}_name", "监护人", found.name, "own_guardian",
                    "不能把自己登记为监护人。请勾选「略去这一行」，其余各行照常导入；这一行请另一位同事来导入。",
                    about=pk,
                )  # fmt: skip
                return None
            if any(other.key == found.key for other in step.guardians):
                self.problem(
                    row, "guardian2_name", "监护人", found.name, "guardian_twice",
                    "两位监护人的姓名和电话完全一样。请改正其中一位，或删去重复的。",
                )  # fmt: skip
                return None
            if found.link and any(other.link is found.link for other in step.guardians):
                found.link = None
            step.guardians.append(found)
        return step

    @staticmethod
    def _fields(step: StudentStep, student: Student) -> None:
        row = step.row
        for model, name, new in (
            ("person", "name", row.name),
            ("person", "gender", row.gender),
            ("person", "birth_date", row.birth_date),
            ("student", "national_no", number_of(row)),
            ("student", "aux_no", row.aux_no),
            ("student", "school_no", row.school_no),
            ("student", "lodging", row.lodging),
            ("student", "left_behind", row.left_behind),
        ):
            old = getattr(student.person if model == "person" else student, name)
            if new and new != old:
                step.fields[model, name] = new

    def _guardian(self, row: StudentRow, guardian: GuardianRow, pk: UUID | None) -> GuardianStep:
        links = self.known.links.get(pk, []) if pk else []
        label = Relation(guardian.relation).label if guardian.relation else "家长"
        name = guardian.name or f"{row.name}的{label}"
        link = next((held for held in links if held.person.name == name), None)
        if link is None and not guardian.name:
            link = next((held for held in links if held.person.mobile == guardian.phone), None)
            name = link.person.name if link else name
        same = link is not None and link.person.mobile == guardian.phone
        person = None if same else self.known.persons.get((name, guardian.phone))
        theirs = link is not None and link.person_id in self.known.theirs
        step = GuardianStep(name, guardian.phone, guardian.relation, link, person, theirs)
        if step.new_phone and link:
            self._one_phone(row, link.person_id, guardian.phone)
        return step

    def _one_phone(self, row: StudentRow, person: UUID, phone: str) -> None:
        self.phones.setdefault(person, (phone, row))
        if self.phones[person][0] != phone:
            first = self.phones[person][1].place
            self.problem(
                row, "guardian1_phone", "监护人电话", phone, "phone_conflict",
                f"同一位监护人在第 {first.row} 行（{first.sheet}）是另一个新号码。请改成一致。",
            )  # fmt: skip

    def check_phones(self) -> None:
        """A guardian of two children gets one phone: a line that keeps the old one contradicts a new one."""
        for step in self.plan.steps:
            for guardian in step.guardians:
                person = guardian.link.person_id if guardian.link else None
                if person in self.phones and guardian.phone and guardian.phone != self.phones[person][0]:
                    self._one_phone(step.row, person, guardian.phone)

    def changes(self, step: StudentStep) -> Iterable[Change]:
        student = step.student
        assert student is not None
        for (model, name), new in step.fields.items():
            source: Any = {"person": student.person, "student": student, "enrolment": step.enrolment}[model]
            old = getattr(source, name)
            label = str(source._meta.get_field(name).verbose_name)
            yield Change(
                label, _shown(name, old), _shown(name, new), secret=name in {"national_no", "aux_no"}
            )
        if step.moves:
            old = (
                class_name_of(step.enrolment.class_group).display(year_start=self.year_start)
                if step.enrolment
                else ""
            )
            yield Change("班级", old, step.row.class_name.display(year_start=self.year_start))
        for guardian in step.guardians:
            who = f"监护人{guardian.name}"
            if guardian.link is None:
                yield Change(who, "", f"新增（{Relation(guardian.relation or Relation.OTHER).label}）")
            elif guardian.new_phone or guardian.relinks:
                yield Change(f"{who}的电话", guardian.link.person.mobile, guardian.phone, secret=True)
            if guardian.link and guardian.new_relation:
                yield Change(
                    f"{who}的关系",
                    guardian.link.get_relation_display(),
                    str(Relation(guardian.relation).label),
                )


def _shown(name: str, value: Any) -> str:
    """A value as people read it: 男 for 1, 走读 for 1."""
    labels = {
        "gender": dict(Gender.choices),
        "lodging": dict(Lodging.choices),
        "left_behind": dict(LeftBehind.choices),
    }
    return str(labels.get(name, {}).get(value, value) or "") if value is not None else ""
