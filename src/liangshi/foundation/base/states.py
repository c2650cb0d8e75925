"""State machines: a table of allowed moves, and the one function that moves a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models

from liangshi.foundation.base.errors import DomainError

M = TypeVar("M", bound=models.Model)
Moves = Mapping[str, tuple[frozenset[str], str]]  # event → (states it may leave, state it reaches)


def move(row: M, event: str, moves: Moves, labels: Mapping[str, str], **also: Any) -> M:
    """Move `row.state` by `event`, as one compare-and-set; `also` are fields saved with it.

    Raises DomainError `invalid_transition`, naming what is possible now, when the row (as it is in the
    database at this moment, not as it was read) is not in a state that the event may leave.
    """
    sources, target = moves[event]
    manager = type(row)._default_manager
    changed = manager.filter(pk=row.pk, state__in=sources).update(state=target, **also)
    row.refresh_from_db()
    if not changed:
        state: str = row.state  # type: ignore[attr-defined]
        possible = [labels.get(name, name) for name, (leave, _) in moves.items() if state in leave]
        raise DomainError(
            "invalid_transition",
            f"现在不能{labels.get(event, event)}：它已经是「{row.get_state_display()}」。"  # type: ignore[attr-defined]
            + (f"现在可以：{'、'.join(possible)}。" if possible else "这已是最后一步。"),
        )
    return row
