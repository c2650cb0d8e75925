"""Daily jobs: rooms add theirs to `DAILY`, the worker runs each once a day."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import IntegrityError, transaction

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import ScheduledRun

log = logging.getLogger(__name__)
DAILY: dict[str, Callable[[], None]] = {}


def daily(job: Callable[[], None]) -> Callable[[], None]:
    """Register a job that takes nothing and may be run again without harm."""
    DAILY[f"{job.__module__}.{job.__name__}"] = job
    return job


def run_due() -> int:
    """Run each job that has not run today; returns how many ran. A failing job does not stop the others."""
    ran = 0
    for name, job in DAILY.items():
        if ScheduledRun.objects.filter(job=name, day=today()).exists():
            continue
        try:
            with transaction.atomic():
                ScheduledRun.objects.create(job=name, day=today())
                job()
            ran += 1
        except IntegrityError:
            continue  # another worker took it
        except Exception:
            log.exception("daily job %s failed; it is tried again", name)
    return ran
