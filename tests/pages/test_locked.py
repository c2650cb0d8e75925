"""Who was away for half an hour shows again who he is before confidential pages, and loses nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liangshi.foundation.base.clock import now, today
from liangshi.practice.growth.models import Goal
from liangshi.practice.talks.models import ScratchNote
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import PERMISSIONS, PUBLIC, READS, ROUTES, SIGNED_IN, asks_again
from liangshi.registry.accounts import sessions
from liangshi.registry.accounts.models import Account
from tests.asking import html_of
from tests.cast import PASSWORD, Cast

ASKS = "请再确认一次是本人"
AWAY = 31 * 60
PIN = "604182"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(now(), tick=False) as held:
        yield held


@pytest.fixture
def account(cast: Cast) -> Account:
    held = cast.person("mentor").account
    held.set_password(PASSWORD)
    held.save()
    return held


@pytest.fixture
def mentor(account: Account, clock: Any) -> Client:
    """Signed in on his own phone, with a PIN."""
    client = Client()
    client.post("/sign-in", {"login": account.login, "password": PASSWORD, "own": "on"})
    assert client.post("/me/pin", {"pin": PIN, "again": PIN}).status_code == 302
    return client


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return html_of(answer)  # type: ignore[arg-type]


def test_after_half_an_hour_confidential_pages_ask_and_others_do_not(
    mentor: Client, clock: Any, cast: Cast
) -> None:
    student = f"/students/{cast.own.student.pk}"
    assert ASKS not in page(mentor, student)
    clock.shift(29 * 60)
    assert ASKS not in page(mentor, student)
    clock.shift(AWAY)
    locked = page(mentor, student)
    assert ASKS in locked
    assert "欧阳雨桐" not in locked
    assert "李晓明甲（导师 · 示范甲中）" in locked
    for url in ("/", "/notices", "/hats", "/me", "/students"):
        assert ASKS not in page(mentor, url)
    assert ASKS in page(mentor, student), "nothing else that he opens makes it good"


@pytest.mark.parametrize("secret", [PASSWORD, PIN, "６０４１８２"])
def test_password_or_pin_lead_back_to_the_same_page_under_the_same_hat(
    mentor: Client, clock: Any, cast: Cast, secret: str
) -> None:
    url = f"/students/{cast.own.student.pk}?part=timeline"
    clock.shift(AWAY)
    assert "密码不对" in mentor.post(url, {"unlock-secret": "something-else"}).content.decode()
    assert ASKS in page(mentor, url)
    assert mentor.post(url, {"unlock-secret": secret})["Location"] == url
    assert ASKS not in page(mentor, url)


def test_a_form_that_was_being_sent_is_sent_after_all(mentor: Client, clock: Any, cast: Cast) -> None:
    form = page(mentor, "/talks/notes/new")
    typed = {"student": str(cast.own.student.pk), "text": "<b>他说</b>想换座位"}
    typed |= dict(re.findall(r'name="(key|mark)" value="([^"]+)"', form))
    clock.shift(AWAY)
    locked = html_of(mentor.post("/talks/notes/new", typed))  # type: ignore[arg-type]
    assert "刚才填好的都在" in locked
    assert 'value="&lt;b&gt;他说&lt;/b&gt;想换座位"' in locked
    assert "选好的文件" not in locked
    carried = {**typed, "unlock-sent": "1"}
    again = html_of(mentor.post("/talks/notes/new", {**carried, "unlock-secret": "wrong-one"}))  # type: ignore[arg-type]
    assert "想换座位" in again
    assert not ScratchNote.objects.exists()
    done = mentor.post("/talks/notes/new", {**carried, "unlock-secret": PIN})
    assert (done.status_code, ScratchNote.objects.count()) == (302, 1)
    assert ScratchNote.objects.get().text == typed["text"]


def test_what_cannot_travel_along_is_said(sign_in: Any, clock: Any) -> None:
    clerk = sign_in("clerk")
    clock.shift(AWAY)
    upload = {"file": SimpleUploadedFile("a.csv", b"x"), "kind": "students"}
    assert "选好的文件带不过来" in html_of(clerk.post("/rosters/new/", upload))
    long = html_of(clerk.post("/rosters/new/", {"kind": "x" * 30_000}))
    assert "太长，带不过来" in long
    assert "unlock-sent" not in long
    assert len(long) < 20_000


def test_unlocking_is_protected_like_every_form(account: Account, clock: Any, cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    token = {"csrfmiddlewaretoken": html_token(client, "/sign-in")}
    client.post("/sign-in", {"login": account.login, "password": PASSWORD, **token})
    clock.shift(AWAY)
    assert client.post("/talks/", {"unlock-secret": PASSWORD}).status_code == 403
    assert ASKS in page(client, "/talks/")
    token = {"csrfmiddlewaretoken": html_token(client, "/talks/")}
    assert client.post("/talks/", {"unlock-secret": PASSWORD, **token}).status_code == 302


def html_token(client: Client, url: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(url).content.decode())
    assert found
    return found[1]


def test_five_wrong_pins_forget_the_pin(mentor: Client, account: Account, clock: Any) -> None:
    clock.shift(AWAY)
    says = [html_of(mentor.post("/talks/", {"unlock-secret": "735194"})) for _ in range(5)]  # type: ignore[arg-type]
    assert "还可以试 4 次" in says[0]
    assert "已经取消" in says[4]
    assert account.devices.get().pin == ""
    assert mentor.post("/talks/", {"unlock-secret": PIN}).status_code == 200
    assert mentor.post("/talks/", {"unlock-secret": PASSWORD}).status_code == 302


def test_a_right_pin_begins_to_count_anew(mentor: Client, account: Account, clock: Any) -> None:
    for _ in range(3):
        clock.shift(AWAY)
        for _ in range(3):
            mentor.post("/talks/", {"unlock-secret": "735194"})
        assert mentor.post("/talks/", {"unlock-secret": PIN}).status_code == 302
    assert account.devices.get().pin_wrong == 0


def test_passwords_at_the_lock_meet_the_limits_of_the_door(mentor: Client, clock: Any) -> None:
    clock.shift(AWAY)
    answers = [mentor.post("/talks/", {"unlock-secret": f"wrong-guess-{n}"}) for n in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert "现在先不能解锁" in answers[-1].content.decode()
    assert answers[-1]["Retry-After"] == "61"


def test_a_script_hears_it_in_a_sentence_and_htmx_loads_the_page_anew(
    mentor: Client, clock: Any, cast: Cast
) -> None:
    clock.shift(AWAY)
    kept = mentor.post("/talks/drafts/talk", {"gist": "x"}, headers={"accept": "*/*"})
    assert kept.status_code == 422
    assert "再输一次密码" in kept.content.decode()
    part = mentor.get(f"/students/{cast.own.student.pk}", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Refresh"]) == (204, "true")


def test_the_last_request_is_noted_once_a_minute(
    mentor: Client, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_NOTED", dt.timedelta(minutes=1))  # which tests make longer

    def saved() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            mentor.get("/hats")
        return sum('UPDATE "django_session"' in each["sql"] for each in asked)

    assert saved() == 0
    clock.shift(61)
    assert [saved(), saved()] == [1, 0]


def test_the_home_page_keeps_what_is_confidential_to_itself(sign_in: Any, clock: Any, cast: Cast) -> None:
    """Of whoever takes up a phone that was left; the page itself does not ask."""
    term = cast.own.year.terms.get(seq="1")
    Goal.objects.create(
        student=cast.own.student, term=term, strategy="SX", text="每天早睡半小时", owner="student",
        review_on=today(), seat=1, set_by=cast.own.student.person,
    )  # fmt: skip
    for name in ("student", "mentor"):
        client = sign_in(name)
        assert "每天早睡半小时" in html_of(client.get("/"))  # type: ignore[arg-type]
        clock.shift(AWAY)
        left = html_of(client.get("/"))  # type: ignore[arg-type]
        assert "每天早睡半小时" not in left
        assert "先收起来了" in left
        assert ASKS in page(client, "/wake")


def test_which_addresses_ask_follows_from_the_table() -> None:
    asks = {name for name in ROUTES if asks_again(name)}
    for name in ("talks:talk", "talks:talk_draft", "talks:note", "growth:portrait", "dossier:student", "dossier:contact",
                 "relations:change", "relations:handover", "needs:need", "slips:print", "slips:agree", "slips:new",
                 "slips:staff", "slips:officer", "rosters:export_full", "rounds:my_keep",
                 "dashboards:school_grants"):  # fmt: skip
        assert name in asks, name
    for name in ("dossier:students", "dossier:search", "dashboards:schools", "rounds:list", "agenda:agenda"):
        assert name not in asks, name
    assert {name for name in asks if ROUTES[name] in (PUBLIC, SIGNED_IN)} == {
        "home:wake",
        "account:join",
        "account:mobile",
        "agenda:subscribe",
    }
    opened = [name for name, entries in READS.items() if any(not each.glance for each in entries)]
    assert {name for name in opened if not asks_again(name)} <= {name for name in opened if "list.taken" in
            {each.code for each in READS[name]}}  # fmt: skip
    assert PERMISSIONS["talk.read"].confidential
    assert Role.MENTOR in PERMISSIONS["talk.read"].roles


def test_another_hat_asks_again_too(mentor: Client, clock: Any) -> None:
    clock.shift(AWAY)
    assert ASKS not in page(mentor, "/hats")
    assert ASKS in page(mentor, "/talks/")
    clock.shift(dt.timedelta(days=3))
    assert ASKS not in page(mentor, "/")
    assert mentor.post("/talks/", {"unlock-secret": PIN}).status_code == 302
