"""The board of a proposal in a real browser: a student is dragged, refused by a full mentor, moved to a free one."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from liangshi.registry.access.middleware import SESSION_KEY
from tests.cast import build
from tests.pages.test_rounds import url
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_moves import at, happy
from tests.practice.matching.test_running import wished


def signed_in(browser: Browser, server: LiveServer, stage: Stage) -> Page:
    client = Client()
    client.force_login(
        stage.cast.person("clerk").account, backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session[SESSION_KEY] = stage.clerk.hat.key
    session.save()
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.context.add_cookies([{"name": "session", "value": str(session.session_key), "url": server.url}])
    return page


def drag(page: Page, name: str, mentor: str) -> None:
    """Hold the student's card over a mentor's; the button stays down."""
    start = page.locator(".chip", has_text=name).first.bounding_box()
    goal = page.locator(f'[data-name="{mentor}"]').bounding_box()
    assert start
    assert goal
    page.mouse.move(start["x"] + 20, start["y"] + 15)
    page.mouse.down()
    page.mouse.move(goal["x"] + 60, goal["y"] + 18, steps=12)
    page.mouse.move(goal["x"] + 70, goal["y"] + 20, steps=4)


@pytest.mark.row("G8")
@pytest.mark.django_db(transaction=True)
def test_a_student_is_dragged_refused_by_a_full_mentor_and_moved_to_a_free_one(
    browser: Browser, live_server: LiveServer
) -> None:
    stage = Stage(build())
    wished(stage).propose()
    page = signed_in(browser, live_server, stage)
    page.goto(live_server.url + url("board", stage))
    name = stage.student(4).person.name
    full = page.locator('[data-name="李晓明甲老师"]')
    expect(full).to_contain_text("2/2 已满")
    drag(page, name, "李晓明甲老师")
    expect(full).to_have_class(re.compile("is-refused"))
    expect(page.locator("#board-said")).to_have_text("李晓明甲老师已满（2/2），不能再调入。")
    page.mouse.up()
    expect(page).to_have_url(live_server.url + url("board", stage))
    drag(page, name, "组长甲老师")
    expect(page.locator('[data-name="组长甲老师"]')).to_have_class(re.compile("is-target"))
    page.mouse.up()
    expect(page.get_by_role("heading", name="调整的原因")).to_be_visible()
    page.get_by_label("原因").select_option(label="照顾住宿安排")
    page.get_by_role("button", name="调整", exact=True).click()
    expect(page.get_by_text(f"已把{name}从班任甲老师调到组长甲老师。")).to_be_visible()
    assert at(stage, 4).mentor.code == "T03"
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_text("已撤销", exact=True)).to_be_visible()
    assert at(stage, 4).mentor.code == "T04"
    assert happy(stage) in {0, 1}
    page.context.close()
