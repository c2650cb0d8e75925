"""The states of a rollover, and for how long it can be undone."""

from __future__ import annotations

import datetime as dt

from django.db.models import TextChoices

from liangshi.foundation.base.workflow import Move, Workflow

REVERSIBLE_FOR = dt.timedelta(days=7)


class RolloverState(TextChoices):
    DONE = "done", "已结转"
    REVERSED = "reversed", "已撤回"


ROLLOVER = Workflow(
    RolloverState,
    reverse=Move("撤回", RolloverState.DONE, to=RolloverState.REVERSED),
)
