"""The states of a rollover, and for how long it can be undone."""

from __future__ import annotations

import datetime as dt

from django.db.models import TextChoices

from liangshi.foundation.base.states import Moves

REVERSIBLE_FOR = dt.timedelta(days=7)


class RolloverState(TextChoices):
    DONE = "done", "已结转"
    REVERSED = "reversed", "已撤回"


ROLLOVER_MOVES: Moves = {"reverse": (frozenset({RolloverState.DONE}), RolloverState.REVERSED)}
ROLLOVER_MOVE_LABELS = {"reverse": "撤回"}
