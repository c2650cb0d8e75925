"""How people are found, and who is near a student: his class, its teachers, his family."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import GuardedQuerySet, as_system
from liangshi.foundation.base.models import span_at
from liangshi.foundation.base.names import tidy
from liangshi.foundation.base.sealed import digest
from liangshi.foundation.base.wall import everywhere
from liangshi.registry.people.choices import ACTIVE, GONE, LEFT, StudentState
from liangshi.registry.people.models import (
    OPEN,
    ClassPost,
    Enrolment,
    GuardianLink,
    Person,
    Staff,
    Student,
    StudentSpan,
)
from liangshi.registry.schools.models import ClassGroup, School


def named(text: str, prefix: str = "person__") -> Q:
    """People whose name holds `text`, or whose pinyin (initials or in full) begins with it; "" finds nobody.

    Numbers find nobody either: people are told apart by class, never by an identity number.
    """
    text = tidy(text)
    if not text:
        return Q(pk__in=[])
    if not text.isascii():
        return Q(**{f"{prefix}name__contains": text})
    keys = "".join(char for char in text.lower() if char.isalnum())
    if not keys.isalpha():
        return Q(pk__in=[])
    return (
        Q(**{f"{prefix}search__startswith": keys})
        | Q(**{f"{prefix}search__contains": f" {keys}"})
        | Q(**{f"{prefix}name__icontains": text})
    )


BATCH = 500


def known_at(school: UUID, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Person]:
    """(name, phone) → the person whom this school knows by both: a guardian of one of its students, or of its staff.

    One human is one person within a school. Whoever is known elsewhere is linked by his own confirmation alone
    (`registry.access.joining`): nobody learns here that he exists. One question for every few hundred.
    """
    wanted = {(digest(phone), name): (name, phone) for name, phone in pairs if phone}
    phones = sorted({phone for phone, _ in wanted})
    now = span_at(today())
    wards = GuardianLink.objects.filter(now, student__school=school, person=OuterRef("pk"))
    posts = Staff.objects.filter(school=school, person=OuterRef("pk")).exclude(state__in=LEFT)
    found: dict[tuple[str, str], Person] = {}
    for some in (phones[start : start + BATCH] for start in range(0, len(phones), BATCH)):
        rows = Person.objects.filter(Exists(wards) | Exists(posts), mobile_digest__in=some)
        for person in rows.order_by("created_at"):
            if key := wanted.get((person.mobile_digest, person.name)):
                found.setdefault(key, person)
    return found


def tied_elsewhere(people: Iterable[UUID], school: UUID) -> set[UUID]:
    """Those to whom another place has given something too, by their own consent: a child, a post, an office. What
    identifies them is not this school's to change. Four questions."""
    some, now = list(people), span_at(today())
    with (
        everywhere("whether somebody is this school's alone decides who may correct him"),
        as_system("the same"),
    ):
        wards = GuardianLink.objects.filter(now, person__in=some).exclude(student__school=school)
        posts = Staff.objects.filter(person__in=some).exclude(Q(state__in=LEFT) | Q(school=school))
        learns = Student.objects.filter(person__in=some).exclude(school=school)
        elsewhere = Q(grants__bureau__isnull=False) | Q(grants__school__in=School.objects.exclude(pk=school))
        offices = Person.objects.filter(span_at(today(), "grants__"), elsewhere, pk__in=some)
        found = (rows.values_list("person_id", flat=True) for rows in (wards, posts, learns))
        return {*chain.from_iterable(found), *offices.values_list("pk", flat=True)}


def classes_of(students: Iterable[UUID], day: dt.date) -> dict[UUID, ClassGroup]:
    """Each student's class on a day, with its cohort; who has none is absent."""
    held = Enrolment.objects.as_system("the class of students who were found").filter(
        span_at(day), student__in=list(students)
    )
    rows = held.select_related("class_group__cohort").order_by("starts_on")
    return {row.student_id: row.class_group for row in rows}


def teachers_of(classes: Iterable[UUID], day: dt.date) -> dict[UUID, set[UUID]]:
    """The staff who teach each class, its 班主任 among them."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    posts = ClassPost.objects.as_system("who teaches a class").filter(
        span_at(day), class_group__in=list(classes)
    )
    for group, staff in posts.values_list("class_group_id", "staff_id"):
        found[group].add(staff)
    return found


def still_here(student: str = "student") -> Q:
    """As a filter of rows: whom the field `student` names has not left the school. Asked anew, so that what waited for him
    waits again where his leaving is undone."""
    held = StudentSpan.objects.filter(span_at(today()), student=OuterRef(student))
    return Q(Exists(held.exclude(state__in=GONE)))


def living(student: str = "student") -> Q:
    """As a filter of rows: whom the field `student` names has not died. His family hears no more of him from the house, and
    its accounts show nothing of him: what they want to keep, the school gives them in person."""
    died = StudentSpan.objects.filter(span_at(today()), student=OuterRef(student), state=StudentState.DIED)
    return ~Q(Exists(died))


def returns() -> GuardedQuerySet[StudentSpan]:
    """The standings that began with a return from 休学, on their `starts_on`. One that was taken back on its first day was
    none."""
    away = StudentSpan.objects.filter(
        student=OuterRef("student"),
        state=StudentState.SUSPENDED,
        ends_on=OuterRef("starts_on"),
        starts_on__lt=F("ends_on"),
    )
    rows = StudentSpan.objects.as_system("who is back, and since when")
    return rows.filter(OPEN | Q(ends_on__gt=F("starts_on")), Exists(away), state__in=ACTIVE)


def advising(staff: UUID | OuterRef, day: dt.date) -> QuerySet[ClassPost]:
    """The posts as 班主任 of classes that are still there: one that had students and has none any more has graduated, and
    gives nobody a hat."""
    had = Enrolment.objects.filter(class_group=OuterRef("class_group"))
    there = Q(Exists(had.filter(span_at(day)))) | ~Q(Exists(had))
    return ClassPost.objects.filter(span_at(day), there, staff=staff, is_adviser=True)


def advisers_of(classes: Iterable[UUID], day: dt.date) -> dict[UUID, Staff]:
    """The 班主任 of each class that has one."""
    posts = ClassPost.objects.as_system("who the class adviser is").filter(
        span_at(day), class_group__in=list(classes), is_adviser=True
    )
    return {post.class_group_id: post.staff for post in posts.select_related("staff__person")}


def family_of(students: Iterable[UUID], day: dt.date) -> dict[UUID, set[UUID]]:
    """The staff who are guardians of each student, restricted or not: they are never given to him as mentors."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    links = GuardianLink.objects.as_system("who is a relative, and no mentor").filter(
        span_at(day), student__in=list(students), person__posts__isnull=False
    )
    for student, staff in links.values_list("student_id", "person__posts"):
        found[student].add(staff)
    return found
