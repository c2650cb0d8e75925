"""Who is near a student already: the teachers of the class, and teachers who are family."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from liangshi.foundation.base.models import span_at
from liangshi.registry.people.models import ClassPost, Enrolment, GuardianLink, Staff
from liangshi.registry.schools.models import ClassGroup


def classes_now(students: Collection[UUID], day: dt.date) -> dict[UUID, ClassGroup]:
    """Each student's class on a day."""
    held = Enrolment.objects.filter(span_at(day), student__in=students)
    rows = held.select_related("class_group__cohort").order_by("starts_on")
    return {row.student_id: row.class_group for row in rows}


def teachers_of(classes: Collection[UUID], day: dt.date) -> dict[UUID, set[UUID]]:
    """The staff who teach each class, its 班主任 among them."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    posts = ClassPost.objects.filter(span_at(day), class_group__in=classes)
    for group, staff in posts.values_list("class_group_id", "staff_id"):
        found[group].add(staff)
    return found


def advisers_of(classes: Collection[UUID], day: dt.date) -> dict[UUID, Staff]:
    """The 班主任 of each class that has one."""
    posts = ClassPost.objects.filter(span_at(day), class_group__in=classes, is_adviser=True)
    return {post.class_group_id: post.staff for post in posts.select_related("staff__person")}


def family_of(students: Collection[UUID], school_id: UUID, day: dt.date) -> dict[UUID, set[UUID]]:
    """The staff of the school who are guardians of each student: never given to him as mentors."""
    links = dict[UUID, set[UUID]]()
    held = GuardianLink.objects.filter(
        span_at(day), student__in=students, person__posts__school_id=school_id
    ).values_list("student_id", "person__posts")
    for student, staff in held:
        links.setdefault(student, set()).add(staff)
    return links
