"""Are wishes met alike: groups, gaps, small groups, and a leader who must look before publishing (N11)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liangshi.foundation.audit.models import Entry
from liangshi.practice.matching.actions.fairness import see_fairness
from liangshi.practice.matching.actions.moves import move_student, undo_move
from liangshi.practice.matching.actions.publishing import publish
from liangshi.practice.matching.actions.rounds import check, open_round, set_quota
from liangshi.practice.matching.actions.running import compare_aims, run_now
from liangshi.practice.matching.actions.wishes import save_wishes
from liangshi.practice.matching.choices import MoveReason
from liangshi.practice.matching.models import FairnessSeen, Run
from liangshi.practice.matching.queries.fairness import (
    FEWEST,
    KINDS,
    Group,
    Report,
    Taking,
    fairness,
    gap_rows,
    measure,
    must_see,
    seen_by,
)
from liangshi.practice.matching.queries.runs import comparison, done_run
from liangshi.registry.people.choices import Gender, LeftBehind, Lodging
from liangshi.registry.people.models import Person, Student
from tests.cast import student
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_rounds import refused
from tests.practice.matching.test_running import wished


def taking(kind: str, *groups: tuple[str, list[int | None]]) -> list[Taking]:
    return [Taking({kind: label}, rank) for label, ranks in groups for rank in ranks]


def test_shares_and_mean_ranks_are_counted_group_by_group() -> None:
    report = measure(
        taking("lodging", ("走读", [1, 1, 1, 2, None]), ("住校", [2, 2, 3, None, None, None])),
        unfilled=3,
        loads=[2, 4, 6],
    )
    day, boarding = report.of("lodging")
    assert (day.label, day.size, day.first, day.listed, day.mean_rank) == ("走读", 5, 3, 4, 1.25)
    assert (boarding.label, boarding.percent("first"), boarding.percent("listed")) == ("住校", 0, 50)
    assert boarding.mean_rank == 2.33
    assert (report.filled, report.unfilled) == (11, 3)
    assert report.load == (4, 1.3)
    assert [gap.sentence for gap in report.wide] == [
        "得到第 1 志愿的比例，走读 60%（5 人），住校 0%（6 人），相差 60 个百分点。",
        "导师在自己的志愿里的比例，走读 80%（5 人），住校 50%（6 人），相差 30 个百分点。",
    ]


def test_ten_points_are_not_over_ten_points() -> None:
    def gap(first: int) -> bool:
        groups = tuple(Group("gender", label, 1000, n, 1000, 0) for label, n in (("男", 500), ("女", first)))
        return bool(Report(groups).wide)

    assert not gap(500)
    assert not gap(600)
    assert gap(601)
    assert not gap(400)
    assert gap(399)


def test_one_group_alone_has_nothing_to_be_compared_with() -> None:
    report = measure(taking("gender", ("女", [1] * 9)))
    assert report.gap("gender", "first") is None
    assert report.wide == []


def test_who_is_not_recorded_is_counted_apart() -> None:
    report = measure(taking("left_behind", ("", [1] * 7), ("非留守", [1] * 5)))
    assert [group.label for group in report.of("left_behind")] == ["非留守"]
    assert report.unknown is not None
    assert report.unknown["left_behind"] == 7


def test_a_small_group_is_joined_and_a_tiny_kind_not_shown() -> None:
    left = measure(
        taking("left_behind", ("非留守", [1] * 30), ("单亲留守", [None] * 3), ("双亲留守", [None] * 4))
    )
    assert [(group.label, group.size) for group in left.of("left_behind")] == [
        ("非留守", 30),
        ("留守", 7),
    ]
    many = measure(taking("left_behind", ("非留守", [1] * 9), ("单亲留守", [1] * 5), ("双亲留守", [1] * 5)))
    assert [group.label for group in many.of("left_behind")] == ["非留守", "单亲留守", "双亲留守"]
    four = measure(taking("gender", ("女", [1] * 30), ("男", [None] * 4)))
    assert [(group.label, group.size) for group in four.of("gender")] == [("女、男", 34)]
    assert four.wide == []  # what would give away four students is not said
    assert measure(taking("gender", ("女", [1, 1]), ("男", [1]))).of("gender") == []


@given(st.lists(st.lists(st.sampled_from([None, 1, 2, 5]), max_size=12), max_size=9))
def test_no_group_is_small_and_nobody_is_lost(several: list[list[int | None]]) -> None:
    groups = [(f"群体{n}", ranks) for n, ranks in enumerate(several)]
    report = measure(taking("class", *groups))
    shown = report.of("class")
    assert all(group.size >= FEWEST for group in shown)
    everybody = sum(len(ranks) for ranks in several)
    assert sum(group.size for group in shown) == (everybody if everybody >= FEWEST else 0)


def unequal(stage: Stage) -> Stage:
    """Six boys and six girls, and places for which they will wish: six, one, and six that nobody wants."""
    troupe = stage.troupe
    for n in range(6):
        student(
            troupe.school, troupe.class_2, f"新生{n}甲", 30 + n, since=troupe.student.spans.get().starts_on
        )
    stage.troupe.students = list(
        Student.objects.filter(school=troupe.school).select_related("person").order_by("school_no")
    )
    for n, one in enumerate(stage.troupe.students):
        Person.objects.filter(pk=one.person_id).update(gender=Gender.MALE if n >= 6 else Gender.FEMALE)
        Student.objects.filter(pk=one.pk).update(
            lodging=Lodging.BOARDING if n % 2 else Lodging.DAY, left_behind=LeftBehind.NO
        )
    stage.draft()
    for post, places in (("mentor", 6), ("second", 1), ("leader", 6)):
        row = stage.round.mentors.get(pk=stage.key(post))
        set_quota(row, lower=0, upper=places, actor=stage.clerk)
    for post in ("adviser", "grade_head"):
        row = stage.round.mentors.get(pk=stage.key(post))
        set_quota(row, lower=0, upper=0, actor=stage.clerk)
    assert check(stage.round, actor=stage.clerk) == ()
    open_round(stage.round, actor=stage.clerk)
    return stage


def wish_unequally(stage: Stage) -> Stage:
    """All boys get their first wish, of the girls one."""
    for mine in stage.round.students.select_related("student__person"):
        boy = mine.student.person.gender == Gender.MALE
        post = "mentor" if boy else "second"
        save_wishes(mine, wishes=[stage.key(post)], avoid=[], version=0, actor=stage.clerk)
    return stage.close().propose()


@pytest.fixture
def proposal(stage: Stage) -> Stage:
    return wish_unequally(unequal(stage))


def run_of(stage: Stage) -> Run:
    run = done_run(stage.again().round)
    assert run
    return run


@pytest.mark.row("N11")
def test_wide_differences_are_seen_by_a_leader_before_publishing(proposal: Stage) -> None:
    run = run_of(proposal)
    assert must_see(run)
    (first, *_) = fairness(run).wide
    assert first.sentence == "得到第 1 志愿的比例，男 100%（6 人），女 16.7%（6 人），相差 83.3 个百分点。"
    for actor in (proposal.clerk, proposal.leader):
        problem = refused(lambda actor=actor: publish(proposal.round.programme, actor=actor))
        assert problem.code == "fairness_unseen"
        assert "我看过了" in problem.message
    for _ in range(2):  # pressed twice
        see_fairness(proposal.round, shown=run.result_sha256, actor=proposal.leader)
    seen = seen_by(run)
    assert seen
    assert seen.by_id == proposal.leader.person_id
    assert Entry.objects.filter(type="round.fairness_seen").count() == 1
    proposal.publish()


def test_a_changed_proposal_is_looked_at_again(proposal: Stage) -> None:
    run = run_of(proposal)
    old = run.result_sha256
    see_fairness(proposal.round, shown=old, actor=proposal.leader)
    target = run.placements.select_related("round_student").get(mentor__code="T06")
    held = move_student(
        target.round_student,
        proposal.round.mentors.get(code="T01"),
        held=target.mentor_id,
        reason=MoveReason.AGREED,
        actor=proposal.clerk,
    )
    assert run_of(proposal).result_sha256 != old
    stale = refused(lambda: see_fairness(proposal.round, shown=old, actor=proposal.leader))
    assert stale.code == "result_changed"
    assert refused(lambda: publish(proposal.round.programme, actor=proposal.leader)).code == "fairness_unseen"
    undo_move(held.move, actor=proposal.clerk)
    proposal.publish()  # the tick under this very result stands


def test_nothing_to_tick_without_a_proposal_or_after_publishing(proposal: Stage) -> None:
    run = run_of(proposal)
    see_fairness(proposal.round, shown=run.result_sha256, actor=proposal.leader)
    proposal.publish()
    problem = refused(lambda: see_fairness(proposal.round, shown=run.result_sha256, actor=proposal.leader))
    assert problem.code == "not_proposed"
    assert FairnessSeen.objects.count() == 1


def test_even_wishes_need_no_tick(stage: Stage) -> None:
    wished(stage).propose()
    run = run_of(stage)
    assert not must_see(run)
    assert run.fairness["filled"] == 5
    stage.publish()


def test_a_trial_keeps_the_figures_and_nobodys_mentor(proposal: Stage) -> None:
    for trial in compare_aims(proposal.round, actor=proposal.clerk):
        run_now(trial.pk)
    trials = list(comparison(proposal.again().round).trials.values())
    rows = dict(gap_rows(trials))
    assert rows["性别 · 第 1 志愿"] == ["83.3", "83.3", "83.3"]
    assert len(rows["导师人数相差"]) == 3
    assert all(not trial.placements.exists() for trial in trials)
    assert set(KINDS) == {"gender", "class", "lodging", "left_behind"}
