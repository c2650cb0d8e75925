"""How people are found, and who is near a student: his class, its teachers, his family."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from liangshi.foundation.base.models import span_at
from liangshi.foundation.base.names import tidy
from liangshi.registry.people.models import ClassPost, Enrolment, GuardianLink, Staff
from liangshi.registry.schools.models import ClassGroup


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
