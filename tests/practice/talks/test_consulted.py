"""Who is asked how a family is to be told, or that it is not to be told: never one of it, nor whom the student has named."""

from __future__ import annotations

from typing import Any

import pytest

from liangshi.practice.talks.models import FollowUp
from liangshi.registry.mentorships.models import Apart
from liangshi.registry.people.models import Staff
from tests.cast import Cast, guardian
from tests.practice.talks.desk import Desk


@pytest.mark.parametrize("how", ["nobody", "family", "named"])
@pytest.mark.parametrize("post", ["second", "leader"])
def test_whom_one_asks(cast: Cast, post: str, how: str) -> None:
    desk, who = Desk(cast), cast.own.people[post]
    if post == "second":
        Staff.objects.filter(pk=cast.own.posts[post].pk).update(subject="心理健康")
    more: dict[str, Any] = {"family": "unfit"}
    if how == "family":
        guardian(desk.student(0), who)
    elif how == "named":
        Apart.objects.create(student=desk.student(0), person=who)
    desk.talk(0, **more)
    assert (FollowUp.objects.get().owner == who) == (how == "nobody")
