"""Rows on their way into the database: COPY on PostgreSQL, one prepared INSERT on SQLite.

Nothing passes through a model's `save`: a maker gives each column under its attribute's name (`student_id`), what it
leaves out has the field's default, and `created_at` is said because rows of three years are not of today. Every
constraint of the database holds as ever.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

BATCH = 5_000  # rows of one table that wait in memory
PLAIN = (models.CharField, models.IntegerField, models.BooleanField)  # stored as Python has them
Convert = Callable[[Any], Any]


class Sheet:
    """The waiting rows of one table."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
        self.table = model._meta.db_table
        self.columns = [field.column for field in fields if field.column]
        self.blank: dict[str, Any] = {
            field.attname: None if field.primary_key else field.get_default() for field in fields
        }
        self._converters = [
            (place, convert) for place, field in enumerate(fields) if (convert := _converter(field))
        ]
        self.waiting: list[list[Any]] = []

    def add(self, values: dict[str, Any]) -> None:
        line = {**self.blank, **values}
        if len(line) != len(self.blank):
            raise LookupError(f"{self.table} has no {sorted(values.keys() - self.blank.keys())}")
        self.waiting.append(list(line.values()))

    def take(self) -> list[list[Any]]:
        """The waiting rows as the database driver wants them; none waits any more."""
        lines, self.waiting = self.waiting, []
        for place, convert in self._converters:
            for line in lines:
                line[place] = convert(line[place])
        return lines


def _converter(field: models.Field[Any, Any]) -> Convert | None:
    """How a field's values go to the driver; None where they go as they are. Most are keys and days: no detour there."""
    database = connections[DEFAULT_DB_ALIAS]
    field = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(field, PLAIN):
        return None
    if isinstance(field, models.UUIDField):
        return None if database.features.has_native_uuid_field else _hex
    if isinstance(field, models.DateField):
        if database.vendor == "postgresql":
            return None
        return _utc if isinstance(field, models.DateTimeField) else database.ops.adapt_datefield_value
    return lambda value: field.get_db_prep_save(value, database)


def _utc(at: dt.datetime | None) -> str | None:
    """As Django writes a moment into SQLite; the dice know moments in UTC only."""
    return at.replace(tzinfo=None).isoformat(" ") if at else None


def _hex(key: uuid.UUID | None) -> str | None:
    return key.hex if key else None


class Rows:
    """`add` a row of a model; it is written when enough wait, or by `flush`. `counts` says how many there were."""

    def __init__(self) -> None:
        self._sheets: dict[type[models.Model], Sheet] = {}
        self.counts: Counter[str] = Counter()

    def add(self, model: type[models.Model], **values: Any) -> None:
        sheet = self._sheets.get(model)
        if sheet is None:
            sheet = self._sheets[model] = Sheet(model)
        sheet.add(values)
        if len(sheet.waiting) >= BATCH:
            self._write(sheet)

    def flush(self) -> None:
        for sheet in self._sheets.values():
            if sheet.waiting:
                self._write(sheet)

    def _write(self, sheet: Sheet) -> None:
        lines = sheet.take()
        self.counts[sheet.table] += len(lines)
        quote = connection.ops.quote_name
        where = f"{quote(sheet.table)} ({', '.join(quote(each) for each in sheet.columns)})"
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {where} FROM STDIN") as copy:
                    for line in lines:
                        copy.write_row(line)
            else:
                marks = ", ".join(["%s"] * len(sheet.columns))
                cursor.executemany(f"INSERT INTO {where} VALUES ({marks})", lines)  # noqa: S608  our own names
