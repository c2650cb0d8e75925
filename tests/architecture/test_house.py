"""The floors, the rooms, and what each room may hold (DESIGN.md, "The rooms of a feature")."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.architecture.tree import CODE, FEATURE_FLOORS, ROOT, rooms

KINDS = (
    {"choices", "models", "policy", "rules", "queries", "actions", "forms", "tables", "documents", "tasks"}
    | {"views", "api", "urls", "templates", "static", "migrations", "management", "templatetags"}
    | {"apps", "audit", "face", "city", "rollover", "leaving", "standing", "transitions", "__init__"}
)
# What one room holds beyond the kinds. A name is added here, and that file's docstring says what it is for.
MORE = {
    "portal.home": {"desks", "locked", "shell", "stopped"},
    "portal.dossier": {"parts"},
    "practice.matching": {"modes"},
    "oversight.coverage": {"moments"},
    "practice.rosters": {"offline", "parsing", "report"},
}
SCREENS = {"forms", "tables", "views", "api", "urls", "templates"}


def modules(kind: str) -> list[Path]:
    """Every module of a kind on the feature floors, be it a file or a package."""
    found = [file for room in rooms(*FEATURE_FLOORS) for file in room.glob(f"{kind}.py")]
    return found + [file for room in rooms(*FEATURE_FLOORS) for file in room.glob(f"{kind}/**/*.py")]


def test_imports_keep_the_contracts(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True, no_logo=True) == 0, capsys.readouterr().out


@pytest.mark.parametrize("floor", ["foundation", "registry", *FEATURE_FLOORS])
def test_every_room_stands_in_a_contract(floor):
    contracts = (ROOT / ".importlinter").read_text(encoding="utf-8")
    if floor in FEATURE_FLOORS:  # whoever comes there is a stranger to all the others
        assert f"modules = liangshi.{floor}.*" in contracts
    else:
        assert all(f"liangshi.{floor}.{room.name}" in contracts for room in rooms(floor))


# The demo city is a generator and no feature: its files are the parts of a city.
FEATURES = [room for room in rooms(*FEATURE_FLOORS) if room.name != "demo"]


@pytest.mark.parametrize("room", FEATURES, ids=lambda path: path.name)
def test_a_feature_has_the_known_rooms_only(room):
    held = {path.name.partition(".")[0] for path in room.iterdir() if path.name != "__pycache__"}
    allowed = KINDS | MORE.get(".".join(room.relative_to(CODE).parts), set())
    assert held <= allowed, (
        f"{room.name} holds {sorted(held - allowed)}: use a known room, or name it in MORE"
    )


@pytest.mark.parametrize("room", rooms("registry"), ids=lambda path: path.name)
def test_the_registry_has_no_screens(room):
    assert not {path.name.partition(".")[0] for path in room.iterdir()} & SCREENS


def forbidden_in_views(source: str) -> list[str]:
    """Lines of a view module that query, save or look at a role themselves."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "save", "delete", "bulk_create"}:
            found.append(f"line {node.lineno}: .{node.attr}")
        if isinstance(node, ast.Compare) and any(
            isinstance(part, ast.Attribute) and part.attr in {"role", "hat"} for part in ast.walk(node)
        ):
            found.append(f"line {node.lineno}: a test of the role")
    return found


@pytest.mark.parametrize("path", modules("views") + modules("api"), ids=lambda p: str(p.relative_to(CODE)))
def test_views_neither_query_nor_save(path):
    assert not forbidden_in_views(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "line", ["Student.objects.all()", "form.save()", "row.delete()", "x = actor.hat.role == 'clerk'"]
)
def test_the_check_of_views_sees_what_it_forbids(line):
    assert forbidden_in_views(line)


@pytest.mark.parametrize("path", modules("rules"), ids=lambda p: str(p.relative_to(CODE)))
def test_may_functions_do_not_query(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("may_"):
            assert not any(isinstance(n, ast.Attribute) and n.attr == "objects" for n in ast.walk(node))


def test_only_matching_relations_rosters_and_demo_write_mentorships():
    """Matching decides, mentorships remembers."""
    for file in CODE.rglob("*.py"):
        place = file.relative_to(CODE).as_posix()
        if place.startswith(
            (
                "registry/mentorships/",
                "practice/matching/",
                "practice/relations/",
                "practice/needs/",
                "practice/waiting/",
                "practice/rosters/",
                "portal/demo/",
            )
        ):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "liangshi.registry.mentorships"
            ):
                named = {alias.name for alias in node.names}
                assert node.module != "liangshi.registry.mentorships.actions", place
                assert "actions" not in named, place


def test_the_environment_is_read_in_one_place():
    for file in CODE.rglob("*.py"):
        if file.relative_to(CODE).parts[0] != "config":
            assert "os.environ" not in file.read_text(encoding="utf-8"), file


@pytest.mark.parametrize("room", rooms("foundation", "registry", *FEATURE_FLOORS), ids=lambda path: path.name)
def test_the_glossary_knows_every_room(room):
    name = ".".join(room.relative_to(CODE).parts)
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    built, _, _ = glossary.partition("## Still to come")
    assert f"`{name}`" in built


def test_every_link_between_documents_leads_somewhere():
    for file in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", file.read_text(encoding="utf-8")):
            assert (file.parent / target).exists(), f"{file.name} links to {target}"


def test_every_decision_stands_in_the_list():
    decisions = ROOT / "docs" / "decisions"
    listed = re.findall(r"\(([^)]+\.md)\)", (decisions / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(file.name for file in decisions.glob("0*.md"))
