"""A talk between two lessons: four taps on a phone, one screen for twelve, and a draft that outlives the phone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from liangshi.foundation.records.models import Draft
from liangshi.practice.talks.models import Talk
from liangshi.registry.mentorships.models import Mentorship
from tests.browser.test_wishes import PHONE, enter, session_of
from tests.cast import Cast, student
from tests.practice.talks.desk import Desk

KEPT = "JSON.stringify(Object.entries(localStorage))"


@pytest.fixture
def desk(live_server: LiveServer, cast: Cast) -> Desk:
    """The mentor has twelve students."""
    own = cast.own
    for n in range(11):
        who = student(own.school, own.class_2, f"组员{n:02d}", 500 + n, since=own.year.starts_on)
        Mentorship.objects.create(
            student=who,
            mentor=own.posts["mentor"],
            kind="primary",
            origin="assigned",
            seat=n + 2,
            starts_on=own.year.starts_on,
        )
    return Desk(cast)


SILENCE = "() => { navigator.sendBeacon = () => true; window.fetch = () => new Promise(() => {}); }"


@pytest.fixture
def phone(page: Page, live_server: LiveServer, desk: Desk, sign_in: object) -> Iterator[Page]:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    enter(page, live_server, session_of(sign_in, "mentor"))
    page.goto(f"{live_server.url}/")
    yield page
    # The page keeps a draft when it is left. No request may be under way while the tables are emptied.
    page.evaluate(SILENCE)
    page.wait_for_load_state("networkidle")


class Taps:
    """Counts what a thumb does."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def link(self, name: str) -> None:
        self.count += 1
        self.page.get_by_role("navigation").get_by_role("link", name=name).click()

    def chip(self, name: str) -> None:
        self.count += 1
        self.page.locator(".chip", has_text=re.compile(f"^{name}$")).first.click()

    def button(self, name: str) -> None:
        self.count += 1
        self.page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.row("R58")
def test_four_taps_from_the_home_page(phone: Page, desk: Desk) -> None:
    taps, began = Taps(phone), time.monotonic()
    taps.link("记谈话")
    taps.chip("欧阳雨桐甲")
    taps.chip("学业辅导")
    taps.button("保存")
    phone.get_by_text("已记下。能看内容的：导师和班主任。").wait_for()
    assert taps.count == 4
    assert time.monotonic() - began < 60
    talk = Talk.objects.get()
    assert (talk.mode, [str(row) for row in talk.students.all()]) == ("face", ["欧阳雨桐甲"])
    assert phone.evaluate(KEPT) == "[]"


@pytest.mark.row("G13")
def test_twelve_in_one_screen(phone: Page, desk: Desk) -> None:
    taps = Taps(phone)
    taps.link("记谈话")
    for chip in phone.locator('input[name="students"]').all():
        chip.check(force=True)
    taps.chip("生活指导")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    taps.button("保存")
    phone.get_by_text("已记下").first.wait_for()
    assert Talk.objects.get().students.count() == 12


@pytest.mark.row("R70")
def test_the_boundary_shows_when_psychological_guidance_is_ticked(phone: Page) -> None:
    taps = Taps(phone)
    taps.link("记谈话")
    expect(phone.get_by_text("不做诊断")).to_be_hidden()
    taps.chip("心理疏导")
    expect(phone.get_by_text("不做诊断")).to_be_visible()


def kept_text() -> str:
    held = Draft.objects.first()
    return held.typed if held else ""


def wait_for_draft(phone: Page) -> None:
    expect(phone.get_by_text("草稿已存")).to_be_visible()


