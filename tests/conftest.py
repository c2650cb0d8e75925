"""What all tests share: the plugins, and the browser of the journeys."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import start
from playwright.sync_api import expect

from liangshi.foundation.base import guard, wall
from liangshi.registry.accounts import sessions
from liangshi.registry.accounts.hashers import Argon2

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = start.find_chromium()
NO_CHROMIUM = (
    "no Chromium or Chrome found: run `python3 start.py test`, or `apt-get install chromium`, "
    "or name one in LIANGSHI_CHROMIUM"
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytest_plugins = [
    "pytester",
    "tests.both",
    "tests.cost",
    "tests.rows",
    "tests.rosters",
    "tests.shuffle",
    "tests.database",
    "tests.cast",
    "tests.asking",
    "tests.practice.matching.stage",
    "tests.practice.relations.bonds",
    "tests.practice.talks.desk",
]

# A test looks at whatever it wants; what a request answers is closed as it is for a reader (`access.middleware`).
guard.outside = "a test"
wall.outside = wall.ALL

# A password costs its hash 25 ms on purpose; the tests type hundreds.
Argon2.memory_cost = 8

# Writing down that somebody is still here costs three questions, each minute: a test that counts must not be slower.
sessions._NOTED = dt.timedelta(minutes=10)

# On a busy machine examples are drawn slowly; that says nothing about what is tested.
hypothesis.settings.register_profile(
    "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")

# Playwright keeps an event loop in the main thread, where the tests use the database too.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser the journeys are skipped with a reason, or, where required, nothing starts."""
    journeys = [item for item in items if "page" in getattr(item, "fixturenames", ())]
    if CHROMIUM or not journeys:
        return
    if os.environ.get("LIANGSHI_REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(NO_CHROMIUM)
    for item in journeys:
        item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(FLAGS)}


@pytest.fixture(scope="session", autouse=True)
def _patience() -> None:
    """A shared machine may be slow: a page has time to come. Who waits for nothing loses nothing."""
    expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
