"""The log as it lies in the database, past the models: what somebody has damaged must still be looked at.

SQLite hands out the very texts that were hashed. PostgreSQL has types of its own, which are turned into them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import OperationalError, connection

from liangshi.foundation.audit.hashing import BOUND, canonical, stamp

AT_ONCE = 2000  # rows that PostgreSQL sends
HEAD = ("length", "head", "signature")
Line = tuple[Any, ...]  # the head as it stands now, seq, hash, salt, detail, then the BOUND columns


class Unreadable(Exception):
    """Bytes that are no text."""


def lines(chain: str) -> Iterator[Line]:
    """The entries of a chain in their order, and beside each the chain's head: one statement, so that what is added
    meanwhile is in both or in none. Raises Unreadable."""
    # Behind a plus SQLite's driver takes a column as it lies there, and makes no datetime of it.
    plain = "" if connection.vendor == "postgresql" else "+"
    held = [plain + connection.ops.quote_name(name) for name in ("seq", "hash", "salt", "detail", *BOUND)]
    head = [f"(SELECT {name} FROM audit_chain WHERE key = %s LIMIT 1)" for name in HEAD]  # noqa: S608  our own names
    asked = f"SELECT {', '.join(head + held)} FROM audit_entry WHERE chain = %s ORDER BY seq"  # noqa: S608  our own names
    with connection.chunked_cursor() as cursor:
        cursor.cursor.itersize = AT_ONCE
        cursor.execute(asked, [chain] * (len(HEAD) + 1))
        try:
            yield from map(_texts, cursor) if connection.vendor == "postgresql" else cursor
        except OperationalError as problem:
            if "UTF-8" not in str(problem):
                raise
            raise Unreadable(chain) from problem


def _texts(line: Line) -> Line:
    *first, detail, key, created_at, chain, at = line[:11]
    text = canonical(json.loads(detail)).decode()
    return (*first, text, key.hex, stamp(created_at), chain, stamp(at), *line[11:])


def chains() -> set[str]:
    """Whatever entries and heads say they belong to. What is no text has a mark in its place."""
    cast = "convert_to(key, 'UTF8')" if connection.vendor == "postgresql" else "CAST(key AS BLOB)"
    named = "SELECT DISTINCT chain AS key FROM audit_entry UNION ALL SELECT key FROM audit_chain"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {cast} FROM ({named}) named")  # noqa: S608  our own names
        return {bytes(key or b"").decode(errors="replace") for (key,) in cursor.fetchall()}


def heads(chain: str) -> int:
    """How many heads a chain has. It is one, unless somebody has had his hands in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_chain WHERE key = %s", [chain])
        count: int = cursor.fetchone()[0]
    return count
