"""What a mentor is asked to fill in, in hours a year, and how long it really takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db.models import Q

from liangshi.foundation.base.faces import FORMS, Field, Form
from liangshi.foundation.base.timing import medians
from liangshi.oversight.burden.choices import DEFAULT_CAP, MENTEES
from liangshi.oversight.burden.models import BurdenCap
from liangshi.oversight.burden.policy import BURDEN_READ
from liangshi.registry.access.actor import Actor
from liangshi.registry.schools.models import CompulsoryField, School


@dataclass(frozen=True, slots=True)
class FormCost:
    """One form as a school has it: its compulsory fields, the others, and what the compulsory ones cost."""

    form: Form
    asked: tuple[Field, ...]
    free: tuple[Field, ...]
    measured: tuple[tuple[dt.date, float, int], ...] = ()

    @property
    def seconds(self) -> int:
        """Of one filling-in."""
        return sum(field.seconds for field in self.asked)

    @property
    def exact_hours(self) -> Decimal:
        return Decimal(self.seconds) * Decimal(str(self.form.times)) * MENTEES / 3600

    @property
    def hours(self) -> Decimal:
        return rounded(self.exact_hours)


@dataclass(frozen=True, slots=True)
class Budget:
    costs: tuple[FormCost, ...]
    cap: Decimal

    @property
    def exact_hours(self) -> Decimal:
        return sum((cost.exact_hours for cost in self.costs), Decimal(0))

    @property
    def hours(self) -> Decimal:
        """A year, for a mentor of fifteen, rounded to a tenth."""
        return rounded(self.exact_hours)

    @property
    def over(self) -> bool:
        return self.exact_hours > self.cap


def rounded(hours: Decimal) -> Decimal:
    return hours.quantize(Decimal("0.1"), ROUND_HALF_UP)


def cap() -> Decimal:
    """The city's cap in force."""
    newest = BurdenCap.objects.values_list("hours", flat=True).first()
    return DEFAULT_CAP if newest is None else newest


def caps() -> list[BurdenCap]:
    """All caps that were ever set, newest first, with their public notes."""
    return list(BurdenCap.objects.select_related("set_by"))


def asked_by(school_id: UUID | None) -> Mapping[str, frozenset[str]]:
    """Form → the otherwise optional fields that this school has made compulsory (no school: none)."""
    if school_id is None:
        return {}
    rows = CompulsoryField.objects.filter(school_id=school_id).values_list("form", "field")
    found: dict[str, set[str]] = {}
    for form, field in rows:
        found.setdefault(form, set()).add(field)
    return {form: frozenset(fields) for form, fields in found.items()}


def budget(extra: Mapping[str, frozenset[str]], *, measured_in: Q | None = None) -> Budget:
    """The sum over all forms with these fields compulsory; `measured_in` filters the measured times."""
    costs = []
    for form in FORMS:
        wanted = extra.get(form.code, frozenset())
        asked = tuple(field for field in form.fields if field.fixed or field.code in wanted)
        free = tuple(field for field in form.fields if field not in asked)
        found = tuple(medians(form.code, schools=measured_in)) if measured_in is not None else ()
        costs.append(FormCost(form, asked, free, found))
    return Budget(tuple(costs), cap())


def budget_for(actor: Actor) -> Budget:
    """The actor's school's budget; for a bureau, what holds everywhere, measured in all its schools."""
    schools = School.objects.seen_by(actor, BURDEN_READ)
    return budget(asked_by(actor.school_id), measured_in=Q(school__in=schools.values("pk")))
