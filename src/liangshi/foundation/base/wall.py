"""How far whoever acts reaches: which schools' rows the database lets through while it answers him.

    with wall.closed():                   a request: nothing yet
        wall.narrow({school.pk})          its hat is known: these schools until the block ends
    with wall.everywhere("a command"):    the program itself, and why

This is the second wall, behind the rules (`guard`): where a view forgets its filter, PostgreSQL keeps the rows of other
schools to itself. What is said here travels with the next statement (`postgresql.base`), whose policies read it
(`postgresql.policies`). Who says nothing reaches no school. SQLite has no such wall and hears nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from liangshi.foundation.base.guard import as_system

ALL, NONE = "all", "{}"
outside = NONE  # what holds where nobody has said anything; only the tests set another
_reach: ContextVar[str | None] = ContextVar("reach", default=None)


def reach() -> str:
    """As the database is told: ALL, or an array of keys in PostgreSQL's notation."""
    held = _reach.get()
    return outside if held is None else held


@contextmanager
def _held(wanted: str) -> Iterator[None]:
    token = _reach.set(wanted)
    try:
        yield
    finally:
        _reach.reset(token)


@contextmanager
def closed() -> Iterator[None]:
    """For the time of a request: no school, until it is known who asks. At the end holds again what held before."""
    with _held(NONE):
        yield


@contextmanager
def everywhere(why: str) -> Iterator[None]:
    """For the time of the block all schools, for the program itself. Never around what answers a reader."""
    if not why:
        raise ValueError("say why")
    with _held(ALL):
        yield


@contextmanager
def program(why: str) -> Iterator[None]:
    """A command or a task, which no reader waits for: it reads for itself, in all schools."""
    with as_system(why), everywhere(why):
        yield


def narrow(keys: Iterable[UUID | str] | None) -> None:
    """From here to the end of the block around it: these schools' keys (and logs), or all schools where None."""
    _reach.set(ALL if keys is None else f"{{{','.join(sorted(map(str, keys)))}}}")
