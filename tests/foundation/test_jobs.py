"""Work that takes longer than a page: queued, begun, done, failed in words, dropped, and nobody there to do it."""

from __future__ import annotations

import datetime as dt

from liangshi.foundation import jobs
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.models import WorkerBeat
from liangshi.foundation.jobs import State
from liangshi.practice.matching.actions.running import start_run
from liangshi.practice.matching.models import Run
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_running import wished


def queued(stage: Stage) -> Run:
    return start_run(wished(stage).round, actor=stage.clerk)


def told(run: Run) -> str:
    run.refresh_from_db()
    return jobs.shown(run, "已排队。", poll_url="/poll").text


def test_a_job_that_nobody_will_do_says_so_within_seconds(stage: Stage) -> None:
    run = queued(stage)
    assert told(run) == jobs.NO_WORKER
    beat = WorkerBeat.objects.create(worker="示范", beat_at=now() - jobs.SILENT + dt.timedelta(seconds=2))
    assert told(run) == "已排队。"
    WorkerBeat.objects.filter(pk=beat.pk).update(beat_at=now() - jobs.SILENT)
    assert told(run) == jobs.NO_WORKER
    assert dt.timedelta(seconds=15) >= jobs.SILENT
    assert jobs.begin(Run.objects.all(), run.pk)
    assert told(run) == jobs.NO_WORKER  # begun, and its worker died


def test_a_job_goes_through_its_states_once(stage: Stage) -> None:
    run = queued(stage)
    assert not jobs.reach(run, 20)  # not begun
    assert not jobs.finish(run)
    for _ in ("begun", "left by a killed worker and begun again"):
        again = jobs.begin(Run.objects.all(), run.pk)
        assert again
        assert (again.state, again.percent) == (State.RUNNING, 0)
        assert jobs.reach(run, 55)
    shown = jobs.shown(Run.objects.get(), "在算", poll_url="/poll")
    assert (shown.percent, shown.running) == (55, True)
    assert jobs.finish(run, total_rank=7)
    assert not jobs.fail(run, "太晚了")
    assert jobs.begin(Run.objects.all(), run.pk) is None
    run.refresh_from_db()
    assert (run.state, run.percent, run.total_rank, run.error) == (State.DONE, 100, 7, "")
    assert run.finished_at


def test_what_was_dropped_stores_nothing_and_what_is_over_is_not_dropped(stage: Stage) -> None:
    run = queued(stage)
    assert jobs.begin(Run.objects.all(), run.pk)
    assert jobs.drop(Run.objects.all()) == 1
    assert not jobs.reach(run, 80)
    assert not jobs.finish(run, total_rank=7)
    assert not jobs.fail(run, "没有算完")
    assert jobs.drop(Run.objects.all()) == 0
    run.refresh_from_db()
    assert (run.state, run.total_rank, run.error) == (State.DROPPED, 0, "")
    assert jobs.shown(run, "已取消", poll_url="/poll").failed


def test_a_failure_is_told_in_words(stage: Stage) -> None:
    run = queued(stage)
    assert jobs.begin(Run.objects.all(), run.pk)
    assert jobs.fail(run, "没有一轮能安排好所有学生。")
    run.refresh_from_db()
    assert (run.state, run.error) == (State.FAILED, "没有一轮能安排好所有学生。")
