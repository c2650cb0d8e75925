"""How it is said who may do what. Code, the page 「谁能做什么」 and the generated tests all read the one table here.

Each room declares in its own `policy.py` its permissions and its routes; what several rooms share stands in
`permissions.py`. A permission names a resource, a verb in Chinese, and for each role that has it the scope in which
it holds: a role that is not listed has nothing. One by which confidential texts (C3 and C4) are written or read, or
credentials are given out, is `confidential`, as its resource or by itself: whoever was away shows first who he is
(`asks_again`). A route names the
permission that its view needs; a route that is not listed stops the start (`checks.py`). Beside it stands the entry of
the log that the gate writes when an answer of it names students (`reads.py`). The order of the table is that of
INSTALLED_APPS, within a room as declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, TextChoices

from liangshi.foundation.audit.types import EntryType
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audit import LIST_TAKEN
from liangshi.registry.access.choices import Role

M = TypeVar("M", bound=Model)


class Scope(TextChoices):
    """How far a permission reaches."""

    CITY = "city", "全市"
    BUREAU = "bureau", "所辖学校"
    SCHOOL = "school", "本校"
    GRADE = "grade", "本年级"
    CLASSES = "classes", "本班"
    MENTEES = "mentees", "自己指导的学生"
    LED = "led", "自己主谈的学生"
    SELF = "self", "本人"
    CHILDREN = "children", "自己的孩子"


@dataclass(frozen=True, slots=True)
class Resource(Generic[M]):
    """What a permission is about: rows of one model. How far each scope reaches among them, `@scope` says.
    `confidential`: what they say is (C3 and C4), so that every permission about them is."""

    name: str
    model: type[M]
    confidential: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Permission(Generic[M]):
    """One line of the table. Made by `permit` alone."""

    code: str
    resource: Resource[M]
    label: str
    roles: Mapping[Role, Scope]
    note: str = ""
    own: bool = (
        False  # what he alone reads, and his word as the second: closed while his account waits for its owner
    )
    confidential: bool = False
    pressing: bool = False  # what does not wait: a student in 休学 sends it, too

    def __str__(self) -> str:
        return self.code

    def rows(self, actor: Actor) -> Q:
        """The rows of the resource for which the actor has this permission; none when he lacks it.

        Page, list, search, count and export ask here alone, and a predicate about one row is membership in it.
        """
        reach = None if self.own and actor.locked else self.roles.get(actor.role)
        return SCOPES[self.resource.name, reach](actor) if reach else NOTHING


class Open(Enum):
    """What a route says instead of a permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"

    def __str__(self) -> str:
        return self.value


PUBLIC = Open.PUBLIC  # no sign-in needed
SIGNED_IN = Open.SIGNED_IN  # anybody who is signed in, about himself
Need = Permission[Any] | Open


NOTHING = Q(pk__in=[])
Filter = Callable[[Actor], Q]

PERMISSIONS: dict[str, Permission[Any]] = {}
SCOPES: dict[tuple[str, Scope], Filter] = {}
ROUTES: dict[str, Need] = {}  # what the view of each address needs
READS: dict[str, tuple[EntryType, ...]] = {}  # what may be written when an answer of it names students
BODIES: dict[
    str, int
] = {}  # how many bytes may be sent to an address that takes more than a form (`bodies.py`)

OFFICE: Mapping[Role, Scope] = {Role.LEADER: Scope.SCHOOL, Role.CLERK: Scope.SCHOOL}
BUREAUS: Mapping[Role, Scope] = {Role.CITY: Scope.CITY, Role.COUNTY: Scope.BUREAU}
TEACHERS: Mapping[Role, Scope] = {
    Role.GRADE_HEAD: Scope.GRADE,
    Role.ADVISER: Scope.CLASSES,
    Role.MENTOR: Scope.MENTEES,
}
ALL_STAFF = (Role.LEADER, Role.CLERK, Role.GRADE_HEAD, Role.ADVISER, Role.MENTOR, Role.STAFF)


@dataclass(frozen=True, slots=True)
class File:
    """What a list is called that may be taken as a file: in the file's name, and in the log of who has taken it."""

    word: str


FILES: dict[str, str] = {}  # route → the word
CONFIDENTIAL: set[str] = set()  # routes that say so of themselves


