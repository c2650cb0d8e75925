"""The requirement rows, the tests that claim them, and docs/clauses.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import CODE, ROOT
from tests.rows import CLAUSES, ROWS, Tally, clauses


def marked_tests() -> dict[str, set[str]]:
    """Test id (without parameters) → rows in its own marker. Class and module markers are not used here."""
    found = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[f"{file.relative_to(ROOT).as_posix()}::{node.name}"] = {
                    str(ast.literal_eval(word))
                    for mark in node.decorator_list
                    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.row"
                    for word in mark.args
                }
    return found


def report(test: str, outcome: str, *rows: str, when: str = "call") -> pytest.TestReport:
    place = ("tests/test_a.py", 1, test)
    return pytest.TestReport(
        f"tests/test_a.py::{test}",
        place,
        {},
        outcome,
        None,
        when,
        user_properties=[("row", row) for row in rows],
    )


def test_every_row_stands_in_its_order():
    wanted = [f"{kind}{n}" for kind, last in (("R", 85), ("G", 42), ("N", 33)) for n in range(1, last + 1)]
    assert list(ROWS) == wanted
    assert all(set(entry) == {"says", "done"} and entry["says"] for entry in ROWS.values())


def test_what_does_a_row_exists():
    for row, entry in ROWS.items():
        for room in filter(None, entry["done"].split(" · ")):
            assert (CODE / Path(*room.split("."))).is_dir(), f"{row}: {room}"


def test_a_proved_row_says_what_does_it():
    for test, rows in marked_tests().items():
        for row in rows:
            assert ROWS[row]["done"], f"{test} proves {row}: fill `done` of {row} in docs/rows.toml"


def test_clauses_name_no_test_that_is_gone():
    tests = marked_tests()
    for line in CLAUSES.read_text(encoding="utf-8").splitlines():
        row = line.removeprefix("| ").partition(" |")[0]
        for test in re.findall(r"`(tests/[^`]+)`", line):
            assert row in tests.get(test, ()), f"run python3 start.py rows: {row} {test}"


def test_a_row_counts_each_case_by_its_worst_phase():
    tally = Tally()
    for outcome in (report("test_a[1]", "passed", "R58"), report("test_a[2]", "failed", "R58")):
        tally.add(outcome)
    tally.add(report("test_b", "passed", "R58", when="setup"))
    tally.add(report("test_b", "passed", "R58", "G1"))
    tally.add(report("test_b", "failed", "R58", "G1", when="teardown"))
    tally.add(report("test_c", "passed", "R58"))
    tally.add(report("test_d", "skipped", "R59", when="setup"))
    assert tally.line("R58") == "R58 2 failed, 2 passed"
    assert tally.line("G1") == "G1 1 failed"
    assert tally.line("R59") == "R59 1 skipped"
    assert tally.line("R60") == "R60 0"


def test_a_test_with_one_failing_case_proves_nothing():
    tally = Tally()
    tally.add(report("test_a[1]", "passed", "R58"))
    tally.add(report("test_a[2]", "failed", "R58"))
    tally.add(report("test_b[x::y]", "passed", "R58"))
    assert tally.proofs("R58") == ["tests/test_a.py::test_b"]
    assert "| `tests/test_a.py::test_b` |" in clauses(tally)


pytest_plugins = ["pytester"]


def test_a_row_that_does_not_exist_stops_the_collection(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile('import pytest\n\n@pytest.mark.row("R99")\ndef test_a():\n    pass\n')
    pytester.makeini("[pytest]\nmarkers = row(*rows)\n")
    result = pytester.runpytest_subprocess("-p", "tests.rows", "-p", "no:django")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no requirement row 'R99'*"])
