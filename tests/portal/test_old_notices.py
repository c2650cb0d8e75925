"""Notices from before hats are given theirs."""

from __future__ import annotations

import importlib
import uuid
from uuid import UUID

import pytest
from django.apps import apps

from liangshi.foundation.base.guard import as_system
from liangshi.foundation.notices.choices import EVERY_HAT
from liangshi.foundation.notices.models import Notice
from liangshi.registry.people.models import Person
from tests.cast import Cast, guardian

old = importlib.import_module("liangshi.portal.home.migrations.0001_old_notices")


def before(person: Person, title: str = "请看", url: str = "/", key: str = "") -> Notice:
    return Notice.objects.create(person=person.pk, role=EVERY_HAT, title=title, url=url, key=key)


def found(row: Notice) -> tuple[str, UUID | None, UUID | None]:
    row.refresh_from_db()
    return row.role, row.school, row.student


@pytest.fixture
def to_hats(cast: Cast):
    def run() -> None:
        with as_system("a migration"):
            old.to_hats(apps, None)

    return run


def test_who_has_one_hat_gets_it_and_who_has_several_by_the_link(cast: Cast, to_hats) -> None:
    own, page = cast.own, f"/students/{cast.own.student.pk}"
    school, child = own.school.pk, own.student.pk
    guardian(own.students[1], own.people["guardian"])
    expected = {
        before(own.student.person): ("student", school, child),
        before(own.people["mentor"]): ("mentor", school, None),
        before(own.people["mentor"], url=page): ("mentor", school, child),
        before(own.people["guardian"], "欧阳雨桐甲同学的导师已经确定"): ("guardian", school, child),
        before(own.people["guardian"], "请看"): (EVERY_HAT, None, None),
        before(own.people["adviser"]): (EVERY_HAT, None, None),
        before(own.people["adviser"], url=page): (EVERY_HAT, None, child),
        before(own.people["adviser"], url="/relations/offers"): ("mentor", school, None),
        before(own.people["leader"]): (EVERY_HAT, None, None),
        before(cast.people["city"]): (EVERY_HAT, None, None),
    }
    to_hats()
    assert {row.pk: found(row) for row in expected} == {row.pk: each for row, each in expected.items()}


def test_the_names_of_former_students_are_taken_out(cast: Cast, to_hats) -> None:
    person = cast.person("mentor")
    rows = {
        before(person, "导师调整：从今天起，欧阳雨桐甲由周敏甲老师指导"): "导师调整，请看您现在的学生",
        before(person, "导师调整：从今天起，您新增学生王芳甲、王明甲"): "导师调整，请看您现在的学生",
        before(person, "您对王芳甲的协同指导结束了，谢谢您"): "您对一名学生的协同指导结束了，谢谢您",
        before(
            person, "周敏甲老师读了您为王芳甲写的交接信，接过去了"
        ): "周敏甲老师读了您写的交接信，接过去了",
        before(person, "您新增 2 名学生，请约一次见面"): "您新增 2 名学生，请约一次见面",
    }
    to_hats()
    for row, title in rows.items():
        row.refresh_from_db()
        assert row.title == title


def test_what_was_told_once_is_not_told_again(cast: Cast, to_hats) -> None:
    """Its key is now one of person and hat, too; and back."""
    student, rows = cast.own.student.pk, []
    for name, word, role in (("adviser", "assign", "adviser"), ("mentor", "returned", "mentor")):
        key, who = f"{word}:{student}:2026-11-30", cast.person(name)
        rows.append((before(who, key=key), key, f"{key}:{who.pk}:{role}", role))
    to_hats()
    for row, _, key, role in rows:
        assert found(row) == (role, cast.own.school.pk, student)
        assert row.key == key
    with as_system("a migration"):
        old.to_every_hat(apps, None)
    for row, key, *_ in rows:
        assert found(row) == (EVERY_HAT, None, None)
        assert row.key == key


def test_what_was_told_to_an_office_stays_and_comes_back(cast: Cast, to_hats) -> None:
    school, officer = cast.own.school.pk, cast.person("leader").pk
    for person in (None, officer):
        key = f"safety:{uuid.uuid4()}:{person or school}:leader"
        Notice.objects.create(person=person, school=school, role="leader", title="请看", url="/", key=key)
    before_all = list(Notice.objects.order_by("pk").values())
    to_hats()
    with as_system("a migration"):
        old.to_every_hat(apps, None)
    assert list(Notice.objects.order_by("pk").values()) == before_all
