"""The day's job of this room."""

from __future__ import annotations

from liangshi.foundation.base.schedule import daily
from liangshi.practice.talks.actions import end_notes


@daily
def erase_old_notes() -> None:
    """随手记 end 90 days after the bond."""
    end_notes()
