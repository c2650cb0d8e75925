"""The log of a made-up city: rooms leave their entries, the chain is linked at the end, in the order of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from liangshi.foundation.audit.actions import CITY
from liangshi.foundation.audit.hashing import START, canonical, detail_digest, link
from liangshi.foundation.audit.models import Chain, Entry
from liangshi.foundation.audit.signing import sign
from liangshi.foundation.audit.types import EntryType
from liangshi.foundation.base.city.makers import city, closing, school
from liangshi.foundation.base.city.plan import Site


@dataclass(frozen=True, slots=True)
class By:
    """Who did it: his account, name and hat."""

    account: UUID
    name: str
    hat: str


@dataclass
class Log:
    """What is to stand in one chain; `chain` is set by the room that knows the school."""

    chain: str = CITY
    lines: list[tuple[dt.datetime, EntryType, By, str, tuple[UUID, ...], dict[str, Any]]] = field(
        default_factory=list
    )

    def note(
        self,
        what: EntryType,
        by: By,
        at: dt.datetime,
        obj: UUID | str = "",
        subjects: Iterable[UUID] = (),
        **detail: Any,
    ) -> None:
        self.lines.append((at, what, by, str(obj), tuple(subjects), detail))


@city
@school
def log(_site: Site) -> Log:
    return Log()


@closing
def chain(site: Site) -> None:
    held = site.made(Log)
    dice = site.dice("audit")
    head, length = START, 0
    for at, what, by, obj, subjects, detail in sorted(held.lines, key=lambda line: line[0]):
        for subject in subjects or ("",):
            length += 1
            entry = Entry(
                id=dice.key(at), created_at=at, chain=held.chain, seq=length, at=at, type=what.code,
                account=str(by.account), actor=by.name, hat=by.hat, object=obj[:80], subject=str(subject),
                detail=detail, salt=f"{dice.getrandbits(128):032x}", previous=head,
            )  # fmt: skip
            entry.detail_digest = detail_digest(entry.salt, canonical(detail).decode())
            entry.hash = head = link(entry)
            site.rows.add(Entry, **{name: getattr(entry, name) for name in COLUMNS})
    if length:
        signature = sign("head", held.chain, length, head)
        site.rows.add(Chain, key=held.chain, length=length, head=head, signature=signature)


COLUMNS = tuple(each.attname for each in Entry._meta.concrete_fields)
