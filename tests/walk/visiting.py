"""One visit: an address asked once by one person, and what is wrong with its answer.

Requests go through the whole stack (middleware, view, templates) but not through the test client: nobody needs the
contexts of the templates, and a session is begun once. Whatever a request writes is undone.
"""

from __future__ import annotations

import html
import io
import re
import sys
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote

from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import RequestFactory
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, StringConverter, UUIDConverter

from liangshi.foundation.audit import actions as log
from liangshi.foundation.audit.hashing import link
from liangshi.foundation.audit.models import Entry
from liangshi.foundation.audit.types import TYPES, EntryType
from liangshi.foundation.base.sealed import SealedField
from liangshi.registry.access import middleware
from liangshi.registry.access.policy import PUBLIC, ROUTES, SIGNED_IN, Permission, asks_again
from liangshi.registry.accounts import sessions
from liangshi.registry.people.models import Student
from tests.walk.expected import EXPECTED
from tests.walk.people import LIKE, NOBODY, RELATIONS, reaches
from tests.walk.world import MARK, Key, Marker, Side, World

METHODS = ("get", "post")
EXCEL = "format=xlsx"


def refused(name: str, route: str) -> bool:
    """Whether the gate turns this person away before any view is asked."""
    need = ROUTES[route]
    if need is PUBLIC:
        return False
    return name == NOBODY or (need is not SIGNED_IN and LIKE[name] not in EXPECTED[str(need)])


@dataclass(frozen=True, slots=True)
class Visit:
    """`data` is what a form sends, as pairs."""

    name: str
    route: str
    url: str
    method: str = "get"
    data: tuple[tuple[str, Any], ...] = ()
    reached: bool = True

    def __str__(self) -> str:
        return f"{self.name} {self.method} {self.route} {self.url} {dict(self.data) or ''}".strip()


@dataclass(frozen=True, slots=True)
class Answer:
    """`wrote`: what stands in the log since, and about whom ("": nobody)."""

    status: int
    text: str
    problem: str = ""
    wrote: frozenset[tuple[EntryType, str]] = frozenset()

    @property
    def plain(self) -> str:
        """Without what is drawn anew for each answer."""
        return DRAWN.sub("", self.text)


class Walker:
    """One person with his session. While he walks, who he is and what his hat is are asked once, and so is the page
    that says that something is not there: both are the same for all his visits."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.handler = BaseHandler()
        self.handler.load_middleware()
        self.factory = RequestFactory()
        self.actor = None if name == NOBODY else world.actor(name)
        self.cookie = "" if name == NOBODY else self._begin()
        self.lost = 0
        self.entries: list[Entry] = []  # what the present answer has written into the log

    def _begin(self) -> str:
        assert self.actor
        account, session = self.world.person(self.name).account, SessionStore()
        assert middleware.actor_of(account, self.actor.hat.key) == self.actor
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session[middleware.SESSION_KEY] = self.actor.hat.key
        sessions.begin(session)
        session.create()
        return str(session.session_key)

    def __enter__(self) -> Walker:
        self.patches = ExitStack()
        self.patches.enter_context(patch.object(middleware, "actor_of", lambda account, wanted: self.actor))
        self.patches.enter_context(patch.object(log, "link", self._written))
        plain = URLResolver.resolve_error_handler
        shown = {404: lambda request, exception: self._lost(plain, request, exception)}
        self.patches.enter_context(
            patch.object(
                URLResolver,
                "resolve_error_handler",
                lambda resolver, code: shown.get(code) or plain(resolver, code),
            )
        )
        return self

    def __exit__(self, *failure: object) -> None:
        self.patches.close()

    def _written(self, entry: Entry) -> str:
        self.entries.append(entry)
        return link(entry)

    def _lost(self, plain: Any, request: HttpRequest, exception: Exception) -> HttpResponse:
        self.lost += 1
        if self.lost > 1:
            return HttpResponse(status=404)
        page: HttpResponse = plain(get_resolver(), 404)(request, exception=exception)
        return page

    def ask(self, visit: Visit, *before: Callable[[], object]) -> Answer:
        """The answer; `before` is done first, and undone with everything else."""
        request = getattr(self.factory, visit.method)(visit.url, dict(visit.data))
        request._dont_enforce_csrf_checks = True
        if self.cookie:
            request.COOKIES[settings.SESSION_COOKIE_NAME] = self.cookie
        with _failures() as failures, transaction.atomic():
            for each in before:
                each()
            self.entries.clear()
            response = self.handler.get_response(request)
            text = f"{unquote(str(dict(response.headers)))}\n{readable(response)}"
            transaction.set_rollback(True)
        wrote = frozenset((TYPES[entry.type], entry.subject) for entry in self.entries)
        return Answer(response.status_code, text, "; ".join(failures), wrote)


class _failures(list[str]):  # read as a verb: with _failures() as …
    """What a view raised while it was asked."""

    def __enter__(self) -> _failures:
        got_request_exception.connect(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        got_request_exception.disconnect(self._note)

    def _note(self, **_: Any) -> None:
        self.append(repr(sys.exc_info()[1]))


# What is drawn anew for each answer.
DRAWN = re.compile(r'name="(?:csrfmiddlewaretoken|key|once)" value="[^"]*"|X-CSRFToken[^,}]*')
ESCAPED = re.compile(r"\\u([0-9a-f]{4})")


def readable(response: HttpResponseBase) -> str:
    """An answer's text as somebody would read it: sheets unpacked, lines of a calendar joined, escapes undone."""
    data = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = [book.read(name).decode() for name in book.namelist() if name.endswith(".xml")]
        return html.unescape("".join(parts))
    text = str(data.decode(errors="ignore"))
    if text.startswith("BEGIN:VCALENDAR"):
        return text.replace("\r\n ", "")
    if "\\u" in text:
        text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text


