"""Who has a mentor, in numbers: one definition for pages, lists, exports and what later counts on it.

coverage(day, scope) = students active on the day with an active primary mentor ÷ students active on the day
(active: 在读 or 借读 by their dated standing). 「教师 N，导师 M，未任 N−M（原因）」 counts the staff in teaching posts who
have not left; each is a mentor or has exactly one reason. Every function asks the database a fixed number of times,
whatever the number of schools, classes and people.

Above the school a number of students below ten is not said (`blurred`), and no sum says more than its parts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Literal

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, UUIDField

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.permissions import SCHOOL_READ
from liangshi.registry.access.queries import classes
from liangshi.registry.mentorships.models import RatioException, exception_holds
from liangshi.registry.mentorships.queries import (
    IN_POOL,
    STANDINGS,
    active_students,
    with_mentor,
    with_standing,
)
from liangshi.registry.people.choices import LEFT, MENTORING_POSTS
from liangshi.registry.people.models import ClassPost, Enrolment, Staff
from liangshi.registry.schools.choices import Ownership
from liangshi.registry.schools.grades import GRADES, grade_name, year_start_of
from liangshi.registry.schools.models import ClassGroup, Cohort, School

By = Literal["school", "bureau", "cohort", "class"]


@dataclass(frozen=True, slots=True)
class Share:
    """Students who count, and those of them who have a mentor. Of `unsaid` more it is not said whether they have one:
    then `matched` are so many at least, and `missing` so many at most."""

    active: int = 0
    matched: int = 0
    unsaid: int = 0

    @property
    def missing(self) -> int:
        return self.active - self.matched

    @property
    def nobody(self) -> bool:
        """There are students, and it is said that not one of them has a mentor."""
        return bool(self.active) and not self.matched and not self.unsaid

    @property
    def percent(self) -> float | None:
        """0 to 100 with one decimal, rounded down, so that 100 means everybody; None without students."""
        return self.matched * 1000 // self.active / 10 if self.active else None

    @property
    def words(self) -> str:
        if self.percent is None:
            return "—"
        return f"至少 {self.percent:g}%" if self.unsaid else f"{self.percent:g}%"

    @property
    def matched_shown(self) -> int | str:
        """A number where it is said, else words."""
        most = self.matched + self.unsaid
        if not self.unsaid:
            return self.matched
        return f"不到 {FEW}" if most < FEW else f"{self.matched} 至 {most}"

    @property
    def missing_words(self) -> str:
        if not self.missing:
            return ""
        least = self.missing - self.unsaid
        if not self.unsaid:
            return f"还缺 {self.missing} 人"
        return f"还缺不到 {FEW} 人" if self.missing < FEW else f"还缺 {least} 至 {self.missing} 人"

    def __add__(self, other: Share) -> Share:
        return Share(self.active + other.active, self.matched + other.matched, self.unsaid + other.unsaid)


FEW = 10  # a number of students below this is not said to whom sees numbers only
HANDFUL = 3  # of so few, even «some of them, not all» says who


def blurred(share: Share) -> Share:
    """What is said of one group of students above their school: everybody, nobody, or how many where those who have a
    mentor and those who have none are ten at least; else only between what limits the number lies. How many there are
    is said: a school's size is no secret. To be asked of the smallest groups; of more, their sum."""
    if share.matched and share.active < HANDFUL:
        return Share(share.active, 1, share.active - 1)
    fewer = min(share.matched, share.missing)
    if fewer == 0 or fewer >= FEW:
        return share
    if share.active < 2 * FEW:
        return Share(share.active, 1, share.active - 2)
    return Share(share.active, 1 if share.matched < FEW else share.active - FEW + 1, FEW - 2)


