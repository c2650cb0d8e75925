"""About whom somebody may read because he accompanies him: the one rule behind pages, lists, search, talks, notes,
letters, drafts and feeds.

A right follows the relation and not the authorship: what was written about a student is the student's file. It begins
and ends at 00:00 in the city, on half-open days (`starts_on` ≤ day < `ends_on`), and is asked anew for every request.
A student is in somebody's care whose mentor or co-mentor he is today, or for whose mentor he stands in. Whoever leads
an open life event has the student in his care for that event alone; the room of talks says how far.

Who is in charge of a student today is one person, for tasks, prompts and notices (`charged`, `charge_of`): whoever stands
in for his mentor, else his mentor; of a newcomer who waits for one, his class adviser, else the head of his grade.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant, in_force
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.fit import Part, fit
from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.people.models import Enrolment, Staff
from liangshi.registry.people.queries import advisers_of
from liangshi.registry.schools.models import ClassGroup

Day = dt.date | OuterRef


def _bonds(day: Day) -> QuerySet[Mentorship]:
    return Mentorship.objects.filter(span_at(day))


def _covers(day: Day) -> QuerySet[Interim]:
    """Who stands in, for a relation that goes on."""
    return Interim.objects.filter(span_at(day), span_at(day, "mentorship__"))


def _students(bonds: QuerySet[Mentorship], covers: QuerySet[Interim]) -> Q:
    return Q(pk__in=bonds.values("student_id")) | Q(pk__in=covers.values("mentorship__student_id"))


def mentored(staff: UUID) -> Q:
    """As a filter of students: whose mentor or co-mentor he is today."""
    return Q(pk__in=_bonds(today()).filter(mentor=staff).values("student_id"))


def accompanied(staff: UUID) -> Q:
    """As a filter of students: who is in his care today."""
    return _students(_bonds(today()).filter(mentor=staff), _covers(today()).filter(caretaker=staff))


def charged(staff: UUID) -> Q:
    """As a filter of students: who is his to prompt for. Every student with a mentor is one person's: the caretaker's
    while there is one, else the mentor's."""
    held, covers = _bonds(today()).filter(kind=Kind.PRIMARY), _covers(today())
    mine = held.filter(mentor=staff).exclude(pk__in=covers.values("mentorship_id"))
    return _students(mine, covers.filter(caretaker=staff))


def in_care(who: str, student: str = "student") -> Q:
    """As a filter of rows: the post that the field `who` names has the student that `student` names in his care."""
    bonds = _bonds(today()).filter(mentor=OuterRef(who), student=OuterRef(student))
    covers = _covers(today()).filter(caretaker=OuterRef(who), mentorship__student=OuterRef(student))
    return Q(Exists(bonds)) | Q(Exists(covers))


def at_hand(who: str, student: str = "student") -> Q:
    """As a filter of rows: as `in_care`, and nobody stands in for him with this student. What he has begun is his."""
    covers = _covers(today())
    bonds = _bonds(today()).filter(mentor=OuterRef(who), student=OuterRef(student))
    own = bonds.exclude(pk__in=covers.values("mentorship_id"))
    cared = covers.filter(caretaker=OuterRef(who), mentorship__student=OuterRef(student))
    return Q(Exists(own)) | Q(Exists(cared))


def parted(person: UUID, written: str, student: str = "student") -> Q:
    """As a filter of rows: on the day that the field `written` names he had the student in his care or in his class,
    and today he has him no more."""
    return _beside(person, OuterRef(written), student) & ~_beside(person, today(), student)


def _beside(person: UUID, day: Day, student: str) -> Q:
    """Mentor, co-mentor, caretaker or 班主任, at whatever post of his."""
    his = OuterRef(student)
    bonds = _bonds(day).filter(mentor__person=person, student=his)
    covers = _covers(day).filter(caretaker__person=person, mentorship__student=his)
    advised = Enrolment.objects.filter(
        span_at(day),
        span_at(day, "class_group__posts__"),
        class_group__posts__staff__person=person,
        class_group__posts__is_adviser=True,
        student=his,
    )
    return Q(Exists(bonds)) | Q(Exists(covers)) | Q(Exists(advised))


def charge_of(students: Iterable[UUID]) -> dict[UUID, Staff]:
    """Student → who is in charge of him today: whoever stands in for his mentor, else the mentor. Who has no mentor is
    absent. Two questions."""
    why = "who is in charge of a student"
    bonds = Mentorship.objects.as_system(why).filter(
        span_at(today()), student__in=list(students), kind=Kind.PRIMARY
    )
    covers = Interim.objects.as_system(why).filter(span_at(today()), mentorship__in=bonds)
    found = {bond.student_id: bond.mentor for bond in bonds.select_related("mentor__person")}
    for cover in covers.select_related("mentorship", "caretaker__person"):
        found[cover.mentorship.student_id] = cover.caretaker
    return found


@dataclass(frozen=True, slots=True)
class Near:
    """Who may look after a student for want of anybody else: both at work, and not kept apart from him."""

    adviser: Staff | None = None
    head: Staff | None = None

    @property
    def of_newcomer(self) -> Staff | None:
        """Who is there for one who has no mentor yet."""
        return self.adviser or self.head

    @property
    def hat(self) -> Role:
        """Under which of his hats."""
        return Role.ADVISER if self.adviser else Role.GRADE_HEAD


def near(groups: Mapping[UUID, ClassGroup], school: UUID, day: dt.date) -> dict[UUID, Near]:
    """Student → the 班主任 of his class and the 年级组长 of his grade, as far as they may look after him today. `groups`:
    the class of each (`classes_of`). Five questions."""
    barred = barred_of(groups, day)
    why = "who may look after a student meanwhile"
    able = fit(Staff.objects.as_system(why).filter(school=school), Part.STAND_IN, day)
    staff = {row.pk: row for row in able.select_related("person")}
    advisers = advisers_of({group.pk for group in groups.values()}, day)
    heads = _heads(school, {group.cohort_id for group in groups.values()}, staff, day)

    def may(student: UUID, who: UUID | None) -> Staff | None:
        return staff.get(who) if who and who not in barred[student] else None

    return {
        key: Near(
            may(key, advisers[group.pk].pk if group.pk in advisers else None),
            may(key, heads.get(group.cohort_id)),
        )
        for key, group in groups.items()
    }


def _heads(school: UUID, cohorts: set[UUID], staff: Mapping[UUID, Staff], day: dt.date) -> dict[UUID, UUID]:
    """级 → the post of its 年级组长, of those at work."""
    posts = {row.person_id: row.pk for row in staff.values()}
    grants = RoleGrant.objects.as_system("who may look after a student meanwhile").filter(
        in_force(day), role=Role.GRADE_HEAD, school=school, cohort__in=cohorts
    )
    # The longest in office is the last, and stays.
    held = grants.order_by("-starts_on").values_list("cohort_id", "person_id")
    return {cohort: posts[person] for cohort, person in held if person in posts}
