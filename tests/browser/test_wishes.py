"""A student fills in his wishes on a phone, with and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from liangshi.practice.matching.queries.students import saved
from tests.cast import person, staff
from tests.practice.matching.stage import Stage

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def opened(live_server: LiveServer, stage: Stage) -> Stage:
    """An open round with nine mentors, so that the picker has its search box."""
    for n, name in enumerate(("赵一诺", "钱思远", "孙沐阳", "周锦程")):
        staff(stage.troupe.school, f"T2{n}", person(name), subject="历史" if n else "地理")
    return stage.open()


def enter(page: Page, server: LiveServer, session: str) -> None:
    page.context.add_cookies([{"name": "session", "value": session, "url": server.url}])


def session_of(sign_in: object, name: str) -> str:
    return str(sign_in(name).session.session_key)  # type: ignore[operator]


def test_he_finds_ranks_saves_and_changes(
    page: Page, live_server: LiveServer, opened: Stage, sign_in: object
) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    enter(page, live_server, session_of(sign_in, "student"))
    page.goto(f"{live_server.url}/rounds/mine")
    expect(page.get_by_text("你还没有填志愿")).to_be_visible()
    page.get_by_role("link", name="填志愿", exact=True).click()
    find = page.get_by_label("快速找人")
    find.fill("zyn")
    expect(page.locator("[data-pick]:visible")).to_have_count(1)
    page.get_by_role("button", name="选 赵一诺老师", exact=True).click()
    find.fill("物理")
    find.press("Enter")  # searches, does not send
    page.get_by_role("button", name="选 李晓明甲老师", exact=True).click()
    find.fill("")
    page.get_by_role("button", name="回避 书记甲老师", exact=True).click()
    page.get_by_role("button", name="保存志愿").click()
    expect(page.get_by_text("已保存，截止前都可以改").first).to_be_visible()
    assert saved(opened.mine(0)).sentence == "1 赵一诺老师、2 李晓明甲老师；回避书记甲老师"
    page.get_by_role("link", name="改志愿").click()
    page.get_by_role("button", name="1 赵一诺老师，点一下去掉").click()
    page.get_by_role("button", name="保存志愿").click()
    expect(page.get_by_text("第 1 志愿")).to_be_visible()
    assert saved(opened.mine(0)).names == ("李晓明甲老师",)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_javascript_select_boxes_do_the_same(
    browser: Browser, live_server: LiveServer, opened: Stage, sign_in: object
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    plain = context.new_page()
    enter(plain, live_server, session_of(sign_in, "student"))
    plain.goto(f"{live_server.url}/rounds/mine/{opened.round.pk}/wishes")
    expect(plain.get_by_label("快速找人")).to_be_hidden()
    plain.get_by_label("钱思远老师", exact=True).select_option("第 1 志愿")
    plain.get_by_label("书记甲老师", exact=True).select_option("请回避")
    plain.get_by_role("button", name="保存志愿").click()
    expect(plain.get_by_text("已保存，截止前都可以改").first).to_be_visible()
    assert saved(opened.mine(0)).sentence == "1 钱思远老师；回避书记甲老师"
    context.close()
