"""The table of rights as the rooms declare it. Who may do what is held by the tests of every address."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from liangshi.registry.access import policy
from liangshi.registry.access.checks import every_route_has_a_rule
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import STUDENT, STUDENT_READ
from liangshi.registry.access.policy import (
    PERMISSIONS,
    PUBLIC,
    ROUTES,
    SCOPES,
    SIGNED_IN,
    Permission,
    Scope,
    may_open,
    permit,
    routes,
    scope,
)
from tests.architecture.tree import CODE

SPACES = sorted({route.split(":")[0] for route in ROUTES})


def declarations(file: Path) -> Iterator[tuple[str, str]]:
    """(name, code) of each `NAME = permit("code", …)` of a module, from its text."""
    for node in ast.parse(file.read_text()).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "permit"
        ):
            (target,), (code, *_) = node.targets, node.value.args
            assert isinstance(target, ast.Name)
            yield target.id, ast.literal_eval(code)


def declaring() -> list[Path]:
    """Where permissions may be declared, in the order of the rooms."""
    paths = [Path(config.path) for config in apps.get_app_configs()]
    files = [CODE / "registry/access/permissions.py", *(path / "policy.py" for path in paths)]
    return [file for file in files if file.exists()]


DECLARED = [pair for file in declaring() for pair in declarations(file)]


def test_permissions_are_declared_in_policies_alone_and_stand_in_the_order_of_the_rooms() -> None:
    assert [code for _, code in DECLARED] == list(PERMISSIONS)


def test_a_permission_is_called_like_its_code() -> None:
    assert [pair for pair in DECLARED if pair[0] != pair[1].upper().replace(".", "_")] == []


def test_no_permission_is_dead() -> None:
    """An address needs it, or code outside the policies asks for it by name or by code."""
    asked: set[str] = {str(need) for need in ROUTES.values()}
    names = dict(DECLARED)
    for file in CODE.rglob("*.py"):
        if file.name in {"policy.py", "permissions.py", "audit.py"}:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Name):
                asked.add(names.get(node.id, ""))
            elif isinstance(node, ast.Attribute):
                asked.add(names.get(node.attr, ""))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                asked.add(node.value)
    assert PERMISSIONS.keys() - asked == set()


def test_each_namespace_is_declared_in_its_own_room() -> None:
    for config in apps.get_app_configs():
        urls, rules = Path(config.path) / "urls.py", Path(config.path) / "policy.py"
        if config.name.startswith("liangshi.") and urls.exists():
            space = next(
                ast.literal_eval(node.value)
                for node in ast.parse(urls.read_text()).body
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "app_name"
            )
            assert f'routes(\n    "{space}",' in rules.read_text(), config.name


@pytest.mark.parametrize("space", SPACES)
def test_an_address_that_its_room_leaves_out_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, space: str
) -> None:
    route = next(name for name in ROUTES if name.startswith(f"{space}:"))
    monkeypatch.delitem(ROUTES, route)
    with pytest.raises(SystemCheckError, match=f"{route} is not in the policy table"):
        call_command("check")


def test_what_else_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert every_route_has_a_rule(None) == []
    monkeypatch.setitem(ROUTES, "home:nowhere", SIGNED_IN)
    assert [problem.id for problem in every_route_has_a_rule(None)] == ["access.E002"]
    monkeypatch.delitem(ROUTES, "home:nowhere")
    stranger = Permission("no.such", STUDENT, "", {})  # made past `permit`
    monkeypatch.setitem(ROUTES, "home:me", stranger)
    assert [problem.id for problem in every_route_has_a_rule(None)] == ["access.E003"]
    monkeypatch.setitem(ROUTES, "home:me", SIGNED_IN)
    monkeypatch.delitem(SCOPES, next(iter(SCOPES)))
    assert {problem.id for problem in every_route_has_a_rule(None)} == {"access.E004"}


def test_nothing_is_declared_twice() -> None:
    with pytest.raises(ValueError, match=r"permission student\.read is declared twice"):
        permit("student.read", STUDENT, "又一次", {})
    with pytest.raises(ValueError, match="route home:me is declared twice"):
        routes("home", {"me": PUBLIC})
    for resource in (STUDENT, "student"):
        with pytest.raises(ValueError, match="of student is declared twice"):
            scope(resource, Scope.SELF)(SCOPES["student", Scope.SELF])
    assert PERMISSIONS["student.read"] is STUDENT_READ
    assert ROUTES["home:me"] == SIGNED_IN


def test_who_may_open_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "ROUTES", {})
    routes("here", {"page": STUDENT_READ, "door": PUBLIC})
    assert [may_open(Role.CITY, name) for name in ("here:page", "here:door", "here:else")] == [
        False,
        True,
        False,
    ]


def test_who_is_not_signed_in_finds_these_addresses_alone() -> None:
    """None of them makes an account: one comes from a roster, and opens with the code of a slip."""
    assert {name for name, need in ROUTES.items() if need is PUBLIC} == {
        "home:sign_in",
        "home:activate",
        "home:sign_out",
        "home:no_hat",
        "agenda:feed",
        "rounds:lottery_script",
    }
