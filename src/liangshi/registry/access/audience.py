"""Whom something reaches: each audience as one function, so that no room decides by itself who hears of a student.

Keys in, people out. A guardian whose contact is restricted by law is in none of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.base.models import span_at
from liangshi.registry.access.care import charge_of
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant, in_force
from liangshi.registry.access.policy import OFFICE
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.people.models import GuardianLink
from liangshi.registry.people.queries import advisers_of, classes_of, living
from liangshi.registry.schools.models import School


def _links(day: dt.date | None) -> GuardedQuerySet[GuardianLink]:
    """Who is a guardian of whom on `day` (default: today), as far as he may read what concerns the student, who lives."""
    links = GuardianLink.objects.as_system("who the guardians of a student are")
    return links.filter(span_at(day or today()), living(), restricted=False)


def guardians(students: Iterable[UUID], day: dt.date | None = None) -> GuardedQuerySet[GuardianLink]:
    """The links of those who may read what concerns these students (keys, or a query of keys)."""
    return _links(day).filter(student__in=students)


def children(
    person: UUID, day: dt.date | None = None, schools: Collection[UUID] | None = None
) -> GuardedQuerySet[GuardianLink]:
    """The links of a guardian to the students of whom he may read; those of `schools`, as far as his hat reaches."""
    links = _links(day).filter(person=person)
    return links if schools is None else links.filter(student__school__in=schools)


def in_charge(students: Iterable[UUID]) -> list[UUID]:
    """People: who is in charge of each student today (`care.charge_of`). Not the co-mentors."""
    return sorted({staff.person_id for staff in charge_of(students).values()})


def advisers(students: Iterable[UUID]) -> list[UUID]:
    """People: the 班主任 of the students' classes today, none of them kept apart from his student."""
    groups = classes_of(students, today())
    posts, barred = advisers_of({group.pk for group in groups.values()}, today()), barred_of(groups, today())
    held = ((key, posts.get(group.pk)) for key, group in groups.items())
    return sorted({post.person_id for key, post in held if post and post.pk not in barred[key]})


def overseers(school: School) -> list[RoleGrant]:
    """Who works at the bureau that a school is under, today; where nobody does, at the city's."""
    grants = RoleGrant.objects.as_system("who watches over a school").filter(span_at(today()))
    held = list(grants.filter(bureau=school.bureau_id).select_related("person").order_by("starts_on", "pk"))
    return held or list(grants.filter(role=Role.CITY).select_related("person").order_by("starts_on", "pk"))


def officers(school: UUID, roles: Iterable[Role] = OFFICE) -> list[RoleGrant]:
    """Who holds one of these roles of a school's office today, the longest in office first."""
    grants = RoleGrant.objects.as_system("who holds an office")
    held = grants.filter(in_force(today()), school=school, role__in=list(roles))
    return list(held.select_related("person").order_by("starts_on", "pk"))
