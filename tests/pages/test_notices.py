"""Notices on the pages of those who wear several hats: each is seen, counted and opened under its own alone."""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.actions import tell_people
from liangshi.foundation.notices.models import Notice
from liangshi.practice.talks.actions.unmet import press
from liangshi.practice.waiting.actions import assign
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import GuardianLink
from tests.asking import SignIn, html_of, text
from tests.cast import Cast, guardian, staff

PAGES = ("/", "/notices")
DRAWN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"')
LINES = re.compile(r'<form method="post" action="/hats" class="hat-lines">.*?</form> ?')


def tell(
    cast: Cast,
    name: str,
    role: Role,
    student: UUID | None = None,
    title: str = "请看这一条",
    url: str = "/me",
) -> Notice:
    school = cast.own.school.pk
    tell_people([cast.person(name).pk], role=role, school=school, student=student, title=title, url=url)
    return Notice.objects.latest("created_at")


def pages(client: Client) -> list[str]:
    """Everything where notices are told of, without what is drawn anew for each answer."""
    return [DRAWN.sub("", text(client, url)) for url in PAGES]


def ended(cast: Cast, day: dt.date) -> None:
    """The mentorship of the cast ends on this day."""
    Mentorship.objects.filter(student=cast.own.student).update(ends_on=day, seat=None)


def test_a_notice_to_the_mentor_is_not_the_fathers(cast: Cast, sign_in: SignIn) -> None:
    """The class adviser is a father too, and gets a student as a mentor, by the deed of the office itself."""
    assign({cast.own.students[4].pk: cast.own.posts["adviser"].pk}, actor=cast.actor("clerk"))
    said = "您新增 1 名学生，请约一次见面"
    for role, shown in ((Role.MENTOR, True), (Role.GUARDIAN, False), (Role.ADVISER, False)):
        for page in pages(sign_in("adviser", role)):
            assert (said in page) is shown, role


def test_a_former_mentor_finds_no_name_in_his_notices(cast: Cast, sign_in: SignIn) -> None:
    press(may_tell=True, actor=cast.actor("student"))
    client = sign_in("mentor")
    row = Notice.objects.get(person=cast.person("mentor").pk)
    assert "欧阳雨桐甲同学想和您见一面" in text(client, "/notices")
    ended(cast, today())
    for page in pages(client):
        assert "欧阳雨桐甲" not in page
        assert "未读通知" not in page
    assert client.post(f"/notices/{row.pk}").status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


def test_it_ends_at_midnight(cast: Cast, sign_in: SignIn) -> None:
    tell(cast, "mentor", Role.MENTOR, cast.own.student.pk, "和欧阳雨桐甲有关")
    last = today() + dt.timedelta(days=3)
    ended(cast, last)
    client, zone = sign_in("mentor"), ZoneInfo(settings.TIME_ZONE)
    midnight = dt.datetime.combine(last, dt.time(), zone)
    for moment, shown in ((midnight - dt.timedelta(seconds=1), True), (midnight, False)):
        with time_machine.travel(moment, tick=False):
            client = sign_in("mentor")
            assert ["和欧阳雨桐甲有关" in page for page in pages(client)] == [shown, shown]
            assert ("1 条未读通知" in text(client, "/me")) is shown