@dataclass(frozen=True, slots=True)
class Mentoring:
    """「教师 N，导师 M，未任 N−M（原因）」, and what the ratio of 1:15 says."""

    teachers: int = 0
    mentors: int = 0
    reasons: tuple[tuple[str, str, int], ...] = ()  # code, words, number
    others: int = 0  # staff in other posts, who take part as 协同育人人员
    exceptions: int = 0  # live 超额许可

    @property
    def left_out(self) -> int:
        return self.teachers - self.mentors

    @property
    def reason_words(self) -> str:
        return "，".join(f"{words} {number}" for _, words, number in self.reasons)


@dataclass(frozen=True, slots=True)
class Grade:
    name: str
    cohort_id: Any
    share: Share


@dataclass(frozen=True, slots=True)
class SchoolFigures:
    school: School
    share: Share
    grades: tuple[Grade, ...]
    mentoring: Mentoring

    @property
    def empty_grades(self) -> tuple[str, ...]:
        """Grades with students of whom not one has a mentor."""
        return tuple(grade.name for grade in self.grades if grade.share.nobody)

    @property
    def red(self) -> bool:
        """R31: any grade with 0 matched students makes the school red."""
        return bool(self.empty_grades)

    @property
    def ratio(self) -> str:
        """「1 : 12.4」, students who count to each mentor."""
        return ratio(self.share.active, self.mentoring.mentors)

    @property
    def state(self) -> str:
        if not self.share.active:
            return "还没有名册"
        if self.red:
            return f"{'、'.join(self.empty_grades)}未开始"
        return "全覆盖" if not self.share.missing else self.share.missing_words


@dataclass(frozen=True, slots=True)
class ClassFigures:
    group: ClassGroup
    name: str
    adviser: str
    share: Share


@dataclass
class Total:
    """The sum over several schools."""

    schools: int = 0
    share: Share = field(default_factory=Share)
    teachers: int = 0
    mentors: int = 0
    exceptions: int = 0
    red: int = 0
    private: int = 0

    @property
    def left_out(self) -> int:
        return self.teachers - self.mentors

    @property
    def ratio(self) -> str:
        return ratio(self.share.active, self.mentors)


def ratio(students: int, mentors: int) -> str:
    return f"1 : {students / mentors:.1f}" if mentors and students else "—"


def shares(day: dt.date, *, by: By, within: Q | None = None) -> dict[Any, Share]:
    """Coverage on any day, past ones too, per school, bureau, cohort or class (by key; None: in no class).

    One question to the database. `within` filters the students.
    """
    counted = with_mentor(active_students(day).filter(within or Q()), day)
    held = Enrolment.objects.filter(span_at(day), student=OuterRef("pk")).order_by("-starts_on")
    keys: Mapping[By, Any] = {
        "cohort": Subquery(held.values("class_group__cohort_id")[:1], output_field=UUIDField()),
        "class": Subquery(held.values("class_group_id")[:1], output_field=UUIDField()),
    }
    path = {"school": "school_id", "bureau": "school__bureau_id"}.get(by, "key")
    rows: QuerySet[Any] = counted.annotate(key=keys[by]) if by in keys else counted
    found = (
        rows.order_by()
        .values_list(path)
        .annotate(active=Count("pk"), matched=Count("pk", filter=Q(has_mentor=True)))
    )
    return {key: Share(active, matched) for key, active, matched in found}


def coverage(day: dt.date, within: Q | None = None) -> Share:
    """Coverage of all students within a filter on a day."""
    return reduce(Share.__add__, shares(day, by="school", within=within).values(), Share())


def mentoring(schools: Q, day: dt.date) -> dict[Any, Mentoring]:
    """Teachers, mentors and reasons, by school (a filter over schools). Two questions to the database."""
    of = Q(school__in=School.objects.filter(schools))
    staff = Staff.objects.as_system("how many teachers mentor")
    rows = with_standing(staff.filter(of).exclude(state__in=LEFT), day)
    found = rows.order_by().values_list("school_id", "post", "standing").annotate(number=Count("pk"))
    live = RatioException.objects.as_system("how many exceptions there are").filter(
        exception_holds(day), staff__school__in=School.objects.filter(schools)
    )
    exceptions = dict(
        live.order_by().values_list("staff__school_id").annotate(number=Count("staff", distinct=True))
    )
    standings: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    others: dict[Any, int] = defaultdict(int)
    for school, post, standing, number in found:
        if post in MENTORING_POSTS:
            standings[school][standing] += number
        else:
            others[school] += number
    return {
        school: _mentoring(standings[school], others[school], exceptions.get(school, 0))
        for school in standings.keys() | others.keys()
    }


