"""The browsers in which somebody has come in: listed, ended, his own for weeks, with a PIN."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now
from liangshi.registry.accounts.devices import browser_of, demand_pin, kind_of
from liangshi.registry.accounts.ending import end_everywhere
from liangshi.registry.accounts.models import Account, Device, FailedTry
from tests.asking import html_of, refused
from tests.cast import PASSWORD, Cast, person

WECHAT = "Mozilla/5.0 (Linux; Android 10; HLK-AL00) AppleWebKit/537.36 Chrome/107 Mobile Safari/537.36 MicroMessenger/8.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"
FAST_PIN = "604182"


@pytest.fixture
def account(cast: Cast) -> Account:
    held = cast.person("mentor").account
    held.set_password(PASSWORD)
    held.save()
    return held


def come_in(
    account: Account, agent: str = EDGE, *, own: bool = False, client: Client | None = None
) -> Client:
    client = client or Client(headers={"user-agent": agent})
    answer = client.post(
        "/sign-in", {"login": account.login, "password": PASSWORD, **({"own": "on"} if own else {})}
    )
    assert answer.status_code == 302
    return client


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (WECHAT, "手机 · 微信"),
        (EDGE, "电脑 · Edge"),
        (
            "Mozilla/5.0 (iPad; CPU OS 15_0 like Mac OS X) Version/15 Mobile/15E148 Safari/604.1",
            "平板 · Safari",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) Mobile/15E148 wxwork/4.1 MicroMessenger/7",
            "手机 · 企业微信",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "电脑 · Firefox"),
        ("", "电脑 · 浏览器"),
    ],
)
def test_a_device_is_called_what_its_owner_calls_it(agent: str, label: str) -> None:
    assert f"{kind_of(agent).label} · {browser_of(agent).label}" == label


def test_a_browser_is_one_device_and_a_computer_of_many_is_one_for_each(account: Account, cast: Cast) -> None:
    client = come_in(account)
    token = client.cookies[settings.DEVICE_COOKIE_NAME]
    assert (token["httponly"], token["samesite"], token["max-age"]) == (True, "Lax", 400 * 86400)
    come_in(account, client=client)
    other = cast.person("clerk").account
    other.set_password(PASSWORD)
    other.save()
    come_in(other, client=client)
    mine, his = Device.objects.get(account=account), Device.objects.get(account=other)
    assert mine.token_digest == his.token_digest != token.value
    client.cookies[settings.DEVICE_COOKIE_NAME] = "forged; not a token"
    come_in(account, client=client)
    assert account.devices.count() == 2


def test_a_browser_of_one_account_is_a_stranger_to_another(account: Account, cast: Cast) -> None:
    client = come_in(account)
    answers = [
        client.post("/sign-in", {"login": cast.person("clerk").account.login, "password": f"guess-{n}"})
        for n in range(6)
    ]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert not FailedTry.objects.exclude(browser="").exists()


def test_a_device_that_is_ended_is_out_at_its_next_request(account: Account) -> None:
    here, there = come_in(account), come_in(account, WECHAT)
    page = html_of(here.get("/me"))  # type: ignore[arg-type]
    assert "手机 · 微信" in page
    assert page.count("退出这台设备") == 2
    lost = account.devices.get(browser="wechat")
    assert here.post(f"/me/devices/{lost.pk}/end")["Location"] == "/me"
    assert there.get("/")["Location"].startswith("/sign-in")
    assert here.get("/me").status_code == 200
    assert Entry.objects.filter(type="account.devices_ended").count() == 1
    own = account.devices.get()
    assert here.post(f"/me/devices/{own.pk}/end")["Location"] == "/sign-in"
    assert here.get("/me")["Location"].startswith("/sign-in")


def test_all_others_are_ended_at_once_and_nobody_elses(account: Account, cast: Cast) -> None:
    here, *others = come_in(account), come_in(account, WECHAT), come_in(account, own=True)
    clerk = cast.person("clerk").account
    clerk.set_password(PASSWORD)
    clerk.save()
    stranger = come_in(clerk)
    theirs = clerk.devices.get()
    assert here.post(f"/me/devices/{theirs.pk}/end").status_code == 404
    assert here.post("/me/devices/end")["Location"] == "/me"
    assert [client.get("/me").status_code for client in (here, *others, stranger)] == [200, 302, 302, 200]


def test_an_account_that_is_taken_back_is_out_everywhere(account: Account) -> None:
    clients = [come_in(account, own=True), come_in(account, WECHAT)]
    assert end_everywhere(account) == 2
    assert [client.get("/me").status_code for client in clients] == [302, 302]
    assert not account.devices.exists()


def test_a_changed_password_ends_the_sessions_elsewhere_and_says_so(account: Account) -> None:
    here, there = come_in(account), come_in(account, WECHAT)
    fields = {"old_password": PASSWORD, "new_password1": "xin-de-mi-ma-1", "new_password2": "xin-de-mi-ma-1"}
    assert "在其他手机和电脑上的登录都已退出" in here.post("/me", fields, follow=True).content.decode()
    assert there.get("/me").status_code == 302
    assert here.get("/me").status_code == 200
    account.refresh_from_db()
    device = next(each for each in account.devices.all() if each.browser == "edge")
    assert device.session_key == here.session.session_key
    here.post("/me/devices/end")
    assert here.get("/me").status_code == 200


def test_a_session_lasts_twelve_hours_and_on_ones_own_phone_thirty_days_after_its_last_use(
    account: Account,
) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        lab, phone = come_in(account), come_in(account, WECHAT, own=True)
        assert lab.cookies["session"]["max-age"] == "", "it ends with the browser"
        assert phone.cookies["session"]["max-age"] == 30 * 86400
        for hours in (1 / 3, 11):  # the first is written, and prolongs what Django keeps
            clock.move_to(start + dt.timedelta(hours=hours))
            assert lab.get("/").status_code == 200
        clock.move_to(start + dt.timedelta(hours=12))
        assert lab.get("/")["Location"].startswith("/sign-in"), "however much it was used"
        for days in (29, 58):
            clock.move_to(start + dt.timedelta(days=days))
            assert phone.get("/").status_code == 200
            assert (
                account.devices.get(browser="wechat").seen_on
                == (start + dt.timedelta(days=days, hours=8)).date()
            )
        clock.move_to(start + dt.timedelta(days=89))
        assert phone.get("/")["Location"].startswith("/sign-in")


def test_nothing_is_ticked_and_a_device_not_ticked_again_is_not_ones_own(account: Account) -> None:
    assert "checked" not in html_of(Client().get("/sign-in"))  # type: ignore[arg-type]
    client = come_in(account, WECHAT, own=True)
    assert client.post("/me/pin", {"pin": FAST_PIN, "again": FAST_PIN}).status_code == 302
    come_in(account, client=client)
    device = account.devices.get()
    assert (device.own, device.pin) == (False, "")
    assert client.get("/me/pin")["Location"] == "/me"
    with pytest.raises(IntegrityError), transaction.atomic():
        Device.objects.filter(pk=device.pk).update(pin="x")


def test_a_pin_is_offered_after_ticking_and_asks_the_password_later(account: Account) -> None:
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        client = Client(headers={"user-agent": WECHAT})
        sent = {"login": account.login, "password": PASSWORD, "own": "on", "next": "/notices"}
        offered = client.post("/sign-in", sent)["Location"]
        assert offered == "/me/pin?next=%2Fnotices"
        assert "登录密码" not in client.get(offered).content.decode()
        good = {"pin": FAST_PIN, "again": "６０４１８２", "next": "/notices"}
        assert "两遍 PIN 码不一样" in client.post("/me/pin", {**good, "again": "604183"}).content.decode()
        assert client.post("/me/pin", good)["Location"] == "/notices"
        assert FAST_PIN not in account.devices.get().pin != ""
        clock.shift(11 * 60)
        assert "登录密码" in client.get("/me/pin").content.decode()
        other = {"pin": "735194", "again": "735194"}
        assert client.post("/me/pin", other).status_code == 200
        assert (
            "密码不对，请再输一次"
            in client.post("/me/pin", {**other, "password": "wrong-one"}).content.decode()
        )
        assert client.post("/me/pin", {**other, "password": PASSWORD})["Location"] == "/"
        assert client.post("/me/pin/end")["Location"] == "/me"
        assert account.devices.get().pin == ""


@pytest.mark.parametrize(
    "pin",
    ["123456", "111111", "987654", "890123", "604604", "12345", "1234567", "abcdef", "100512", "120510"],
)
def test_a_pin_that_others_guess_first_is_refused(cast: Cast, pin: str) -> None:
    who = person("某生", birth_date=dt.date(2010, 5, 12))
    assert refused(lambda: demand_pin(pin, who.account)) == "bad_pin"
    assert demand_pin("６０４１８２", who.account) == FAST_PIN


def test_signing_in_costs_the_same_questions_wherever_one_has_failed(
    account: Account, django_assert_num_queries: Any
) -> None:
    client = come_in(account)
    client.post("/sign-out")
    login = {"login": account.login, "password": "wrong-password"}
    with django_assert_num_queries(
        5
    ):  # device, its accounts, its failures, the account; the failure is noted
        client.post("/sign-in", login)
