"""Computing a round: certified or not stored, again without harm, drawn in public."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from liangshi.foundation.jobs import State
from liangshi.foundation.notices.models import Notice
from liangshi.pairing.certificate import Certificate, Violation
from liangshi.practice.matching import tasks
from liangshi.practice.matching.actions import running
from liangshi.practice.matching.actions.rounds import check, open_round, set_quota
from liangshi.practice.matching.actions.running import run_now, start_run
from liangshi.practice.matching.actions.wishes import correct_wishes
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import Run, Wish
from liangshi.practice.matching.queries.published import (
    published_placement,
    published_placements,
)
from liangshi.practice.matching.queries.runs import done_run, placements, superseded
from liangshi.registry.mentorships.apart import keep_apart
from liangshi.registry.mentorships.models import Mentorship
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_rounds import refused


def wished(stage: Stage, *, but_open: bool = False) -> Stage:
    """One place each, two rivals for one mentor, one student who wishes nothing."""
    stage.draft(upper=2)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    stage.wish(0, "mentor", "second")
    stage.wish(1, "mentor", "second")
    stage.wish(2, "mentor", "second", avoid=("leader", "grade_head"))
    stage.wish(3, "second", "mentor")
    stage.wish(4, "adviser")
    return stage if but_open else stage.close()


def placed(stage: Stage) -> dict[int, tuple[str, int | None]]:
    run = done_run(stage.round)
    assert run
    return {row.round_student.number - 1: (row.mentor.code, row.rank) for row in placements(run)}


def test_whom_a_student_has_named_since_the_round_began_is_not_given_to_him(stage: Stage) -> None:
    wished(stage, but_open=True)
    keep_apart(stage.student(4).pk, [stage.troupe.people["adviser"].pk])
    stage.close().propose()
    assert stage.round.state == RoundState.PROPOSED
    assert placed(stage)[4][0] != "T04"  # his only wish: the adviser
    assert [wish.mentor.code for wish in stage.mine(4).wishes.all()] == ["T04"]


def test_a_round_is_computed_certified_and_explained(stage: Stage) -> None:
    wished(stage).propose()
    assert stage.round.state == RoundState.PROPOSED
    run = stage.round.runs.get()
    assert (run.state, run.percent, run.profile, run.unlisted, run.total_rank) == (
        State.DONE,
        100,
        [4, 1],
        1,
        6,
    )
    given = placed(stage)
    assert given[3] == ("T06", 1)
    assert given[4] == ("T04", 1)
    assert sorted(given[n] for n in (0, 1, 2)) == [("T05", 1), ("T05", 1), ("T06", 2)]
    assert given[5][1] is None
    assert "同样好的安排由公开抽签决定" in run.certificate["kept"]
    reasons = {row.round_student.number - 1: row.reason for row in placements(run)}
    assert reasons[3] == "周敏甲老师是你的第一志愿，已如愿安排。"
    assert "没有填报志愿" in reasons[5]
    for n, reason in reasons.items():  # never another student's name
        assert not any(stage.student(m).person.name in reason for m in (0, 3, 4, 5) if m != n)


def test_the_same_input_and_seed_give_the_same_result(stage: Stage) -> None:
    wished(stage).propose("3 1 4 1 5")
    first, given = stage.round.runs.get(), placed(stage)
    stage.propose()
    second = done_run(stage.round)
    assert second
    assert second.pk != first.pk
    assert (second.result_sha256, second.seed, placed(stage)) == (first.result_sha256, first.seed, given)
    assert stage.round.runs.get(pk=first.pk).state == State.DROPPED


def test_the_seed_follows_from_the_published_fingerprint_and_the_draw(stage: Stage) -> None:
    wished(stage)
    fingerprint = stage.round.commitment
    assert len(fingerprint) == 64
    stage.propose(" 3  1 4 ")
    run = stage.round.runs.get()
    assert stage.round.draw == "3 1 4"
    assert run.seed == hashlib.sha256(f"{fingerprint}3 1 4".encode()).hexdigest()


def test_nobody_draws_again_once_a_result_is_known(stage: Stage) -> None:
    wished(stage).propose()
    problem = refused(lambda: start_run(stage.round, actor=stage.clerk, draw="6 6 6"))
    assert problem.code == "draw_fixed"
    assert stage.again().round.state == RoundState.PROPOSED


@pytest.mark.row("N10")
def test_who_changes_a_quota_to_and_fro_does_not_draw_again(stage: Stage) -> None:
    wished(stage).propose("1 1 1")
    first = stage.round.runs.get()
    quota = lambda upper: set_quota(  # noqa: E731
        stage.round.mentors.get(code="T01"), lower=0, upper=upper, actor=stage.clerk
    )
    before = stage.round.mentors.get(code="T01").upper
    quota(before + 1)
    assert stage.again().round.draw == ""  # another input: nobody knows a result of it
    stage.propose("2 2 2")
    quota(before)
    assert (stage.again().round.commitment, stage.round.draw) == (first.commitment, "1 1 1")
    assert refused(lambda: start_run(stage.round, actor=stage.clerk, draw="3 3 3")).code == "draw_fixed"
    stage.propose()
    assert stage.round.runs.first().seed == first.seed  # type: ignore[union-attr]
    told = superseded(stage.round)
    assert [(one.draw, one.commitment == first.commitment) for one in told] == [("2 2 2", False)]


def test_an_uncertified_result_is_not_stored(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Certificate((), (Violation("每名学生恰有一位导师", "少了一名。"),))
    monkeypatch.setattr(running, "certify", lambda problem, result, canonical: bad)
    wished(stage).propose()
    run = stage.round.runs.get()
    assert (run.state, run.result_sha256, run.placements.count()) == (State.FAILED, "", 0)
    assert "没有通过独立核验" in run.error
    assert stage.round.state == RoundState.CLOSED


def test_a_tampered_result_is_caught_by_the_verifier(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real verifier refuses a real but altered result."""
    honest = running.solve

    def crooked(*args: Any) -> Any:
        result = honest(*args)
        (a, to_a), (b, to_b), *rest = result.pairs
        other = next(pair for pair in rest if pair[1] != to_a)
        pairs = tuple(sorted(((a, other[1]), (b, to_b), *(p if p != other else (p[0], to_a) for p in rest))))
        return replace(result, pairs=pairs)

    monkeypatch.setattr(running, "solve", crooked)
    wished(stage).propose()
    assert stage.round.runs.get().state == State.FAILED
    assert stage.round.state == RoundState.CLOSED


