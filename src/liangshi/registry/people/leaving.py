"""What ends with a post: the rooms above say it once, and every way of leaving a school goes through here.

A room says so in its own `leaving.py`. What follows at once where somebody is not at work, for a while or for good, it says
there as well (`when_away`). Who leaves is 离职, 退休 or 停职 (`choices.LEFT`), or is registered as leaving for
good by the relations while his students still wait for a successor.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base.hooks import Hook

# Both are given the keys of staff, and who does it.
ends_with_post: Hook[[Collection[UUID], Doer]] = (
    Hook()
)  # what ends on the day on which somebody leaves his school
when_away: Hook[[Collection[UUID], Doer]] = (
    Hook()
)  # what follows where somebody is at work no more, on leave or gone


def leave(staff: Collection[UUID], *, actor: Doer) -> None:
    """These leave their school today: whatever ends with their posts ends. Twice changes nothing more."""
    if staff:
        ends_with_post.happened(staff, actor)


def away(staff: Collection[UUID], *, actor: Doer) -> None:
    """These are at work no more from today. Twice changes nothing more."""
    if staff:
        when_away.happened(staff, actor)
