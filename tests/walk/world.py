"""The world that is walked: the cast's two schools, with everybody who stands near one student, and what each room
plants in them.

A room's `secrets.py` (beside its tests) has `PUBLIC`, the text fields that are no secret and why, and `plant(side)`,
which makes the room's rows in one school and says of each: who comes across its text (`mark`), at which addresses it
stands (`keys`), and what else an address is asked (`ask`, `send`). Both schools are planted alike.
"""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from liangshi.foundation.base.clock import today
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.models import Person, Staff, Student
from liangshi.registry.schools.models import ClassGroup
from tests.cast import Cast, Troupe, build
from tests.walk.neighbours import called, come
from tests.walk.people import NOBODY, OTHER, PEOPLE, names, role_of

TESTS = Path(__file__).resolve().parents[1]
FLOORS = ("foundation", "registry", "practice", "oversight", "portal")
MARK = re.compile("qz[0-9a-z]{6}")

Owner = Any  # Student, Staff, Person, ClassGroup, School …, or the names of those who reach it
Check = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Marker:
    """A text that stands in one field of one row. `readers`: who meets it, and at which routes (none named: any)."""

    field: str
    what: str
    text: str
    readers: Mapping[str, frozenset[str] | None]
    must: frozenset[str]  # of the readers: who has to come across it, or the walk has not looked

    def allowed(self, name: str, route: str) -> bool:
        routes = self.readers.get(name, frozenset())
        return routes is None or route in routes

    def __str__(self) -> str:
        return f"{self.field} {self.what}".strip()


@dataclass(frozen=True, slots=True)
class Key:
    """What an address names, and whose it is."""

    kwargs: Mapping[str, Any]
    owner: Owner


@dataclass(frozen=True, slots=True)
class Unnoticed:
    """See `Side.unseen`."""

    readers: frozenset[str]
    undo: Callable[[], object]
    clerk: str


