"""学年结转: run in one transaction with a journal of every row it touched, and undone by that journal.

The journal is the difference of two snapshots of all rows that a rollover can touch, taken before and after in the
same transaction; so it cannot forget what a deed further down has done. Only places are kept as a number per
mentor, because they go on changing for other reasons.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import DateField, F, ProtectedError, RestrictedError, Value
from django.db.models.deletion import Collector
from django.db.models.functions import Greatest
from django.urls import reverse

from liangshi.foundation.audit.actions import record
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.states import move
from liangshi.foundation.notices.actions import tell_office
from liangshi.practice.needs.actions import end_need
from liangshi.practice.needs.choices import NEED_LIVE
from liangshi.practice.needs.models import Need, NeedStrategy
from liangshi.practice.rollover import audit
from liangshi.practice.rollover.choices import ROLLOVER_MOVE_LABELS, ROLLOVER_MOVES, RolloverState
from liangshi.practice.rollover.models import Rollover
from liangshi.practice.rollover.queries import Options, Plan, check_day, rehearse, reversible, year_later
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import end_many
from liangshi.registry.mentorships.choices import EndReason
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Exemption, Interim, MentorPlaces, Mentorship
from liangshi.registry.people.actions import graduate
from liangshi.registry.people.models import OPEN, ClubMember, Enrolment, Person, StudentSpan
from liangshi.registry.schools.actions import close_year, make_year, set_term
from liangshi.registry.schools.choices import YearState
from liangshi.registry.schools.models import CalendarEvent, School, SchoolYear, Term

Values = dict[str, Any]
Snapshot = dict[tuple[str, str], Values]  # (model, key) → field → JSON value
BATCH = 500


def touched(school_id: UUID, students: Collection[UUID]) -> Iterator[models.QuerySet[Any]]:
    """Every row that a rollover of these students can touch, places apart. Parents before children."""
    yield SchoolYear.objects.filter(school=school_id)
    yield Term.objects.filter(year__school=school_id)
    yield CalendarEvent.objects.filter(year__school=school_id)
    for model in (StudentSpan, Enrolment, ClubMember, Mentorship, Exemption, Need):
        yield model._default_manager.filter(student__in=students)
    yield Interim.objects.filter(mentorship__student__in=students)
    yield NeedStrategy.objects.filter(need__student__in=students)


def snapshot(school_id: UUID, students: Collection[UUID]) -> Snapshot:
    return {
        (row._meta.label_lower, str(row.pk)): values_of(row)
        for rows in touched(school_id, students)
        for row in rows.order_by("pk")
    }


def values_of(row: models.Model) -> Values:
    return {field.attname: _plain(field.value_from_object(row)) for field in row._meta.concrete_fields}


def _plain(value: Any) -> Any:
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
    with transaction.atomic():
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
        places = Counter(
            str(key)
            for key in Mentorship.objects.filter(ACTIVE_PRIMARY, student__in=plan.graduates).values_list(
                "mentor_id", flat=True
            )
        )
        _carry_out(plan, actor)
        journal = difference(before, snapshot(year.school_id, plan.graduates))
        row = Rollover.objects.create(
            year=year,
            graduated_on=options.graduated_on,
            report=plan.numbers,
            journal={"rows": journal, "places": places},
            run_at=now(),
            run_by=by,
        )
        record(audit.ROLLED_OVER, actor, obj=str(row.pk), year=year.code, **plan.numbers)
        tell_office(
            year.school_id,
            (Role.CLERK.value, Role.LEADER.value),
            title=f"{year} 学年已结转，7 天内可以撤回",
            url=reverse("rollover:rollover", args=[year.pk]),
            key=f"rollover:{year.pk}",
        )
    return row


def _carry_out(plan: Plan, actor: Actor) -> None:
    year, options, chain = plan.year, plan.options, str(plan.year.school_id)
    for need in Need.objects.filter(student__in=plan.graduates, state__in=sorted(NEED_LIVE)):
        end_need(need, actor=actor)
    Exemption.objects.filter(OPEN, student__in=plan.graduates).update(
        ends_on=Greatest(Value(options.graduated_on, DateField()), F("starts_on"))
    )
    end_many(plan.graduates, on=options.graduated_on, reason=EndReason.YEAR_OVER, actor=actor, chain=chain)
    graduate(plan.graduates, on=options.graduated_on, note=f"{year} 学年结转", actor=actor, chain=chain)
    following = SchoolYear.objects.filter(school=year.school_id, start_year=plan.next_start).first()
    following = following or make_year(year.school, plan.next_start, actor=actor)
    for seq, opens, closes in plan.terms:
        set_term(following, seq, opens_on=opens, closes_on=closes, actor=actor)
    _copy_events(year, following, options.kinds)
    if options.close:
        close_year(year, actor=actor)


def _copy_events(year: SchoolYear, following: SchoolYear, kinds: Collection[str]) -> None:
    """The same entries a year later; what concerned one grade concerns the next 级 in that grade."""
    CalendarEvent.objects.bulk_create(
        [
            CalendarEvent(
                year=following,
                kind=event.kind,
                title=event.title,
                starts_on=year_later(event.starts_on),
                last_on=year_later(event.last_on),
                entry_year=event.entry_year + 1 if event.entry_year else None,
            )
            for event in year.events.filter(kind__in=kinds)
        ]
    )


def reverse_rollover(row: Rollover, *, by: Person, actor: Actor) -> None:
    """Put every row of the journal back as it was, within 7 days and while nothing depends on what was done.

    Raises DomainError `rollover_old`, `depends_later` (with names), `invalid_transition`.
    """
    with transaction.atomic():
        School.objects.select_for_update().get(pk=row.year.school_id)
        if row.state == RolloverState.DONE and not reversible(row):
            raise DomainError("rollover_old", "结转已经超过 7 天，不能撤回了。个别学生请在学生页登记变动。")
        row = move(row, "reverse", ROLLOVER_MOVES, ROLLOVER_MOVE_LABELS, reversed_at=now(), reversed_by=by)
        entries = [(apps.get_model(model), key, old, new) for model, key, old, new in row.journal["rows"]]
        blocked = [*_changed_since(entries), *_in_the_way(row, entries)]
        if blocked:
            _refuse(blocked)
        try:
            with transaction.atomic():
                _put_back(entries, row.journal["places"])
        except (IntegrityError, ProtectedError, RestrictedError) as problem:
            raise DomainError("depends_later", f"{_AFTER}请联系系统管理员核对。") from problem
        record(audit.ROLLED_BACK, actor, obj=str(row.pk), year=row.year.code, rows=len(entries))
        tell_office(
            row.year.school_id,
            (Role.CLERK.value, Role.LEADER.value),
            title=f"{row.year} 学年的结转已撤回",
            url=reverse("rollover:rollover", args=[row.year_id]),
            key=f"rollover:{row.year_id}",
        )


_AFTER = "结转以后又有了新的变动，不能整个撤回："
Entry = tuple[type[models.Model], str, Values | None, Values]


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
    student = getattr(row, "student", None) or getattr(getattr(row, "mentorship", None), "student", None)
    student = student or getattr(getattr(row, "need", None), "student", None)
    return str(student or (f"{row} 学年" if isinstance(row, SchoolYear) else row))


def _in_the_way(row: Rollover, entries: Collection[Entry]) -> Iterator[str]:
    """What has come since: a year closed by hand, new bonds and classes, seats taken, rows on rows to be removed."""
    keys = {(model, key) for model, key, _, _ in entries}
    year = SchoolYear.objects.get(pk=row.year_id)
    if year.state == YearState.CLOSED and (SchoolYear, str(year.pk)) not in keys:
        yield f"{year} 学年已经关闭"
    reopened = [
        (key, old)
        for model, key, old, _ in entries
        if model is Mentorship and old and old.get("ends_on", 0) is None
    ]
    bonds = {str(bond.pk): bond for bond in Mentorship.objects.filter(pk__in=[key for key, _ in reopened])}
    students = {bond.student_id for bond in bonds.values()}
    graduates = {
        UUID(new["student_id"]) for model, _, old, new in entries if model is StudentSpan and old is None
    }
    for other in Mentorship.objects.filter(OPEN, student__in=students | graduates).select_related(
        "student__person"
    ):
        yield str(other.student)
    for place in Enrolment.objects.filter(OPEN, student__in=graduates).select_related("student__person"):
        yield str(place.student)
    wanted = {
        (bonds[key].mentor_id, old["seat"]) for key, old in reopened if old.get("seat") and key in bonds
    }
    held = Mentorship.objects.filter(ACTIVE_PRIMARY, mentor__in={mentor for mentor, _ in wanted})
    for bond in held.select_related("mentor__person", "student__person"):
        if (bond.mentor_id, bond.seat) in wanted:
            yield f"{bond.mentor}的名额已经给了{bond.student}"
    yield from _dependents(entries)


def _dependents(entries: Collection[Entry]) -> Iterator[str]:
    """Rows that would go, or forbid it, with the rows that the rollover has made."""
    rows = _rows_of([entry for entry in entries if entry[2] is None])
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


def _put_back(entries: Collection[Entry], places: dict[str, int]) -> None:
    made: dict[type[models.Model], list[str]] = {}
    for model, key, old, _ in entries:
        if old is None:
            made.setdefault(model, []).append(key)
    for model, keys in reversed(made.items()):  # children before parents
        for start in range(0, len(keys), BATCH):
            model._default_manager.filter(pk__in=keys[start : start + BATCH]).delete()
    for key, number in places.items():
        MentorPlaces.objects.filter(staff_id=UUID(key)).update(taken=F("taken") + number)
    rows = _rows_of([entry for entry in entries if entry[2] is not None])
    changed: dict[tuple[type[models.Model], tuple[str, ...]], list[models.Model]] = {}
    for model, key, old, _ in entries:
        if old is None:
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
    return None if value is None else _field(model, attname).to_python(value)
