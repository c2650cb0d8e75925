"""The computation as a task of the queue, and what a day changes by itself."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction
from django_tasks import task

from liangshi.foundation.base.schedule import daily
from liangshi.practice.matching.actions.programmes import let_time_pass
from liangshi.practice.matching.actions.running import run_now
from liangshi.practice.matching.models import Run


@task()
def compute(run_id: str) -> None:
    run_now(UUID(run_id))


def enqueue(run: Run) -> None:
    """Queue the run once the transaction that made it has been committed."""
    transaction.on_commit(partial(compute.enqueue, str(run.pk)))


@daily
def programmes_grow_older() -> None:
    let_time_pass()
