"""What the policies of the wall read (`base.postgresql.policies` builds them after each migrate): how far one reaches."""

from __future__ import annotations

from typing import Any

from django.db import migrations

SETTING = "current_setting('liangshi.reach', true)"
ALL = f"SELECT coalesce({SETTING}, '') = 'all'"
KEYS = f"SELECT CASE WHEN coalesce({SETTING}, '') IN ('', 'all') THEN '{{}}' ELSE {SETTING} END::text[]"
SCHOOLS = f"SELECT array(SELECT key::uuid FROM unnest(({KEYS})) AS key WHERE length(key) = 36)"
FUNCTIONS = {
    "liangshi_everywhere": ("boolean", ALL),
    "liangshi_keys": ("text[]", KEYS),
    "liangshi_schools": ("uuid[]", SCHOOLS),
}
# The policies use the functions; without them nothing is built again.
TAKE_DOWN = """
DO $$
DECLARE held record;
BEGIN
    FOR held IN SELECT tablename FROM pg_policies WHERE policyname = 'wall' AND schemaname = current_schema LOOP
        EXECUTE format('DROP POLICY wall ON %I', held.tablename);
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', held.tablename);
    END LOOP;
END $$
"""


def make(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name, (kind, body) in FUNCTIONS.items():
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS {kind} LANGUAGE sql STABLE AS $${body}$$"
            )


def remove(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TAKE_DOWN, params=None)
        for name in FUNCTIONS:
            schema_editor.execute(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("base", "0001_initial")]

    operations = [migrations.RunPython(make, remove)]
