"""Rosters into the registry: counts, history, one human one person, twice the same file, all or nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.practice.rosters.actions import jobs
from liangshi.practice.rosters.management.commands.import_roster import Console
from liangshi.registry.accounts.models import Account
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import IN_POOL, staff_of, with_standing
from liangshi.registry.people.models import GuardianLink, Person, Staff, Student
from liangshi.registry.schools.models import ClassGroup, School
from tests.cast import Cast

YEAR = 2026


@pytest.fixture
def school(db, settings) -> School:
    from liangshi.registry.schools.choices import BureauKind, Ownership
    from liangshi.registry.schools.models import Bureau

    city = Bureau.objects.create(kind=BureauKind.CITY, official_name="示范市教育局", short_name="市教育局")
    return School.objects.create(
        code="3134009999", name="示范丙中学", short_name="丙中", ownership=Ownership.PUBLIC, bureau=city
    )


def bring(school: School, path: Path, *, dry: bool = False):
    return jobs.apply_file(
        school, path.read_bytes(), path.name, kind=None, year_start=YEAR, actor=Console(school), dry=dry
    )


def test_speed(school, shared):
    for name in ("national_students.xlsx", "teachers.xlsx", "existing_pairs.xlsx", "class_adviser_sheets.xlsx", "students_gbk.csv", "old_students.xls"):
        for _ in range(2):
            with CaptureQueriesContext(connection) as ctx:
                t = time.time()
                found = bring(school, shared / "rosters" / name)
                print(name, found.plan.counts, len(found.problems), time.time() - t, len(ctx))
                for p in found.problems: print(p)
    print(Student.objects.count(), GuardianLink.objects.count(), Person.objects.count(), Account.objects.count(), ClassGroup.objects.count(), Staff.objects.count(), Mentorship.objects.count())
    from collections import Counter
    print(Counter(s.standing for s in with_standing(staff_of(school.pk), today())))
