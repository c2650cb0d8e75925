"""Within a room each file imports only those before it (DESIGN.md, "The rooms of a feature")."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import CODE, FEATURE_FLOORS, rooms

ORDER = (
    ("choices",),
    ("modes",),  # what one way of matching is: stands on choices, and models know it
    ("transitions",),  # who hears of what may happen: states and moves, and words
    ("models",),
    ("policy",),
    ("rules",),
    ("queries",),
    ("actions",),
    ("forms", "tables", "documents"),
    ("tasks",),
    ("views", "api"),
    ("urls",),
)
LEVEL = {kind: level for level, kinds in enumerate(ORDER) for kind in kinds}


def place(file: Path) -> str:
    return ".".join(file.relative_to(CODE).with_suffix("").parts).removesuffix(".__init__")


def imported(file: Path) -> Iterator[str]:
    """The modules of the house that a file imports, at its head or within a function."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def backward(importer: str, names: Iterator[str]) -> Iterator[tuple[str, str]]:
    """(importer, what it imports) wherever that stands later in the order, or beside it; both as `floor.room.file`."""
    floor, room, kind = importer.split(".")[:3]
    for name in names:
        _, *parts = name.split(".")
        if parts[:2] != [floor, room] or len(parts) < 3 or parts[2] == kind:
            continue
        if LEVEL.get(parts[2], -1) >= LEVEL[kind]:
            yield importer, ".".join(parts[:3])


def ordered() -> list[Path]:
    return [
        file
        for room in rooms("foundation", "registry", *FEATURE_FLOORS)
        for file in sorted(room.rglob("*.py"))
        if place(file).count(".") >= 2 and place(file).split(".")[2] in LEVEL
    ]


def test_each_file_of_a_room_imports_only_those_before_it() -> None:
    assert {breach for file in ordered() for breach in backward(place(file), imported(file))} == set()


@pytest.mark.parametrize(
    ("importer", "name", "breaks"),
    [
        ("practice.matching.queries.runs", "liangshi.practice.matching.models.Run", False),
        ("practice.matching.models", "liangshi.practice.matching.queries.runs", True),
        ("practice.matching.forms", "liangshi.practice.matching.tables", True),
        ("practice.matching.forms", "liangshi.practice.matching.actions.wishes.save", False),
        ("practice.matching.queries.runs", "liangshi.practice.matching.actions", True),
        ("practice.matching.queries.runs", "liangshi.practice.talks.actions", False),
        ("practice.matching.actions.runs", "liangshi.practice.matching.actions.pool", False),
        ("practice.matching.actions.runs", "liangshi.practice.matching.audit", False),
    ],
)
def test_the_check_of_the_order_sees_what_it_forbids(importer: str, name: str, breaks: bool) -> None:
    assert bool(list(backward(importer, iter([name])))) == breaks
