"""Shining moments and those who are kept apart: what colleagues have written of a student is not for a class adviser who
is his parent, or whom he has named; and whom he has named does not speak to him by them."""

from __future__ import annotations

import uuid

import pytest

from liangshi.foundation.base.clock import today
from liangshi.practice.growth.actions.shining import drop
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.models import Apart
from tests.asking import SignIn, text
from tests.cast import Cast, guardian

pytestmark = pytest.mark.both


def drops(cast: Cast, who: str, role: Role) -> None:
    drop(
        cast.own.student, text="帮同学讲题", virtue="moral", on=today(), shared=True, key=uuid.uuid4(),
        actor=cast.actor(who, role),
    )  # fmt: skip


@pytest.mark.parametrize("how", ["nobody", "family", "named"])
def test_a_class_adviser_reads_none_of_whom_he_is_kept_apart_from(
    cast: Cast, sign_in: SignIn, how: str
) -> None:
    if how == "family":
        guardian(cast.own.student, cast.own.people["adviser"])
    elif how == "named":
        Apart.objects.create(student=cast.own.student, person=cast.own.people["adviser"])
    drops(cast, "mentor", Role.MENTOR)
    page = text(sign_in("adviser", Role.ADVISER), f"/students/{cast.own.student.pk}?part=shines")
    assert ("帮同学讲题" in page) == (how == "nobody")
    drops(cast, "adviser", Role.ADVISER)
    page = text(sign_in("adviser", Role.ADVISER), f"/students/{cast.own.student.pk}?part=shines")
    assert "帮同学讲题" in page  # what he has written himself


@pytest.mark.parametrize("named", [False, True])
def test_whom_a_student_has_named_does_not_speak_to_him_by_one(
    cast: Cast, sign_in: SignIn, named: bool
) -> None:
    if named:
        Apart.objects.create(student=cast.own.student, person=cast.own.people["second"])
    drop(
        cast.own.student, text="我知道是你说的", virtue="moral", on=today(), shared=True, key=uuid.uuid4(),
        actor=cast.actor("second", Role.MENTOR),
    )  # fmt: skip
    for url in ("/", f"/students/{cast.own.student.pk}?part=shines"):
        assert ("我知道是你说的" in text(sign_in("student"), url)) != named
