"""The database's own refusal to change the log, for SQLite and PostgreSQL (used by the first migration)."""

from __future__ import annotations

from typing import Any

# All but `detail`, which an erasure may empty (see Entry).
FROZEN = (
    "id", "chain", "seq", "at", "type", "account", "actor", "hat", "object", "subject",
    "detail_digest", "previous", "hash",
)  # fmt: skip

SQLITE = (
    "CREATE TRIGGER audit_entry_frozen BEFORE UPDATE OF "
    + ", ".join(f'"{name}"' for name in FROZEN)
    + " ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END",
    "CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'audit entries are never changed or deleted'; END $$",
    "CREATE TRIGGER audit_entry_frozen BEFORE UPDATE OF "
    + ", ".join(f'"{name}"' for name in FROZEN)
    + " ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()",
    "CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry "
    "FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()",
)


def install(apps: Any, schema_editor: Any) -> None:
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def remove(apps: Any, schema_editor: Any) -> None:
    on = " ON audit_entry" if schema_editor.connection.vendor == "postgresql" else ""
    for name in ("audit_entry_frozen", "audit_entry_kept"):
        schema_editor.execute(f"DROP TRIGGER {name}{on}")
    if on:
        schema_editor.execute("DROP FUNCTION audit_entry_refuse()")
