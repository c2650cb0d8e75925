"""The page 「谁有什么身份」: what one person asks for there, and another one decides."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from liangshi.foundation.base.clock import today
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.people.models import Person, Staff
from tests.asking import SignIn, text
from tests.cast import Cast

pytestmark = pytest.mark.both
CODE = re.compile(r"(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}")


def fields(**changed: Any) -> dict[str, Any]:
    return {
        "name": "新干事", "staff_no": "N01", "role": "clerk", "reason": "校发〔2026〕1 号",
        "ends_on": (today() + dt.timedelta(days=200)).isoformat(),
    } | changed  # fmt: skip


def held(school: Any) -> set[tuple[str, str]]:
    return set(RoleGrant.objects.filter(school=school).values_list("person__name", "role"))


def test_the_city_alone_makes_nobody_at_a_school_that_has_people(sign_in: SignIn, cast: Cast) -> None:
    """The city sees numbers only: an invented clerk would have downloaded the roster for it."""
    school, before = cast.own.school, held(cast.own.school)
    page = sign_in("city").post(f"/schools/{school.pk}/grants/new", fields(), follow=True).content.decode()
    assert held(school) == before
    assert not CODE.search(page)
    assert not Person.objects.filter(name="新干事").exists()
    assert not Staff.objects.filter(school=school, staff_no="N01").exists()


def test_a_leader_alone_makes_nobody(sign_in: SignIn, cast: Cast) -> None:
    school, before = cast.own.school, held(cast.own.school)
    page = sign_in("leader").post(f"/schools/{school.pk}/grants/new", fields(), follow=True).content.decode()
    assert held(school) == before
    assert not CODE.search(page)


@pytest.mark.parametrize("name", ["city", "leader"])
def test_the_database_takes_no_role_that_one_person_gave(cast: Cast, name: str) -> None:
    from django.db import IntegrityError, transaction

    by = cast.person(name)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(
            person=cast.person("worker"), role=Role.CLERK, school=cast.own.school, reason="任命",
            starts_on=today(), ends_on=today() + dt.timedelta(9), decided_by=by,
        )  # fmt: skip


def test_a_leader_does_not_let_herself_have_more_than_fifteen(sign_in: SignIn, cast: Cast) -> None:
    post, leader = cast.own.posts["leader"], sign_in("leader")
    until = (today() + dt.timedelta(60)).isoformat()
    leader.post(f"/rosters/staff/{post.pk}/exception/", {"extra": 2, "reason": "带竞赛队", "until": until})
    assert "可以多指导" not in text(leader, f"/rosters/staff/{post.pk}/")
    from liangshi.registry.mentorships.queries import places

    assert {place.free for place in places(post.school_id, today()) if place.staff == post} == {15}


def test_who_has_retired_holds_no_office(sign_in: SignIn, cast: Cast) -> None:
    clerk, post = sign_in("clerk"), cast.own.posts["grade_head"]
    clerk.post(f"/rosters/staff/{post.pk}/record/", {"act": "state", "state-state": "retired"})
    post.refresh_from_db()
    assert post.state == "retired"
    assert not RoleGrant.objects.filter(person=post.person, ends_on__gt=today()).exists()
