"""What is done once a day."""

from __future__ import annotations

from liangshi.foundation.base.schedule import daily
from liangshi.practice.rosters.actions.jobs import erase_stale


@daily
def erase_stale_uploads() -> None:
    """Files that nobody imported within seven days leave the server."""
    erase_stale()
