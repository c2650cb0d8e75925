"""What a run costs in CPU seconds, and what cost most of it: user and system time of the workers, the processes that
tests start, and the browser.

Every run ends with the dearest few; with `--cost` it ends with a longer list, the whole against TARGET, and exit code 1
where the target is missed. Seconds on the clock say nothing on a machine that has other work to do.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

TARGET = 9 * 60  # CPU seconds of the whole suite on SQLite, set on 30 November 2026
FEW, MANY = 5, 15
BROWSER = "playwright"  # the fixture that starts the browser's driver, and with it every browser


def ended_children() -> float:
    """CPU seconds of processes that this one started and that have ended, and of theirs."""
    used = os.times()
    return used.children_user + used.children_system


def spent() -> float:
    return time.process_time() + ended_children()


@dataclass
class Bill:
    """CPU seconds: of test files (without their fixtures), of fixtures (without those they ask for), of the browser."""

    files: Counter[str] = field(default_factory=Counter)
    fixtures: Counter[str] = field(default_factory=Counter)
    browser: float = 0.0

    def plain(self) -> dict[str, Any]:
        """As it travels from a worker."""
        return {"files": dict(self.files), "fixtures": dict(self.fixtures), "browser": self.browser}

    def add(self, other: dict[str, Any]) -> None:
        self.files.update(other["files"])
        self.fixtures.update(other["fixtures"])
        self.browser += other["browser"]

    def dearest(self, number: int) -> list[str]:
        both = Counter({f"file     {name}": cost for name, cost in self.files.items()})
        both.update({f"fixture  {name}": cost for name, cost in self.fixtures.items()})
        return [f"{cost:7.1f} s  {name}" for name, cost in both.most_common(number)]


class Meter:
    """Takes the time of one process that runs tests."""

    def __init__(self) -> None:
        self.bill, self.clock = Bill(), spent
        self.inner = [0.0]  # what was spent inside each thing that is being measured

    def measure(self, account: Counter[str], name: str) -> Iterator[None]:
        """Put on the account what is spent until the generator goes on, without what is measured within."""
        self.inner.append(0.0)
        start = self.clock()
        try:
            yield
        finally:
            whole = self.clock() - start
            account[name] += whole - self.inner.pop()
            self.inner[-1] += whole

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        self.bill.files["(start and collection)"] = self.clock()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        measuring = self.measure(self.bill.files, item.nodeid.partition("::")[0])
        next(measuring)
        try:
            return (yield)
        finally:
            next(measuring, None)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        before: list[float] = []
        if fixturedef.argname == BROWSER:  # the last to be called when the fixture ends
            fixturedef.addfinalizer(lambda: self.end_browser(before.pop()))
        measuring = self.measure(self.bill.fixtures, fixturedef.argname)
        next(measuring)
        try:
            return (yield)
        finally:
            next(measuring, None)
            if fixturedef.argname == BROWSER:  # the first
                fixturedef.addfinalizer(lambda: before.append(ended_children()))

    def end_browser(self, before: float) -> None:
        self.bill.browser += ended_children() - before
        self.inner[-1] += ended_children() - before

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["cost"] = self.bill.plain()


class Report:
    """Adds up in the process that talks to the terminal."""

    def __init__(self, bill: Bill, *, full: bool) -> None:
        self.bill, self.full = bill, full
        self.total = 0.0

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        if cost := getattr(node, "workeroutput", {}).get("cost"):
            self.bill.add(cost)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.total = spent()
        if self.full and self.total > TARGET and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self.lines():
            terminalreporter.write_line(line)

    def lines(self) -> Iterator[str]:
        yield f"CPU {self.total:.0f} s, {self.bill.browser:.0f} s of them the browser's; dearest:"
        yield from self.bill.dearest(MANY if self.full else FEW)
        if self.full:
            word = "missed" if self.total > TARGET else "met"
            yield f"target of {TARGET} s {word}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cost", action="store_true", help="fail when the run costs more CPU time than it may")


def pytest_configure(config: pytest.Config) -> None:
    meter = Meter()
    config.pluginmanager.register(meter, "cost-meter")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Report(meter.bill, full=config.getoption("--cost")), "cost-report")