def permit(
    code: str,
    resource: Resource[M],
    label: str,
    roles: Mapping[Role, Scope],
    note: str = "",
    *,
    own: bool = False,
    confidential: bool = False,
    pressing: bool = False,
) -> Permission[M]:
    """Declare a permission in the table and return it. `own`: of what he who has it alone reads, or his word as the
    second. `pressing`: a student in 休学 has it as others have. ValueError when the code is taken."""
    if code in PERMISSIONS:
        raise ValueError(f"permission {code} is declared twice")
    kept = confidential or resource.confidential
    PERMISSIONS[code] = permission = Permission(code, resource, label, roles, note, own, kept, pressing)
    return permission


def scope(resource: Resource[Any] | str, reach: Scope) -> Callable[[Filter], Filter]:
    """Declare the rows of `resource` (or of the one of this name) within `reach` of an actor."""
    name = resource if isinstance(resource, str) else resource.name

    def declare(function: Filter) -> Filter:
        if (name, reach) in SCOPES:
            raise ValueError(f"scope {reach} of {name} is declared twice")
        SCOPES[name, reach] = function
        return function

    return declare


def routes(
    space: str,
    needs: Mapping[str, Need],
    reads: Mapping[str, EntryType | File | tuple[EntryType | File, ...]] | None = None,
    bodies: Mapping[str, int] | None = None,
    *,
    confidential: Iterable[str] = (),
) -> None:
    """Declare what each address of a URL namespace needs, and which entry its answers leave when they name students:
    the usual one first, then those that the view picks by what it answers with. A list that may be taken says what it
    is called (`File`); who takes it leaves `LIST_TAKEN`. `bodies`: the bytes that may be sent to an address that takes
    a file. `confidential` are addresses that are it beside those that their permission or their reading makes so.

    ValueError when one is declared already.
    """
    for name, need in needs.items():
        full = f"{space}:{name}"
        if full in ROUTES:
            raise ValueError(f"route {full} is declared twice")
        ROUTES[full] = need
    BODIES.update((f"{space}:{name}", most) for name, most in (bodies or {}).items())
    for name, entries in (reads or {}).items():
        full = f"{space}:{name}"
        held = entries if isinstance(entries, tuple) else (entries,)
        FILES.update((full, each.word) for each in held if isinstance(each, File))
        declared = (LIST_TAKEN if isinstance(each, File) else each for each in held)
        READS[full] = (*declared, *READS.get(full, ()))
    CONFIDENTIAL.update(f"{space}:{name}" for name in confidential)


def also_reads(route: str, entry: EntryType) -> None:
    """Declare the entry of what a room shows on the page of another, which picks it when that is shown."""
    READS[route] = (*READS.get(route, ()), entry)


def written(need: Need) -> list[EntryType]:
    """The entries that the addresses with this need leave when they name students, each once. A list of figures that
    is only taken as a file names nobody."""
    entries = [READS.get(name, ()) for name, held in ROUTES.items() if held is need]
    return list(dict.fromkeys(entry for each in entries if each != (LIST_TAKEN,) for entry in each))


def asks_again(name: str) -> bool:
    """Whether an address shows or takes confidential texts, so that who was away shows first who he is: its permission
    or the address itself says so, or it declares a reading that is more than a glance at names."""
    need = ROUTES.get(name)
    said = name in CONFIDENTIAL or (isinstance(need, Permission) and need.confidential)
    return said or any(not (entry.glance or entry is LIST_TAKEN) for entry in READS.get(name, ()))


WIDER = {
    Scope.CITY: frozenset(Scope),
    Scope.BUREAU: frozenset(
        {Scope.BUREAU, Scope.SCHOOL, Scope.GRADE, Scope.CLASSES, Scope.MENTEES, Scope.LED}
    ),
    Scope.SCHOOL: frozenset({Scope.SCHOOL, Scope.GRADE, Scope.CLASSES, Scope.MENTEES, Scope.LED}),
    Scope.GRADE: frozenset({Scope.GRADE}),
    Scope.CLASSES: frozenset({Scope.CLASSES}),
}


def covers(issuer: Role, owner: Role) -> bool:
    """Whether whoever wears `issuer` may do by the table whatever `owner` may at the same place, and as far: then he may
    give him his credentials alone. What is an owner's own, no credential opens before he has shown that it is he."""
    return all(
        issuer in permission.roles and permission.roles[owner] in WIDER.get(permission.roles[issuer], ())
        for permission in PERMISSIONS.values()
        if owner in permission.roles and not permission.own
    )


def may_open(role: Role, name: str) -> bool:
    """Whether a role may open an address at all; False too for one that is not installed."""
    need = ROUTES.get(name)
    return need is not None and (isinstance(need, Open) or allows(role, need))


def allows(role: Role, permission: Permission[Any]) -> bool:
    """Whether a role has a permission in any scope."""
    return role in permission.roles
