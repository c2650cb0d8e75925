"""What a room shows elsewhere: found at the start, under one key, in an order that is declared."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from django.template.loader import get_template

from liangshi.foundation.base.faces import FORMS, Board, Due
from liangshi.portal.home.desks import DESKS
from liangshi.registry.access.faces import (
    BOND_CARDS,
    CARDS,
    DUES,
    HEADING_DEEDS,
    LAST_BY_STRATEGY,
    LAST_CONTACTS,
    MENTOR_CARDS,
    NAV,
    PARTS,
    ROWS,
    TIMELINES,
)
from liangshi.registry.access.policy import PERMISSIONS, ROUTES
from tests.architecture.tree import CODE

HOMES = CODE / "portal" / "home" / "templates" / "home"
FACES = sorted(CODE.glob("*/*/face.py"))
NUMBERED = [
    NAV,
    PARTS,
    TIMELINES,
    HEADING_DEEDS,
    FORMS,
    *CARDS.values(),
    *ROWS.values(),
    *BOND_CARDS.values(),
]


def module_of(file: Path) -> str:
    return ".".join(("liangshi", *file.relative_to(CODE).with_suffix("").parts))


@pytest.mark.parametrize("face", FACES, ids=lambda path: path.parent.name)
def test_a_face_is_found_by_the_start(face: Path) -> None:
    assert module_of(face) in sys.modules


def imported(source: str) -> set[str]:
    """The modules that a file imports, whichever way."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_nothing_imports_a_face() -> None:
    """It is the last module of its room: what two need stands in queries, rules or choices."""
    faces = {module_of(face) for face in FACES}
    assert faces
    for file in CODE.rglob("*.py"):
        assert not imported(file.read_text(encoding="utf-8")) & faces, file


@pytest.mark.parametrize("line", ["import a.face", "from a import face", "from a.face import x"])
def test_the_check_of_imports_sees_a_face(line: str) -> None:
    assert "a.face" in imported(line)


def test_there_is_something_of_every_kind() -> None:
    """A registry that stayed empty would leave the pages bare and break nothing."""
    assert all(len(board) for board in NUMBERED)
    assert all(len(board) for board in (DUES, LAST_CONTACTS, LAST_BY_STRATEGY, MENTOR_CARDS))


def test_what_is_due_asks_for_a_permission_of_the_table_and_its_kinds_cannot_meet() -> None:
    for kind, source in DUES.items():
        assert ":" not in kind  # the agenda sets it before the key with a colon
        assert source.permission in PERMISSIONS.values()


@pytest.mark.parametrize("neutral", ["", " "])
def test_what_is_due_cannot_be_without_a_neutral_text(neutral: str) -> None:
    with pytest.raises(ValueError, match="neutral"):
        Due("1", "回头看目标：考上大学", neutral, "/")


def test_two_under_one_key_or_one_number_stop_the_start() -> None:
    board: Board[str] = Board("letters")
    board.put("b", "B", 20)
    board.put("a", "A")
    board.put("c", "C", 10)
    assert list(board) == ["C", "B", "A"]  # without a number: last, by key
    for key, number in (("b", 30), ("d", 20), ("a", None)):
        with pytest.raises(ValueError, match="taken"):
            board.put(key, "D", number)
    assert list(board) == ["C", "B", "A"]


def test_every_template_of_a_face_is_there() -> None:
    shown = [card.template for board in CARDS.values() for card in board]
    shown += [card.template for spot in BOND_CARDS.values() for card in spot]
    shown += [each.template for each in (*PARTS, *MENTOR_CARDS)]
    for template in shown:
        assert get_template(template)


def test_every_card_and_row_stands_in_a_place_that_its_page_has() -> None:
    """Or it would be registered and never seen."""
    homes = {role: (HOMES / f"{name}.html").read_text(encoding="utf-8") for role, (name, _) in DESKS.items()}
    for (role, place), cards in CARDS.items():
        assert not len(cards) or f"{{% pieces {place.value} %}}" in homes[role], (role, place)
    for (role, lines), found in ROWS.items():
        assert not len(found) or f"{{% rows {lines.value} %}}" in homes[role], (role, lines)
    of_bonds = (HOMES / "mentor_card.html").read_text(encoding="utf-8")
    assert all(f"{{% pieces each.{spot.value} %}}" in of_bonds for spot in BOND_CARDS)


def test_every_place_of_the_navigation_has_an_address() -> None:
    assert {route for route, _ in NAV.items()} <= ROUTES.keys()
