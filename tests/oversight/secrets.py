"""What oversight plants: why the city's cap was changed, which it tells everybody."""

from __future__ import annotations

from tests.walk.world import Side

PUBLIC = {"burden.BurdenCap.note": "a public explanation, by its own words"}


def plant(side: Side) -> None:
    """Nothing that somebody may not see: burden keeps numbers alone."""
