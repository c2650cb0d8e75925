"""Read and check the log."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import TruncMonth

from liangshi.foundation.audit.hashing import detail_digest, link
from liangshi.foundation.audit.models import Chain, Entry
from liangshi.foundation.audit.types import TYPES, EntryType, Shown


def of_subject(chain: str, subject: UUID) -> QuerySet[Entry]:
    """What was written and read about one student, newest first, as far as the types are `shown`.

    `on` is the moment by which an entry is listed: what is shown by its month stands where the month begins.
    """
    rows = Entry.objects.filter(chain=chain, subject=str(subject)).exclude(type__in=_shown(Shown.NOT))
    by_month = When(type__in=_shown(Shown.MONTH, Shown.MONTH_ALONE), then=TruncMonth("at"))
    return rows.annotate(on=Case(by_month, default=F("at"))).order_by("-on", "-seq")


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
