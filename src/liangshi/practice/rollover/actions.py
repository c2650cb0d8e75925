"""学年结转: run in one transaction with a journal of every row it touched, and undone by that journal.

Which rooms take part, `registry.schools.rollover` knows; none of them is named here. The journal is the difference of
two snapshots of all rows that they declare, taken before and after in the same transaction; so it cannot forget what
a deed further down has done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.urls import reverse

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.sealed import Sealed, SealedField, carrying
from liangshi.foundation.deeds import noted, together
from liangshi.foundation.notices.actions import settle_office, tell_office
from liangshi.practice.rollover import audit
from liangshi.practice.rollover.choices import ROLLOVER, RolloverState
from liangshi.practice.rollover.models import Rollover
from liangshi.practice.rollover.queries import Options, Plan, check_day, rehearse, reversible, year_later
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.people.models import Person
from liangshi.registry.schools.actions import close_year, make_year, set_term
from liangshi.registry.schools.choices import EventKind, YearState
from liangshi.registry.schools.models import CalendarEvent, School, SchoolYear
from liangshi.registry.schools.rollover import PARTS, Entry, Leavers, RowKey, touched

Values = dict[str, Any]
Snapshot = dict[tuple[str, str], Values]  # (model, key) → field → JSON value
BATCH = 500


def snapshot(school_id: UUID, students: Collection[UUID]) -> Snapshot:
    return {
        (row._meta.label_lower, str(row.pk)): values_of(row)
        for rows in touched(school_id, students)
        for row in rows.order_by("pk")
    }


def values_of(row: models.Model) -> Values:
    """What the row says, field by field; what is sealed stays sealed."""
    with carrying():
        return {field.attname: _plain(field.value_from_object(row)) for field in row._meta.concrete_fields}


def _plain(value: Any) -> Any:
    if isinstance(value, Sealed):
        return value.stored
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def difference(before: Snapshot, after: Snapshot) -> list[list[Any]]:
    """Rows [model, key, before, after] of what differs; of a changed row only the changed fields."""
    rows: list[list[Any]] = []
    for (model, key), new in after.items():
        old = before.get((model, key))
        if old is None:
            rows.append([model, key, None, new])
        elif old != new:
            fields = [name for name in new if new[name] != old[name]]
            rows.append([model, key, {n: old[n] for n in fields}, {n: new[n] for n in fields}])
    assert before.keys() <= after.keys(), "a rollover removes nothing"
    return rows


def run_rollover(year: SchoolYear, options: Options, *, seen: str, by: Person, actor: Actor) -> Rollover:
    """Graduate 高三, end their bonds, open the next year, close this one if asked; all or nothing, and only once.

    `seen`: the digest of the rehearsal that the leader was shown. Raises DomainError `plan_changed` and what
    `check_options` and `check_day` raise; of two leaders the second is refused with `rolled_over`.
    """
    with together("the year is changed"):
        # Two leaders, or somebody who moves students meanwhile: one at a time per school.
        School.objects.select_for_update().get(pk=year.school_id)
        year = SchoolYear.objects.select_related("school").get(pk=year.pk)
        plan = rehearse(year, options)
        check_day(year, options)
        if plan.digest != seen:
            raise DomainError(
                "plan_changed", "预演以后情况有了变化，还没有结转。请看一看新的预演结果，再确认。"
            )
        before = snapshot(year.school_id, plan.graduates)
        _carry_out(plan, actor)
        journal = difference(before, snapshot(year.school_id, plan.graduates))
        row = Rollover.objects.create(
            year=year,
            graduated_on=options.graduated_on,
            report=plan.numbers,
            journal=journal,
            run_at=now(),
            run_by=by,
        )
        noted(audit.ROLLED_OVER, actor, about=row, year=year.code, **plan.numbers)
        settle_office(year.school_id, f"rollover-due:{year.pk}")
        tell_office(
            year.school_id,
            (Role.CLERK.value, Role.LEADER.value),
            title=f"{year} 学年已结转，7 天内可以撤回",
            url=reverse("rollover:rollover", args=[year.pk]),
            key=f"rollover:{year.pk}",
        )
    return row


def _carry_out(plan: Plan, actor: Actor) -> None:
    year, options = plan.year, plan.options
    leavers = Leavers(year, plan.graduates, options.graduated_on)
    for part in reversed(PARTS.values()):
        if part.end:
            part.end(leavers, actor)
    following = SchoolYear.objects.filter(school=year.school_id, start_year=plan.next_start).first()
    following = following or make_year(year.school, plan.next_start, actor=actor)
    for seq, opens, closes in plan.terms:
        set_term(following, seq, opens_on=opens, closes_on=closes, actor=actor)
    _copy_events(year, following, options.kinds)
    if options.close:
        close_year(year, actor=actor)


def _copy_events(year: SchoolYear, following: SchoolYear, kinds: Collection[str]) -> None:
    """The same entries a year later; what concerned one grade concerns the next 级 in that grade. An entry 「开学」 of a
    term's first day is of that day in the following year, too, which may have its terms already."""
    opened = dict(following.terms.values_list("seq", "opens_on"))
    firsts = {term.opens_on: opened.get(term.seq) for term in year.terms.all()}

    def on(event: CalendarEvent) -> dt.date:
        follows = firsts.get(event.starts_on) if event.kind == EventKind.OPENING else None
        return follows or year_later(event.starts_on)

    CalendarEvent.objects.bulk_create(
        [
            CalendarEvent(
                year=following,
                kind=event.kind,
                title=event.title,
                starts_on=on(event),
                last_on=on(event) + (event.last_on - event.starts_on),
                entry_years=[entry + 1 for entry in event.entry_years],
            )
            for event in year.events.filter(kind__in=kinds)
        ]
    )


