"""What is hashed: every column of an entry, as the database keeps it. Written by `actions`, walked by `queries`."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Any

from liangshi.foundation.audit.models import Entry

END = "\0"
START = "0" * 64  # what the first entry of a chain stands on
# All columns but `seq`, which goes first, and `hash` itself. `detail` and `salt` are bound by their digest.
BOUND = (
    "id", "created_at", "chain", "at", "type", "account", "actor", "hat", "object", "subject",
    "detail_digest", "previous",
)  # fmt: skip


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def new_salt() -> str:
    """16 random bytes. They leave with the detail, so that a digest which stays lets nobody try out details."""
    return secrets.token_hex(16)


def detail_digest(salt: str, detail: str) -> str:
    """Of the detail's canonical text, in which there is no NUL. Raises TypeError where a damaged row holds no text."""
    return hashlib.sha256(END.join((salt, detail)).encode()).hexdigest()


def linked(seq: int, texts: Sequence[str]) -> str:
    """The hash of an entry whose BOUND columns are these texts. Between them stands a character that no text has on
    either database, so that nothing moves from one column into the next: ValueError where one has it all the same,
    TypeError where a damaged row holds no text."""
    said = END.join((str(seq), *texts))
    if said.count(END) != len(texts):
        raise ValueError("a text of the log holds a NUL")
    return hashlib.sha256(said.encode()).hexdigest()


def link(entry: Entry) -> str:
    return linked(entry.seq, [_text(getattr(entry, name)) for name in BOUND])


def stamp(at: dt.datetime) -> str:
    """A moment to the microsecond, in UTC, as SQLite has it."""
    return str(at.astimezone(dt.UTC).replace(tzinfo=None))


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return stamp(value)
    return value if isinstance(value, str) else str(value.hex)
