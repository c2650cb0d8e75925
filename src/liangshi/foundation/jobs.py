"""Jobs: work that takes longer than a page. A row says how far it is; the worker does it; a page shows it.

A job is queued, begun, reaches so many percent, and is done, failed in words, or dropped (cancelled, or replaced by a
newer one). Each step is one compare-and-set, so that a job which was dropped meanwhile stores nothing, and one that a
killed worker left behind is begun again.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.models import Row, WorkerBeat
from liangshi.foundation.base.worker import BEAT
from liangshi.foundation.ui.shell import Progress

SILENT = dt.timedelta(seconds=3 * BEAT)  # without a sign of any worker for so long: a page says so
NO_WORKER = "后台程序没有运行，所以停在这里。请告诉管理员；它一启动，就会接着算，不用重新提交。"


class State(models.TextChoices):
    QUEUED = "queued", "排队"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "没有完成"
    DROPPED = "dropped", "已取消"


LIVE = frozenset({State.QUEUED, State.RUNNING})


class Job(Row):
    """`error` says in words for people why it failed."""

    holds = Holds(c1="state", c2="error")
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    percent = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


J = TypeVar("J", bound=Job)


def _same(job: Job, *states: State) -> models.QuerySet[Any]:
    return type(job)._base_manager.filter(pk=job.pk, state__in=states)


def begin(rows: models.QuerySet[J], key: UUID) -> J | None:
    """The job of `rows` with this key, begun; None where it is over. One that was begun before is begun again."""
    begun = rows.model._base_manager.filter(pk=key, state__in=LIVE).update(
        state=State.RUNNING, started_at=now(), percent=0
    )
    return rows.get(pk=key) if begun else None


def reach(job: Job, percent: int) -> bool:
    """Say how far it is; False where it was dropped, and going on is in vain."""
    return bool(_same(job, State.RUNNING).update(percent=percent))


def finish(job: Job, **found: Any) -> bool:
    """Store what it found, and that it is done; False where it was dropped. Inside the transaction of its deed."""
    return bool(_same(job, State.RUNNING).update(state=State.DONE, percent=100, finished_at=now(), **found))


def fail(job: Job, words: str) -> bool:
    """Say in words why it is not done; False where it was dropped."""
    return bool(_same(job, State.RUNNING).update(state=State.FAILED, error=words, finished_at=now()))


def drop(jobs: models.QuerySet[Any]) -> int:
    """Cancel those of `jobs` that are not over; returns how many."""
    return jobs.filter(state__in=LIVE).update(state=State.DROPPED, finished_at=now())


def worker_lives() -> bool:
    """Whether any worker has beaten within `SILENT`."""
    return WorkerBeat.objects.filter(beat_at__gt=now() - SILENT).exists()


def stalled(*jobs: Job) -> bool:
    """Whether one of `jobs` is not over and no worker lives to do it."""
    return any(job.state in LIVE for job in jobs) and not worker_lives()


def shown(job: Job, said: str, *, poll_url: str, next_url: str = "", next_label: str = "看结果") -> Progress:
    """The job as its page shows it: `said`, or, while no worker lives, that nothing happens."""
    waits = stalled(job)
    return Progress(
        NO_WORKER if waits else said,
        poll_url,
        percent=job.percent if job.state == State.RUNNING else None,
        waiting=waits,
        done=job.state == State.DONE,
        failed=job.state in {State.FAILED, State.DROPPED},
        next_url=next_url,
        next_label=next_label,
    )
