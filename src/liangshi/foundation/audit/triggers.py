"""The database's own refusal to change the log, for SQLite and PostgreSQL: entries and heads are added, an erased
detail is emptied, a head moves on to an entry that is there. Nothing else, whatever the statement.

They are put up after each `migrate`, because a table that SQLite builds anew loses them, and nothing starts where one
is missing. Whoever owns the tables can take them away: then the chain shows what he has changed.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from liangshi.foundation.base.errors import DomainError

ENTRY, CHAIN = "audit_entry", "audit_chain"
# All but `detail` and `salt`, which an erasure empties (see Entry).
FROZEN = (
    "id", "created_at", "chain", "seq", "at", "type", "account", "actor", "hat", "object", "subject",
    "detail_digest", "previous", "hash",
)  # fmt: skip
SAID = {ENTRY: "audit entries are never changed or deleted", CHAIN: "the head of a chain only moves on"}

# `rowid` is a key, too: REPLACE throws out the row that has it.
ERASURE = " AND ".join(
    ["OLD.salt <> ''", "NEW.salt = ''", "NEW.detail = '{}'", "NEW.rowid IS OLD.rowid"]
    + [f'NEW."{name}" IS OLD."{name}"' for name in FROZEN]
)
THERE = "e.chain = NEW.key AND e.seq = NEW.length AND e.hash = NEW.head"
LINKED = f"EXISTS (SELECT 1 FROM {ENTRY} e WHERE {THERE})"  # noqa: S608  our own names, here and below
MOVE = f'NEW.rowid IS OLD.rowid AND NEW."key" IS OLD."key" AND NEW.length > OLD.length AND {LINKED}'
SAME = "rowid = NEW.rowid OR id = NEW.id OR (chain = NEW.chain AND seq = NEW.seq)"
SAME_ENTRY = f"SELECT 1 FROM {ENTRY} WHERE {SAME}"  # noqa: S608
SAME_CHAIN = f'SELECT 1 FROM {CHAIN} WHERE rowid = NEW.rowid OR "key" = NEW."key"'  # noqa: S608


def _sqlite(table: str, name: str, when: str) -> tuple[str, str]:
    return (
        f"{table}_{name}",
        f"CREATE TRIGGER {table}_{name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{SAID[table]}'); END",
    )


SQLITE = {
    ENTRY: dict(
        [
            _sqlite(ENTRY, "once", f"INSERT ON {ENTRY} WHEN EXISTS ({SAME_ENTRY})"),
            _sqlite(ENTRY, "frozen", f"UPDATE ON {ENTRY} WHEN NOT ({ERASURE})"),
            _sqlite(ENTRY, "kept", f"DELETE ON {ENTRY}"),
        ]
    ),
    CHAIN: dict(
        [
            _sqlite(CHAIN, "once", f"INSERT ON {CHAIN} WHEN EXISTS ({SAME_CHAIN})"),
            _sqlite(CHAIN, "frozen", f"UPDATE ON {CHAIN} WHEN NOT ({MOVE})"),
            _sqlite(CHAIN, "kept", f"DELETE ON {CHAIN}"),
        ]
    ),
}

# On PostgreSQL a second row under one key is refused by the key itself; what INSERT … ON CONFLICT changes is an UPDATE.
BODY = """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF {allowed} THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '{said}';
END
"""
ALLOWED = {
    ENTRY: "OLD.salt <> '' AND NEW.salt = '' AND NEW.detail = '{}'::jsonb"
    " AND to_jsonb(NEW) - 'salt' - 'detail' = to_jsonb(OLD) - 'salt' - 'detail'",
    CHAIN: f"NEW.key = OLD.key AND NEW.length > OLD.length AND {LINKED}",
}
BODIES = {table: BODY.format(allowed=ALLOWED[table], said=SAID[table]) for table in SAID}
# Name of the trigger → what it says, and how PostgreSQL notes it: 1 a row, 2 before, 8 delete, 16 update, 32 truncate.
POSTGRESQL = {
    "frozen": ("BEFORE UPDATE OR DELETE", "FOR EACH ROW", 1 + 2 + 8 + 16),
    "kept": ("BEFORE TRUNCATE", "FOR EACH STATEMENT", 2 + 32),
}
STANDING = """
SELECT t.tgname::text, t.tgtype::int, t.tgenabled::text, t.tgqual IS NULL AND t.tgattr::text = '', p.prosrc
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE t.tgrelid = to_regclass(%s) AND NOT t.tgisinternal
"""


def standing(table: str) -> bool:
    """Whether exactly these triggers stand on a table."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(STANDING, [table])
            wanted = {
                (f"{table}_{name}", kind, "O", True, BODIES[table])
                for name, (_, _, kind) in POSTGRESQL.items()
            }
            return set(cursor.fetchall()) == wanted
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
        )
        return dict(cursor.fetchall()) == SQLITE[table]


def missing() -> list[str]:
    """The tables of the log that are there and not guarded as they should be."""
    there = connection.introspection.table_names()
    return [table for table in SAID if table in there and not standing(table)]


def build(**_signal: Any) -> None:
    """Put up what does not stand as it should; after `migrate`, once the tables have the columns that are spoken of."""
    with connection.cursor() as cursor:
        if ENTRY not in connection.introspection.table_names(cursor):
            return
        columns = {each.name for each in connection.introspection.get_table_description(cursor, ENTRY)}
    if "salt" in columns:
        for table in missing():
            with transaction.atomic():
                remove(table)
                install(table)


def install(table: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            for statement in SQLITE[table].values():
                cursor.execute(statement)
            return
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $${BODIES[table]}$$"
        )
        for name, (when, each, _) in POSTGRESQL.items():
            cursor.execute(
                f"CREATE TRIGGER {table}_{name} {when} ON {table} {each} EXECUTE FUNCTION {table}_refuse()"
            )


def remove(table: str) -> None:
    """Take down whatever triggers stand on a table: for a migration that rewrites it, and in tests."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(STANDING, [table])
            for name, *_ in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)} ON {table}")
            cursor.execute(f"DROP FUNCTION IF EXISTS {table}_refuse()")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def demand_triggers() -> None:
    """Raise DomainError `no_guards` where a table of the log could be changed."""
    if holes := missing():
        raise DomainError(
            "no_guards",
            f"数据表 {'、'.join(holes)} 少了不许改动的触发器，可能有人动过操作记录。请先运行 liangshi audit verify 核对，"
            "再运行 liangshi migrate 补上。",
        )
