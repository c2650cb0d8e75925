"""`liangshi worker`: runs tasks and daily jobs, takes over from the dead, stops when asked."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tasks_db.models import DBTaskResult

from liangshi.foundation.base import schedule
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.models import ScheduledRun, WorkerBeat
from liangshi.foundation.base.worker import ATTEMPTS, Worker, take_over
from tests.config.tasks import brief, patient
from tests.conftest import ROOT

pytestmark = pytest.mark.both

SILENT = dt.timedelta(seconds=30)


def address_of_database() -> str:
    """The test database as LIANGSHI_DATABASE names it."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{settings['NAME']}"
    user, password = quote(settings["USER"]), quote(settings["PASSWORD"])
    host = settings["HOST"] or ""
    place = f"?host={host}" if host.startswith("/") else ""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{user}:{password}@{'' if place else host}{port}/{settings['NAME']}{place}"


@pytest.fixture
def start_worker(transactional_db, settings):
    """Start workers on the test database; all are ended."""
    children: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "worker", "--beat", "0.2"],
            env={
                **os.environ,
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                "LIANGSHI_DATABASE": address_of_database(),
                "LIANGSHI_FIELD_KEY": settings.FIELD_KEY,
                "LIANGSHI_SECRET_KEY": settings.SECRET_KEY,
            },
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        children.append(child)
        return child

    yield start
    for child in children:
        if child.poll() is None:
            child.kill()
        child.communicate()


def until(what, seconds=120.0):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_a_task_of_a_killed_worker_is_finished_by_the_next(start_worker, tmp_path):
    job = patient.enqueue(str(tmp_path))
    first = start_worker()
    until((tmp_path / "attempt-1").exists)
    first.kill()
    first.wait()
    assert DBTaskResult.objects.get(pk=job.id).status == "RUNNING", "nobody knows yet"
    second = start_worker()
    until(lambda: DBTaskResult.objects.get(pk=job.id).status == "SUCCESSFUL")
    row = DBTaskResult.objects.get(pk=job.id)
    assert row.return_value == 2
    assert [
        f"-{child.pid}-" in name for child, name in zip((first, second), row.worker_ids, strict=True)
    ] == [
        True,
        True,
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_finishes_its_task_and_stops(start_worker, tmp_path, number):
    job = brief.enqueue(str(tmp_path), 1.0)
    worker = start_worker()
    until((tmp_path / "begun").exists)
    worker.send_signal(number)
    worker.send_signal(number)
    _, words = worker.communicate(timeout=120)
    assert worker.returncode == 0, words
    assert (tmp_path / "ended").exists()
    assert DBTaskResult.objects.get(pk=job.id).status == "SUCCESSFUL"
    assert not WorkerBeat.objects.exists()
    assert "Traceback" not in words


def running(*workers: str) -> DBTaskResult:
    job = brief.enqueue("nowhere", 0)
    row = DBTaskResult.objects.get(pk=job.id)
    for worker in workers:
        row.claim(worker)
    return row


@pytest.mark.django_db
def test_only_tasks_of_silent_workers_are_taken_over():
    WorkerBeat.objects.create(worker="living", beat_at=now())
    WorkerBeat.objects.create(worker="dead", beat_at=now() - dt.timedelta(seconds=31))
    WorkerBeat.objects.create(worker="me", beat_at=now())
    rows = {worker: running(worker) for worker in ("living", "dead", "never beat", "me")}
    again = running("dead", "living")
    assert take_over(worker="me", silent_for=SILENT) == 3
    for row in (*rows.values(), again):
        row.refresh_from_db()
    assert {worker: row.status for worker, row in rows.items()} == {
        "living": "RUNNING",
        "dead": "READY",
        "never beat": "READY",
        "me": "READY",
    }
    assert again.status == "RUNNING", "the last worker counts"


@pytest.mark.django_db
def test_a_task_that_kills_its_workers_is_given_up():
    row = running(*["dead"] * ATTEMPTS)
    assert take_over(worker="me", silent_for=SILENT) == 0
    row.refresh_from_db()
    assert row.status == "FAILED"
    assert "3 workers died" in row.traceback


@pytest.mark.django_db
def test_daily_jobs_run_once_a_day_and_one_failure_stops_no_other(monkeypatch):
    done = []

    def fails() -> None:
        raise ValueError("no")

    monkeypatch.setattr(schedule, "DAILY", {"fails": fails, "works": lambda: done.append(1)})
    worker = Worker()
    worker.chores()
    worker.chores()
    assert done == [1]
    assert list(ScheduledRun.objects.values_list("job", flat=True)) == ["works"]


@pytest.mark.django_db
def test_a_worker_without_tables_says_what_to_do(monkeypatch):
    plan = "django.db.migrations.executor.MigrationExecutor.migration_plan"
    monkeypatch.setattr(plan, lambda *_: [("something", False)])
    with pytest.raises(DomainError, match="liangshi migrate"):
        call_command("worker")


def test_a_beat_out_of_range_is_refused():
    with pytest.raises(CommandError, match="60 秒"):
        call_command("worker", "--beat", "3600")