def reverse_rollover(row: Rollover, *, by: Person, actor: Actor) -> None:
    """Put every row of the journal back as it was, within 7 days and while nothing depends on what was done.

    Raises DomainError `rollover_old`, `depends_later` (with names), `invalid_transition`.
    """
    with together("the year is changed"):
        School.objects.select_for_update().get(pk=row.year.school_id)
        if row.state == RolloverState.DONE and not reversible(row):
            raise DomainError("rollover_old", "结转已经超过 7 天，不能撤回了。个别学生请在学生页登记变动。")
        row = ROLLOVER.move(row, "reverse", reversed_at=now(), reversed_by=by)
        entries = [Entry(apps.get_model(model), key, old, new) for model, key, old, new in row.journal]
        blocked = [*_changed_since(entries), *_in_the_way(row, entries)]
        if blocked:
            _refuse(blocked)
        try:
            with transaction.atomic():
                _put_back(entries)
        except (IntegrityError, ProtectedError, RestrictedError) as problem:
            raise DomainError("depends_later", f"{_AFTER}请联系系统管理员核对。") from problem
        noted(audit.ROLLED_BACK, actor, about=row, year=row.year.code, rows=len(entries))
        tell_office(
            row.year.school_id,
            (Role.CLERK.value, Role.LEADER.value),
            title=f"{row.year} 学年的结转已撤回",
            url=reverse("rollover:rollover", args=[row.year_id]),
            key=f"rollover:{row.year_id}",
        )


_AFTER = "结转以后又有了新的变动，不能整个撤回："


def _refuse(names: Collection[str]) -> None:
    shown = list(dict.fromkeys(names))
    more = f"等 {len(shown)} 处" if len(shown) > 8 else ""
    raise DomainError(
        "depends_later", f"{_AFTER}{'、'.join(shown[:8])}{more}。请先把这些改回来，或在学生页单独登记。"
    )


def _rows_of(entries: Collection[Entry]) -> dict[tuple[type[models.Model], str], models.Model]:
    wanted: dict[type[models.Model], list[str]] = {}
    for model, key, _, _ in entries:
        wanted.setdefault(model, []).append(key)
    return {
        (model, str(row.pk)): row
        for model, keys in wanted.items()
        for start in range(0, len(keys), BATCH)
        for row in model._default_manager.filter(pk__in=keys[start : start + BATCH])
    }


