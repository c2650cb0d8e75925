"""The student's page with its rooms joined: what each reader finds of talks, and the wheel beside the student's wishes."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from liangshi.foundation.base.clock import today
from liangshi.practice.growth.actions.portraits import write_portrait
from liangshi.registry.access.choices import Role
from tests.asking import SignIn
from tests.practice.talks.desk import Desk


def part(client: Client, desk: Desk, name: str) -> str:
    answer = client.get(f"/students/{desk.student(0).pk}?part={name}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.row("R10")
def test_the_five_domains_and_the_family_with_the_day_of_the_last_contact(
    desk: Desk, sign_in: SignIn
) -> None:
    desk.talk(0, strategies=["XY"], family="done")
    desk.talk(0, strategies=["XL"])
    day = f"{today().month} 月 {today().day} 日"
    page = part(sign_in("mentor"), desk, "overview")
    assert page.count(day) >= 3  # 学业辅导, 心理疏导, 家庭
    for label in ("思想引导", "学业辅导", "心理疏导", "生活指导", "生涯向导"):
        assert label in page
    adviser = part(sign_in("adviser", Role.ADVISER), desk, "overview")
    assert adviser.count(day) < page.count(day)  # the talk that is the author's alone does not show
    assert "生活指导" not in part(sign_in("clerk"), desk, "overview")


@pytest.mark.row("N8")
def test_the_wheel_shows_the_talks_beside_what_the_student_wants(desk: Desk, sign_in: SignIn) -> None:
    person = desk.student(0)
    own = desk.cast.actor("student")
    write_portrait(person, {"wanted": ([], ["SY"])}, actor=own)
    desk.talk(0, strategies=["XY"])
    desk.talk(0, strategies=["XY", "SX"])
    page = part(sign_in("mentor"), desk, "portrait")
    study = page[page.index("学业辅导</th>") :].partition("</tr>")[0]
    assert re.findall(r"(\d+) 次", study)[-1:] == ["2"]
    wanted = page[page.index("生涯向导</th>") :].partition("</tr>")[0]
    assert "希望" in wanted
    for name in ("clerk", "leader", "grade_head"):
        assert "谈过的和想要的" not in part(sign_in(name), desk, "portrait")
    assert "Excel" not in page  # never exported