def test_avoidances_that_leave_no_way_are_named_and_can_be_mended(stage: Stage) -> None:
    stage.draft(upper=0)
    for code in ("T05", "T06"):
        set_quota(stage.round.mentors.get(code=code), lower=0, upper=6, actor=stage.clerk)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    stage.wish(1, avoid=("mentor", "second"))
    stage.close().propose()
    run = stage.round.runs.get()
    assert run.state == State.FAILED
    assert "王芳甲 高一(1)班（抽签号 00002）" in run.error
    assert Notice.objects.filter(title__contains="运算没有完成").count() == 2
    held = stage.mine(1)
    correct_wishes(held, wishes=[], avoid=[], reason="本人同意减少回避", actor=stage.clerk)
    stage.again().propose()
    assert stage.round.state == RoundState.PROPOSED


def test_a_row_changed_behind_the_fingerprint_stops_the_run(stage: Stage) -> None:
    wished(stage)
    Wish.objects.filter(round_student=stage.mine(4)).delete()
    stage.propose()
    assert "数据指纹不一致" in stage.round.runs.get().error


def test_a_killed_worker_leaves_a_run_that_is_simply_run_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wished(stage)
    run = start_run(stage.round, actor=stage.clerk)

    def killed(*args: Any) -> None:
        raise SystemExit("killed")  # not an Exception: nothing gets the chance to tidy up

    with monkeypatch.context() as patch:
        patch.setattr(running, "solve", killed)
        with pytest.raises(SystemExit):
            run_now(run.pk)
    run.refresh_from_db()
    assert (run.state, stage.again().round.state) == (State.RUNNING, RoundState.RUNNING)
    run_now(run.pk)  # the queue delivers it once more
    assert stage.again().round.state == RoundState.PROPOSED
    before = list(placements(run).values_list("pk", flat=True))
    run_now(run.pk)  # and once too often
    assert list(placements(run).values_list("pk", flat=True)) == before


def test_a_replaced_run_stores_nothing_when_its_worker_comes_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button 重新运算, pressed while the old worker is still at it."""
    wished(stage)
    old = start_run(stage.round, actor=stage.clerk)
    honest = running.solve
    new: list[Run] = []

    def slow(*args: Any) -> Any:
        if not new:
            new.append(start_run(stage.again().round, actor=stage.clerk))
            run_now(new[0].pk)
        return honest(*args)

    monkeypatch.setattr(running, "solve", slow)
    run_now(old.pk)
    old.refresh_from_db()
    assert (old.state, old.placements.count()) == (State.DROPPED, 0)
    assert done_run(stage.again().round) == new[0]


def test_our_own_fault_is_told_in_a_sentence_and_raised(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(running, "solve", broken)
    wished(stage)
    run = start_run(stage.round, actor=stage.clerk)
    with pytest.raises(ZeroDivisionError):
        run_now(run.pk)
    run.refresh_from_db()
    assert run.error == running.BROKEN
    assert stage.again().round.state == RoundState.CLOSED


def test_the_run_goes_through_the_queue(stage: Stage, django_capture_on_commit_callbacks: Any) -> None:
    wished(stage)
    run = start_run(stage.round, actor=stage.clerk)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.enqueue(run)
    queued = DBTaskResult.objects.get()
    assert queued.args_kwargs == {"args": [str(run.pk)], "kwargs": {}}
    tasks.compute.call(str(run.pk))
    assert stage.again().round.state == RoundState.PROPOSED


def test_a_proposal_is_seen_by_nobody_whom_it_concerns(stage: Stage) -> None:
    wished(stage).propose()
    for n in range(6):
        assert published_placement(stage.actor(n), stage.student(n).pk) is None
    for name in ("mentor", "guardian", "adviser"):
        assert published_placements(stage.cast.actor(name)) == []
    assert not Mentorship.objects.filter(ends_on__isnull=True, student__school=stage.troupe.school).exists()
    assert not Notice.objects.filter(title__contains="公布了").exists()


def test_one_hash_on_every_machine_and_database(stage: Stage) -> None:
    """The literal stands for all machines: SQLite here, PostgreSQL in the other run of the suite."""
    wished(stage).propose("3 1 4 1 5")
    run = stage.round.runs.get()
    assert (run.commitment[:16], run.result_sha256[:16]) == ("c0159cecf97b0a98", "2f5ae61c03745875")
