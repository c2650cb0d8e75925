"""How closely each text that we keep is held: its class, said once beside the model.

    class Portrait(Personal):
        holds = Holds(c3="interests strengths", c4="worries")

C0 is public, C1 the school's own, C2 about a person (name, class, who is whose mentor), C3 sensitive (phone, family,
what was talked about, why somebody asks), C4 restricted (identity number, distress, what is said of safety). What is
C3 or C4 is sealed at rest. A code that the database itself has to compare cannot be: `plain` names it, with the reason.

Every column counts that is not a number, a day, a yes or no, or a key; a code from a list, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any, TypeAlias

from django.apps import apps
from django.db import models

TextColumn: TypeAlias = models.Field[Any, Any]

NOT_TEXT = (
    models.AutoField, models.IntegerField, models.FloatField, models.DecimalField, models.BooleanField,
    models.DateField, models.TimeField, models.DurationField, models.UUIDField, models.ForeignKey,
)  # fmt: skip


class DataClass(IntEnum):
    PUBLIC = 0
    SCHOOL = 1
    PERSONAL = 2
    SENSITIVE = 3
    RESTRICTED = 4


SEALED_FROM = DataClass.SENSITIVE

# Tables that are not ours, by app: what they hold of people is a login, a key, and what a browser calls itself.
OTHERS = {
    "auth": DataClass.SCHOOL,
    "contenttypes": DataClass.PUBLIC,
    "sessions": DataClass.PERSONAL,
    "django_tasks_database": DataClass.PERSONAL,
}


class Holds:
    """The classes of a model's own text columns, each a line of names; `plain` says of a C3 or C4 why it is not sealed.
    What a base declares holds for its children. ValueError for a name that stands twice, or is `plain` below C3."""

    def __init__(
        self,
        *,
        c0: str = "",
        c1: str = "",
        c2: str = "",
        c3: str = "",
        c4: str = "",
        plain: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        said = [(name, DataClass(n)) for n, line in enumerate((c0, c1, c2, c3, c4)) for name in line.split()]
        self.classes = dict(said)
        self.plain = plain
        if len(self.classes) != len(said):
            raise ValueError(f"a name stands twice: {[name for name, _ in said]}")
        if stray := [name for name in plain if self.classes.get(name, DataClass.PUBLIC) < SEALED_FROM]:
            raise ValueError(f"need not be sealed: {stray}")


def text_columns() -> Iterator[TextColumn]:
    """Every column of every model that can hold words, in the order of the models."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, NOT_TEXT):
                yield field


def _declared(field: TextColumn) -> Holds | None:
    for base in field.model.__mro__:
        holds = vars(base).get("holds")
        if holds is not None and field.name in holds.classes:
            return holds  # type: ignore[no-any-return]
    return None


def class_of(field: TextColumn) -> DataClass | None:
    """The class of a text column; None where nobody has said it."""
    holds = _declared(field)
    return holds.classes[field.name] if holds else OTHERS.get(field.model._meta.app_label)


def plain_because(field: TextColumn) -> str:
    """Why a column of C3 or C4 is not sealed, or ""."""
    holds = _declared(field)
    return holds.plain.get(field.name, "") if holds else ""