@dataclass
class Side:
    """One of the two schools."""

    tag: str
    world: World
    troupe: Troupe
    markers: list[Marker] = field(default_factory=list)
    addresses: dict[str, list[Key]] = field(default_factory=dict)
    queries: dict[str, list[str]] = field(default_factory=dict)
    forms: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    checks: dict[tuple[str, str], list[Check]] = field(default_factory=dict)
    unnoticed: list[Unnoticed] = field(default_factory=list)
    older: ClassGroup = None  # type: ignore[assignment]  # a class of the grade above
    elsewhere: Student = None  # type: ignore[assignment]  # of the school where the clerk worked before

    # The people.

    @property
    def people(self) -> dict[str, Person]:
        return self.troupe.people

    @property
    def posts(self) -> dict[str, Staff]:
        return self.troupe.posts

    @property
    def students(self) -> list[Student]:
        return self.troupe.students

    @property
    def student(self) -> Student:
        """Number 0, with whom everybody has to do."""
        return self.troupe.student

    def number(self, row: Student) -> int:
        return next(n for n, each in enumerate(self.students) if each.pk == row.pk)

    def group_of(self, number: int) -> Any:
        return (self.troupe.class_1 if number < 3 else self.troupe.class_2).pk

    def actor(self, name: str, role: Role | None = None) -> Actor:
        who, wanted = self.people[name], role or role_of(name)
        hats = hats_of(who, today())
        hat = next(hat for hat in hats if hat.role == wanted)
        others = tuple(each for each in hats if each is not hat)
        return Actor(who.account.pk, who.pk, who.name, hat, others)

    def bond(self, number: int = 0) -> Mentorship:
        return Mentorship.objects.get(student=self.students[number], kind="primary", ends_on__isnull=True)

    def local(self, name: str) -> str:
        """What a visitor is called in this school, or "" when he is of the other one."""
        if name in {"city", "county", NOBODY}:
            return name
        other = name.startswith(OTHER)
        return name.removeprefix(OTHER) if other == (self.tag == "other") else ""

    # What a room says of what it plants.

    def text(self, field: str, what: str = "") -> str:
        code = hashlib.blake2b(f"{self.tag}/{field}/{what}".encode(), digest_size=8).digest()
        number = int.from_bytes(code, "big")
        letters = "0123456789abcdefghijklmnopqrstuvwxyz"
        return "qz" + "".join(letters[number // 36**place % 36] for place in range(6))

    def mark(
        self,
        field: str,
        readers: str = "",
        what: str = "",
        *,
        at: Mapping[str, str] | None = None,
        must: str | None = None,
    ) -> str:
        """A text for `field` ("talks.Talk.gist") that `readers` come across, and those of `at` at some routes only
        (names → routes). Nobody else meets it anywhere; who has to, if not all of them, says `must`."""
        return self._register(field, what, self.text(field, what), self._meant(readers, at), must)

    def name(self, who: Person, readers: str, *, at: Mapping[str, str] | None = None, must: str = "") -> None:
        """The name of a person, as `mark`; only those in `must` have to come across it."""
        self._register("people.Person.name", who.name, who.name, self._meant(readers, at), must)

    def _meant(self, readers: str, at: Mapping[str, str] | None) -> dict[str, frozenset[str] | None]:
        """Visitor → the routes at which he meets it, None for any."""
        found: dict[str, frozenset[str] | None] = {
            name: frozenset(routes.split()) for some, routes in (at or {}).items() for name in names(some)
        }
        return found | dict.fromkeys(names(readers))

    def _register(
        self,
        field: str,
        what: str,
        text: str,
        readers: Mapping[str, frozenset[str] | None],
        must: str | None,
    ) -> str:
        known = {self.local(name): name for name in PEOPLE if self.local(name)}
        here = {known[name]: routes for name, routes in readers.items() if name in known}
        needed = here if must is None else {known[name] for name in names(must) if name in known}
        self.markers.append(Marker(field, what, text, here, frozenset(needed)))
        return text

    def says(self, model: type, method: str, words: Mapping[Any, str]) -> None:
        """For a field of coded words: `method` of the rows in `words` says a planted text in their place."""
        said = {**self.world.words.get((model, method), {}), **words}
        self.world.words[model, method] = said

    def keys(self, resource_or_route: str, *rows: tuple[Any, Owner]) -> None:
        """Rows that addresses about a resource, or one route, name: (row or kwargs, owner)."""
        for row, owner in rows:
            kwargs = row if isinstance(row, dict) else {"pk": row.pk}
            whose = names(owner) if isinstance(owner, str) else owner
            self.addresses.setdefault(resource_or_route, []).append(Key(kwargs, whose))

    def ask(self, route: str, *queries: str) -> None:
        """What an address is asked beside the plain question: "part=timeline"."""
        self.queries.setdefault(route, []).extend(queries)

    def send(self, route: str, **data: Any) -> None:
        """A form as it is filled in, beside the empty one."""
        self.forms.setdefault(route, []).append(data)

    def expect(self, name: str, route: str, check: Check) -> None:
        """What one reader's answer of a route has to be beside its markers: the problem in words, or ""."""
        if self.tag == "own":
            self.checks.setdefault((name, route), []).append(check)

    def unseen(self, readers: str, undo: Callable[[], object], clerk: str) -> None:
        """Something planted that these readers must not notice. `undo` makes the world without it; at the address
        `clerk` the clerk would see the difference."""
        if self.tag == "own":
            self.unnoticed.append(Unnoticed(names(readers), undo, clerk))


@dataclass
class World:
    cast: Cast
    own: Side = None  # type: ignore[assignment]
    other: Side = None  # type: ignore[assignment]
    words: dict[tuple[type, str], dict[Any, str]] = field(default_factory=dict)
    patches: ExitStack = field(default_factory=ExitStack)

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.own, self.other

    def markers(self) -> list[Marker]:
        return [*self.own.markers, *self.other.markers]

    def side_of(self, name: str) -> Side:
        return self.other if name.startswith(OTHER) else self.own

    def person(self, name: str) -> Person:
        if name in self.cast.people:
            return self.cast.people[name]
        return self.side_of(name).people[name.removeprefix(OTHER)]

    def actor(self, name: str) -> Actor:
        if name in self.cast.people:
            return self.cast.actor(name)
        return self.side_of(name).actor(name.removeprefix(OTHER), role_of(name))

    def speak(self) -> None:
        """From now on the planted words stand in place of the coded ones."""
        for (model, method), said in self.words.items():
            self.patches.enter_context(patch.object(model, method, _saying(getattr(model, method), said)))


def _saying(plain: Any, said: Mapping[Any, str]) -> Any:
    """`plain`, a method or a property, as it is but for the rows in `said`."""
    ask = plain.fget if isinstance(plain, property) else plain

    def say(row: Any) -> Any:
        return said[row.pk] if row.pk in said else ask(row)

    return property(say) if isinstance(plain, property) else say


def rooms() -> Iterator[Any]:
    """The `secrets` modules, from the ground up."""
    for floor in FLOORS:
        for path in sorted((TESTS / floor).rglob("secrets.py")):
            yield importlib.import_module(".".join(("tests", *path.relative_to(TESTS).with_suffix("").parts)))


def public() -> dict[str, str]:
    """Text fields that are no secret, and why."""
    return {name: why for room in rooms() for name, why in room.PUBLIC.items()}


def plant() -> World:
    """The whole world; inside a transaction that its owner rolls back."""
    cast = build()
    world = World(cast)
    world.own, world.other = Side("own", world, cast.own), Side("other", world, cast.other)
    for side in world.sides:
        come(side)
        for room in rooms():
            room.plant(side)
        called(side)
    world.speak()
    return world
