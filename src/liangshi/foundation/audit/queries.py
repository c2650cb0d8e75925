"""Read and check the log."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, Count, DateField, F, Max, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncDate, TruncMonth

from liangshi.foundation.audit.hashing import detail_digest, link
from liangshi.foundation.audit.models import Chain, Entry
from liangshi.foundation.audit.types import TYPES, EntryType, Shown


def of_subject(chain: str, subject: UUID) -> QuerySet[Any, Any]:
    """What was written and read about one student, newest first, as far as the types are `shown`: a line for what one
    person did in the same way under one hat on one day, of what is shown by its month in one month.

    A line tells `type`, `day` (a date here, not in UTC; where the month begins: below the dated ones of that day),
    `dated` (False: only the month is to be told), `who` (key of the account), `name` and `under` (hat), all empty
    where nobody is to be named, so that no filter finds him; `list`, the route of a file that was taken; `times`, and
    `last` (datetime) of them.
    """
    rows = Entry.objects.filter(chain=chain, subject=str(subject)).exclude(type__in=_shown(Shown.NOT))
    by_month = Q(type__in=_shown(Shown.MONTH, Shown.MONTH_ALONE))
    month = When(by_month, then=Cast(TruncMonth("at"), DateField()))
    told = rows.annotate(
        day=Case(month, default=TruncDate("at")),
        dated=Case(When(by_month, then=Value(False)), default=Value(True)),
        who=_named("account"),
        name=_named("actor"),
        under=_named("hat"),
        list=KeyTextTransform("list", "detail"),
    )
    lines = told.values("type", "day", "dated", "who", "name", "under", "list")
    upto = Max(Case(When(by_month, then=Value(0)), default=F("seq"), output_field=BigIntegerField()))
    return lines.annotate(times=Count("pk"), last=Max("at"), upto=upto).order_by(*NEWEST_FIRST)


# The same on every database. A line of a month stands where the month begins, and among those of one month in an order
# that does not tell which came first: a name beside one that is kept would name it.
OLDEST_FIRST = ("day", "dated", "upto", "type", "name", "under", "list")
NEWEST_FIRST = tuple(f"-{name}" for name in OLDEST_FIRST)


def _named(field: str) -> Case:
    return Case(When(type__in=_shown(Shown.MONTH_ALONE), then=Value("")), default=F(field))


def subjects_since(
    since: dt.datetime, entry: EntryType, *, account: UUID | None, hat: str, obj: str
) -> set[str]:
    """About whom ("" where it names nobody) an account has left this entry about this object under this hat."""
    rows = Entry.objects.filter(
        account=str(account or ""), at__gt=since, type=entry.code, hat=hat, object=obj
    )
    return set(rows.values_list("subject", flat=True).order_by())


def _shown(*ways: Shown) -> list[str]:
    return [code for code, each in TYPES.items() if each.shown in ways]


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a chain does not hold."""

    chain: str
    seq: int
    what: str


def verify(chain: str) -> tuple[int, Break | None]:
    """Walk one chain; returns how many entries hold, and the break that ended the walk, if any."""
    previous, count = "0" * 64, 0
    for entry in Entry.objects.filter(chain=chain).order_by("seq").iterator(chunk_size=2000):
        if entry.seq != count + 1:
            return count, Break(chain, count + 1, "缺少一条或多出一条")
        if entry.previous != previous or link(entry) != entry.hash:
            return count, Break(chain, entry.seq, "内容或次序被改动")
        if entry.detail and detail_digest(entry.id, entry.detail) != entry.detail_digest:
            return count, Break(chain, entry.seq, "明细被改动")
        previous, count = entry.hash, entry.seq
    head = Chain.objects.filter(key=chain).first()
    if head and (head.length != count or head.head != previous):
        return count, Break(chain, count + 1, "末尾被截断")
    return count, None


def verify_all() -> dict[str, tuple[int, Break | None]]:
    keys = set(Entry.objects.values_list("chain", flat=True).distinct()) | set(
        Chain.objects.values_list("key", flat=True)
    )
    return {key: verify(key) for key in sorted(keys)}
