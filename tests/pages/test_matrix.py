"""Every address × every member of the cast × own, own out of reach, other school, nobody.

What is expected is written here a second time, by hand and apart from the policy table: where the two differ, one of
them is wrong. Every answer is also searched for names that its reader may not see, and for links that lead nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from liangshi.registry.access.checks import route_names
from liangshi.registry.access.policy import PERMISSIONS, PUBLIC, ROUTES, SIGNED_IN, Permission
from tests.cast import ROLES, Cast, Troupe
from tests.samples import SAMPLES

# Who may do what, and how far: A all, B schools of the bureau, S school, G grade, C own classes, M mentees,
# O oneself, K own children, L whom he leads in an event, . nothing.
TABLE = """
                 city county leader clerk grade_head adviser mentor worker student guardian
org.write        A    .      .      .     .          .       .      .      .       .
school.read      A    B      S      S     .          .       .      .      .       .
calendar.read    .    .      S      S     S          S       S      S      S       .
calendar.write   .    .      .      S     .          .       .      .      .       .
year.reopen      .    .      S      .     .          .       .      .      .       .
grant.write      A    .      S      .     .          .       .      .      .       .
student.read     .    .      S      S     G          C       M      .      O       K
student.search   .    .      S      S     G          C       M      .      .       .
contact.read     .    .      .      S     .          C       M      .      .       .
student.log      .    .      S      S     .          .       .      .      .       .
student.write    .    .      .      S     .          .       .      .      .       .
staff.read       .    .      S      S     S          S       S      S      .       .
staff.write      .    .      .      S     .          .       .      .      .       .
mentor.manage    .    .      S      S     .          .       .      .      .       .
mentor.exceed    .    .      S      .     .          .       .      .      .       .
mentor.profile   .    .      .      .     .          O       O      .      .       .
class.read       .    .      S      S     G          C       .      .      .       .
roster.import    .    .      .      S     .          .       .      .      .       .
need.propose     .    .      .      S     .          C       M      .      .       .
need.read        .    .      S      S     .          .       M      .      .       .
need.manage      .    .      .      S     .          .       .      .      .       .
need.decide      .    .      S      .     .          .       .      .      .       .
mentor.assign    .    .      .      S     .          .       .      .      .       .
waiting.read     .    .      S      S     .          .       .      .      .       .
year.enforce     .    .      S      .     .          .       .      .      .       .
rollover.rehearse .   .      S      S     .          .       .      .      .       .
rollover.run     .    .      S      .     .          .       .      .      .       .
rollover.reverse .    .      S      .     .          .       .      .      .       .
round.read       .    .      S      S     .          .       .      .      .       .
round.manage     .    .      .      S     .          .       .      .      .       .
round.publish    .    .      S      S     .          .       .      .      .       .
round.adjust     .    .      S      S     .          .       .      .      .       .
round.override   .    .      S      .     .          .       .      .      .       .
round.fairness   .    .      S      .     .          .       .      .      .       .
round.proof      .    .      .      S     .          .       .      .      .       .
round.rules      .    .      S      S     S          S       S      S      S       K
policy.read      .    .      S      S     .          .       .      .      .       .
policy.write     .    .      S      .     .          .       .      .      .       .
answer.write     .    .      .      .     .          .       O      .      .       .
wish.write       .    .      .      .     .          .       .      .      O       .
wish.correct     .    .      .      S     .          .       .      .      .       .
burden.read      A    B      S      S     S          S       S      S      .       .
burden.write     .    .      S      .     .          .       .      .      .       .
burden.cap       A    .      .      .     .          .       .      .      .       .
portrait.write   .    .      .      .     .          .       .      .      O       .
portrait.read    .    .      .      .     .          .       M      .      O       .
goal.write       .    .      .      .     .          .       M      .      O       .
career.write     .    .      .      .     .          .       .      .      O       .
career.read      .    .      .      .     .          .       M      .      O       .
subject.read     .    .      S      S     .          C       M      .      O       K
subject.write    .    .      .      S     .          C       .      .      O       .
subject.window   .    .      .      S     .          .       .      .      .       .
shine.write      .    .      S      S     S          S       S      S      .       .
shine.void       .    .      O      O     O          O       O      O      .       .
shine.read       .    .      .      .     .          C       M      .      O       .
shine.count      .    .      S      S     .          .       .      .      .       .
talk.write       .    .      .      .     .          .       M      L      .       .
talk.read        .    .      .      .     .          C       M      L      O       K
talk.exists      .    .      S      S     G          C       M      .      .       .
followup.write   .    .      O      O     .          .       O      O      .       .
note.write       .    .      .      .     .          .       O      O      .       .
activity.read    .    .      .      .     .          C       M      .      O       .
activity.write   .    .      .      .     .          .       O      .      .       .
event.report     .    .      S      S     S          S       S      S      O       K
event.read       .    .      S      S     .          C       M      O      .       .
event.lead       .    .      S      S     .          C       .      .      .       .
event.follow     .    .      .      .     .          C       M      O      .       .
moment.read      .    .      S      S     G          .       .      .      .       .
unmet.press      .    .      .      .     .          .       .      .      O       .
unmet.handle     .    .      S      S     .          .       .      .      .       .
meeting.read     .    .      .      .     .          .       M      .      O       .
change.ask       .    .      .      S     .          .       M      .      O       K
change.decide    .    .      S      S     .          .       .      .      .       .
change.answer    .    .      .      .     .          .       O      .      .       .
change.count     .    .      S      .     .          .       .      .      .       .
absence.manage   .    .      S      S     .          .       .      .      .       .
handover.write   .    .      .      S     .          .       O      O      O       .
"""
LETTERS = {
    "A": "city", "B": "bureau", "S": "school", "G": "grade", "C": "classes", "M": "mentees", "O": "self",
    "K": "children", "L": "led",
}  # fmt: skip


def table() -> dict[str, dict[str, str]]:
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return {
        name: {role: mark for role, mark in zip(head, marks, strict=True) if mark != "."}
        for name, *marks in lines
    }


EXPECTED = table()
NOBODY = "nobody"
OFFICES = ("leader", "clerk", "grade_head")


@dataclass(frozen=True)
class Target:
    """One address with its keys filled in, and whether the reader should reach it."""

    url: str
    reached: bool
    what: str


def within(mark: str, person: str, where: str, key: Any, troupe: Troupe) -> bool:
    """Does reach `mark` of `person` (of the own school) hold for the object `key` of `troupe`?"""
    if mark == "A":
        return True
    if where != "own" or mark == "L":  # nobody of the cast leads in a life event
        return False
    if isinstance(key, frozenset):  # the sample names everybody who reaches it
        return person in key
    students = {row.pk: number for number, row in enumerate(troupe.students)}
    if key in students:
        reach = {"C": {0, 1, 2}, "M": {0}, "O": {0}, "K": {0}}.get(mark)
        return reach is None or students[key] in reach
    if mark == "C":
        return key == troupe.class_1.pk
    if mark == "O":
        return key == troupe.posts[person].pk if person in troupe.posts else True
    return True


def targets(cast: Cast, route: str, person: str) -> list[Target]:
    need = ROUTES[route].need
    try:
        return [Target(reverse(route), True, "list")]
    except NoReverseMatch:
        pass
    found = []
    mark = EXPECTED.get(str(need), {}).get(person, "")
    about = need.resource.name if isinstance(need, Permission) else ""
    for where, troupe in (("own", cast.own), ("other", cast.other)):
        for kwargs, owner in SAMPLES[route if route in SAMPLES else about](troupe):
            reached = bool(mark) and within(mark, person, where, owner, troupe)
            found.append(Target(reverse(route, kwargs=kwargs), reached, f"{where} {kwargs}"))
    return found


def ask(cookies: SimpleCookie, method: str, url: str) -> HttpResponse:
    """One request whose writes, and whose changes to the session, are undone."""
    client = Client()
    client.cookies = SimpleCookie(cookies.output(header="", sep=";"))
    with transaction.atomic():
        answer: HttpResponse = getattr(client, method)(url)
        transaction.set_rollback(True)
    return answer


def wrong(route: str, person: str, target: Target, method: str, answer: HttpResponse) -> str:
    """What is wrong with this answer, or ""."""
    need, status = ROUTES[route].need, answer.status_code
    if need == PUBLIC:
        bad = status in {403, 404} or status >= 500
    elif person == NOBODY:
        bad = status != 302 or not answer.headers["Location"].startswith("/sign-in")
    elif need == SIGNED_IN:  # about oneself: what is another's is not found
        bad = status == 403 or status >= 500
    elif person not in EXPECTED[str(need)]:
        bad = status != 403
    elif target.reached:
        bad = status in {403, 404} or status >= 500
    else:
        bad = status not in {404, 405}
    return f"{person} {method} {target.url} ({target.what}): {status}" if bad else ""


def leaks(route: str, person: str, cast: Cast, answer: HttpResponse) -> set[str]:
    """Names in the answer that this reader may not see."""
    text = answer.content.decode(errors="ignore")
    hidden = {who.name for who in cast.other.people.values()} | {
        row.person.name for row in cast.other.students
    }
    if person in {NOBODY, "city", "county"}:
        hidden |= {who.name for who in cast.own.people.values()}
        hidden |= {row.person.name for row in cast.own.students}
    if person in {"student", "guardian"}:
        hidden |= {row.person.name for row in cast.own.students[1:]}
    if (route, person) == (
        "dashboards:school_grants",
        "city",
    ):  # who holds an office is what this page is for
        hidden -= {troupe.people[name].name for troupe in (cast.own, cast.other) for name in OFFICES}
    return {name for name in hidden if re.search(re.escape(name), text)}


@pytest.mark.row("G24")
@pytest.mark.parametrize("person", [*ROLES, NOBODY])
def test_every_address_answers_each_person_as_the_table_says(
    cast: Cast, sign_in: Callable[..., Client], person: str
) -> None:
    problems: list[str] = []
    cookies = Client().cookies if person == NOBODY else sign_in(person).cookies
    for route in ROUTES:
        for target in targets(cast, route, person):
            for method in ("get", "post"):
                answer = ask(cookies, method, target.url)
                problems += [text for text in [wrong(route, person, target, method, answer)] if text]
                problems += [
                    f"{person} {method} {target.url} shows {name}"
                    for name in leaks(route, person, cast, answer)
                ]
                if b'href=""' in answer.content:
                    problems.append(f"{person} {method} {target.url} has a link that leads nowhere")
    assert problems == []


def test_the_policy_table_says_what_this_file_expects() -> None:
    assert {
        name: {role.value: reach.value for role, reach in rule.roles.items()}
        for name, rule in PERMISSIONS.items()
    } == {
        name: {ROLES[person].value: LETTERS[mark] for person, mark in marks.items()}
        for name, marks in EXPECTED.items()
    }


def test_an_undeclared_address_is_not_served(
    cast: Cast, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(ROUTES, "home:me")
    assert sign_in("clerk").get("/me").status_code == 404


def test_every_address_is_named() -> None:
    assert len(set(route_names(get_resolver()))) == len(list(route_names(get_resolver())))
