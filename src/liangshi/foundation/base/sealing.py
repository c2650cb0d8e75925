"""Migrations that seal what lay open: the column first becomes a SealedField, then its texts are sealed where they lie.

    operations = [
        migrations.AlterField("portrait", "strengths", SealedField(blank=True, default="")),
        seal_texts("growth_portrait", "strengths"),
    ]

Batch by batch and by key; a text that is sealed already is left alone, so that a run which was broken off goes on.
Backwards they are opened again. With the key of this installation: another one raises ValueError, and nothing is
written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from liangshi.foundation.base import wall
from liangshi.foundation.base.sealed import VERSION, seal, unseal

BATCH = 500  # rows
SEALED = re.compile(
    rf"{re.escape(VERSION)}[A-Za-z0-9+/]{{56,}}={{0,2}}"
)  # nonce, one block and its tag at least
Turn = Callable[[str, str], str]


def seal_texts(table: str, *columns: str, empty: str = "") -> migrations.RunPython:
    """The step for some text columns of a table of ours. `empty` is how one wrote there that there is nothing."""
    return migrations.RunPython(
        _each(table, columns, lambda text, label: "" if text == empty else _sealed(text, label)),
        _each(table, columns, _opened, empty),
    )


def _sealed(text: str, label: str) -> str:
    if SEALED.fullmatch(text):
        unseal(text, label)  # or it is another key's
        return text
    return seal(text, label)


def _opened(text: str, label: str) -> str:
    return unseal(text, label) if SEALED.fullmatch(text) else text


def _each(
    table: str, columns: tuple[str, ...], turn: Turn, empty: str = ""
) -> Callable[[Any, BaseDatabaseSchemaEditor], None]:
    def step(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        with wall.everywhere("texts of all schools are sealed"), editor.connection.cursor() as cursor:
            for column in columns:
                change = f'UPDATE "{table}" SET "{column}" = %s WHERE '  # noqa: S608  our own names
                for rows in _batches(cursor, table, column):
                    turned = [(turn(text, f"{table}.{column}"), key) for key, text in rows]
                    cursor.executemany(f'{change} "id" = %s', turned)
                if empty:
                    cursor.execute(f'{change} "{column}" = %s', (empty, ""))
            if (
                editor.connection.vendor == "postgresql"
            ):  # a row that was changed twice waits for its checks: now
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    return step


def _batches(cursor: Any, table: str, column: str) -> Iterator[list[tuple[Any, str]]]:
    ask = f'SELECT "id", "{column}" FROM "{table}" WHERE "{column}" <> %s'  # noqa: S608  our own names
    order = f'ORDER BY "id" LIMIT {BATCH}'
    cursor.execute(f"{ask} {order}", ("",))
    while rows := cursor.fetchall():
        yield rows
        cursor.execute(f'{ask} AND "id" > %s {order}', ("", rows[-1][0]))
