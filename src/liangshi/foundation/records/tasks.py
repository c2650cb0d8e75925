"""The day's jobs of this room."""

from __future__ import annotations

from liangshi.foundation.base.schedule import daily
from liangshi.foundation.records.drafts import end_drafts


@daily
def erase_old_drafts() -> None:
    """What was begun and not saved ends after a week."""
    end_drafts()
