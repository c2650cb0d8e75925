"""Add to the log. Always inside the transaction of the deed itself: no deed without entry, no entry without deed.

And erase what one of its entries tells, which leaves an entry, too."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction

from liangshi.foundation.audit.audit import ERASED
from liangshi.foundation.audit.hashing import canonical, detail_digest, link, new_salt
from liangshi.foundation.audit.models import Chain, Entry
from liangshi.foundation.audit.signing import sign
from liangshi.foundation.audit.types import TYPES, EntryType, Leaves
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError

CITY = "city"


class Doer(Protocol):
    """What the log needs to know of an actor."""

    @property
    def account_id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def hat_label(self) -> str: ...
    @property
    def chain(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Machine:
    """Acts where no person does: the daily job, a computation, a command on the server."""

    name: str
    chain: str = CITY
    hat_label: str = "系统"
    account_id: UUID | None = None


def record(
    entry_type: EntryType,
    actor: Doer,
    *,
    obj: str = "",
    subjects: Iterable[UUID] = (),
    chain: str | None = None,
    **detail: Any,
) -> None:
    """Add one entry, or one per subject (the students whose data were written or read).

    `chain` is the school's key as text; by default the actor's own. Must run inside `transaction.atomic`.
    """
    if TYPES.get(entry_type.code) is not entry_type:
        raise ValueError(f"audit type {entry_type.code} is not declared")
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("audit entries belong to the transaction of the deed")
    key = chain or actor.chain
    head, _ = Chain.objects.select_for_update().get_or_create(key=key)
    entries: list[Entry] = []
    text = canonical(detail).decode()
    detail = json.loads(text)
    for subject in [str(subject) for subject in subjects] or [""]:
        at = now()
        entry = Entry(
            created_at=at,
            chain=key,
            seq=head.length + 1,
            at=at,
            type=entry_type.code,
            account=str(actor.account_id or ""),
            actor=actor.name,
            hat=actor.hat_label,
            object=obj[:80],
            subject=subject,
            detail=detail,
            salt=new_salt(),
            previous=head.head,
        )
        entry.detail_digest = detail_digest(entry.salt, text)
        entry.hash = link(entry)
        head.length, head.head = entry.seq, entry.hash
        entries.append(entry)
    Entry.objects.bulk_create(entries)
    head.signature = sign("head", key, head.length, head.head)
    head.save(update_fields=["length", "head", "signature"])


def erase(entry: Entry, actor: Doer, reason: str) -> None:
    """Empty what an entry tells, for good, and say so in its chain with a signature. `reason` is a ground, in words
    that name nobody: it stays. No reader decides this; the program does, when the time of keeping is over.

    Raises DomainError: `not_erasable`, `erased` already, `tampered`.
    """
    with transaction.atomic():
        Chain.objects.select_for_update().get(key=entry.chain)
        row = Entry.objects.get(pk=entry.pk)
        _demand_erasable(row)
        Entry.objects.filter(pk=row.pk).update(detail={}, salt="")
        said: dict[str, Any] = {
            "entry": row.pk.hex,
            "seq": row.seq,
            "digest": row.detail_digest,
            "reason": reason,
        }
        record(
            ERASED,
            actor,
            obj=row.pk.hex,
            chain=row.chain,
            **said,
            signature=sign("erasure", row.chain, said),
        )


def _demand_erasable(row: Entry) -> None:
    kind = TYPES.get(row.type)
    if kind is None or kind.leaves is not Leaves.DETAIL:
        raise DomainError("not_erasable", "这一类操作记录的明细里没有个人信息，不用清除。")
    if not row.salt:
        raise DomainError("erased", "这条操作记录的明细已经清除过了。")
    if detail_digest(row.salt, canonical(row.detail).decode()) != row.detail_digest:
        raise DomainError(
            "tampered", "这条操作记录的明细被改动过，清除会抹掉证据。请先运行 liangshi audit verify。"
        )
