"""The bill of a run: who pays for what, and when it is too much."""

from __future__ import annotations

import sys
from collections import Counter
from types import SimpleNamespace

import pytest
from execnet import gateway_base

from tests import cost

SUITE = """
import pytest
from clockwork import spend

@pytest.fixture(scope="session")
def ground():
    spend(3)

@pytest.fixture
def house(ground):
    spend(1)
    yield
    spend(0.25)

@pytest.mark.parametrize("turn", [1, 2])
def test_dear(house, turn):
    spend(20)
"""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """CPU seconds as the test says, and as the suite within it spends them."""
    now = [0.0]
    monkeypatch.setattr(cost, "spent", lambda: now[0])
    clockwork = SimpleNamespace(spend=lambda seconds: now.__setitem__(0, now[0] + seconds))
    monkeypatch.setitem(sys.modules, "clockwork", clockwork)  # type: ignore[arg-type]
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return now


def test_what_is_measured_within_is_paid_once(clock: list[float]) -> None:
    meter, bill = cost.Meter(), Counter[str]()
    outer, inner = meter.measure(bill, "outer"), meter.measure(bill, "inner")
    next(outer)
    clock[0] = 2
    next(inner)
    clock[0] = 5
    next(inner, None)
    clock[0] = 6
    next(outer, None)
    assert bill == {"outer": 3, "inner": 3}


@pytest.mark.parametrize(
    ("arguments", "target", "code", "last"),
    [
        ([], 1, pytest.ExitCode.OK, None),
        (["--cost"], 46, pytest.ExitCode.OK, "target of 46 s met"),
        (["--cost"], 45, pytest.ExitCode.TESTS_FAILED, "target of 45 s missed"),
    ],
)
def test_a_run_says_what_cost_most_and_fails_when_asked_to(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    clock: list[float],
    arguments: list[str],
    target: int,
    code: pytest.ExitCode,
    last: str | None,
) -> None:
    monkeypatch.setattr(cost, "TARGET", target)
    pytester.makepyfile(test_suite=SUITE)
    ran = pytester.runpytest_inprocess("-p", "tests.cost", *arguments)
    assert ran.ret == code
    ran.stdout.fnmatch_lines(
        [
            "CPU 46 s, 0 s of them the browser's; dearest:",
            "   40.5 s  file     test_suite.py",
            "    3.0 s  fixture  ground",
            "    2.0 s  fixture  house",
        ]
    )
    if last:
        ran.stdout.fnmatch_lines([last])
    else:
        ran.stdout.no_fnmatch_line("target*")


def test_the_workers_bills_are_added(clock: list[float]) -> None:
    report = cost.Report(cost.Bill(), full=False)
    for seconds in (1.0, 2.0):
        worker = cost.Bill(Counter({"test_a.py": seconds}), Counter(), browser=seconds).plain()
        sent = gateway_base.loads(gateway_base.dumps({"cost": worker}))
        report.pytest_testnodedown(SimpleNamespace(workeroutput=sent))
    report.pytest_testnodedown(SimpleNamespace())  # it was killed and left no bill
    assert report.bill == cost.Bill(Counter({"test_a.py": 3.0}), Counter(), 3.0)
