"""What the year's change plants: its report and its journal."""

from __future__ import annotations

from liangshi.foundation.base.clock import now, today
from liangshi.practice.rollover.models import Rollover
from tests.walk.world import Side

PUBLIC: dict[str, str] = {}


def plant(side: Side) -> None:
    row = Rollover.objects.create(
        year=side.troupe.year,
        graduated_on=today(),
        report={"graduates": 0, "bonds": 0, "planted": side.mark("rollover.Rollover.report")},
        journal={"rows": [], "places": {}, "planted": side.mark("rollover.Rollover.journal")},
        run_at=now(),
        run_by=side.people["leader"],
    )
    side.keys("rollover", (row, side.troupe.year))
