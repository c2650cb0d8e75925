"""Three aims over the same frozen wishes and the same lottery, and the choice among them."""

from __future__ import annotations

import pytest

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.jobs import State
from liangshi.foundation.notices.models import Notice
from liangshi.practice.matching.actions import running
from liangshi.practice.matching.actions.rounds import check, open_round, set_quota
from liangshi.practice.matching.actions.running import choose_aim, compare_aims, run_now, start_run
from liangshi.practice.matching.actions.wishes import correct_wishes
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import Placement, Run
from liangshi.practice.matching.queries.programmes import done_runs
from liangshi.practice.matching.queries.runs import Comparison, comparison, done_run, latest_run, seed_of
from liangshi.practice.plans.choices import Aim
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_rounds import refused

PLACES = {"mentor": 1, "second": 1, "leader": 1, "adviser": 1, "grade_head": 2}
WISHES = (
    ("mentor", "adviser", "leader", "grade_head", "second"),
    ("second", "grade_head", "mentor", "adviser"),
    ("second", "mentor", "adviser", "grade_head", "leader"),
    ("second", "mentor"),
    ("grade_head", "leader"),
    ("grade_head", "second", "mentor"),
)


def contested(stage: Stage) -> Stage:
    """Six places for six students whose wishes each aim meets in its own way."""
    stage.draft()
    for post, places in PLACES.items():
        mentor = stage.round.mentors.get(pk=stage.key(post))
        set_quota(mentor, lower=0, upper=places, actor=stage.clerk)
    assert check(stage.round, actor=stage.clerk) == ()
    open_round(stage.round, actor=stage.clerk)
    for n, posts in enumerate(WISHES):
        stage.wish(n, *posts)
    return stage.close()


def compare(stage: Stage, draw: str = "") -> Comparison:
    for trial in compare_aims(stage.round, actor=stage.clerk, draw=draw):
        run_now(trial.pk)
    return comparison(stage.again().round)


def choose(stage: Stage, aim: Aim) -> Run:
    run = choose_aim(stage.round, aim, actor=stage.clerk)
    run_now(run.pk)
    stage.again()
    run.refresh_from_db()
    return run


def test_each_aim_is_best_at_what_it_aims_for(stage: Stage) -> None:
    held = compare(contested(stage))
    assert held.complete
    assert list(held.trials) == list(Aim)
    rows = dict(held.rows)
    assert list(rows)[-4:] == ["志愿外", "序号之和", "导师最少", "导师最多"]
    assert rows["志愿外"] == [0, 0, 0]
    total = rows["序号之和"]
    assert (total[0], total[1], total[2]) == (10, 13, 10)
    assert rows["第 1 志愿"][1] == 4 > max(rows["第 1 志愿"][0], rows["第 1 志愿"][2])
    assert held.trials[Aim.GENEROUS].profile == [2, 4, 0, 0, 0]
    assert rows["导师最少"] == [1, 1, 1]
    assert rows["导师最多"] == [2, 2, 2]


def test_a_comparison_is_numbers_and_changes_nothing(stage: Stage) -> None:
    contested(stage)
    before = Notice.objects.count()
    compare(stage)
    assert stage.round.state == RoundState.CLOSED
    assert not Placement.objects.exists()
    assert Notice.objects.count() == before
    assert latest_run(stage.round) is None
    assert done_run(stage.round) is None
    stage.propose()
    proposal = done_run(stage.round)
    assert proposal
    assert (
        compare(stage).trials[Aim.SUM].result_sha256 == proposal.result_sha256
    )  # the same seed, sealed alike
    assert done_run(stage.round) == proposal
    assert Entry.objects.filter(type="round.compared").count() == 1  # the trials were there already
    stage.publish()
    assert [run.pk for run in done_runs(stage.round.programme)] == [proposal.pk]


def test_the_draw_is_fixed_by_comparing_too(stage: Stage) -> None:
    compare(contested(stage), draw=" 3  1 ")
    assert stage.round.draw == "3 1"
    assert {run.seed for run in stage.round.runs.all()} == {seed_of(stage.round)}
    run = refused(lambda: start_run(stage.round, actor=stage.clerk, draw="6"))
    again = refused(lambda: compare_aims(stage.round, actor=stage.clerk, draw="6"))
    assert (run.code, again.code) == ("draw_fixed", "draw_fixed")


