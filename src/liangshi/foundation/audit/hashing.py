"""The hashes that chain the log: written by `actions`, walked by `queries`."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from liangshi.foundation.audit.models import Entry


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def detail_digest(entry_id: UUID, detail: Any) -> str:
    """Digest of a detail, salted with the entry's key so that equal details do not show."""
    return hashlib.sha256(entry_id.bytes + canonical(detail)).hexdigest()


def link(entry: Entry) -> str:
    """The entry's hash over everything but the detail itself, and over the hash before it."""
    return hashlib.sha256(
        canonical(
            [
                entry.previous, entry.chain, entry.seq, entry.at.timestamp(), entry.type, entry.account,
                entry.actor, entry.hat, entry.object, entry.subject, entry.detail_digest,
            ]
        )
    ).hexdigest()  # fmt: skip
