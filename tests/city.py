"""The demo city of today, built once a run and put in where a test asks for it."""

from __future__ import annotations

from liangshi.foundation.base.clock import today
from liangshi.portal.demo.actions import load
from tests.database import remembered

WHOLE = 1.0
SMALL = 0.1


def demo_city(scale: float = WHOLE) -> None:
    """Fill the empty database with what `load(scale=scale)` writes."""
    remembered(f"city-{scale}-{today()}", lambda: load(scale=scale))
