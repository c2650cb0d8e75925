"""Requirement rows traced to tests: the marker `row("R58")`, the table it makes, and docs/clauses.md.

A test that exercises a row's acceptance line carries `@pytest.mark.row("R58", "G12")`. With `--rows` the run
ends with one line a row and docs/clauses.md is written anew. Works under xdist: what a test proves travels in
its report.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CLAUSES = ROOT / "docs" / "clauses.md"
OUTCOMES = ("failed", "skipped", "passed")
HEADINGS = {"R": "政策条款", "G": "同类系统的用户会期待的", "N": "这里独有的"}
PREAMBLE = """# 条款对照

每一行是一项要求、由哪里实现、由哪些测试证明。R 来自政策文件逐句，G 是同类系统的用户会期待的，N 是这里独有的。
只有验收内容真正被走过（在浏览器里，或经公开接口，拒绝的情形在内）的测试才算证明。
本页由 `python3 start.py rows` 写成，请改 `docs/rows.toml` 和测试，不要改本页。
"""

# Every row in its order: id → {says, done}.
ROWS: dict[str, dict[str, str]] = tomllib.loads((ROOT / "docs" / "rows.toml").read_text(encoding="utf-8"))


@dataclass
class Tally:
    """What a run said about each row: test (without its parameters) → outcome of each of its cases."""

    cases: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, report: pytest.TestReport) -> None:
        """Take one phase of one case. A phase can make the outcome worse, never better."""
        if report.passed and report.when != "call":
            return
        for name, row in report.user_properties:
            if name == "row":
                known = self.cases[str(row)].get(report.nodeid, report.outcome)
                self.cases[str(row)][report.nodeid] = min(known, report.outcome, key=OUTCOMES.index)

    def line(self, row: str) -> str:
        """`R58 3 passed`, `R58 1 failed, 2 passed` or `R58 0`."""
        count = Counter(self.cases.get(row, {}).values())
        return f"{row} " + (", ".join(f"{count[word]} {word}" for word in OUTCOMES if count[word]) or "0")

    def proofs(self, row: str) -> list[str]:
        """The tests whose every case passed, in order."""
        outcomes = defaultdict(set)
        for case, outcome in self.cases.get(row, {}).items():
            outcomes[case.partition("[")[0]].add(outcome)
        return sorted(test for test, seen in outcomes.items() if seen == {"passed"})


def clauses(tally: Tally) -> str:
    """The text of docs/clauses.md."""
    return PREAMBLE + "".join(clause_lines(tally))


def clause_lines(tally: Tally) -> Iterator[str]:
    for kind, heading in HEADINGS.items():
        yield f"\n## {heading}\n\n| 条 | 要求 | 由谁实现 | 由哪些测试证明 |\n|---|---|---|---|\n"
        for row, entry in ROWS.items():
            if row.startswith(kind):
                proofs = "<br>".join(f"`{test}`" for test in tally.proofs(row)) or "（尚无）"
                yield f"| {row} | {entry['says']} | {entry['done'] or '（未建）'} | {proofs} |\n"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows", action="store_true", help="one line a requirement row, and docs/clauses.md")


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(collector: pytest.Collector) -> Iterator[None]:
    """Put the rows of each test into its report. A row that does not exist is an error of collection."""
    made = yield
    for item in made if isinstance(made, list) else []:
        for row in sorted({row for mark in item.iter_markers("row") for row in mark.args}):
            if row not in ROWS:
                raise collector.CollectError(f"{item.nodeid}: no requirement row {row!r} in docs/rows.toml")
            item.user_properties.append(("row", row))
    return made


class Listener:
    """Hears the reports of all workers; lives only in the process that talks to the terminal."""

    def __init__(self) -> None:
        self.tally = Tally()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.tally.add(report)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        for row in ROWS:
            terminalreporter.write_line(self.tally.line(row))
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            CLAUSES.write_text(clauses(self.tally), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--rows") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Listener(), "rows")
