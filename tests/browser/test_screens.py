"""Every screen that a role can reach by links, at the widths of a small phone, a phone and a desk.

Each login of the demo city walks from its home page along the links it is offered, once per
address. `LIANGSHI_SHOTS=shots` keeps a picture of each page at 390 and 1440 px.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from liangshi.foundation.base.clock import today
from liangshi.portal.demo.logins import LOGINS, Login
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.middleware import SESSION_KEY
from liangshi.registry.accounts.models import Account
from tests.city import SMALL, demo_city

HEIGHTS = {360: 740, 390: 844, 1440: 900}
PHONES = (360, 390)
TWICE = {"rounds:round", "rounds:my_round"}  # what they show depends on the state
DOWNLOADS = {"rosters:export_students", "rosters:export_staff", "rounds:proof", "rounds:lottery_script"}
SHOTS = os.environ.get("LIANGSHI_SHOTS")

# What may stand in Latin letters on a Chinese page: names of file formats, examples of pinyin.
LATIN = {"Excel", "xlsx", "xls", "csv", "CSV", "MB", "lxm", "lixiaoming", "TA", "ID", "json"}
COMMANDS = {"python", "start", "py", "certify", "lottery", "txt"}  # to be typed exactly so
FINGERPRINT = re.compile(r"\b[0-9a-f]{16,}\b")
WORDS = """() => [document.body.innerText, document.title,
    ...[...document.querySelectorAll('[placeholder],[aria-label],[title],[alt]')].flatMap(
        (e) => ['placeholder', 'aria-label', 'title', 'alt'].map((name) => e.getAttribute(name) || ''))].join('\\n')"""
LINKS = "[...document.querySelectorAll('a[href]')].map((a) => a.href)"
BROKEN = "[...document.images].filter((i) => !i.complete || !i.naturalWidth).map((i) => i.src)"
HARD_TO_HIT = """() => [...document.querySelectorAll('.nav a, .hat summary, a.button, button, .row a, .back, select, input')]
    .filter((e) => e.checkVisibility() && !['checkbox', 'radio', 'hidden'].includes(e.type)
        && e.getBoundingClientRect().height < 44)
    .map((e) => e.outerHTML.slice(0, 90))"""


@pytest.fixture
def city(live_server: LiveServer) -> LiveServer:
    """The demo city, small, behind a real server."""
    demo_city(SMALL)
    return live_server


def session_of(login: Login) -> str:
    """The key of a session in which this login wears the hat it is listed for."""
    account = Account.objects.get(login=login.login)
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[SESSION_KEY] = next(hat.key for hat in hats_of(account.person, today()) if hat.role == login.role)
    session.save()
    return str(session.session_key)


@dataclass
class Walk:
    """Opens pages and remembers what was wrong, one line each."""

    page: Page
    start: str
    name: str
    wrong: list[str] = field(default_factory=list)
    opened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.page.on(
            "console", lambda line: self.note(line.text) if line.type in {"error", "warning"} else None
        )
        self.page.on("pageerror", lambda error: self.note(str(error)))
        self.page.on(
            "response", lambda got: self.note(f"{got.status} {got.url}") if got.status >= 400 else None
        )

    def note(self, what: object) -> None:
        self.wrong.append(f"{self.name} {urlsplit(self.page.url).path}: {what}")

    def all(self) -> None:
        """Open everything that can be reached from the start."""
        seen, waiting = {"/"}, ["/"]
        while waiting:
            path = waiting.pop(0)
            route = route_of(path)
            if self.opened[route] == 1 + (route in TWICE):
                continue
            self.opened[route] += 1
            self.look(path, route)
            for link in map(urlsplit, self.page.evaluate(LINKS)):
                if (
                    f"{link.scheme}://{link.netloc}" == self.start
                    and link.path not in seen
                    and route_of(link.path)
                ):
                    seen.add(link.path)
                    waiting.append(link.path)

    def look(self, path: str, route: str) -> None:
        self.page.goto(self.start + path)
        if self.page.locator("h1").count() != 1:
            self.note("has not one first heading")
        if broken := self.page.evaluate(BROKEN):
            self.note(f"pictures that do not show: {broken}")
        if foreign := self.latin():
            self.note(f"not Chinese: {sorted(foreign)}")
        for width, height in HEIGHTS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            if (wide := self.page.evaluate("document.documentElement.scrollWidth")) > width:
                self.note(f"{wide} px wide at {width}")
            if width in PHONES and (small := self.page.evaluate(HARD_TO_HIT)):
                self.note(f"hard to hit at {width}: {small}")
            if SHOTS and width != 360:
                name = f"{self.name}-{route.replace(':', '-')}-{self.opened[route]}-{width}.png"
                self.page.screenshot(path=Path(SHOTS) / name, full_page=True)

    def latin(self) -> set[str]:
        """Words in Latin letters; fingerprints are no words."""
        return (
            set(re.findall(r"[A-Za-z]{2,}", FINGERPRINT.sub("", self.page.evaluate(WORDS))))
            - LATIN
            - COMMANDS
        )


def route_of(path: str) -> str:
    """The name of the page at this path, or "" where there is none."""
    try:
        route = resolve(path).view_name
    except Resolver404:
        return ""
    return "" if route in DOWNLOADS else route


def walker(browser: Browser, city: LiveServer, name: str, session: str = "") -> Walk:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    if session:
        context.add_cookies([{"name": "session", "value": session, "url": city.url}])
    return Walk(context.new_page(), city.url, name)


@pytest.mark.row("G32")
@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.login)
def test_every_screen_of_a_role(browser: Browser, city: LiveServer, login: Login) -> None:
    walk = walker(browser, city, login.login, session_of(login))
    walk.all()
    walk.page.context.close()
    assert walk.wrong == []
    assert {"home:home", "home:me", "home:notices", "home:who_may_what"} <= set(walk.opened)


def test_screens_before_sign_in(browser: Browser, live_server: LiveServer) -> None:
    walk = walker(browser, live_server, "signed-out")
    for route, path in (("home:sign_in", "/sign-in"), ("home:activate", "/activate")):
        walk.look(path, route)
    walk.page.context.close()
    assert walk.wrong == []
