"""One school on the first day of its year, and who acts in it. The same seed makes the same school."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from unittest.mock import patch
from zoneinfo import ZoneInfo

import time_machine
from django.conf import settings

from liangshi.foundation.audit.actions import Machine
from liangshi.foundation.base.clock import now, today
from liangshi.portal.demo.families import Students, students
from liangshi.portal.demo.plan import SchoolPlan
from liangshi.portal.demo.rows import Rows
from liangshi.portal.demo.schools import Place, bureaus, officials, place
from liangshi.registry.access.actions.grants import Term, grant
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import officers
from liangshi.registry.access.choices import Role, Way
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.offices import Place as Where
from liangshi.registry.mentorships.actions import Pair, begin, leave_out, set_quota
from liangshi.registry.mentorships.choices import NotMentoring, Origin
from liangshi.registry.people.choices import ACTIVE, LEFT, Gender, Relation
from liangshi.registry.people.models import GuardianLink, Person, Staff, Student, StudentSpan
from liangshi.registry.people.words import Words
from liangshi.registry.schools.choices import Ownership
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import School

T = TypeVar("T")
FIRST_DAY = dt.date(2026, 9, 1)
PLAN = SchoolPlan("年", "9900000009", "示范市全年中学", "全年中学", Ownership.PUBLIC, "甲区", 2, 30)
CITY, COUNTY = "市", "甲区"
INSTALLER = Machine("全年")
OFFICE_TERM = dt.timedelta(330)
KIN = 6  # students with a parent among the teachers


class Nothing(Exception):
    """Nothing of this kind can be done today."""


@dataclass
class World:
    """The school and the dice. Everything else is asked of the database."""

    dice: random.Random
    clock: time_machine.Coordinates
    school: School
    made: Place
    words: Words
    entered: int = 0  # how many students and staff have come since: their numbers
    log: list[str] = field(default_factory=list)

    def pick(self, found: Sequence[T] | Any) -> T:
        """One of these. Raises Nothing."""
        rows: list[T] = list(found)
        if not rows:
            raise Nothing
        return self.dice.choice(rows)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def ago(self, *days: int) -> dt.date:
        return today() - dt.timedelta(self.dice.choice(days))

    def ahead(self, first: int, last: int) -> dt.date:
        return today() + dt.timedelta(self.dice.randint(first, last))

    # Who acts

    def wearing(self, person: Person, role: Role, **hat: Any) -> Actor:
        """A person under one of his hats of today. Raises Nothing."""
        hats = hats_of(person, today())
        mine = [
            each for each in hats
            if each.role == role and all(getattr(each, name) == value for name, value in hat.items())
        ]  # fmt: skip
        if not mine:
            raise Nothing
        others = tuple(each for each in hats if each is not mine[0])
        return Actor(person.account.pk, person.pk, person.name, mine[0], others)

    def officer(self, *roles: Role) -> Actor:
        """Somebody of the school's office."""
        held = self.pick(officers(self.school.pk, roles or (Role.CLERK, Role.LEADER)))
        return self.wearing(held.person, Role(held.role))

    def clerk(self) -> Actor:
        return self.officer(Role.CLERK)

    def leader(self) -> Actor:
        return self.officer(Role.LEADER)

    # Who there is

    def students(self, *states: str) -> list[Student]:
        """The students who are in one of these states today (default: in school), by 学号."""
        held = StudentSpan.objects.filter(ends_on__isnull=True, state__in=states or ACTIVE)
        rows = Student.objects.filter(school=self.school, pk__in=held.values("student"))
        return list(rows.select_related("person__account", "school").order_by("school_no"))

    def staff(self) -> list[Staff]:
        """The staff who have not left."""
        rows = Staff.objects.filter(school=self.school).exclude(state__in=LEFT)
        return list(rows.select_related("person__account", "school").order_by("staff_no"))

    def student(self) -> Student:
        return self.pick(self.students())

    def guardian_of(self, student: Student) -> Actor:
        held = GuardianLink.objects.filter(student=student, ends_on__isnull=True, restricted=False)
        link = self.pick(held.select_related("person__account").order_by("pk"))
        return self.wearing(link.person, Role.GUARDIAN)

    def stranger(self) -> tuple[str, str]:
        """Name and phone of somebody nobody knows."""
        return self.words.name(Gender.FEMALE), self.words.mobile()

    def number(self) -> int:
        self.entered += 1
        return self.entered


@contextmanager
def steady_keys() -> Iterator[None]:
    """Keys that depend on nothing but the clock and the order of deeds, so that a seed can be lived again."""
    count = 0

    def uuid7() -> uuid.UUID:
        nonlocal count
        count += 1
        milliseconds = int(now().timestamp() * 1000)
        return uuid.UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | count)

    with patch("uuid6.uuid7", uuid7):
        yield


def at(day: dt.date, hour: int = 8, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), ZoneInfo(settings.TIME_ZONE))


