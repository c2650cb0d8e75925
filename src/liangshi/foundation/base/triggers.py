"""What the database itself refuses on a table, on SQLite and PostgreSQL alike, whatever the statement.

Triggers are put up after each `migrate`: a table that SQLite builds anew loses them. Those that speak of other tables are
taken down before it, since SQLite could not build those anew at all. A room that has some says so in its `apps.py`
(`guarded(…)`); nothing starts where one is missing. Whoever owns the tables can take them away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connection, transaction
from django.db.models.signals import post_migrate, pre_migrate

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.tables import demanded

_STANDING = """
SELECT t.tgname::text, t.tgtype::int, t.tgenabled::text, t.tgqual IS NULL AND t.tgattr::text = '', p.prosrc
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE t.tgrelid = to_regclass(%s) AND NOT t.tgisinternal
"""
# How PostgreSQL notes what a trigger listens to: 1 a row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate.
_NOTED = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


class Triggers:
    """Of one table. `sqlite`: name → when it refuses ("UPDATE ON t WHEN …"). `body`: what PostgreSQL asks of a row;
    `postgresql`: name → on which statements ("UPDATE OR DELETE"). `columns`: those that must be there, of an older
    version of the table they are not."""

    def __init__(
        self,
        table: str,
        *,
        says: str,
        sqlite: Mapping[str, str],
        body: str,
        postgresql: Mapping[str, str],
        columns: frozenset[str] = frozenset(),
    ) -> None:
        self.table, self.says, self.columns, self.body = table, says, columns, body
        self._sqlite = {
            f"{table}_{name}": f"CREATE TRIGGER {table}_{name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{says}'); END"
            for name, when in sqlite.items()
        }
        self._postgresql = postgresql

    def stand(self) -> bool:
        """Whether exactly these stand on the table."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(_STANDING, [self.table])
                wanted = {
                    (f"{self.table}_{name}", _noted(when), "O", True, self.body)
                    for name, when in self._postgresql.items()
                }
                return set(cursor.fetchall()) == wanted
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [self.table]
            )
            return dict(cursor.fetchall()) == self._sqlite

    def build(self) -> None:
        """Put them up as they should stand, once the table has the columns that they speak of."""
        with connection.cursor() as cursor:
            if self.table not in connection.introspection.table_names(cursor):
                return
            described = connection.introspection.get_table_description(cursor, self.table)
        if self.columns <= {each.name for each in described} and not self.stand():
            with transaction.atomic():
                self.remove()
                self._install()

    def _install(self) -> None:
        with connection.cursor() as cursor:
            if connection.vendor != "postgresql":
                for statement in self._sqlite.values():
                    cursor.execute(statement)
                return
            refuse = f"{self.table}_refuse()"
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {refuse} RETURNS trigger LANGUAGE plpgsql AS $${self.body}$$"
            )
            for name, when in self._postgresql.items():
                each = "STATEMENT" if when == "TRUNCATE" else "ROW"
                cursor.execute(
                    f"CREATE TRIGGER {self.table}_{name} BEFORE {when} ON {self.table}"
                    f" FOR EACH {each} EXECUTE FUNCTION {refuse}"
                )

    def remove(self) -> None:
        """Take down whatever triggers stand on the table."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(_STANDING, [self.table])
                for name, *_ in cursor.fetchall():
                    cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)} ON {self.table}")
                cursor.execute(f"DROP FUNCTION IF EXISTS {self.table}_refuse()")
                return
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [self.table]
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def _noted(when: str) -> int:
    row = 0 if when == "TRUNCATE" else 1
    return row + 2 + sum(_NOTED[word] for word in when.split(" OR "))


def missing(held: Mapping[str, Triggers]) -> list[str]:
    """The tables that are there and not guarded as they should be."""
    there = connection.introspection.table_names()
    return [table for table, triggers in held.items() if table in there and not triggers.stand()]


def build(held: Mapping[str, Triggers]) -> None:
    for triggers in held.values():
        triggers.build()


def take_down(held: Mapping[str, Triggers], plan: Sequence[Any]) -> None:
    """Before these migrations; where there are none, nothing is done."""
    there = connection.introspection.table_names() if plan else []
    for table, triggers in held.items():
        if table in there:
            triggers.remove()


def guarded(
    room: AppConfig, held: Mapping[str, Triggers], *, so_what: str, speak_of_others: bool = False
) -> None:
    """These tables of a room are guarded from now on, and nothing starts where one is not; `so_what` says what to do.
    `speak_of_others`: their triggers ask other tables, and stand aside while something is migrated."""

    def demand() -> None:
        """Raise DomainError `no_guards`."""
        if holes := missing(held):
            raise DomainError("no_guards", f"数据表 {'、'.join(holes)} 少了不许改动的触发器{so_what}")

    def before(plan: Sequence[Any] = (), **_signal: Any) -> None:
        take_down(held, plan)

    def after(**_signal: Any) -> None:
        build(held)

    demanded(demand)
    if speak_of_others:
        pre_migrate.connect(before, sender=room, weak=False)
    post_migrate.connect(after, sender=room, weak=False)
