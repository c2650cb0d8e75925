"""The plan of a staff roster. A line is matched by 工号; a number never changes hands."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.rosters.parsing.model import Roster, StaffRow
from liangshi.practice.rosters.parsing.staff import classes_of
from liangshi.practice.rosters.queries.own import asked_by, hat_of
from liangshi.practice.rosters.queries.plans import (
    Change,
    Line,
    Plan,
    chunks,
    class_name_of,
    classes_of_school,
)
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Interim, Mentorship
from liangshi.registry.people.choices import LEFT, Gender, Post, StaffState
from liangshi.registry.people.models import ClassPost, Person, Staff
from liangshi.registry.people.queries import known_at, tied_elsewhere
from liangshi.registry.schools.classnames import ClassName
from liangshi.registry.schools.models import School

POST_OF = {str(label): value for value, label in Post.choices}
STATE_OF = {str(label): value for value, label in StaffState.choices}
LEADING = ("书记", "校长")
OWN_FIELDS = {"post": "岗位", "state": "状态"}  # those that may give a hat


@dataclass
class StaffStep:
    """What the writer does for one line. `person`: somebody known already (a parent, say); `asks`: the class that he
    would give himself."""

    row: StaffRow
    staff: Staff | None = None
    person: Person | None = None
    fields: dict[tuple[str, str], Any] = field(default_factory=dict)
    ends: list[ClassPost] = field(default_factory=list)
    begins: list[tuple[ClassName, bool]] = field(default_factory=list)
    asks: list[ClassName] = field(default_factory=list)


def plan_staff(
    school: School, roster: Roster, *, year_start: int, today: dt.date, by: UUID | None = None
) -> Plan:
    """Works out what the roster would change; `by` brings it. Writes nothing."""
    rows = [row for row in roster.rows if isinstance(row, StaffRow)]
    plan = Plan("staff", problems=list(roster.problems))
    classes = classes_of_school(school)
    plan.new_classes = sorted({name for row in rows for name in classes_of(row)} - classes.keys())
    planner = _Planner(plan, school, rows, year_start, by)
    for row in rows:
        planner.add(row)
    named = {row.staff_no for row in rows}
    plan.missing = [
        f"{staff.person.name}（{staff.staff_no}）"
        for staff in planner.staff.values()
        if staff.staff_no not in named and staff.state not in LEFT
    ]
    plan.notes = [
        f"{row.name}的职务是“{row.duty}”，可以由教育局或校领导授予“校领导”身份。导入本身不授予任何身份。"
        for row in rows
        if any(word in row.duty for word in LEADING)
    ]
    if planner.kept:
        names = "、".join(sorted(planner.kept))
        plan.notes.append(f"{names}的性别和电话由本人管理，表里不同的没有写入。请TA登录后在「我的」里改。")
    if planner.own_fields:
        labels = "、".join(planner.own_fields)
        plan.notes.append(f"您自己的{labels}会给您新的身份，没有写入。请另一位同事来导入这一行。")
    return plan


class _Planner:
    def __init__(
        self, plan: Plan, school: School, rows: list[StaffRow], year_start: int, by: UUID | None
    ) -> None:
        self.plan, self.year_start, self.by = plan, year_start, by
        self.staff = {
            staff.staff_no: staff
            for staff in Staff.objects.filter(school=school).select_related("person").order_by("staff_no")
        }
        self.posts: dict[UUID, list[ClassPost]] = defaultdict(list)
        self.advisers: dict[ClassName, ClassPost] = {}
        held = ClassPost.objects.filter(staff__school=school, ends_on__isnull=True)
        for post in held.select_related("class_group__cohort", "staff__person"):
            self.posts[post.staff_id].append(post)
            if post.is_adviser:
                self.advisers[class_name_of(post.class_group)] = post
        self.persons = known_at(school.pk, ((row.name, row.phone) for row in rows))
        self.theirs = tied_elsewhere((staff.person_id for staff in self.staff.values()), school.pk)
        self.care = care_of(staff.pk for staff in self.staff.values())
        self.claims: dict[ClassName, StaffRow] = {}
        self.kept: set[str] = set()
        self.own_fields: list[str] = []
        asked = asked_by(by, school) if by else ()
        self.asked = {(row.staff_id, class_name_of(row.class_group)) for row in asked}

    def problem(self, row: StaffRow, field_: str, label: str, value: str, code: str, message: str) -> None:
        self.plan.problems.append(row.place.problem(field_, label, value, code, message))

    def add(self, row: StaffRow) -> None:
        staff = self.staff.get(row.staff_no)
        if not self.sound(row, staff):
            return
        step = StaffStep(row, staff)
        if staff:
            self.fields(step, staff)
        else:
            step.person = self.persons.get((row.name, row.phone)) if row.phone else None
            if self.by and step.person and step.person.pk == self.by:
                self.problem(
                    row, "name", "姓名", row.name, "own_staff",
                    "这一行会给您自己再建一个工号。请勾选「略去这一行」，其余各行照常导入；这一行请另一位同事来导入。",
                )  # fmt: skip
                return
        self.class_posts(step)
        self.plan.steps.append(step)
        group = "、".join(row.subjects) or row.post_kind
        changes = tuple(self.changes(step)) if staff else ()
        told = repr((step.person and step.person.pk, step.begins, step.asks, [post.pk for post in step.ends]))
        self.plan.lines.append(
            Line(row.place, row.name, group, staff.pk if staff else None, changes, told=told)
        )

    def sound(self, row: StaffRow, staff: Staff | None) -> bool:
        adviser = row.adviser_class
        if adviser and adviser in self.claims:
            first = self.claims[adviser]
            self.problem(
                row, "adviser_class", "所带班级", adviser.display(year_start=self.year_start), "adviser_twice",
                f"第 {first.place.row} 行的{first.name}也是这个班的班主任。一个班只有一位班主任，请改正其中一行。",
            )  # fmt: skip
            return False
        if adviser:
            self.claims[adviser] = row
        if staff is None:
            return True
        if staff.person.name != row.name:
            self.problem(
                row, "name", "姓名", row.name, "name_mismatch",
                f"工号 {row.staff_no} 在库里是{staff.person.name}。如果是改名，请先在他的页面更正；"
                "如果换了人，请给新来的老师一个新工号。",
            )  # fmt: skip
            return False
        state = STATE_OF.get(row.status, staff.state)
        why = self.care[staff.pk].refusal(row.name, state) if state != staff.state else ""
        if why:
            self.problem(row, "status", "状态", row.status, "has_mentees", f"{why}这一行先不改状态，再导入。")
            return False
        return True

    def fields(self, step: StaffStep, staff: Staff) -> None:
        """What the line changes. What identifies somebody who is tied to other places as well stays his own."""
        row = step.row
        for model, name, new in (
            ("person", "gender", row.gender),
            ("person", "mobile", row.phone),
            ("staff", "subject", "、".join(row.subjects)),
            ("staff", "title", row.title),
            ("staff", "post", POST_OF.get(row.post_kind, "")),
            ("staff", "duty", row.duty),
            ("staff", "state", STATE_OF.get(row.status, "")),
        ):
            if not new or new == getattr(staff.person if model == "person" else staff, name):
                continue
            if model == "person" and staff.person_id in self.theirs:
                self.kept.add(row.name)
            else:
                step.fields[model, name] = new
        if staff.person_id == self.by:
            self.keep_hat(step, staff)

    def keep_hat(self, step: StaffStep, staff: Staff) -> None:
        """Nobody comes back, or among the mentors, by a line of his own: those fields stay as they are."""
        post, state = (step.fields.get(("staff", name), getattr(staff, name)) for name in OWN_FIELDS)
        on_duty = StaffState.ON_DUTY  # a post changed while he is away gives its hat when he is back
        gains = hat_of(post, state) > hat_of(staff.post, staff.state)
        if gains or hat_of(post, on_duty) > hat_of(staff.post, on_duty):
            kept = [label for name, label in OWN_FIELDS.items() if step.fields.pop(("staff", name), None)]
            self.own_fields += kept

    def class_posts(self, step: StaffStep) -> None:
        """A class that the line names is begun, one that it names no more is ended; a blank changes nothing."""
        row = step.row
        mine = self.posts[step.staff.pk] if step.staff else []
        for is_adviser, named in ((True, (row.adviser_class,)), (False, row.teaching_classes)):
            wanted = {name for name in named if name}
            if not wanted:
                continue
            held = {class_name_of(post.class_group): post for post in mine if post.is_adviser == is_adviser}
            step.ends += [post for name, post in held.items() if name not in wanted]
            step.begins += [(name, is_adviser) for name in sorted(wanted - held.keys())]
        adviser = row.adviser_class
        if adviser and (adviser, True) in step.begins:
            if step.staff and step.staff.person_id == self.by:
                self.wait(step, step.staff, adviser)
            elif adviser in self.advisers:
                step.ends.append(self.advisers[adviser])

    def wait(self, step: StaffStep, staff: Staff, adviser: ClassName) -> None:
        """His own post: it is neither begun nor does the present adviser's end. What waits already is not asked again."""
        step.begins.remove((adviser, True))
        self.plan.waits.append(adviser)
        if (staff.pk, adviser) not in self.asked:
            step.asks.append(adviser)

    def changes(self, step: StaffStep) -> Iterable[Change]:
        staff = step.staff
        assert staff is not None
        for (model, name), new in step.fields.items():
            source: Any = staff.person if model == "person" else staff
            label = str(source._meta.get_field(name).verbose_name)
            yield Change(
                label, _shown(name, getattr(source, name)), _shown(name, new), secret=name == "mobile"
            )
        for is_adviser, label in ((True, "班主任"), (False, "任教班级")):
            ends = [post for post in step.ends if post.is_adviser == is_adviser]
            begins = [name for name, adviser in step.begins if adviser == is_adviser]
            if ends or begins:
                yield Change(
                    label, "、".join(self._ended(post, staff) for post in ends), self._classes(begins)
                )

        for adviser in step.asks:
            yield Change("班主任", "", f"{self._classes([adviser])}（等另一位同事同意）")

    def _ended(self, post: ClassPost, staff: Staff) -> str:
        name = class_name_of(post.class_group).display(year_start=self.year_start)
        return name if post.staff_id == staff.pk else f"{name}（{post.staff.person.name}）"

    def _classes(self, names: list[ClassName]) -> str:
        return "、".join(name.display(year_start=self.year_start) for name in names) or "（空）"