# Where a person goes.


def visits(world: World, name: str) -> Iterator[Visit]:
    """Every address that the gate opens to this person, in his own school and in the other one."""
    for route in ROUTES:
        if not refused(name, route):
            yield from visits_of(world, name, route)


def visits_of(world: World, name: str, route: str) -> Iterator[Visit]:
    for url, reached in targets(world, name, route):
        for method in METHODS:
            yield Visit(name, route, url, method, reached=reached)
        side = world.side_of(name)
        for query in side.queries.get(route, ()):
            yield Visit(name, route, f"{url}?{query}", reached=reached)
        for data in side.forms.get(route, ()):
            yield Visit(name, route, url, "post", tuple(data.items()), reached=reached)


def targets(world: World, name: str, route: str) -> Iterator[tuple[str, bool]]:
    """The addresses of a route with its keys filled in, and whether this person reaches what they name."""
    try:
        yield reverse(route), True
        return
    except NoReverseMatch:
        pass
    need = ROUTES[route]
    asked = isinstance(need, Permission)
    mark = EXPECTED[str(need)][LIKE[name]] if asked else "A" if need is PUBLIC else "O"
    resource = need.resource.name if asked else ""
    for side in world.sides:
        keys = side.addresses.get(route) or side.addresses.get(resource)
        if not keys:
            raise LookupError(f"no room's secrets say what {route} ({resource}) names")
        if need is PUBLIC and name != NOBODY:  # the same for everybody who has the address
            continue
        for key, reached in _telling(side, name, mark, keys):
            yield reverse(route, kwargs=dict(key.kwargs)), reached


def _telling(side: Side, name: str, mark: str, keys: list[Key]) -> Iterator[tuple[Key, bool]]:
    """The keys that tell something new: of students who are reached alike, and of the other school, one is enough."""
    away = side is not side.world.side_of(name)
    seen: set[bool] = set()
    for key in keys:
        reached = reaches(side, name, mark, key.owner)
        alike = away or (reached and isinstance(key.owner, Student))
        if not (alike and reached in seen):
            yield key, reached
        seen.add(reached)


def anywhere(route: str) -> str:
    """An address of the route that names nothing there is."""
    space, _, name = route.rpartition(":")
    (_, _, _, kinds), *_ = get_resolver().namespace_dict[space][1].reverse_dict.getlist(name)
    none = {UUIDConverter: uuid.UUID(int=1), IntConverter: 1, StringConverter: "none"}
    return reverse(route, kwargs={key: none[type(kind)] for key, kind in kinds.items()})


# What is wrong with an answer.


def wrong(visit: Visit, answer: Answer) -> str:
    """What is wrong with the status, or ""."""
    status, need = answer.status, ROUTES[visit.route]
    if need is PUBLIC:
        bad = status in {403, 404} or status >= 500
    elif need is SIGNED_IN:  # about oneself: what is another's is not found
        bad = status == 403 or status >= 500 or (not visit.reached and status not in {404, 405})
    elif visit.reached:
        bad = status in {403, 404} or status >= 500
    else:
        bad = status not in {404, 405}
    return f"{visit}: {status} {answer.problem}".strip() if bad else ""


LINK = re.compile(r'(?:href|action|hx-get|hx-post)="([^"?#]+)')


def _closed(world: World, name: str) -> Iterator[str]:
    for route in ROUTES:
        if refused(name, route):
            yield from _named(world, route)
        else:
            yield from (url for url, reached in targets(world, name, route) if not reached)


def _named(world: World, route: str) -> Iterator[str]:
    """Every address of a route, for whomever."""
    try:
        yield reverse(route)
    except NoReverseMatch:
        need = ROUTES[route]
        resource = need.resource.name if isinstance(need, Permission) else ""
        for side in world.sides:
            for key in side.addresses.get(route) or side.addresses.get(resource, []):
                yield reverse(route, kwargs=dict(key.kwargs))


# A reading without a student's name, and why.
UNNAMED = {"talks:versions": "what a talk said before, to its author"}
# What is read as such: whoever opens it stands in the log, whomever it names.
THINGS = {
    "dossier:staff": "the list of staff",
    "relations:counts": "how often each mentor was asked to be changed",
    "rosters:export_staff": "the list of staff",
    "rounds:proof": "the proof of a round",
}
FAMILIES = ("guardian", "restricted_guardian", "barred")  # whom the school knows as somebody's parents alone


