"""Fail closed: rows about people are handed out to a reader by a rule, or to the program for a reason it says.

    Talk.objects.seen_by(actor, TALK_READ)          what this reader may see
    Need.objects.of(student=student)                what hangs on a row that was handed out
    Talk.objects.as_system("places are counted")    the program reads for itself, and says why

A queryset of a `Personal` model that is none of these raises `NotSeen` when it asks the database, wherever it came from (a
manager, the children of a row, a prefetch). As part of another query it may stand as it is: what comes out is then
decided by that query. A deed (`foundation.deeds`) is a reason by itself: it reads again what it changes. So are a
command and a task of the worker, which no reader waits for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Protocol, Self, TypeAlias, TypeVar

from django.apps import apps
from django.db import models
from django.db.models.sql import Query

M = TypeVar("M", bound=models.Model)
Parents: TypeAlias = "GuardedQuerySet[Any] | models.Model | Collection[models.Model]"
M_co = TypeVar("M_co", bound=models.Model, covariant=True)

CLOSED = ""
outside = CLOSED  # the reason that holds where nobody has said one; only the tests set another
_why: ContextVar[str | None] = ContextVar("why", default=None)


class NotSeen(RuntimeError):
    """Rows about people were asked for by nobody: a mistake in the program, never an answer to a reader."""


class Rule(Protocol[M_co]):
    """A permission on rows of one model (`registry.access.policy.Permission`)."""

    def rows(self, actor: Any) -> models.Q: ...


@contextmanager
def as_system(why: str) -> Iterator[None]:
    """For the time of the block the program reads for itself. Never around what answers a reader."""
    token = _why.set(why)
    try:
        yield
    finally:
        _why.reset(token)


@contextmanager
def closed() -> Iterator[None]:
    """For the time of a request: whatever held outside, rows are handed out by rules alone."""
    token = _why.set(CLOSED)
    try:
        yield
    finally:
        _why.reset(token)


def reason() -> str:
    """Why rows may be read now without a rule, or ""."""
    why = _why.get()
    return outside if why is None else why


_SEEN = "_seen"  # on a row: it came out of a queryset that was handed out, itself or joined to a row that did
_FOR_READER = "_handed_out"  # on a row: the sealed fields that a rule lets its reader have


def hand_out(row: M, *fields: str) -> M:
    """A rule lets the reader of `row` have these sealed fields."""
    row.__dict__[_FOR_READER] = {*row.__dict__.get(_FOR_READER, ()), *fields}
    return row


def handed_out(row: models.Model, field: str) -> bool:
    return field in row.__dict__.get(_FOR_READER, ())


def came_through(row: models.Model) -> bool:
    """Whether the row was handed out through one of the three doors."""
    return _SEEN in row.__dict__


def _mark(row: models.Model) -> None:
    """The row was handed out, and so was what was joined to it in the same question (`select_related`)."""
    if not came_through(row):
        row.__dict__[_SEEN] = True
        for joined in row._state.fields_cache.values():
            if joined is not None and getattr(joined, "personal", False):
                _mark(joined)


def _is_given(parents: Parents) -> bool:
    if isinstance(parents, GuardedQuerySet):
        return bool(parents._given)
    rows = [parents] if isinstance(parents, models.Model) else parents
    return all(came_through(row) for row in rows)


def _known(model: type[models.Model], parents: dict[str, models.Model]) -> dict[Any, dict[Any, models.Model]]:
    """What a child need not ask for again: the very row that it was asked of, as with `row.children`."""
    fields = {name: model._meta.get_field(name) for name in parents if "__" not in name}
    return {
        field: {parents[name].pk: parents[name]}
        for name, field in fields.items()
        if field.concrete and field.many_to_one
    }


def _inner(node: Any) -> Iterator[Query]:
    """The queries within a condition or an expression, outermost first."""
    if isinstance(node, Query):
        yield node
    elif isinstance(query := getattr(node, "query", None), Query):
        yield query
    else:
        for part in getattr(node, "get_source_expressions", list)():
            yield from _inner(part)


@cache
def _people() -> dict[str, str]:
    """Table → label of each model about people."""
    return {
        model._meta.db_table: model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if getattr(model, "personal", False)
    }


def _people_in(query: Query) -> str:
    """The first table about people that a query of a plain one enters backwards (`school.staff`), or that one of its
    subqueries asks without having been handed out; "" when there is none. A person to whom a plain row points forwards
    comes with it, as its attribute does."""
    for alias, join in query.alias_map.items():
        field: Any = getattr(join, "join_field", None)
        forwards = field is not None and field.many_to_one
        if query.alias_refcount[alias] and not forwards and join.table_name in _people():
            return _people()[join.table_name]
    for name in query.order_by:  # joined when it is compiled
        if isinstance(name, str) and "__" in name:
            path, *_ = query.names_to_path(name.lstrip("-").split("__"), query.get_meta())
            for step in path:
                if not step.direct and step.to_opts.db_table in _people():
                    return _people()[step.to_opts.db_table]
    for node in (query.where, *query.annotations.values()):
        for inner in _inner(node):
            if inner.__dict__.get(_GIVEN):
                continue
            if found := _people().get(inner.get_meta().db_table) or _people_in(inner):
                return found
    return ""


_GIVEN = "given"  # on a query, so that it is seen within another one
RULE, REASON = "rule", "reason"


class GuardedQuerySet(models.QuerySet[M]):
    """See the module."""

    _opening: tuple[str, ...] = ()

    @property
    def _given(self) -> str:
        """How its rows were handed out: RULE, REASON, or not at all."""
        return str(self.query.__dict__.get(_GIVEN, ""))

    def _give(self, how: str) -> Self:
        self.query.__dict__[_GIVEN] = how
        return self

    def seen_by(self, actor: Any, permission: Rule[M]) -> Self:
        """The rows for which the actor has the permission."""
        return self._chosen(permission.rows(actor))._give(RULE)

    def _chosen(self, rows: models.Q) -> Self:
        """What a rule chooses. It may ask about people where rows of a plain table are chosen; what is asked of these
        rows afterwards may not, therefore it stays within a question of its own."""
        chosen = self.filter(rows)
        if self.model.personal or not _people_in(chosen.query):  # type: ignore[attr-defined]
            return chosen
        keys = self.model._base_manager.filter(rows).order_by().values("pk")
        keys.query.__dict__[_GIVEN] = RULE
        return self.filter(pk__in=keys)

    def of(self, **parents: Parents) -> Self:
        """The rows that hang on what was handed out itself, by the field that leads there: on the rows of a queryset,
        `Goal.objects.of(student=Student.objects.seen_by(actor, GOAL_WRITE))`, on one row or on several in hand,
        `Need.objects.of(student=student)`. Within a reason it asks nobody, and hands out nothing beyond it."""
        if not parents:
            raise ValueError("of what?")
        given = {field: _is_given(rows) for field, rows in parents.items()}
        for field, was in given.items():
            if self.model.personal and not was and not reason():  # type: ignore[attr-defined]
                raise NotSeen(
                    f"{self.model._meta.label}.{field}: neither seen_by(actor, …) nor as_system(why)"
                )
        single = {field: rows for field, rows in parents.items() if isinstance(rows, models.Model)}
        wanted = {field if field in single else f"{field}__in": rows for field, rows in parents.items()}
        trusted = all(given.values())
        made = self._chosen(models.Q(**wanted)) if trusted else self.filter(**wanted)
        held = made._known_related_objects  # type: ignore[attr-defined]
        made._known_related_objects = {**held, **_known(self.model, single)}  # type: ignore[attr-defined]
        return made._give(made._given or (RULE if trusted else ""))

    def as_system(self, why: str) -> Self:
        """All rows, for the program itself; `why` is read by whoever reviews the code."""
        if not why:
            raise ValueError("say why")
        return self.all()._give(REASON)

    def opening(self, *fields: str) -> Self:
        """With these sealed fields handed out on every row: where who may see the row may read them too."""
        made = self.all()
        made._opening = (*self._opening, *fields)
        return made

    def _clone(self) -> Self:
        made: Self = super()._clone()  # type: ignore[misc]
        made._opening = self._opening
        return made

    def _demand(self) -> None:
        if self._given == REASON or reason():
            return
        label = self.model._meta.label
        if self.model.personal and not self._given:  # type: ignore[attr-defined]
            raise NotSeen(f"{label}: neither seen_by(actor, …) nor as_system(why)")
        if not self.model.personal and (people := _people_in(self.query)):  # type: ignore[attr-defined]
            raise NotSeen(f"{people} through {label}: neither seen_by(actor, …) nor as_system(why)")

    def __and__(self, other: Self) -> Self:  # type: ignore[override]
        made: Self = super().__and__(other)
        return made._give(_weaker(self, other))

    def __or__(self, other: Self) -> Self:  # type: ignore[override]
        made: Self = super().__or__(other)
        return made._give(_weaker(self, other))

    def __xor__(self, other: Self) -> Self:  # type: ignore[override]
        made: Self = super().__xor__(other)
        return made._give(_weaker(self, other))

    def union(self, *others: Any, all: bool = False) -> Self:
        made: Self = super().union(*others, all=all)
        return made._give(_weaker(self, *others))

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        if fresh:
            self._demand()
        super()._fetch_all()
        if fresh and self._given:
            for row in self._result_cache or ():
                if isinstance(row, models.Model):
                    _mark(row)
        if fresh and self._opening:
            for row in self._result_cache or ():
                hand_out(row, *self._opening)

    def iterator(self, chunk_size: int | None = None) -> Iterator[M]:
        self._demand()
        return super().iterator(chunk_size)

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        self._demand()
        return super().raw(*args, **kwargs)

    def explain(self, *args: Any, **kwargs: Any) -> str:
        self._demand()
        return super().explain(*args, **kwargs)

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        wanted = {f"_{number}": each for number, each in enumerate((*args, *kwargs.values()))}
        self.annotate(**wanted)._demand()
        return super().aggregate(*args, **kwargs)

    def count(self) -> int:
        if self._result_cache is None:
            self._demand()
        return super().count()

    def exists(self) -> bool:
        if self._result_cache is None:
            self._demand()
        return super().exists()

    def update(self, **kwargs: Any) -> int:
        self._demand()
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        self._demand()
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]


def _weaker(*rows: GuardedQuerySet[Any]) -> str:
    """How the rows of a combination were handed out: no better than those of each part."""
    return min((each._given for each in rows), key=["", RULE, REASON].index)


class GuardedManager(models.Manager[M]):
    """The ways to rows about people, typed by their model."""

    def get_queryset(self) -> GuardedQuerySet[M]:
        return GuardedQuerySet(self.model, using=self._db)

    def seen_by(self, actor: Any, permission: Rule[M]) -> GuardedQuerySet[M]:
        return self.get_queryset().seen_by(actor, permission)

    def of(self, **parents: Parents) -> GuardedQuerySet[M]:
        return self.get_queryset().of(**parents)

    def as_system(self, why: str) -> GuardedQuerySet[M]:
        return self.get_queryset().as_system(why)
