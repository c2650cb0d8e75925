"""A test finds the database as migrated, whatever the test before it has committed, and what it asks to be put in."""

from __future__ import annotations

import ast
import datetime as dt
from collections import Counter

import pytest
import time_machine
from django.db import transaction

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.audit.queries import verify_all
from liangshi.foundation.base.clock import today
from liangshi.registry.people.models import Person, Staff
from liangshi.registry.schools.models import School
from tests.cast import Cast, build, cast_on, person, staff
from tests.database import CODE, MIGRATED_BY, everything, memory_of

pytestmark = pytest.mark.both


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_what_a_test_commits_is_gone_for_the_next(turn: int) -> None:
    assert not Person.objects.exists()
    assert not Entry.objects.exists()
    cast_on(today())
    assert Entry.objects.exists()


@pytest.mark.django_db
def test_who_asks_for_no_cast_meets_nobody() -> None:
    assert not Person.objects.exists()
    assert not School.objects.exists()


def test_rows_put_in_again_are_the_rows_that_were_built(db: None) -> None:
    before = transaction.savepoint()
    memory = memory_of(build)
    built = {table: Counter(rows) for table, (_, rows) in everything().items()}
    transaction.savepoint_rollback(before)
    assert not Person.objects.exists()
    memory.put_in()
    assert {table: Counter(rows) for table, (_, rows) in everything().items()} == built


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_cast_of_its_own(cast: Cast, turn: int) -> None:
    assert cast.own.school.name == School.objects.get(pk=cast.own.school.pk).name == "示范甲中学"
    assert len(cast.own.students) == 6
    cast.own.school.name = "改了名的中学"
    cast.own.school.save()
    cast.own.students.clear()


def test_the_cast_is_whole_and_can_grow(cast: Cast) -> None:
    assert not [problem for _, problem in verify_all().values() if problem]
    assert cast.own.student.mentorships.get().mentor == cast.own.posts["mentor"]
    assert staff(cast.own.school, "T99", person("新来的")).pk not in {
        row.pk for row in cast.own.posts.values()
    }
    assert Staff.objects.filter(school=cast.own.school).count() == 9


def test_the_cast_of_another_day(db: None) -> None:
    day = dt.date(2027, 3, 1)
    with time_machine.travel(dt.datetime(2027, 3, 1, 4, tzinfo=dt.UTC)):
        cast = cast_on(day)
        assert cast.actor("clerk").hat.role == "clerk"
    assert cast.own.year.start_year == 2026


def imported(source: str) -> set[str]:
    """Modules of ours that a file imports, as paths under the code. Of `from a import b` both may be one."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {
        name.removeprefix("liangshi.").replace(".", "/") for name in found if name.startswith("liangshi.")
    }


def test_a_migration_imports_only_what_the_kept_database_depends_on() -> None:
    """Otherwise a change there would leave the tests with yesterday's tables."""
    known = {file for place in MIGRATED_BY for file in CODE.glob(place)}
    for migration in CODE.glob("*/*/migrations/*.py"):
        for name in imported(migration.read_text(encoding="utf-8")):
            files = {CODE / f"{name}.py", CODE / name / "__init__.py"}
            assert not {file for file in files if file.exists()} - known, f"{migration} imports {name}"
