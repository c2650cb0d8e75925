"""Tasks for the worker's tests, importable by its process."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django_tasks import task


@task()
def patient(folder: str) -> int:
    """Waits to be killed the first time; done at once the second time. Returns the number of attempts."""
    attempts = len(list(Path(folder).glob("attempt-*"))) + 1
    Path(folder, f"attempt-{attempts}").write_text(str(os.getpid()))
    if attempts == 1:
        time.sleep(120)
    return attempts


@task()
def brief(folder: str, seconds: float) -> None:
    Path(folder, "begun").touch()
    time.sleep(seconds)
    Path(folder, "ended").touch()