def found(seed: int, clock: time_machine.Coordinates, *, each: int) -> World:
    """The school with its people, offices, and the mentors of 高二 and 高三; 高一 has none yet. `each`: students of a
    class."""
    rows = Rows(Words(f"year {seed}"))
    made_bureaus, people = bureaus(rows), officials(rows)
    made = place(rows, PLAN, made_bureaus[COUNTY], current_year_start(), 1.0)
    made.teachers[1][-1].subject = "心理健康"
    groups = sum(len(classes) for classes in made.classes)
    pupils = students(rows, [made], each * groups / 2400)
    _families(rows, made, pupils)
    rows.write()
    world = World(random.Random(seed), clock, made.school, made, rows.words)
    _offices(world, people[CITY])
    _mentors(world, pupils)
    return world


def _families(rows: Rows, made: Place, pupils: Students) -> None:
    """Two guardians each, one of them restricted now and then; some are teachers here, and two of these the 班主任."""
    dice = rows.words.rng
    teachers = [one for grade in made.teachers for one in grade]
    parents = {0: made.teachers[0][0], 1: made.teachers[1][1]}
    kin = dict(
        zip(
            dice.sample(range(len(pupils)), min(KIN, len(pupils) // 3)),
            dice.sample(teachers, KIN),
            strict=False,
        )
    )
    for turn, (seat, student) in enumerate(pupils.items()):
        first = (
            kin.get(turn)
            or (seat.seat == 1 and seat.class_no == seat.grade + 1 and parents.get(seat.grade))
            or None
        )
        mother = first.person if first else rows.person(
            rows.words.name(Gender.FEMALE), Gender.FEMALE, rows.words.login("jz"), mobile=rows.words.mobile()
        )  # fmt: skip
        _link(rows, student, mother, Relation.MOTHER, is_primary=True)
        if turn % 4:
            father = rows.person(
                rows.words.name(Gender.MALE), Gender.MALE, rows.words.login("jz"), mobile=rows.words.mobile()
            )
            _link(rows, student, father, Relation.FATHER, restricted=turn % 9 == 5)


def _link(rows: Rows, student: Student, person: Person, relation: Relation, **also: Any) -> None:
    since = dt.date(int(student.school_no[:4]), 9, 1)
    rows.add(GuardianLink, student=student, person=person, relation=relation, starts_on=since, **also)


def _offices(world: World, city: list[Person]) -> None:
    """Two leaders (the third only leads in name), two clerks, a head for each grade; two officers of the city."""
    made = world.made
    first, second = city

    def give(
        person: Person, role: Role, where: Where, by: tuple[Any, Any], way: Way = Way.TWO, **also: Any
    ) -> None:
        term = Term(place=where, role=role, ends_on=today() + OFFICE_TERM, reason="任命文件", **also)
        grant(person, term, proposed_by=by[0], decided_by=by[1], way=way, actor=INSTALLER)

    bureau = Where(bureau=first_bureau())
    give(first, Role.CITY, bureau, (None, None), Way.FOUNDING)
    give(second, Role.CITY, bureau, (first.pk, None), Way.KEYBOARD)
    school = Where(school=made.school)
    head, deputy = made.leaders[:2]
    give(head.person, Role.LEADER, school, (first.pk, None), Way.FOUNDING)
    give(deputy.person, Role.LEADER, school, (first.pk, head.person.pk))
    led = (deputy.person.pk, head.person.pk)
    for staff in made.clerks:
        give(staff.person, Role.CLERK, school, led)
    for cohort, staff in zip(made.cohorts, made.grade_heads, strict=True):
        give(staff.person, Role.GRADE_HEAD, school, led, cohort=cohort)
    for staff in made.left_out:
        leave_out(
            staff, reason=NotMentoring.IN_TRAINING, review_on=today() + dt.timedelta(200),
            decided_by=head.person, actor=INSTALLER,
        )  # fmt: skip


def first_bureau() -> Any:
    from liangshi.registry.schools.choices import BureauKind
    from liangshi.registry.schools.models import Bureau

    return Bureau.objects.get(kind=BureauKind.CITY)


def _mentors(world: World, pupils: Students) -> None:
    """Places are scarce, so that they matter: a third more than there are students. 高二 and 高三 come with mentors."""
    made, dice = world.made, world.dice
    mentors = [*made.leaders, *(one for grade in made.teachers for one in grade)]
    usual = max(2, round(1.35 * len(pupils) / len(mentors)))
    free: dict[uuid.UUID, int] = {}
    for staff in mentors:
        free[staff.pk] = max(1, usual + dice.choice((-1, 0, 0, 1, 2)))
        set_quota(staff, free[staff.pk], actor=INSTALLER)
    kin = set(
        GuardianLink.objects.filter(person__posts__isnull=False).values_list("student", "person__posts")
    )
    pairs = []
    for seat, student in pupils.items():
        if seat.grade == 0:
            continue
        able = [key for key, left in free.items() if left and (student.pk, key) not in kin]
        mentor = max(able, key=lambda key: free[key])
        free[mentor] -= 1
        pairs.append(Pair(student.pk, mentor, dt.date(made.cohorts[seat.grade].entry_year, 9, 12)))
    begin(pairs, origin=Origin.IMPORTED, actor=INSTALLER, chain=str(made.school.pk))
