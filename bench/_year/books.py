"""Plain rows of one moment, and what follows from them by simple Python: none of the product's own queries is asked."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import connection

from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.models import Notice
from liangshi.practice.relations.models import Concern
from liangshi.practice.talks.models import LifeEvent
from liangshi.registry.mentorships.models import (
    Apart,
    Interim,
    MentorPlaces,
    Mentorship,
    NotMentoringSpan,
    RatioException,
)
from liangshi.registry.people.models import GuardianLink, Staff, Student, StudentSpan
from liangshi.registry.schools.models import School

HERE, AWAY_FOR_GOOD = {"enrolled", "guest"}, {"transferred", "graduated", "withdrawn", "died"}
LEFT = {"gone", "retired", "suspended", "died"}
MENTORING = {"teacher", "manager"}
STAFF_HATS = {"mentor", "staff", "adviser", "grade_head"}
Key = UUID


class Bond(NamedTuple):
    student: Key
    mentor: Key
    kind: str
    starts: dt.date
    ends: dt.date | None
    reason: str
    origin: str
    seat: int | None
    exception: Key | None


class Care(NamedTuple):
    bond: Key
    caretaker: Key
    starts: dt.date
    ends: dt.date | None


class Post(NamedTuple):
    person: Key
    state: str
    post: str
    name: str


class Lead(NamedTuple):
    student: Key
    lead: Key | None
    state: str


class Told(NamedTuple):
    person: Key | None
    role: str
    student: Key | None
    title: str
    url: str


def holds(starts: dt.date, ends: dt.date | None, day: dt.date) -> bool:
    return starts <= day and (ends is None or ends > day)


@dataclass
class Books:
    """Plain rows of one moment."""

    day: dt.date
    students: dict[Key, tuple[Key, str]]  # person, name
    standing: dict[Key, str]  # of today
    staff: dict[Key, Post]
    bonds: dict[Key, Bond]
    cares: dict[Key, Care]
    kin: set[tuple[Key, Key]]  # (student, person)
    guardians: dict[Key, set[Key]]  # student → those who may hear
    apart: set[tuple[Key, Key]]
    out: set[Key]  # staff who are left out of the pool
    places: dict[Key, tuple[int, int]]  # staff → quota, taken
    extra: Counter[Key]
    leads: dict[Key, Lead]
    concerns: dict[Key, Key]  # → student
    told: dict[Key, Told]  # the latest
    last: Key | None  # the last notice

    @classmethod
    def now(cls, school: School, since: Key | None = None) -> Books:
        day = today()
        links = list(
            GuardianLink.objects.filter(student__school=school).values_list(
                "student", "person", "restricted", "starts_on", "ends_on"
            )
        )
        links = [row for row in links if holds(row[3], row[4], day)]
        guardians: dict[Key, set[Key]] = defaultdict(set)
        for student, person, restricted, _, _ in links:
            if not restricted:
                guardians[student].add(person)
        spans = StudentSpan.objects.filter(student__school=school).values_list(
            "student", "state", "starts_on", "ends_on"
        )
        extra: Counter[Key] = Counter()
        live = RatioException.objects.filter(state="agreed", voided_at__isnull=True, until__gte=day)
        for staff, number in live.values_list("staff", "extra"):
            extra[staff] += number
        left_out = NotMentoringSpan.objects.values_list("staff", "starts_on", "ends_on")
        fresh = Notice.objects.filter(pk__gt=since) if since else Notice.objects.none()
        told = {
            row[0]: Told(*row[1:])
            for row in fresh.values_list("pk", "person", "role", "student", "title", "url").order_by("pk")
        }
        return cls(
            day=day,
            students={
                pk: (person, name)
                for pk, person, name in Student.objects.filter(school=school).values_list(
                    "pk", "person", "person__name"
                )
            },
            standing={student: state for student, state, first, end in spans if holds(first, end, day)},
            staff={
                row[0]: Post(*row[1:])
                for row in Staff.objects.filter(school=school).values_list(
                    "pk", "person", "state", "post", "person__name"
                )
            },
            bonds={
                row[0]: Bond(*row[1:])
                for row in Mentorship.objects.values_list(
                    "pk",
                    "student",
                    "mentor",
                    "kind",
                    "starts_on",
                    "ends_on",
                    "end_reason",
                    "origin",
                    "seat",
                    "exception",
                ).order_by("pk")
            },
            cares={
                row[0]: Care(*row[1:])
                for row in Interim.objects.values_list(
                    "pk", "mentorship", "caretaker", "starts_on", "ends_on"
                )
            },
            kin={(student, person) for student, person, *_ in links},
            guardians=guardians,
            apart=set(Apart.objects.values_list("student", "person")),
            out={staff for staff, first, end in left_out if holds(first, end, day)},
            places={
                staff: (quota, taken)
                for staff, quota, taken in MentorPlaces.objects.values_list("staff", "quota", "taken")
            },
            extra=extra,
            leads={
                row[0]: Lead(*row[1:])
                for row in LifeEvent.objects.values_list("pk", "student", "lead", "state")
            },
            concerns=dict(Concern.objects.values_list("pk", "student")),
            told=told,
            last=max(told, default=None)
            or since
            or Notice.objects.order_by("-pk").values_list("pk", flat=True).first(),
        )

    # What follows from the rows

    def name(self, student: Key) -> str:
        return self.students[student][1]

    def called(self, staff: Key | None) -> str:
        return f"{self.staff[staff].name}({self.staff[staff].state})" if staff else "nobody"

    def primary(self, student: Key) -> list[Key]:
        """The bonds of today with a mentor."""
        return [key for key, bond in self.today if bond.kind == "primary" and bond.student == student]

    @property
    def today(self) -> list[tuple[Key, Bond]]:
        return [(key, bond) for key, bond in self.bonds.items() if holds(bond.starts, bond.ends, self.day)]

    def cared(self) -> dict[Key, list[Key]]:
        """Bond → who stands in today."""
        found: dict[Key, list[Key]] = defaultdict(list)
        for care in self.cares.values():
            if holds(care.starts, care.ends, self.day):
                found[care.bond].append(care.caretaker)
        return found

    def charges(self) -> dict[Key, tuple[Key, Key | None]]:
        """Student → his mentor and who stands in for him."""
        cared = self.cared()
        return {
            bond.student: (bond.mentor, next(iter(cared.get(key, ())), None))
            for key, bond in self.today
            if bond.kind == "primary"
        }

    def barred(self, student: Key, staff: Key) -> str:
        person = self.staff[staff].person
        if (student, person) in self.kin:
            return "a parent"
        return "named by the student" if (student, person) in self.apart else ""

    def unfit(self, staff: Key, *, mentor: bool) -> str:
        post = self.staff[staff]
        if post.state != "on_duty":
            return post.state
        if mentor and post.post not in MENTORING:
            return f"in the post {post.post}"
        return "left out of the pool" if mentor and staff in self.out else ""


def fingerprint() -> dict[str, str]:
    """Of each table, all its rows."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(model._meta.db_table)
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
                digest = hashlib.sha256()
                for row in cursor.fetchall():
                    digest.update(repr(row).encode())
                found[model._meta.db_table] = digest.hexdigest()
    return found


def differing(one: Mapping[str, str], two: Mapping[str, str]) -> list[str]:
    return sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))
