"""How long forms take, measured where they are used and kept without a name."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from uuid import UUID

from django.core import signing
from django.db.models import Q

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.models import FormTime

LONGEST = 30 * 60  # seconds; who took longer went away in between, and says nothing about the form
FEWEST = 5  # fillings-in of a month, below which its median is not shown
_SALT = "liangshi.form-opened"


def opened() -> str:
    """A sealed mark of this moment, for a hidden field of the form."""
    return signing.dumps(now().timestamp(), salt=_SALT)


def since(mark: str) -> int | None:
    """Whole seconds since the form with this mark was opened; None where it cannot be told."""
    try:
        begun = float(signing.loads(mark, salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    seconds = round(now().timestamp() - begun)
    return seconds if 0 <= seconds <= LONGEST else None


def note_time(form: str, school: UUID, mark: str) -> None:
    """Keep how long this filling-in took, inside the transaction that saved it."""
    seconds = since(mark)
    if seconds is not None:
        FormTime.objects.create(form=form, school=school, seconds=seconds, day=today())


def medians(form: str, *, months: int = 6, schools: Q | None = None) -> list[tuple[dt.date, float, int]]:
    """(first of the month, median seconds, how many), newest first; months with fewer than five are left out.

    The present month is left out too, since it is not over.
    """
    first = today().replace(day=1)
    rows = FormTime.objects.filter(schools or Q(), form=form, day__lt=first, day__gte=_back(first, months))
    by_month: dict[dt.date, list[int]] = defaultdict(list)
    for day, seconds in rows.values_list("day", "seconds"):
        by_month[day.replace(day=1)].append(seconds)
    return [
        (month, statistics.median(taken), len(taken))
        for month, taken in sorted(by_month.items(), reverse=True)
        if len(taken) >= FEWEST
    ]


def _back(first: dt.date, months: int) -> dt.date:
    whole = first.year * 12 + first.month - 1 - months
    return dt.date(whole // 12, whole % 12 + 1, 1)
