from typing import Any

from django.db import migrations

# All but `detail`. The triggers of later versions stand in `audit.triggers`.
FROZEN = (
    "id", "chain", "seq", "at", "type", "account", "actor", "hat", "object", "subject",
    "detail_digest", "previous", "hash",
)
UPDATE = "BEFORE UPDATE OF " + ", ".join(f'"{name}"' for name in FROZEN) + " ON audit_entry"
SQLITE = (
    f"CREATE TRIGGER audit_entry_frozen {UPDATE} "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END",
    "CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'audit entries are never changed or deleted'; END $$",
    f"CREATE TRIGGER audit_entry_frozen {UPDATE} FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()",
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


class Migration(migrations.Migration):
    """The database itself refuses to change or delete an entry."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
