"""Add to the log. Always inside the transaction of the deed itself: no deed without entry, no entry without deed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction

from liangshi.foundation.audit.hashing import canonical, detail_digest, link
from liangshi.foundation.audit.models import Chain, Entry
from liangshi.foundation.audit.types import TYPES, EntryType
from liangshi.foundation.base.clock import now

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
    detail = json.loads(canonical(detail))
    for subject in [str(subject) for subject in subjects] or [""]:
        entry = Entry(
            chain=key,
            seq=head.length + 1,
            at=now(),
            type=entry_type.code,
            account=str(actor.account_id or ""),
            actor=actor.name,
            hat=actor.hat_label,
            object=obj[:80],
            subject=subject,
            detail=detail,
            previous=head.head,
        )
        entry.detail_digest = detail_digest(entry.id, detail)
        entry.hash = link(entry)
        head.length, head.head = entry.seq, entry.hash
        entries.append(entry)
    Entry.objects.bulk_create(entries)
    head.save(update_fields=["length", "head"])
