"""What the year's change plants: its report and its journal."""

from __future__ import annotations

import uuid

from liangshi.foundation.base.clock import now, today
from liangshi.practice.rollover.models import Rollover
from tests.walk.world import Side

PUBLIC: dict[str, str] = {}


def plant(side: Side) -> None:
    word = side.mark("rollover.Rollover.journal")
    row = Rollover.objects.create(
        year=side.troupe.year,
        graduated_on=today(),
        report={"graduates": 0, "bonds": 0, "planted": side.mark("rollover.Rollover.report")},
        journal=[["rollover.rollover", str(uuid.uuid4()), {"x": word}, {"x": word}]],
        run_at=now(),
        run_by=side.people["leader"],
    )
    side.keys("rollover", (row, side.troupe.year))
