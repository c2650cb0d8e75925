"""The pages that are measured, the bare view beside them, and what is said to grow."""

from __future__ import annotations

from bench._stage import LEFT_OUT, PAGES, without_argument
from django.test import RequestFactory
from django.urls import resolve, reverse

from bench import pages
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import ROUTES


def test_every_page_without_an_argument_is_measured_or_left_out_for_a_reason():
    measured = {page.route for page in PAGES}
    assert measured <= ROUTES.keys()
    assert all(LEFT_OUT[route] and without_argument(route) for route in LEFT_OUT)
    assert {"talks:list", "dossier:students", "growth:unnoticed"} <= measured
    rest = {route for route in ROUTES if without_argument(route)} - measured - LEFT_OUT.keys()
    asked = {route: resolve(reverse(route)).func(RequestFactory().get("/")).status_code for route in rest}
    assert asked == dict.fromkeys(rest, 405)  # what is left takes a POST only


def test_every_role_has_pages():
    readers = {role for page in PAGES for role in page.readers()}
    assert readers == set(Role)


def figure(role: str, work: int) -> dict[str, object]:
    return {"role": role, "page": "talks:list", "status": 200, "cpu": 8.0, "bare": 2.0, "work": work}


def test_a_page_grows_when_the_same_school_costs_more_in_a_larger_city():
    def verdict(role: str, before: int, after: int) -> str:
        key = (role, "talks:list")
        row = pages.joined({key: figure(role, before)}, {key: figure(role, after)}, "sqlite")[0]
        assert row["ratio"] == 4.0
        return row["verdict"]

    assert verdict("mentor", 10_000, 90_000) == "增长"
    assert verdict("city", 10_000, 90_000) == "管辖"
    assert verdict("mentor", 10_000, 11_000) == verdict("mentor", 100, 900) == ""
