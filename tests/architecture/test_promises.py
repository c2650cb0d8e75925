"""SECURITY.md says of each promise where it is kept and which test fails when it is broken: all of that is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.tree import CODE, ROOT

SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[^`\s]+)`")
NAMED = re.compile(r"`([^`\s]+)`")


def table(text: str) -> list[list[str]]:
    """The cells of each row of the first table of a text, without its heading."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


PROMISES = table(SECURITY.partition("## What the program promises")[2].partition("\n## ")[0])


@cache
def declared(file: Path) -> frozenset[str]:
    """The names that a module gives at its top level, where it is there."""
    if not file.is_file():
        return frozenset()
    found: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(found)


def is_test(named: str) -> bool:
    """«tests/…/test_x.py», or a test function of it: «tests/…/test_x.py::test_y»."""
    path, _, function = named.partition("::")
    tests = {name for name in declared(ROOT / path) if name.startswith("test_")}
    return Path(path).name.startswith("test_") and (function in tests if function else bool(tests))


def is_place(named: str) -> bool:
    """«room.module», a name in one, or a file of the repository."""
    path = CODE.joinpath(*named.split("."))
    module = path.parent.with_suffix(".py")
    return (
        (path / "__init__.py").is_file()
        or path.with_suffix(".py").is_file()
        or path.name in declared(module)
        or (ROOT / named).is_file()
    )


def test_the_table_is_read_whole() -> None:
    assert len(PROMISES) > 25
    assert {len(cells) for cells in PROMISES} == {4}


@pytest.mark.parametrize("cells", PROMISES, ids=lambda cells: cells[0][:40])
def test_a_promise_says_where_it_is_kept_and_which_test_holds_it(cells: list[str]) -> None:
    promise, how, where, test = cells
    assert promise
    assert how
    assert NAMED.findall(where)
    assert [named for named in NAMED.findall(where) if not is_place(named)] == []
    assert TEST.findall(test)
    assert [named for named in NAMED.findall(test) if not is_test(named)] == []
    assert not TEST.findall(f"{promise} {how} {where}"), "a test stands in the column of tests"


def test_every_test_named_beside_the_table_is_there_too() -> None:
    assert [named for named in TEST.findall(SECURITY) if ".py" in named and not is_test(named)] == [
        "tests/walk/mutations.py"  # run by name
    ]


@pytest.mark.parametrize(
    ("named", "there"),
    [
        ("tests/architecture/test_promises.py", True),
        ("tests/architecture/test_promises.py::test_the_table_is_read_whole", True),
        ("tests/architecture/test_promises.py::test_of_last_year", False),
        ("tests/architecture/test_promises.py::table", False),
        ("tests/architecture/test_gone.py", False),
        ("tests/architecture/tree.py", False),
    ],
)
def test_a_test_that_is_gone_is_missed(named: str, there: bool) -> None:
    assert is_test(named) is there


@pytest.mark.parametrize(
    ("named", "there"),
    [
        ("registry.access", True),
        ("registry.access.policy", True),
        ("registry.access.policy.asks_again", True),
        ("requirements.lock", True),
        ("registry.access.policy.gone", False),
        ("registry.gone", False),
        ("gone.lock", False),
    ],
)
def test_a_place_that_is_gone_is_missed(named: str, there: bool) -> None:
    assert is_place(named) is there


def test_a_row_is_read_cell_by_cell() -> None:
    assert table("| promise | how |\n|---|---|\n| a | `b` |\n\nwords\n") == [["a", "`b`"]]
