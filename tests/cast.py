"""One cast of people for every test: two schools of different bureaus, alike in everything, so that what is
seen of one must never be seen of the other.

`cast` builds them; `sign_in(name)` gives a client that wears that person's hat. Names are plainly synthetic.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from liangshi.foundation.audit.actions import Machine
from liangshi.foundation.base.clock import today
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.middleware import SESSION_KEY
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.accounts.models import Account
from liangshi.registry.mentorships.actions import (
    Pair,
    ask_exception,
    begin,
    decide_exception,
    ensure_places,
)
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.models import RatioException
from liangshi.registry.people.choices import Gender, Lodging, Post, Relation, StaffState, StudentState
from liangshi.registry.people.models import (
    ClassPost,
    Enrolment,
    GuardianLink,
    Person,
    Staff,
    Student,
    StudentSpan,
)
from liangshi.registry.schools.choices import BureauKind, Ownership, YearState
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import Bureau, ClassGroup, Cohort, School, SchoolYear, Term
from tests.database import remembered

PASSWORD = "shan-gao-yue-xiao"


@dataclass
class Troupe:
    """The people of one school. `clerk`, `leader`, … are Persons; `mentor_post` … their Staff rows."""

    school: School
    year: SchoolYear
    cohort: Cohort
    class_1: ClassGroup
    class_2: ClassGroup
    people: dict[str, Person] = field(default_factory=dict)
    posts: dict[str, Staff] = field(default_factory=dict)
    students: list[Student] = field(default_factory=list)

    @property
    def student(self) -> Student:
        """Class 1, mentored by `mentor`, child of `guardian`."""
        return self.students[0]


@dataclass
class Cast:
    city: Bureau
    county: Bureau
    other_county: Bureau
    own: Troupe
    other: Troupe
    people: dict[str, Person]

    def person(self, name: str) -> Person:
        """`city`, `county`, or a member of the own school; `other_…` is his like at the other school."""
        if name in self.people:
            return self.people[name]
        if name.startswith("other_"):
            return self.other.people[name.removeprefix("other_")]
        return self.own.people[name]

    def actor(self, name: str, role: Role | None = None) -> Actor:
        """The person under his hat `role` (default: the one he is named for)."""
        person = self.person(name)
        wanted = role or ROLES[name.removeprefix("other_")]
        hats = hats_of(person, today())
        hat = next(hat for hat in hats if hat.role == wanted)
        return Actor(person.account.pk, person.pk, person.name, hat, tuple(h for h in hats if h is not hat))


# Everybody a test can sign in as, and the hat he is named for.
ROLES: dict[str, Role] = {
    "city": Role.CITY,
    "county": Role.COUNTY,
    "leader": Role.LEADER,
    "clerk": Role.CLERK,
    "grade_head": Role.GRADE_HEAD,
    "adviser": Role.ADVISER,
    "mentor": Role.MENTOR,
    "worker": Role.STAFF,
    "student": Role.STUDENT,
    "guardian": Role.GUARDIAN,
}


def installer() -> Machine:
    """Acts while the cast is made."""
    return Machine("安装程序")


def person(name: str, **fields: Any) -> Person:
    made = Person.objects.create(name=name, **fields)
    account = Account(person=made, login=f"t{made.pk.hex[-10:]}")
    account.set_unusable_password()
    account.save()
    return made


def staff(school: School, no: str, who: Person, **fields: Any) -> Staff:
    row = Staff.objects.create(school=school, staff_no=no, person=who, **fields)
    ensure_places([row.pk])
    return row


def student(
    school: School, group: ClassGroup, name: str, number: int, *, since: dt.date, gender: str = Gender.FEMALE
) -> Student:
    row = Student.objects.create(
        person=person(name, gender=gender),
        school=school,
        national_no=f"L3402002011{number:08d}",
        school_no=f"{number:06d}",
        lodging=Lodging.DAY,
    )
    StudentSpan.objects.create(student=row, state=StudentState.ENROLLED, starts_on=since)
    Enrolment.objects.create(student=row, class_group=group, seat_no=f"{number:02d}", starts_on=since)
    return row


def guardian(child: Student, who: Person, relation: str = Relation.MOTHER, **fields: Any) -> GuardianLink:
    return GuardianLink.objects.create(
        student=child, person=who, relation=relation, starts_on=dt.date(2022, 9, 1), **fields
    )


def givers() -> tuple[Person, Person]:
    """Two who are nobody else: one proposes what the cast holds, the other agrees."""
    names = ("任命人一", "任命人二")
    one, two = (
        Person.objects.filter(name=name).first() or Person.objects.create(name=name) for name in names
    )
    return one, two


def grant(who: Person, role: Role, **place: Any) -> RoleGrant:
    day, (proposed_by, decided_by) = today(), givers()
    return RoleGrant.objects.create(
        person=who,
        role=role,
        starts_on=day - dt.timedelta(30),
        ends_on=day + dt.timedelta(300),
        reason="任命",
        proposed_by=proposed_by,
        decided_by=decided_by,
        **place,
    )


def exceed(who: Staff, extra: int, until: dt.date, reason: str = "兼三个年级") -> RatioException:
    """超额许可 that one has asked for and another agreed to."""
    one, two = givers()
    row = ask_exception(
        who, extra=extra, reason=reason, until=until, by=one.pk, asked_as="leader", actor=installer()
    )
    return decide_exception(row, "agree", by=two.pk, actor=installer())


def troupe(bureau: Bureau, *, code: str, tag: str, ownership: Ownership) -> Troupe:
    """A school with six staff, two classes of three, and a guardian."""
    start = current_year_start()
    since = dt.date(start, 9, 1)
    school = School.objects.create(
        code=code, name=f"示范{tag}中学", short_name=f"示范{tag}中", ownership=ownership, bureau=bureau
    )
    year = SchoolYear.objects.create(school=school, start_year=start, state=YearState.RUNNING)
    Term.objects.create(year=year, seq="1", opens_on=since, closes_on=dt.date(start + 1, 1, 25))
    Term.objects.create(
        year=year, seq="2", opens_on=dt.date(start + 1, 2, 20), closes_on=dt.date(start + 1, 7, 10)
    )
    cohort = Cohort.objects.create(school=school, entry_year=start)
    classes = [ClassGroup.objects.create(cohort=cohort, number=number) for number in (1, 2)]
    made = Troupe(school, year, cohort, *classes)

    def teacher(key: str, no: str, name: str, **fields: Any) -> None:
        made.people[key] = person(name, mobile=f"1390000{code[-2:]}{no[-2:]}")
        made.posts[key] = staff(school, no, made.people[key], **fields)

    teacher("leader", "T01", f"书记{tag}", post=Post.MANAGER, duty="党委书记")
    teacher("clerk", "T02", f"干事{tag}", post=Post.ASSISTANT)
    teacher("grade_head", "T03", f"组长{tag}", subject="数学")
    teacher("adviser", "T04", f"班任{tag}", subject="语文")
    teacher("mentor", "T05", f"李晓明{tag}", subject="物理")
    teacher("second", "T06", f"周敏{tag}", subject="化学")
    teacher("away", "T07", f"产假{tag}", subject="英语", state=StaffState.MATERNITY)
    teacher("worker", "T08", f"工勤{tag}", post=Post.WORKER)
    grant(made.people["leader"], Role.LEADER, school=school, title="书记")
    grant(made.people["clerk"], Role.CLERK, school=school)
    grant(made.people["grade_head"], Role.GRADE_HEAD, school=school, cohort=cohort)
    ClassPost.objects.create(
        staff=made.posts["adviser"], class_group=made.class_1, is_adviser=True, starts_on=since
    )
    names = ("欧阳雨桐", "王芳", "王芳", "王明", "王明明", "阿依古丽·买买提")
    for number, name in enumerate(names, start=1):
        group = made.class_1 if number <= 3 else made.class_2
        made.students.append(student(school, group, f"{name}{tag}", number, since=since))
    made.people["student"] = made.student.person
    made.people["guardian"] = person(f"家长{tag}", mobile=f"1380000{code[-4:]}")
    guardian(made.student, made.people["guardian"], is_primary=True)
    # The adviser is mentor and parent too: three hats in one person.
    guardian(made.students[3], made.people["adviser"], Relation.FATHER)
    begin(
        [Pair(made.student.pk, made.posts["mentor"].pk, since)],
        origin=Origin.IMPORTED,
        actor=installer(),
        chain=str(school.pk),
    )
    return made


def build() -> Cast:
    city = Bureau.objects.create(
        kind=BureauKind.CITY, official_name="示范市教育局", short_name="市教育局", region_code="340200"
    )
    county, other_county = (
        Bureau.objects.create(
            kind=BureauKind.COUNTY, official_name=name, short_name=short, region_code=code, parent=city
        )
        for name, short, code in (
            ("甲区教育局", "甲区", "340202"),
            ("乙县社会事业局", "乙县", "340223"),
        )
    )
    own = troupe(county, code="3134000001", tag="甲", ownership=Ownership.PUBLIC)
    other = troupe(other_county, code="3134000002", tag="乙", ownership=Ownership.PRIVATE)
    people = {"city": person("市局甲"), "county": person("区局甲"), "other_county": person("县局乙")}
    grant(people["city"], Role.CITY, bureau=city)
    grant(people["county"], Role.COUNTY, bureau=county)
    grant(people["other_county"], Role.COUNTY, bureau=other_county)
    return Cast(city, county, other_county, own, other, people)


def cast_on(day: dt.date) -> Cast:
    """The cast as it stood when that day began. Built once a run for each day that somebody asks for."""

    def build_that_morning() -> Cast:
        with time_machine.travel(dt.datetime.combine(day, dt.time(), ZoneInfo(settings.TIME_ZONE))):
            return build()

    return remembered(f"cast-{day}", build_that_morning)


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_on(today())


@pytest.fixture
def sign_in(cast: Cast) -> Callable[..., Client]:
    """`sign_in("mentor")`, or `sign_in("adviser", Role.GUARDIAN)` for another of his hats."""

    def enter(name: str, role: Role | None = None) -> Client:
        client = Client()
        actor = cast.actor(name, role)
        client.force_login(cast.person(name).account, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[SESSION_KEY] = actor.hat.key
        session.save()
        return client

    return enter
