"""Every page of home, dossier and dashboards × every member of the cast × own school, other school."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import ROUTES, may_open
from tests.cast import ROLES, Cast, Troupe

LISTS = [
    "home:home", "home:hats", "home:who_may_what", "home:notices", "home:me", "dossier:search", "dossier:students",
    "dossier:staff", "dossier:not_mentoring", "dossier:classes", "dossier:profile", "dashboards:schools",
    "dashboards:org", "dashboards:bureau_new", "dashboards:school_new", "dashboards:years", "dashboards:year_new",
    "dashboards:moments",
]  # fmt: skip


def entry(troupe: Troupe) -> Any:
    """An entry of the school's calendar."""
    day = troupe.year.starts_on
    return troupe.year.events.create(kind="other", title="运动会", starts_on=day, last_on=day).pk


# Each page about one row: what its address names, for the rows of one school.
ROWS: dict[str, Callable[[Troupe], list[Any]]] = {
    "dossier:student": lambda troupe: [troupe.student.pk],
    "dossier:log": lambda troupe: [troupe.student.pk],
    "dossier:staff_member": lambda troupe: [troupe.posts["mentor"].pk],
    "dossier:class": lambda troupe: [troupe.class_1.pk],
    "dashboards:school": lambda troupe: [troupe.school.pk],
    "dashboards:school_grants": lambda troupe: [troupe.school.pk],
    "dashboards:year": lambda troupe: [troupe.year.pk],
    "dashboards:term": lambda troupe: [troupe.year.pk, 1],
    "dashboards:event_new": lambda troupe: [troupe.year.pk],
    "dashboards:event": lambda troupe: [troupe.year.pk, entry(troupe)],
    "dashboards:event_withdraw": lambda troupe: [troupe.year.pk, entry(troupe)],
    "dashboards:year_close": lambda troupe: [troupe.year.pk],
    "dashboards:year_reopen": lambda troupe: [troupe.year.pk],
}


@pytest.mark.row("G24")
@pytest.mark.parametrize("name", ROLES)
def test_lists_open_to_those_whom_the_table_names(name: str, sign_in: Callable[..., Client]) -> None:
    client = sign_in(name)
    for route in LISTS:
        answer = client.get(reverse(route))
        assert answer.status_code == (200 if may_open(ROLES[name], route) else 403), route


@pytest.mark.row("G24")
@pytest.mark.parametrize("name", ROLES)
def test_rows_of_the_own_school(name: str, sign_in: Callable[..., Client], cast: Cast) -> None:
    client = sign_in(name)
    # Of the county's hat, the school lies in it; adviser, mentor, student and guardian belong to this student.
    for route, args in ROWS.items():
        expected = 200 if may_open(ROLES[name], route) else 403
        assert client.get(reverse(route, args=args(cast.own))).status_code == expected, route


@pytest.mark.row("G24", "R28")
@pytest.mark.parametrize("name", ROLES)
def test_rows_of_another_school_are_not_there(name: str, sign_in: Callable[..., Client], cast: Cast) -> None:
    client = sign_in(name)
    for route, args in ROWS.items():
        allowed = may_open(ROLES[name], route)
        whole_city = ROLES[name] == Role.CITY
        expected = 403 if not allowed else 200 if whole_city else 404
        assert client.get(reverse(route, args=args(cast.other))).status_code == expected, route


def test_nobody_signed_in_sees_nothing(client: Client, cast: Cast) -> None:
    for route in LISTS:
        answer = client.get(reverse(route))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("home:sign_in")), route
    for route, args in ROWS.items():
        assert client.get(reverse(route, args=args(cast.own))).status_code == 302, route


def test_posts_need_a_post(sign_in: Callable[..., Client], cast: Cast) -> None:
    link = cast.own.student.guardian_links.get()
    assert (
        sign_in("clerk").get(reverse("dossier:contact", args=[cast.own.student.pk, link.pk])).status_code
        == 405
    )
    assert sign_in("city").get(reverse("dashboards:revoke", args=[cast.own.school.pk])).status_code == 405


def test_no_page_of_a_bureau_names_anybody_of_a_school(sign_in: Callable[..., Client], cast: Cast) -> None:
    names = {person.name for troupe in (cast.own, cast.other) for person in troupe.people.values()}
    names |= {str(row) for row in cast.own.students}
    client = sign_in("county")
    pages = ["home:home", "dashboards:schools"]
    texts = [client.get(reverse(route)).content.decode() for route in pages]
    texts.append(client.get(reverse("dashboards:school", args=[cast.own.school.pk])).content.decode())
    for text in texts:
        assert not [name for name in names if name in text]


def test_every_address_of_these_rooms_is_tried_here() -> None:
    """A new page joins this table or its own test."""
    elsewhere = {
        "home:sign_in", "home:sign_out", "home:activate", "home:no_hat", "home:notice", "dossier:contact",
        "dashboards:bureau_grants", "dashboards:revoke",
    }  # fmt: skip
    mine = {route for route in ROUTES if route.split(":")[0] in {"home", "dossier", "dashboards"}}
    assert mine == {*LISTS, *ROWS} | elsewhere
