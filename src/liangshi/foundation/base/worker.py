"""The one background process: runs queued tasks one at a time, and the daily jobs in between.

A worker that is killed leaves its task RUNNING. Each worker therefore beats; the others take over the task of
one that has fallen silent, three times at most (a task that kills whoever runs it must not go round for
ever). Tasks may so run twice, and are written to bear it.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.models import WorkerBeat
from liangshi.foundation.base.schedule import run_due

log = logging.getLogger(__name__)
BEAT = 5.0  # seconds
SILENT_BEATS = 6  # this many missed: dead
ATTEMPTS = 3
FORGET_AFTER = dt.timedelta(days=1)


class WorkerLost(Exception):
    """Stored with a task whose workers died three times."""


def take_over(*, worker: str, silent_for: dt.timedelta) -> int:
    """Queue again what dead workers left running; returns how many tasks.

    Called by `worker` while it runs no task itself, so that a task under its own name is a lost one too.
    """
    living = WorkerBeat.objects.filter(beat_at__gt=now() - silent_for).exclude(worker=worker)
    names = set(living.values_list("worker", flat=True))
    taken = 0
    for task in DBTaskResult.objects.running():
        if task.worker_ids and task.worker_ids[-1] in names:
            continue
        # Only as it was read: another worker may have queued it, and a third begun it, meanwhile.
        same = DBTaskResult.objects.filter(
            pk=task.pk, status=TaskResultStatus.RUNNING, started_at=task.started_at
        )
        if len(task.worker_ids) < ATTEMPTS:
            taken += same.update(status=TaskResultStatus.READY, started_at=None)
        elif same.exists():
            task.set_failed(WorkerLost(f"{ATTEMPTS} workers died while they ran {task.task_path}"))
    WorkerBeat.objects.filter(beat_at__lt=now() - FORGET_AFTER).delete()
    return taken


class Worker(db_worker.Worker):
    """`serve` returns after SIGTERM or SIGINT, when the task in hand is done."""

    def __init__(self, *, beat: float = BEAT, interval: float = 1.0) -> None:
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=interval,
            batch=True,  # run() returns when nothing is ready; serve() comes again
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}",
        )
        self.beat = beat
        self.stopped = threading.Event()

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Twice is not harder than once: the terminal and the launcher both send it."""
        self.running = False
        self.stopped.set()

    def serve(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.shutdown)
        log.info("worker %s started", self.worker_id)
        chores_at = 0.0
        with self.beating():
            while self.running:
                try:
                    if time.monotonic() >= chores_at:
                        self.chores()
                        chores_at = time.monotonic() + SILENT_BEATS / 2 * self.beat
                    self.run()
                except (DatabaseError, InterfaceError):
                    log.exception("the database does not answer; trying again")
                    close_old_connections()
                    self.stopped.wait(self.beat)
                self.stopped.wait(self.interval)
        log.info("worker %s stopped", self.worker_id)

    def chores(self) -> None:
        taken = take_over(worker=self.worker_id, silent_for=dt.timedelta(seconds=SILENT_BEATS * self.beat))
        if taken:
            log.warning("%s tasks of dead workers are queued again", taken)
        run_due()

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat from a thread of its own, so that a long task does not look like death."""
        done = threading.Event()
        heart = threading.Thread(target=self._beat_until, args=[done], name="heart", daemon=True)
        heart.start()
        try:
            yield
        finally:
            done.set()
            heart.join()
            WorkerBeat.objects.filter(worker=self.worker_id).delete()

    def _beat_until(self, done: threading.Event) -> None:
        while True:
            try:
                WorkerBeat.objects.update_or_create(worker=self.worker_id, defaults={"beat_at": now()})
            except (DatabaseError, InterfaceError):
                log.warning("a heartbeat was missed", exc_info=True)
            close_old_connections()
            if done.wait(self.beat):
                connection.close()
                return
