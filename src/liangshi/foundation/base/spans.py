"""Dated rows: half-open spans, `starts_on` ≤ day < `ends_on`. A change ends one row and begins another."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.db import models
from django.db.models.functions import Greatest

M = TypeVar("M", bound=models.Model)


def span_at(day: Any, prefix: str = "") -> models.Q:
    """Rows of a dated history that hold on `day`."""
    return models.Q(**{f"{prefix}starts_on__lte": day}) & (
        models.Q(**{f"{prefix}ends_on__isnull": True}) | models.Q(**{f"{prefix}ends_on__gt": day})
    )


OPEN = models.Q(ends_on__isnull=True)


def end(rows: models.QuerySet[M], *, on: dt.date, **also: Any) -> int:
    """End those of `rows` that are open; returns how many. One that begins on `on` or later is left without a day.

    `also` are fields saved with it.
    """
    last = Greatest(models.Value(on, models.DateField()), models.F("starts_on"))
    return rows.filter(OPEN).update(ends_on=last, **also)


def succeed(rows: models.QuerySet[M], *, on: dt.date, **values: Any) -> M:
    """End what is open among `rows` on `on` and begin their successor with `values` that day: no gap, no overlap.

    The database's own constraint (one open row) refuses the second of two at once.
    """
    end(rows, on=on)
    made: M = rows.model._base_manager.create(starts_on=on, **values)
    return made
