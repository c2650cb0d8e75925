"""The pages of mentors, students and guardians on a phone of 360 px."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.cast import Cast

SMALL = """() => [...document.querySelectorAll("a.button, button, summary, .nav a, .row a")]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44)
    .map((e) => e.outerHTML.slice(0, 80))"""


@pytest.mark.row("G32")
@pytest.mark.parametrize("name", ["mentor", "student", "guardian"])
def test_nothing_scrolls_sideways_and_every_target_fits_a_thumb(
    live_server: Any, page: Page, sign_in: Callable[..., Client], cast: Cast, name: str
) -> None:
    session = sign_in(name).cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
    page.set_viewport_size({"width": 360, "height": 740})
    pages = ["/", f"/students/{cast.own.student.pk}", "/notices", "/me", "/hats", "/who-may-do-what"]
    parts = ["timeline", "aims", "shines", "portrait"]
    pages += [f"/students/{cast.own.student.pk}?part={part}" for part in parts]
    if name == "student":
        pages += ["/growth/portrait", "/growth/career", "/growth/career/activities/new"]
    if name == "mentor":
        pages += ["/growth/moments?q=王", f"/growth/students/{cast.own.student.pk}/moments/new"]
        pages += [f"/growth/students/{cast.own.student.pk}/goals/new"]
        pages += ["/students", "/staff", "/search?q=欧阳", "/profile", "/years"]
    for path in pages:
        answer = page.goto(live_server.url + path)
        assert answer
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert page.evaluate(SMALL) == [], path