def _shown(name: str, value: Any) -> str:
    labels = {"gender": dict(Gender.choices), "post": dict(Post.choices), "state": dict(StaffState.choices)}
    return str(labels.get(name, {}).get(value, value) or "")


@dataclass(frozen=True, slots=True)
class Care:
    """The students who depend on a teacher: his mentees, how many of them somebody looks after for him, and those whom
    he looks after for a colleague."""

    mentees: int = 0
    covered: int = 0
    cared: int = 0

    def refusal(self, name: str, state: str) -> str:
        """Why the roster does not take this state, or "": a leave that leaves a student alone, or a return while his
        students are looked after, is registered with the relations, where somebody takes over the same day."""
        if state == StaffState.ON_DUTY:
            return (
                f"{name}的 {self.covered} 名学生现在由同事代管。请在「师生关系」里登记返岗，状态会跟着改。"
                if self.covered
                else ""
            )
        alone = self.mentees if state in LEFT else self.mentees - self.covered
        if alone > 0:
            way = "安排好接任的导师" if self.covered == self.mentees else "登记离岗，学生当天有人负责"
            return f"{name}还是 {alone} 名学生的导师。请先在「师生关系」里{way}，状态会跟着改。"
        if self.cared:
            return f"{name}正为同事代管 {self.cared} 名学生。请先在「师生关系」里登记离岗，当天另有人代管，状态会跟着改。"
        return ""


def care_of(staff: Iterable[UUID]) -> dict[UUID, Care]:
    """Who depends on each. Three questions for every few hundred."""
    mentees: Counter[UUID] = Counter()
    covered: Counter[UUID] = Counter()
    cared: Counter[UUID] = Counter()
    interims = Interim.objects.filter(
        span_at(today()), mentorship__in=Mentorship.objects.filter(ACTIVE_PRIMARY)
    )
    for some in chunks(staff):
        held = Mentorship.objects.filter(ACTIVE_PRIMARY, mentor_id__in=some)
        mentees.update(held.values_list("mentor_id", flat=True))
        covered.update(
            interims.filter(mentorship__mentor_id__in=some).values_list("mentorship__mentor_id", flat=True)
        )
        cared.update(interims.filter(caretaker_id__in=some).values_list("caretaker_id", flat=True))
    return defaultdict(
        Care, {key: Care(mentees[key], covered[key], cared[key]) for key in {*mentees, *covered, *cared}}
    )
