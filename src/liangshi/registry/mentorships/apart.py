"""Who is kept apart from a student: whom he has named in what concerns safety, and his family.

One room for it, so that whoever gives a student an adult asks the same question (`barred_of`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.registry.mentorships.models import Apart
from liangshi.registry.people.models import GuardianLink
from liangshi.registry.people.queries import family_of


def keep_apart(student_id: UUID, people: Iterable[UUID]) -> None:
    """A student and these persons are kept apart from now on. Within the deed that tells why; twice is once."""
    Apart.objects.bulk_create(
        [Apart(student_id=student_id, person_id=person) for person in people], ignore_conflicts=True
    )


def keep_apart_as(former: UUID, person: UUID) -> None:
    """From whom somebody is kept apart, he is under his other account as well: two persons are one."""
    for student in Apart.objects.filter(person=former).values_list("student_id", flat=True):
        keep_apart(student, [person])


def named_by(student_id: UUID) -> set[UUID]:
    """The persons whom a student has named in what concerns safety, whether it is open or past."""
    rows = Apart.objects.as_system("who is kept apart from a student").filter(student=student_id)
    return set(rows.values_list("person", flat=True))


def apart_from(person: UUID | None, path: str = "student") -> Q:
    """As a filter: rows about students (by `path`) who have named this person."""
    return Q(**{f"{path}__in": Apart.objects.filter(person=person).values("student")})


def kept_from(person: UUID) -> Q:
    """As a filter of students: those from whom somebody is kept apart, his own children among them."""
    wards = GuardianLink.objects.filter(span_at(today()), person=person).values("student")
    return Q(pk__in=wards) | Q(pk__in=Apart.objects.filter(person=person).values("student"))


def apart_of(students: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Student → the staff whom he has named (`named_by`)."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    rows = Apart.objects.as_system("who is kept apart from a student").filter(
        student__in=list(students), person__posts__isnull=False
    )
    for student, staff in rows.values_list("student", "person__posts"):
        found[student].add(staff)
    return found


def barred_of(students: Iterable[UUID], day: dt.date) -> dict[UUID, set[UUID]]:
    """Student → the staff who are not given to him, as what ever: his family, and whom he has named."""
    ids = list(students)
    kin, apart = family_of(ids, day), apart_of(ids)
    return {student: kin[student] | apart[student] for student in ids}