def _changed_since(entries: Collection[Entry]) -> Iterator[str]:
    """Rows that are no longer as the rollover left them. One that it made and that has gone since is undone already."""
    rows = _rows_of(entries)
    for model, key, old, new in entries:
        row = rows.get((model, key))
        if row is None:
            if old is not None:
                yield f"{model._meta.verbose_name}"
        elif any(values_of(row)[name] != value for name, value in new.items()):
            yield _called(row)


def _called(row: models.Model) -> str:
    """The student a row is about, or what it is."""
    student: Any = row
    for step in _way_to_student(type(row)).split("__"):
        student = getattr(student, step, None)
    return str(student or (f"{row} 学年" if isinstance(row, SchoolYear) else row))


def _way_to_student(model: type[models.Model]) -> str:
    return next((part.of_students[model] for part in PARTS.values() if model in part.of_students), "student")


def _in_the_way(row: Rollover, entries: Collection[Entry]) -> Iterator[str]:
    """What has come since: a year closed by hand, what each room names, rows on rows that are to be removed."""
    year = SchoolYear.objects.get(pk=row.year_id)
    if year.state == YearState.CLOSED and (SchoolYear, str(year.pk)) not in {each[:2] for each in entries}:
        yield f"{year} 学年已经关闭"
    for part in PARTS.values():
        if part.in_the_way:
            yield from part.in_the_way(entries)
    yield from _dependents(entries)


def _dependents(entries: Collection[Entry]) -> Iterator[str]:
    """Rows that would go, or forbid it, with the rows that the rollover has made."""
    rows = _rows_of([entry for entry in entries if entry.old is None])
    own = set(rows)
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for (model, _), row in rows.items():
        by_model.setdefault(model, []).append(row)
    collector = Collector(using="default")
    for held_rows in by_model.values():
        try:
            collector.collect(held_rows)
        except (ProtectedError, RestrictedError) as held:
            holders = {*getattr(held, "protected_objects", ()), *getattr(held, "restricted_objects", ())}
            foreign = [each for each in holders if (type(each), str(each.pk)) not in own]
            yield from sorted(str(each) for each in foreign)
    gone = {each for instances in collector.data.values() for each in instances}
    gone |= {each for query in collector.fast_deletes for each in query}
    yield from sorted(_called(each) for each in gone if (type(each), str(each.pk)) not in own)


def _put_back(entries: Collection[Entry]) -> None:
    made: dict[type[models.Model], list[str]] = {}
    for model, key, old, _ in entries:
        if old is None:
            made.setdefault(model, []).append(key)
    for model, keys in reversed(made.items()):  # children before parents
        for start in range(0, len(keys), BATCH):
            model._default_manager.filter(pk__in=keys[start : start + BATCH]).delete()
    stay: set[RowKey] = set()
    for part in PARTS.values():
        if part.put_back:
            stay |= {*part.put_back(entries)}
    rows = _rows_of([entry for entry in entries if entry.old is not None])
    changed: dict[tuple[type[models.Model], tuple[str, ...]], list[models.Model]] = {}
    for model, key, old, _ in entries:
        if old is None or (model, key) in stay:
            continue
        row = rows[model, key]
        for name, value in old.items():
            setattr(row, name, _parsed(model, name, value))
        changed.setdefault((model, tuple(old)), []).append(row)
    for (model, names), held in changed.items():
        fields = [_field(model, name).name for name in names]
        model._default_manager.bulk_update(held, fields, batch_size=BATCH)


def _field(model: type[models.Model], attname: str) -> models.Field[Any, Any]:
    return next(field for field in model._meta.concrete_fields if field.attname == attname)


def _parsed(model: type[models.Model], attname: str, value: Any) -> Any:
    field = _field(model, attname)
    if isinstance(field, SealedField):
        return field.from_db_value(value, None, None)
    return None if value is None else field.to_python(value)
