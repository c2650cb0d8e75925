"""What ends with a post: the rooms above say it once, and every way of leaving a school goes through here.

A room says so in its own `leaving.py`. What follows at once where somebody is not at work, for a while or for good, it says
there as well (`when_away`). Who leaves is 离职, 退休 or 停职 (`choices.LEFT`), or is registered as leaving for
good by the relations while his students still wait for a successor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from liangshi.foundation.audit.actions import Doer

Ends = Callable[[Collection[UUID], Doer], None]  # keys of staff; within the transaction of the deed
_ENDS: list[Ends] = []
_AWAY: list[Ends] = []


def ends_with_post(end: Ends) -> Ends:
    """Declare something that ends on the day on which somebody leaves his school."""
    _ENDS.append(end)
    return end


def leave(staff: Collection[UUID], *, actor: Doer) -> None:
    """These leave their school today: whatever ends with their posts ends. Twice changes nothing more."""
    if staff:
        for end in _ENDS:
            end(staff, actor)


def when_away(follow: Ends) -> Ends:
    """Declare something that follows at once where somebody is at work no more: on leave, or gone."""
    _AWAY.append(follow)
    return follow


def away(staff: Collection[UUID], *, actor: Doer) -> None:
    """These are at work no more from today. Twice changes nothing more."""
    if staff:
        for follow in _AWAY:
            follow(staff, actor)
