"""Every address × everybody × own, out of reach, other school: each asked once, and everything looked for in that
one answer. What is expected of whom stands in `people.py`, `expected.py` and the rooms' `secrets.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import RequestFactory
from django.urls import NoReverseMatch, get_resolver, reverse

from liangshi.registry.access import middleware
from liangshi.registry.access.checks import route_names
from liangshi.registry.access.policy import PERMISSIONS, ROUTES
from liangshi.registry.accounts.sessions import begin
from tests.cast import ROLES
from tests.walk.expected import EXPECTED, LETTERS
from tests.walk.people import NOBODY, PEOPLE
from tests.walk.visiting import Judge, Visit, Walker, refused, visits, walk
from tests.walk.world import World, plant

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Planted once for all who walk, on a day of the term, and undone at the end."""
    with time_machine.travel(NOON, tick=False), django_db_blocker.unblock(), transaction.atomic():
        made = plant()
        with made.patches:
            yield made
        transaction.set_rollback(True)


@pytest.mark.row("G24", "N4", "R19", "R28", "R48")
@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_meets_what_is_meant_for_him_and_nothing_else(world: World, name: str) -> None:
    judge = Judge(world)
    problems: list[str] = []
    met: set[str] = set()
    with Walker(world, name) as walker:
        for each, answer in walk(walker, visits(world, name)):
            problems += judge.problems(each, answer)
            problems += judge.noticed(walker, each, answer)
            met |= {marker.text for marker in judge.met(answer)}
    problems += [
        f"{name} never came across {marker}"
        for marker in world.markers()
        if name in marker.must and marker.text not in met
    ]
    assert problems == []


@pytest.mark.row("N4")
def test_what_others_must_not_notice_the_clerk_does(world: World) -> None:
    """Or nothing could be noticed, and the walk had looked for nothing."""
    with Walker(world, "clerk") as walker:
        for each in world.own.unnoticed:
            visit = Visit("clerk", "", each.clerk)
            assert walker.ask(visit).plain != walker.ask(visit, each.undo).plain, each


@pytest.mark.row("G24")
@pytest.mark.parametrize("name", PEOPLE)
def test_the_gate_refuses_the_rest(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the policy table refuses is asked of the gate itself; one refusal is rendered through the whole stack."""
    actor = None if name == NOBODY else world.actor(name)
    monkeypatch.setattr(middleware, "actor_of", lambda account, wanted: actor)
    gate = middleware.Gate(lambda request: None)  # type: ignore[arg-type,return-value]
    request: Any = RequestFactory().get("/")
    request.session = SessionBase()
    begin(request.session)
    request.user = None if actor is None else world.person(name).account
    rest = [route for route in ROUTES if refused(name, route)]
    for route in rest:
        request.resolver_match = SimpleNamespace(view_name=route)
        try:
            answer = gate.process_view(request, None, (), {})
        except PermissionDenied:
            assert actor, route
        else:
            assert actor is None, route
            assert answer, route
            assert answer.status_code == 302, route
    with Walker(world, name) as walker:
        page = walker.ask(_first(world, name, rest))
    assert page.status == (403 if actor else 302)
    assert actor or "'Location': '/sign-in" in page.text


def _first(world: World, name: str, rest: list[str]) -> Visit:
    """An address that is refused and names nothing."""
    for route in rest:
        try:
            return Visit(name, route, reverse(route))
        except NoReverseMatch:
            continue
    raise LookupError(name)


def test_the_policy_table_says_what_is_expected() -> None:
    assert {
        name: {role.value: reach.value for role, reach in rule.roles.items()}
        for name, rule in PERMISSIONS.items()
    } == {
        name: {ROLES[person].value: LETTERS[mark] for person, mark in marks.items()}
        for name, marks in EXPECTED.items()
    }


def test_an_undeclared_address_is_not_served(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ROUTES, "home:me")
    assert Walker(world, "clerk").ask(Visit("clerk", "home:me", "/me")).status == 404


def test_every_address_is_named() -> None:
    assert len(set(route_names(get_resolver()))) == len(list(route_names(get_resolver())))