def _mentoring(standings: Mapping[str, int], others: int, exceptions: int) -> Mentoring:
    return Mentoring(
        teachers=sum(standings.values()),
        mentors=standings.get(IN_POOL, 0),
        reasons=tuple(
            (code, words, standings[code])
            for code, words in STANDINGS.items()
            if code != IN_POOL and standings.get(code)
        ),
        others=others,
        exceptions=exceptions,
    )


def _figures(schools: Q, day: dt.date) -> list[SchoolFigures]:
    rows = list(School.objects.filter(schools).select_related("bureau").order_by("bureau__kind", "code"))
    start = year_start_of(day)
    of = Q(school__in=School.objects.filter(schools))
    by_cohort = shares(day, by="cohort", within=of)
    by_school = shares(day, by="school", within=of)
    posts = mentoring(schools, day)
    grades: dict[Any, list[Grade]] = defaultdict(list)
    for cohort in Cohort.objects.filter(of).order_by("-entry_year"):
        share = by_cohort.get(cohort.pk, Share())
        if share.active or 0 <= start - cohort.entry_year < len(GRADES):
            grades[cohort.school_id].append(Grade(grade_name(cohort.entry_year, start), cohort.pk, share))
    return [
        SchoolFigures(
            school,
            by_school.get(school.pk, Share()),
            tuple(grades[school.pk]),
            posts.get(school.pk, Mentoring()),
        )
        for school in rows
    ]


def school_figures(actor: Actor, day: dt.date | None = None) -> list[SchoolFigures]:
    """The schools whose figures the actor may see, 市直属 first. Six questions, however many schools.

    A bureau is told no number of students below ten, and no sum that says more than the grades."""
    rows = _figures(SCHOOL_READ.rows(actor), day or today())
    return rows if actor.school_id else [_from_above(row) for row in rows]


def _from_above(row: SchoolFigures) -> SchoolFigures:
    """As a bureau is told: each grade for itself, those who are in none as one more, and of the school their sum."""
    placed = sum((grade.share for grade in row.grades), Share())
    rest = blurred(Share(row.share.active - placed.active, row.share.matched - placed.matched))
    grades = tuple(replace(grade, share=blurred(grade.share)) for grade in row.grades)
    return replace(row, share=sum((grade.share for grade in grades), rest), grades=grades)


def total(rows: list[SchoolFigures]) -> Total:
    """The sum of what is listed: a figure and the list behind it cannot differ."""
    made = Total()
    for row in rows:
        made.schools += 1
        made.share += row.share
        made.teachers += row.mentoring.teachers
        made.mentors += row.mentoring.mentors
        made.exceptions += row.mentoring.exceptions
        made.red += row.red
        made.private += row.school.ownership == Ownership.PRIVATE
    return made


def class_figures(actor: Actor, day: dt.date | None = None) -> list[ClassFigures]:
    """The classes that the actor may open, with 班主任 and coverage. Three questions."""
    day = day or today()
    start = year_start_of(day)
    groups = list(classes(actor))
    by_class = shares(day, by="class", within=Q(school_id=actor.school_id))
    advisers = dict(
        ClassPost.objects.of(class_group=groups)
        .filter(span_at(day), is_adviser=True)
        .values_list("class_group_id", "staff__person__name")
    )
    return [
        ClassFigures(group, group.name(start), advisers.get(group.pk, ""), by_class.get(group.pk, Share()))
        for group in groups
    ]


def without_mentor(day: dt.date) -> dict[Any, int]:
    """How many students who count have no mentor, by school; schools with none are left out."""
    return {school: share.missing for school, share in shares(day, by="school").items() if share.missing}
