"""The wall in the database: around each table whose rows belong to a school, one forced policy named `wall`.

A table belongs there by its own column (`school`, or the one that its model names in `school_in`), or because its rows
hang on a row behind the wall: by the first foreign key that is never empty and leads there. A row whose school is
empty belongs to the whole city. What is written is asked more: every row that it names behind the wall must be within
reach too, so that nobody joins two schools in one row (a mentor of one, a student of the other). All of it is built
after each `migrate`, and the start asks whether it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models, transaction

from liangshi.foundation.base.errors import DomainError

PLAIN = "SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user"
# Its comment says of what clauses it was made, and how the database holds them: ALTER POLICY changes one of the two.
STANDING = """
SELECT c.relname, substr(obj_description(p.oid, 'pg_policy'), 33)
FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.relnamespace = current_schema::regnamespace AND c.relrowsecurity AND c.relforcerowsecurity
  AND p.polname = 'wall' AND p.polcmd = '*' AND p.polpermissive AND p.polroles = '{0}'
  AND left(obj_description(p.oid, 'pg_policy'), 32) =
    md5(pg_get_expr(polqual, polrelid) || ' ' || coalesce(pg_get_expr(polwithcheck, polrelid), ''))
  AND NOT EXISTS (SELECT FROM pg_policy o WHERE o.polrelid = c.oid AND o.polname <> 'wall')
"""
HELD = """
SELECT md5(pg_get_expr(polqual, polrelid) || ' ' || coalesce(pg_get_expr(polwithcheck, polrelid), ''))
FROM pg_policy WHERE polrelid = to_regclass(%s)
"""
DOORS = "SELECT array(SELECT polname::text FROM pg_policy WHERE polrelid = to_regclass(%s))"


def walled_models() -> list[type[models.Model]]:
    """All tables of ours that belong behind the wall."""
    rooms = [room for room in apps.get_app_configs() if room.name.startswith("liangshi.")]
    tables = [model for room in rooms for model in room.get_models(include_auto_created=True)]
    return [model for model in tables if condition(model)]


def walled() -> dict[str, str]:
    """Table → the clauses of its policy."""
    return {model._meta.db_table: clauses(model) for model in walled_models()}


def clauses(model: type[models.Model]) -> str:
    """What a row must fulfil to be seen, and where it names further rows behind the wall, what it must to be written."""
    using = condition(model)
    named = [f"({_is_null(field)}{_reaches(field)})" for field in also_named(model)]
    if not named:
        return f"USING ({using})"
    return f"USING ({using}) WITH CHECK (({using}) AND ((SELECT liangshi_everywhere()) OR ({' AND '.join(named)})))"


def also_named(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    """The foreign keys to rows behind the wall that its own condition does not ask: what hangs on the row itself (the
    newest of its versions) is left out, because a policy cannot ask its own table."""
    asked = own_column(model) or next(parents(model), None)
    for field in model._meta.concrete_fields:
        other = field.related_model
        if field is asked or not isinstance(field, models.ForeignKey) or not isinstance(other, type):
            continue
        if condition(other) and model not in above(other):
            yield field


def above(model: type[models.Model]) -> list[type[models.Model]]:
    """The table itself and those on which its condition hangs."""
    up = None if own_column(model) else next(parents(model), None)
    return [model] if up is None else [model, *above(up.related_model)]  # type: ignore[arg-type]


def condition(model: type[models.Model]) -> str:
    """What a row of this table must fulfil to pass, in SQL; "" where the table stands outside.

    The subqueries without a reference to the row are asked once a statement and not once a row.
    """
    column = own_column(model) or next(parents(model), None)
    if column is None:
        return ""
    here = _here(column)
    if column is own_column(model):
        kind: Literal["keys", "schools"] = "keys" if isinstance(column, models.CharField) else "schools"
        array = {"keys": "text[]", "schools": "uuid[]"}[kind]
        empty = f" OR {here} IS NULL" if column.null else ""
        return f"(SELECT liangshi_everywhere()) OR {here} = ANY ((SELECT liangshi_{kind}())::{array}){empty}"
    return f"(SELECT liangshi_everywhere()) OR {_reaches(column)}"


def _here(column: models.Field[Any, Any]) -> str:
    quote = connection.ops.quote_name
    return f"{quote(column.model._meta.db_table)}.{quote(str(column.column))}"


def _is_null(column: models.Field[Any, Any]) -> str:
    return f"{_here(column)} IS NULL OR " if column.null else ""


def _reaches(column: models.Field[Any, Any]) -> str:
    """The row to which a foreign key leads shows."""
    parent: type[models.Model] = column.related_model  # type: ignore[assignment]
    quote = connection.ops.quote_name
    key = f"up.{quote(str(parent._meta.pk.column))}"
    return f"EXISTS (SELECT FROM {quote(parent._meta.db_table)} up WHERE {key} = {_here(column)})"


def own_column(model: type[models.Model]) -> models.Field[Any, Any] | None:
    """The column that names the row's school."""
    try:
        field = model._meta.get_field(getattr(model, "school_in", "school"))
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) and field.column else None


