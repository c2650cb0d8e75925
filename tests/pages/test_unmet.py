"""The pages of 还没见过导师. That a mentor's world is the same whether somebody pressed or not: `tests/walk`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.practice.talks.actions import unmet as unmet_actions
from liangshi.practice.talks.models import Unmet
from liangshi.registry.access.choices import Role
from tests.asking import SignIn
from tests.practice.talks.desk import Desk

NEW, LIST, SPOTS = "/talks/unmet/new", "/talks/unmet", "/talks/blind-spots"


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    """The clock stands still, also while the cast is made: two answers differ only by what was done between them."""
    with time_machine.travel(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC), tick=False):
        yield


def press(desk: Desk, *numbers: int) -> None:
    for n in numbers:
        desk.troupe.people["asking"] = desk.student(n).person
        unmet_actions.press(may_tell=False, actor=desk.actor("asking", Role.STUDENT))


def told(client: Client, url: str, method: str = "get", **data: str) -> str:
    return getattr(client, method)(url, data, follow=True).content.decode()


def test_who_has_met_his_mentor_is_offered_nothing(sign_in: SignIn, desk: Desk) -> None:
    desk.talk(0)
    client = sign_in("student")
    assert "还没见过导师" not in told(client, "/")
    for method in ("get", "post"):
        assert "你和导师已经见过" in told(client, NEW, method)
    assert not Unmet.objects.exists()


@pytest.mark.row("N4")
def test_from_the_quiet_line_to_the_office_and_back(sign_in: SignIn, desk: Desk) -> None:
    student, clerk = sign_in("student"), sign_in("clerk")
    assert f'<a href="{NEW}">还没见过导师</a>' in told(student, "/")
    page = told(student, NEW)
    for words in ("两个教学日内（11 月 26 日前）联系你", "不会记在导师头上", "可以告诉导师", "告诉学校"):
        assert words in page
    assert "checked" not in page
    for _ in range(2):
        assert "学校已经收到，会帮你约。" in told(student, NEW, "post")
    home = told(student, "/")
    assert NEW not in home
    assert "11 月 26 日前联系你" in home
    assert "学校已经收到" in told(student, NEW)
    assert "1 名待联系" in told(clerk, "/")
    page = told(clerk, LIST)
    for words in ("欧阳雨桐甲", "高一(1)班 · 11 月 26 日前", "先不告诉导师"):
        assert words in page
    assert "李晓明" not in page
    url = reverse("talks:unmet_done", args=[Unmet.objects.get().pk])
    assert clerk.get(url).status_code == 405
    assert "记下了：已联系欧阳雨桐甲。" in told(clerk, url, "post")
    assert "不用再点" in told(clerk, url, "post")
    assert "没有等着联系的学生" in told(clerk, LIST)
    assert sign_in("other_clerk").post(url).status_code == 404
    assert sign_in("mentor").post(url).status_code == 403


def test_the_tick_reaches_the_mentor(sign_in: SignIn, desk: Desk) -> None:
    told(sign_in("student"), NEW, "post", may_tell="on")
    assert "欧阳雨桐甲同学想和您见一面" in told(sign_in("mentor"), "/")
    assert "可以告诉导师" in told(sign_in("clerk"), LIST)


@pytest.mark.row("N4")
def test_the_weekly_list_names_students_by_class_and_no_teacher(sign_in: SignIn, desk: Desk) -> None:
    since = today() - dt.timedelta(days=40)
    desk.give(4, since=since).give(1, post="second", since=since).give(3, since=since)
    page = told(sign_in("leader"), SPOTS)
    order = [page.index(name) for name in ("欧阳雨桐甲", "王芳甲", "王明甲", "王明明甲")]
    assert order == sorted(order)
    assert "高一(2)班" in page
    assert "李晓明" not in page
    assert "周敏" not in page
    assert told(sign_in("leader"), f"{SPOTS}?sort=mentor_name").count("<tr") == page.count("<tr")


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_ask_as_often_for_one_as_for_three(sign_in: SignIn, desk: Desk, count: int) -> None:
    if count == 3:
        desk.give(1, 2, since=today() - dt.timedelta(days=40))
    press(desk, *range(count))
    client = sign_in("clerk")
    for url, queries in ((LIST, 14), (SPOTS, 15)):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(url).content.decode()
        assert page.count("/students/") >= count
        assert len(asked) == queries, url
