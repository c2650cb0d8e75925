"""Talks that were begun and not saved: of the author, for the author."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liangshi.foundation.records import drafts as kept
from liangshi.foundation.records.models import Draft as Kept
from liangshi.practice.talks.choices import TALK_FORM
from liangshi.registry.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Draft:
    """`typed` holds the values of each field by its name; `who` the names of those it is about, `named` which
    students these are."""

    key: UUID
    changed_at: dt.datetime
    who: str
    named: tuple[UUID, ...]
    typed: dict[str, list[str]]


def draft_for(actor: Actor, key: UUID) -> Kept | None:
    return kept.draft_of(actor.staff_id, TALK_FORM, key)


def drafts(actor: Actor, options: Sequence[tuple[Any, str]]) -> list[Draft]:
    """The actor's own, newest first. `options` are the students whom he accompanies now, with their labels.

    Of students whom he accompanies no more nothing is left; a draft about them alone is not shown.
    """
    labels = {str(row.pk): label for row, label in options}
    found = []
    for row in kept.drafts_of(actor.staff_id, TALK_FORM):
        typed = kept.typed_of(row)
        chosen = typed.get("students", [])
        here = [key for key in chosen if key in labels]
        if chosen and not here:
            continue
        typed["students"] = here
        who = "、".join(labels[key] for key in here[:3]) + ("等" if len(here) > 3 else "")
        named = tuple(UUID(key) for key in here[:3])
        found.append(Draft(row.key, row.changed_at, who or "还没点学生", named, typed))
    return found