def test_another_hats_notice_is_as_if_it_did_not_exist(cast: Cast, sign_in: SignIn) -> None:
    row = tell(cast, "adviser", Role.ADVISER)
    father = sign_in("adviser", Role.GUARDIAN)
    answers = [father.post(f"/notices/{key}") for key in (row.pk, cast.own.student.pk)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len({DRAWN.sub("", html_of(answer)) for answer in answers}) == 1
    assert not Notice.objects.filter(read_at__isnull=False).exists()
    assert sign_in("adviser").post(f"/notices/{row.pk}")["Location"] == "/me"
    assert Notice.objects.filter(pk=row.pk, read_at__isnull=False).exists()


def test_what_this_hat_cannot_open_stays_unread(cast: Cast, sign_in: SignIn) -> None:
    """Somebody has lost the page since: it leads him there, and is not taken for read."""
    row = tell(cast, "adviser", Role.GUARDIAN, cast.own.students[3].pk, url=reverse("relations:offers"))
    assert sign_in("adviser", Role.GUARDIAN).post(f"/notices/{row.pk}", follow=True).status_code == 403
    row.refresh_from_db()
    assert row.read_at is None


def test_a_line_leads_to_the_other_hat_and_its_notices(cast: Cast, sign_in: SignIn) -> None:
    for number in range(3):
        tell(cast, "adviser", Role.MENTOR, title=f"第 {number} 条给导师的")
    father = sign_in("adviser", Role.GUARDIAN)
    for page in pages(father):
        assert "您以导师身份还有 3 条通知" in page
        assert "给导师的" not in page
        assert "条未读通知" not in page
    line = LINES.search(text(father, "/"))
    assert line
    sent = dict(re.findall(r'name="(hat|next)" value="([^"]+)"', line[0]))
    assert father.post(reverse("home:hats"), sent)["Location"] == "/notices"
    mine = text(father, "/notices")
    assert "第 2 条给导师的" in mine
    assert "身份还有" not in mine
    assert "3 条未读通知" in mine


def test_two_hats_of_one_role_are_told_apart_by_their_places(cast: Cast, sign_in: SignIn) -> None:

    staff(cast.other.school, "T21", cast.person("mentor"))
    tell(cast, "mentor", Role.MENTOR)
    client = sign_in("mentor")
    client.post("/hats", {"hat": re.search(r'value="([^"]+)"> *导师 · 示范乙中', text(client, "/hats"))[1]})
    assert "您以导师 · 示范甲中身份还有 1 条通知" in text(client, "/")


def test_a_notice_changes_nothing_under_another_hat_but_the_line(cast: Cast, sign_in: SignIn) -> None:
    father = sign_in("adviser", Role.GUARDIAN)
    before = pages(father)
    tell(cast, "adviser", Role.ADVISER)
    after = pages(father)
    assert all("您以班主任身份还有 1 条通知" in page for page in after)
    assert [LINES.sub("", page) for page in after] == before


def test_what_may_not_be_read_any_more_changes_not_a_byte(cast: Cast, sign_in: SignIn) -> None:
    """Neither the page of its hat nor that of another tells that there was something, or how many."""
    former, parent = sign_in("mentor"), cast.own.people["guardian"]
    guardian(cast.own.students[1], parent)
    clients = [former, sign_in("guardian"), sign_in("adviser", Role.GUARDIAN), sign_in("adviser")]
    ended(cast, today())
    GuardianLink.objects.filter(student=cast.own.student, person=parent).update(restricted=True)
    before = [pages(each) for each in clients]
    tell(cast, "mentor", Role.MENTOR, cast.own.student.pk)
    tell(cast, "guardian", Role.GUARDIAN, cast.own.student.pk)
    tell(cast, "adviser", Role.ADVISER, cast.own.students[4].pk)
    tell(cast, "adviser", Role.MENTOR, cast.own.student.pk)
    assert [pages(each) for each in clients] == before


@pytest.mark.parametrize(("name", "role"), [("adviser", Role.GUARDIAN), ("clerk", None)])
def test_all_counts_are_one_question(cast: Cast, sign_in: SignIn, name: str, role: Role | None) -> None:
    """However many hats and notices: the shell asks once, the inbox and the home page once more for their rows."""
    client = sign_in(name, role)
    for number in range(3):
        tell(cast, name, Role.MENTOR, title=f"{number}")
        tell(cast, "adviser", Role.GUARDIAN, cast.own.students[3].pk)
    asked = {}
    for url in (*PAGES, "/me"):
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        asked[url] = sum('FROM "notices_notice"' in each["sql"] for each in queries)
    assert asked == {"/": 2, "/notices": 2, "/me": 1}