# Keeps sealed texts from whoever was away, instead of asking him: tests/pages/test_locked.py.
KEEPS = {"home:home"}


class Judge:
    """Finds planted markers and names in answers, and says what is wrong."""

    def __init__(self, world: World) -> None:
        markers = world.markers()
        self.world = world
        self.coded = {each.text: each for each in markers if MARK.fullmatch(each.text)}
        self.plain = [each for each in markers if each.text not in self.coded]
        self.sealed = {
            f"{model._meta.label}.{field.name}"
            for model in apps.get_models()
            for field in model._meta.fields
            if isinstance(field, SealedField)
        }
        self._closed: dict[str, frozenset[str]] = {}
        self.students = {str(row.pk): row.person.name for side in world.sides for row in side.students}
        self.parents = {
            side.people[name].name: {str(link.student_id) for link in side.people[name].wards.all()}
            for side in world.sides
            for name in FAMILIES
        }

    def own(self, name: str) -> set[str]:
        """Whose name is no news to this reader: the student himself, a guardian's children."""
        numbers = {n for mark in "OK" for n in RELATIONS.get(name, {}).get(mark, ())}
        return {str(row.pk) for n, row in enumerate(self.world.side_of(name).students) if n in numbers}

    def unread(self, visit: Visit, answer: Answer) -> Iterator[str]:
        """Whom an answer names without an entry about him (a guardian: about his child), and whom an entry says was
        read and was not named."""
        own = self.own(visit.name)
        named = {key for key, name in self.students.items() if name in answer.text} - own
        noted = {subject for _, subject in answer.wrote}
        for key in named - noted:
            yield f"{visit} names {self.students[key]}, and no entry says so"
        families = [(name, children) for name, children in self.parents.items() if name in answer.text]
        for name, children in families:
            if not children & (noted | own):
                yield f"{visit} names {name}, and no entry says so of his children"
        named = named.union(*(children for _, children in families))
        read = {subject for entry, subject in answer.wrote if entry.is_read}
        opened = visit.method == "get" and answer.status == 200
        if visit.route in UNNAMED:
            named |= read
            if opened and not read:
                yield f"{visit} shows {UNNAMED[visit.route]}, and no entry says so"
        if visit.route in THINGS and opened and "" not in read:
            yield f"{visit} hands out {THINGS[visit.route]}, and no entry says so"
        for key in read - named - {""}:
            yield f"{visit} has an entry about {self.students[key]}, whom it does not name"

    def met(self, answer: Answer) -> list[Marker]:
        found = [self.coded[text] for text in set(MARK.findall(answer.text)) if text in self.coded]
        return found + [each for each in self.plain if each.text in answer.text]

    def closed(self, name: str) -> frozenset[str]:
        """The addresses that lead this person to a refusal: nobody offers him a link to one."""
        if name not in self._closed:
            self._closed[name] = frozenset(_closed(self.world, name))
        return self._closed[name]

    def noticed(self, walker: Walker, visit: Visit, answer: Answer) -> Iterator[str]:
        """Whether this reader's answer is another one when what he must not notice has never happened."""
        undo = [each.undo for each in self.world.own.unnoticed if visit.name in each.readers]
        if undo and visit.method == "get" and answer.status == 200 and visit.reached:
            without = walker.ask(visit, *undo)
            if without.plain != answer.plain:
                yield f"{visit} tells {visit.name} of what he must not notice"

    def problems(self, visit: Visit, answer: Answer) -> Iterator[str]:
        """Everything that is wrong with one answer."""
        if problem := wrong(visit, answer):
            yield problem
        for marker in self.met(answer):
            if not marker.allowed(visit.name, visit.route):
                yield f"{visit} shows {marker}"
            if marker.field in self.sealed and not (asks_again(visit.route) or visit.route in KEEPS):
                yield f"{visit} shows {marker} to whoever takes up an idle phone"
        yield from self.unread(visit, answer)
        if 'href=""' in answer.text:
            yield f"{visit} has a link that leads nowhere"
        if visit.name != NOBODY:
            for url in self.closed(visit.name) & set(LINK.findall(answer.text)):
                yield f"{visit} offers {url}, which is not there for him"
        if visit.reached and visit.method == "get" and answer.status == 200:
            for check in self.world.own.checks.get((visit.name, visit.route), ()):
                if problem := check(answer.text):
                    yield f"{visit}: {problem}"


def walk(walker: Walker, visits: Iterable[Visit]) -> Iterator[tuple[Visit, Answer]]:
    """Each visit, and its Excel twin where the page offers one."""
    for visit in visits:
        answer = walker.ask(visit)
        yield visit, answer
        if visit.method == "get" and answer.status == 200 and EXCEL in answer.text and EXCEL not in visit.url:
            url = f"{visit.url}{'&' if '?' in visit.url else '?'}{EXCEL}"
            twin = replace(visit, url=url)
            yield twin, walker.ask(twin)