def test_a_draft_outlives_the_phone(phone: Page, desk: Desk) -> None:
    taps = Taps(phone)
    taps.link("记谈话")
    taps.chip("欧阳雨桐甲")
    taps.chip("心理疏导")
    phone.get_by_text("还可以写（都可以不填）").click()
    phone.get_by_label("谈了什么").fill("写到一半没电了")
    wait_for_draft(phone)
    assert "写到一半没电了" in kept_text()
    assert phone.evaluate(KEPT) == "[]"  # nothing of it lies on the phone
    phone.goto(phone.url)
    phone.get_by_text("有一次没写完：欧阳雨桐甲").wait_for()
    phone.get_by_role("link", name="接着写").click()
    expect(phone.get_by_label("谈了什么")).to_have_value("写到一半没电了")
    expect(phone.get_by_label("谈了什么")).to_be_visible()
    expect(phone.locator('input[name="strategies"][value="XL"]')).to_be_checked()
    taps.button("保存")
    phone.get_by_text("能看内容的：导师自己").wait_for()
    assert Talk.objects.get().gist == "写到一半没电了"
    assert not Draft.objects.exists()
    phone.goto(phone.url.rstrip("/") + "/talks/new")
    expect(phone.get_by_text("没写完")).to_have_count(0)


def test_going_back_after_saving_offers_a_new_talk_and_not_the_old_one_again(phone: Page, desk: Desk) -> None:
    taps = Taps(phone)
    taps.link("记谈话")
    taps.chip("欧阳雨桐甲")
    taps.chip("学业辅导")
    phone.get_by_text("还可以写（都可以不填）").click()
    phone.get_by_label("谈了什么").fill("谈过一次")
    taps.button("保存")
    phone.get_by_text("已记下").first.wait_for()
    phone.go_back()
    phone.get_by_role("button", name="保存").wait_for()
    expect(phone.get_by_label("谈了什么")).to_have_value("")
    expect(phone.locator('input[name="students"]:checked')).to_have_count(0)
    phone.wait_for_timeout(1500)
    assert not Draft.objects.exists()
    assert Talk.objects.count() == 1


def test_a_session_that_ended_takes_no_draft_with_it(phone: Page, desk: Desk, sign_in: object) -> None:
    taps, start = Taps(phone), phone.url.rstrip("/")
    taps.link("记谈话")
    taps.chip("欧阳雨桐甲")
    taps.chip("学业辅导")
    wait_for_draft(phone)
    cookies = [each for each in phone.context.cookies() if each["name"] == "session"]
    phone.context.clear_cookies(name="session")
    taps.chip("电话")
    expect(phone.get_by_text("草稿没存上：网络断了，或者登录过期了")).to_be_visible()
    taps.button("保存")
    phone.wait_for_url("**/sign-in**")
    assert not Talk.objects.exists()
    phone.context.add_cookies(cookies)  # type: ignore[arg-type]
    phone.goto(f"{start}/talks/new")
    phone.get_by_role("link", name="接着写").click()
    expect(phone.locator('input[name="strategies"][value="XY"]')).to_be_checked()
    taps.button("保存")
    phone.get_by_text("已记下").first.wait_for()
    assert Talk.objects.count() == 1


def test_a_draft_is_thrown_away(phone: Page) -> None:
    taps = Taps(phone)
    taps.link("记谈话")
    taps.chip("学业辅导")
    wait_for_draft(phone)
    phone.goto(phone.url)
    phone.get_by_text("有一次没写完：还没点学生").wait_for()
    taps.button("丢掉")
    phone.get_by_text("草稿丢掉了").wait_for()
    assert not Draft.objects.exists()


def test_without_javascript(browser: Browser, live_server: LiveServer, desk: Desk, sign_in: object) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    plain = context.new_page()
    enter(plain, live_server, session_of(sign_in, "mentor"))
    plain.goto(f"{live_server.url}/talks/new")
    expect(plain.get_by_text("不做诊断")).to_be_visible()
    taps = Taps(plain)
    taps.chip("组员03")
    taps.chip("电话")
    taps.chip("生涯向导")
    taps.button("保存")
    plain.get_by_text("已记下").first.wait_for()
    assert Talk.objects.get().mode == "phone"
    context.close()