def parents(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    """The foreign keys by which its rows hang on rows behind the wall, in the order of the model."""
    for field in model._meta.concrete_fields:
        parent = field.related_model
        hangs = isinstance(field, models.ForeignKey) and not field.null and parent is not model
        if hangs and isinstance(parent, type) and condition(parent):
            yield field


def build(**_signal: Any) -> None:
    """Put up what does not stand as it should. Does nothing before the migration that makes what policies read."""
    if connection.vendor != "postgresql" or not _asked("SELECT to_regproc('liangshi_everywhere')"):
        return
    there = set(connection.introspection.table_names())
    with transaction.atomic():
        for table, wanted in missing().items():
            if table in there:
                _put_up(connection.ops.quote_name(table), wanted)


def _put_up(table: str, wanted: str) -> None:
    with connection.cursor() as cursor:
        for door in _asked(DOORS, [table]):
            cursor.execute(f"DROP POLICY {connection.ops.quote_name(door)} ON {table}")
        cursor.execute(f"CREATE POLICY wall ON {table} {wanted}")
        cursor.execute(f"COMMENT ON POLICY wall ON {table} IS '{_asked(HELD, [table])}{wanted}'")
        cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


@contextmanager
def lifted() -> Iterator[None]:
    """For the time of a bulk load, which policies do not allow, the owner of the tables passes. Killed in between, it
    leaves a wall that the next start refuses and the next `migrate` repairs."""
    if connection.vendor != "postgresql":
        yield
        return
    _force("NO FORCE")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _force("FORCE")


def _force(how: Literal["FORCE", "NO FORCE"]) -> None:
    connection.check_constraints()  # a table with rows that still wait for their check cannot be altered
    with connection.cursor() as cursor:
        for table in walled():
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} {how} ROW LEVEL SECURITY")


def missing() -> dict[str, str]:
    """Like `walled`, of the tables around which the wall does not stand as it should."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        standing: dict[str, str] = dict(cursor.fetchall())
    return {table: wanted for table, wanted in walled().items() if standing.get(table) != wanted}


def demand_wall() -> None:
    """Raise DomainError `not_plain` under a role that passes every policy, `no_wall` where one is missing."""
    if connection.vendor != "postgresql":
        return
    if not _asked(PLAIN):
        raise DomainError(
            "not_plain",
            f"数据库用户 {_asked('SELECT current_user')} 是超级用户，或带有 BYPASSRLS：学校之间的墙拦不住它。"
            "请另建一个普通用户，让它拥有这个数据库，再写进 LIANGSHI_DATABASE（见 docs/operating.md 的 PostgreSQL 一节）。",
        )
    if holes := sorted(missing()):
        named = "、".join(holes[:3]) + (f" 等 {len(holes)} 张" if len(holes) > 3 else "")
        raise DomainError(
            "no_wall",
            f"数据表 {named}没有学校之间的墙。请先用这个版本运行 liangshi migrate，再运行这个命令。",
        )


def _asked(question: str, words: list[str] | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, words)
        return cursor.fetchone()[0]
