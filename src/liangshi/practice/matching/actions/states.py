"""Moving a round and its programme, by their tables and in one order of locks."""

from __future__ import annotations

from typing import Any

from liangshi.practice.matching.choices import PROGRAMME
from liangshi.practice.matching.models import Programme, Round


def step(row: Round, event: str, **also: Any) -> None:
    row.way.flow.move(row, event, **also)


def advance(programme: Programme, event: str, **also: Any) -> None:
    PROGRAMME.move(programme, event, **also)


def hold(row: Round) -> Round:
    """The round as it is now, locked, its programme before it: one order for all, so that nobody waits in a circle."""
    programme = Programme.objects.select_for_update().get(pk=row.programme_id)
    held = Round.objects.select_for_update().get(pk=row.pk)
    held.programme = programme
    return held
