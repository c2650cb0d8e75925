"""Read and check the log."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, Count, DateField, F, Max, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncDate, TruncMonth

from liangshi.foundation.audit import storage
from liangshi.foundation.audit.audit import ERASED
from liangshi.foundation.audit.hashing import START, detail_digest, linked
from liangshi.foundation.audit.models import Entry
from liangshi.foundation.audit.signing import public_key, signed
from liangshi.foundation.audit.storage import Line
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


class Damaged(Exception):
    """Of one entry: what is wrong with it."""


class Walk:
    """One chain, entry by entry, from its beginning. `kept`: length → the heads that were kept of it."""

    def __init__(self, chain: str, kept: Mapping[int, Collection[str]], keys: Collection[str]) -> None:
        self.chain, self.kept, self.keys = chain, kept, keys
        self.count, self.head, self.agreed = 0, START, 0
        self.now: tuple[Any, Any, Any] = (None, None, None)
        self.emptied: dict[str, tuple[int, str]] = {}  # id → seq and digest, until its erasure comes

    def step(self, line: Line) -> None:
        """Raises Damaged, and TypeError or ValueError where a text is none."""
        length, head, signature, seq, digest, salt, detail, *bound = line
        key, kind, detailed, previous = bound[0], bound[4], bound[-2], bound[-1]
        if seq != self.count + 1:
            raise Damaged("缺少一条或多出一条")
        if previous != self.head or linked(seq, bound) != digest:
            raise Damaged("内容或次序被改动")
        if salt == "" and detail == "{}":
            self.emptied[key] = seq, detailed
        elif detail_digest(salt, detail) != detailed:
            raise Damaged("明细被改动")
        if kind == ERASED.code and not self.erases(detail):
            raise Damaged("清除明细的记录不真：签名或它所指的记录不对")
        if seq in self.kept:
            if {*self.kept[seq]} != {digest}:
                raise Damaged(f"与留存的链头不符：第 {self.agreed + 1} 到 {seq} 条里有被重写的")
            self.agreed = seq
        self.count, self.head, self.now = seq, digest, (length, head, signature)

    def erases(self, detail: str) -> bool:
        """Whether an entry of erasure is signed and names one that stands empty before it."""
        said = json.loads(detail)
        if not isinstance(said, dict):
            return False
        signature = said.pop("signature", "")
        named = self.emptied.pop(str(said.get("entry")), None)
        return named == (said.get("seq"), said.get("digest")) and signed(
            self.keys, signature, "erasure", self.chain, said
        )

    def end(self) -> Break | None:
        """What only shows when all entries have been seen."""
        length, head, signature = self.now
        upto = max(self.kept, default=0)
        if self.emptied:
            first = min(seq for seq, _ in self.emptied.values())
            return Break(self.chain, first, "明细被清空，却没有签过名的清除记录")
        if (length, head) != (self.count, self.head):
            return Break(self.chain, self.count + 1, "末尾被截断，或链头被改动")
        if not signed(self.keys, signature, "head", self.chain, length, head):
            return Break(self.chain, self.count, "链头不是用操作记录的密钥签的")
        if upto > self.count:
            return Break(self.chain, self.count + 1, f"末尾被截断：留存的链头到第 {upto} 条")
        if storage.heads(self.chain) != 1:
            return Break(self.chain, self.count, "有不止一个链头")
        return None


def verify(
    chain: str, kept: Mapping[int, Collection[str]] | None = None, keys: Iterable[str] = ()
) -> tuple[int, Break | None]:
    """Walk one chain; returns how many entries hold, and the break that ended the walk, if any.

    `kept`: length → heads of this chain that were kept elsewhere; `keys`: public keys that have signed for this log
    beside its present one.
    """
    walk = Walk(chain, kept or {}, {public_key(), *keys})
    try:
        for line in storage.lines(chain):
            walk.step(line)
    except Damaged as damage:
        return walk.count, Break(chain, walk.count + 1, str(damage))
    except (storage.Unreadable, TypeError, ValueError):
        return walk.count, Break(chain, walk.count + 1, "读不出来，存储的内容被改动")
    if walk.count:
        return walk.count, walk.end()
    if kept:
        return 0, Break(chain, 1, "整条链不见了")
    return 0, Break(chain, 1, "没有一条能读的记录") if chain in storage.chains() else None


def verify_all(
    kept: Mapping[str, Mapping[int, Collection[str]]] | None = None, keys: Iterable[str] = ()
) -> dict[str, tuple[int, Break | None]]:
    """Like `verify`, of every chain that is there or of which a head was kept."""
    held = kept or {}
    return {key: verify(key, held.get(key), keys) for key in sorted(storage.chains() | held.keys())}
