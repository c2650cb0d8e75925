"""What stops the start: a text without a class, a sensitive one that lies open, a class for no text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from liangshi.foundation.base.classes import (
    SEALED_FROM,
    Holds,
    TextColumn,
    class_of,
    plain_because,
    text_columns,
)
from liangshi.foundation.base.sealed import SealedField


@register()
def every_text_has_a_class(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    columns = list(text_columns())
    return [*(problem for field in columns for problem in _problems(field)), *_strays(columns)]


def _problems(field: TextColumn) -> Iterator[CheckMessage]:
    held, sealed, reason = class_of(field), isinstance(field, SealedField), plain_because(field)
    if held is None:
        yield Error(
            f"{field} has no class", hint="name it in the Holds(…) of its model", obj=field, id="classes.E001"
        )
    elif held >= SEALED_FROM and not sealed and not reason:
        yield Error(
            f"{field} is C{held} and not sealed",
            hint="make it a SealedField, or say why it cannot be one (plain=…)",
            obj=field,
            id="classes.E002",
        )
    elif sealed and (held < SEALED_FROM or reason):
        yield Error(
            f"{field} is sealed, and its model says C{held}, or that it is not",
            hint="one of the two is wrong",
            obj=field,
            id="classes.E003",
        )


def _strays(columns: list[TextColumn]) -> Iterator[CheckMessage]:
    """A name that is no text of the model, or of one of its children, has been left behind by a change."""
    known = {(base, field.name) for field in columns for base in field.model.__mro__}
    for base in {base for model in apps.get_models() for base in model.__mro__}:
        holds = vars(base).get("holds")
        if isinstance(holds, Holds):
            for name in sorted(holds.classes):
                if (base, name) not in known:
                    yield Error(f"{base.__name__} holds {name}, which is no text", id="classes.E004")