def test_without_a_draw_nobody_draws_after_comparing(stage: Stage) -> None:
    compare(contested(stage))
    problem = refused(lambda: start_run(stage.round, actor=stage.clerk, draw="6 6"))
    assert problem.code == "draw_fixed"


def test_another_aim_replaces_the_proposal_and_the_lottery_stays(stage: Stage) -> None:
    contested(stage).propose()
    old = done_run(stage.round)
    assert old
    held = compare(stage)
    run = choose(stage, Aim.GREEDY)
    old.refresh_from_db()
    assert old.state == State.DROPPED
    assert done_run(stage.round) == run
    assert (run.aim, run.seed, run.profile) == (Aim.GREEDY, old.seed, held.trials[Aim.GREEDY].profile)
    assert run.placements.count() == 6
    assert (stage.round.aim, stage.round.target, stage.round.told_aim) == (Aim.SUM, Aim.GREEDY, Aim.SUM)
    entry = Entry.objects.get(type="round.aim_chosen")
    assert (entry.detail["before"], entry.detail["aim"]) == ("sum", "greedy")
    stage.propose()  # computed again: the choice holds
    again = done_run(stage.round)
    assert again
    assert again.result_sha256 == run.result_sha256
    assert choose(stage, Aim.SUM).result_sha256 == old.result_sha256
    assert stage.round.chosen_aim == ""
    choose(stage, Aim.GENEROUS)
    assert stage.publish().round.told_aim == Aim.GENEROUS


def test_the_second_tap_starts_nothing(stage: Stage) -> None:
    compare(contested(stage).propose())
    choose_aim(stage.round, Aim.GREEDY, actor=stage.clerk)
    count = stage.round.runs.count()
    problem = refused(lambda: choose_aim(stage.round, Aim.GREEDY, actor=stage.clerk))
    assert problem.code == "aim_in_use"
    assert stage.round.runs.count() == count
    other = refused(lambda: choose_aim(stage.round, Aim.SUM, actor=stage.clerk))
    assert other.code == "invalid_transition"  # it is computing


def test_nothing_is_compared_or_chosen_out_of_time(stage: Stage) -> None:
    stage.open()
    assert refused(lambda: compare_aims(stage.round, actor=stage.clerk)).code == "not_frozen"
    stage.close().propose()
    assert refused(lambda: choose(stage, Aim.GREEDY)).code == "not_compared"
    compare(stage)
    stage.publish()
    assert refused(lambda: compare_aims(stage.round, actor=stage.clerk)).code == "not_frozen"
    assert refused(lambda: choose(stage, Aim.GREEDY)).code == "invalid_transition"
    assert stage.again().round.state == RoundState.PUBLISHED


def test_corrected_wishes_make_the_comparison_and_the_choice_void(stage: Stage) -> None:
    compare(contested(stage).propose())
    choose(stage, Aim.GREEDY)
    held = stage.mine(1)
    correct_wishes(held, wishes=[], avoid=[], reason="本人申请", actor=stage.clerk)
    stage.again()
    assert comparison(stage.round).trials == {}
    assert stage.round.target == Aim.SUM


def test_trials_that_a_killed_worker_left_are_computed_again(stage: Stage) -> None:
    contested(stage)
    first, *others = compare_aims(stage.round, actor=stage.clerk)
    run_now(first.pk)
    held = comparison(stage.round)
    assert held.running
    assert not held.complete
    again = compare_aims(stage.round, actor=stage.clerk)
    assert {run.aim for run in again} == {run.aim for run in others}  # what is done stays
    for run in (*others, *again):
        run_now(run.pk)
    held = comparison(stage.round)
    assert held.complete
    assert {run.pk for run in held.trials.values()} == {first.pk, *(run.pk for run in again)}


def test_a_trial_that_fails_says_why_and_leaves_the_proposal(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    contested(stage).propose()
    proposal = done_run(stage.round)

    def broken(*args: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(running, "solve", broken)
        for trial in compare_aims(stage.round, actor=stage.clerk):
            with pytest.raises(ZeroDivisionError):
                run_now(trial.pk)
    held = comparison(stage.again().round)
    assert held.error == running.BROKEN
    assert not held.complete
    assert done_run(stage.round) == proposal
    assert compare(stage).complete
