"""Manual moves on a proposal: refused first, checked at once, taken back, sealed, published (G8, R44)."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.sealed import unseal
from liangshi.foundation.deeds import DETAIL
from liangshi.foundation.jobs import State
from liangshi.practice.matching.actions.moves import Moved, move_student, undo_all, undo_move
from liangshi.practice.matching.actions.rounds import check, open_round, set_quota
from liangshi.practice.matching.choices import MoveReason, RoundState
from liangshi.practice.matching.models import ManualMove, Placement, Run
from liangshi.practice.matching.queries.moves import (
    board,
    computed_pairs,
    placement_of,
    standing_moves,
    told_moves,
)
from liangshi.practice.matching.queries.runs import done_run
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.apart import keep_apart
from liangshi.registry.mentorships.models import Mentorship
from tests.cast import build
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_rounds import refused
from tests.practice.matching.test_running import placed, wished
from tests.races import at_once

CODES = {"leader": "T01", "grade_head": "T03", "adviser": "T04", "mentor": "T05", "second": "T06"}


def run_of(stage: Stage) -> Run:
    run = done_run(stage.again().round)
    assert run
    return run


def at(stage: Stage, n: int) -> Placement:
    found = placement_of(run_of(stage), stage.mine(n).pk)
    assert found
    return found


def move(
    stage: Stage,
    n: int,
    post: str,
    *,
    reason: str = MoveReason.LODGING,
    note: str = "",
    actor: Actor | None = None,
) -> Moved:
    return move_student(
        stage.mine(n),
        stage.round.mentors.get(pk=stage.key(post)),
        held=at(stage, n).mentor_id,
        reason=reason,
        note=note,
        actor=actor or stage.clerk,
    )


def happy(stage: Stage) -> int:
    """A student who has his first wish at 「mentor」."""
    return next(n for n, (code, rank) in placed(stage).items() if (code, rank) == ("T05", 1) and n < 2)


# --- refused ---------------------------------------------------------------------------------------------


def test_nothing_is_moved_before_there_is_a_proposal_nor_after_it_is_published(stage: Stage) -> None:
    wished(stage).propose()
    n, mentor = happy(stage), stage.round.mentors.get(code="T01")
    held = at(stage, n).mentor_id
    made = move(stage, n, "leader")
    undo_move(made.move, actor=stage.clerk)
    stage.publish()

    def again() -> object:
        return move_student(stage.mine(n), mentor, held=held, reason=MoveReason.LODGING, actor=stage.clerk)

    problem = refused(again)
    assert problem.code == "not_proposed"
    assert "换导师" in problem.message
    assert refused(lambda: undo_move(made.move, actor=stage.clerk)).code == "not_proposed"
    type(stage.round).objects.update(state=RoundState.CLOSED)
    assert refused(again).code == "not_proposed"


def test_a_full_mentor_takes_nobody_more(stage: Stage) -> None:
    wished(stage).propose()
    before = run_of(stage).result_sha256
    problem = refused(lambda: move(stage, 4, "mentor"))
    assert problem.code == "mentor_full"
    assert "李晓明甲老师已满（2/2）" in problem.message
    assert run_of(stage).result_sha256 == before
    assert not ManualMove.objects.exists()


def test_a_mentor_keeps_his_minimum(stage: Stage) -> None:
    stage.draft(upper=2)
    adviser = stage.round.mentors.get(code="T04")
    set_quota(adviser, lower=1, upper=1, actor=stage.clerk)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    stage.wish(4, "adviser")
    stage.close().propose()
    assert placed(stage)[4] == ("T04", 1)
    assert refused(lambda: move(stage, 4, "leader")).code == "mentor_below_minimum"


def test_an_avoided_mentor_needs_a_leader_and_his_reason_and_a_relative_is_never_given(stage: Stage) -> None:
    wished(stage).propose()
    assert refused(lambda: move(stage, 2, "grade_head", note="她同意")).code == "avoid_needs_leader"
    assert refused(lambda: move(stage, 2, "grade_head", actor=stage.leader)).code == "avoid_needs_leader"
    assert refused(lambda: move(stage, 2, "leader", note="同意", actor=stage.leader)).code == "own_decision"
    for actor in (stage.clerk, stage.leader):  # his father
        problem = refused(lambda actor=actor: move(stage, 3, "adviser", note="同意", actor=actor))
        assert problem.code == "not_given"
    assert not ManualMove.objects.exists()


def test_whom_a_student_has_named_is_not_chosen_for_him(stage: Stage, sign_in: Any) -> None:
    wished(stage).propose()
    n = happy(stage)
    url = reverse("rounds:move", args=[stage.round.pk, stage.mine(n).pk])
    clerk = sign_in("clerk")
    assert "?to=" in clerk.get(url).content.decode()
    keep_apart(
        stage.student(n).pk, [stage.troupe.people[who].pk for who in ("leader", "grade_head", "second")]
    )
    for actor in (stage.clerk, stage.leader):
        problem = refused(lambda actor=actor: move(stage, n, "grade_head", note="同意", actor=actor))
        assert problem.code == "not_given"
    page = clerk.get(url).content.decode()
    assert "不能安排" in page
    for who in ("leader", "grade_head", "second"):
        assert f"?to={stage.key(who)}" not in page


@pytest.mark.row("R44")
def test_a_leader_with_a_reason_gives_an_avoided_mentor_and_it_stays_on_record(stage: Stage) -> None:
    wished(stage).propose()
    made = move(stage, 2, "grade_head", reason=MoveReason.AGREED, note="与学生本人谈过", actor=stage.leader)
    assert made.move.agreed
    kept = run_of(stage).certificate["kept"]
    assert "除 1 项经校领导同意的以外，没有学生被安排给回避的导师" in kept
    entry = Entry.objects.filter(type="round.moved").last()
    assert entry
    assert (unseal(entry.detail["note"], DETAIL), entry.detail["agreed"]) == ("与学生本人谈过", True)
    stage.publish()
    assert placed(stage)[2][0] == "T03"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "because"}, "bad_reason"),
        ({"reason": ""}, "bad_reason"),
        ({"reason": MoveReason.OTHER, "note": "  "}, "needs_note"),
    ],
)
def test_every_move_has_a_reason_from_the_list(stage: Stage, change: dict[str, str], code: str) -> None:
    wished(stage).propose()
    n = happy(stage)
    assert refused(lambda: move(stage, n, "leader", **change)).code == code  # type: ignore[arg-type]


def test_the_second_of_two_pages_and_a_move_to_the_same_mentor_are_refused(stage: Stage) -> None:
    wished(stage).propose()
    n = happy(stage)
    shown = at(stage, n).mentor_id
    assert refused(lambda: move(stage, n, "mentor")).code == "same_mentor"
    move(stage, n, "leader")
    stale = refused(
        lambda: move_student(
            stage.mine(n),
            stage.round.mentors.get(code="T03"),
            held=shown,
            reason=MoveReason.LODGING,
            actor=stage.clerk,
        )
    )
    assert stale.code == "placement_changed"
    assert "书记甲老师" in stale.message


def test_a_mentor_or_student_of_another_round_is_not_taken(stage: Stage) -> None:
    wished(stage).propose()
    other = wished(Stage(stage.cast, school="other_"))
    n = happy(stage)
    stranger = other.round.mentors.get(code="T01")
    problem = refused(
        lambda: move_student(
            stage.mine(n),
            stranger,
            held=at(stage, n).mentor_id,
            reason=MoveReason.LODGING,
            actor=stage.clerk,
        )
    )
    assert problem.code == "mentor_not_in_round"


def test_a_move_is_undone_once_and_of_one_student_the_last_first(stage: Stage) -> None:
    wished(stage).propose()
    n = happy(stage)
    first, second = move(stage, n, "leader").move, move(stage, n, "grade_head").move
    assert refused(lambda: undo_move(first, actor=stage.clerk)).code == "undo_later_first"
    undo_move(second, actor=stage.clerk)
    assert refused(lambda: undo_move(second, actor=stage.clerk)).code == "already_undone"
    undo_move(first, actor=stage.clerk)
    assert at(stage, n).mentor.code == "T05"


def test_a_move_whose_old_place_was_taken_cannot_be_undone(stage: Stage) -> None:
    wished(stage).propose()
    n = happy(stage)
    made = move(stage, n, "leader").move
    move(stage, 4, "mentor")
    problem = refused(lambda: undo_move(made, actor=stage.clerk))
    assert problem.code == "mentor_full"
    assert ManualMove.objects.get(pk=made.pk).undone_at is None


def test_the_database_refuses_what_no_action_would_write(stage: Stage) -> None:
    wished(stage).propose()
    made = move(stage, happy(stage), "leader").move
    for wrong in (
        {"given": made.held},
        {"reason": MoveReason.OTHER, "note": ""},
        {"agreed": True, "note": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ManualMove.objects.filter(pk=made.pk).update(**wrong)


# --- done ------------------------------------------------------------------------------------------------


@pytest.mark.row("G8")
def test_a_move_is_checked_priced_sealed_logged_and_published(stage: Stage) -> None:
    wished(stage).propose()
    computed = run_of(stage)
    n = happy(stage)
    made = move(stage, n, "leader")
    run = run_of(stage)
    assert made.cost == "多 1 名同学落到志愿外，第 1 志愿少 1 人，志愿名次合计 -1"
    assert made.distance == made.cost
    assert (run.profile, run.unlisted, run.total_rank) == ([3, 1], 2, 5)
    assert run.result_sha256 != computed.result_sha256
    assert run.certificate["moved"] == 1
    assert "没有志愿导师的学生最少" in computed.certificate["kept"]
    assert "没有志愿导师的学生最少" not in run.certificate["kept"]  # not claimed of what was moved by hand
    assert {"每位导师的人数在下限与上限之间", "没有学生被安排给回避的导师"} <= set(run.certificate["kept"])
    held = at(stage, n)
    assert (held.rank, held.reason) == (None, "学校办公室在公布前作了个别调整（原因：照顾住宿安排）。")
    entry = Entry.objects.filter(type="round.moved").last()
    assert entry
    assert (entry.detail["held"], entry.detail["given"], entry.detail["reason"]) == (
        "T05", "T01", "照顾住宿安排",
    )  # fmt: skip
    stage.publish()
    mine = Mentorship.objects.get(student=stage.student(n), ends_on__isnull=True)
    assert mine.mentor.staff_no == "T01"


@pytest.mark.parametrize("reason", [MoveReason.SPECIAL, MoveReason.RELATIVE, MoveReason.OTHER])
def test_what_would_tell_about_a_student_stays_unsaid(stage: Stage, reason: str) -> None:
    wished(stage).propose()
    n = happy(stage)
    move(stage, n, "leader", reason=reason, note="身体原因")
    assert at(stage, n).reason == "学校办公室在公布前作了个别调整。"
    assert told_moves(run_of(stage)) == [("个别调整", 1)]


def test_a_computation_afresh_forgets_the_moves(stage: Stage) -> None:
    wished(stage).propose()
    before = run_of(stage)
    move(stage, happy(stage), "leader")
    stage.propose()
    after = run_of(stage)
    assert after.pk != before.pk
    assert after.result_sha256 == before.result_sha256
    assert Run.objects.get(pk=before.pk).state == State.DROPPED
    assert not standing_moves(after)


EXPECTED = {
    "done",
    "mentor_full",
    "same_mentor",
    "not_given",
    "avoid_needs_leader",
    "undo_later_first",
}


def outcome(deed: Callable[[], object]) -> str:
    """ "done", or the code of the refusal, after which nothing has changed."""
    try:
        with transaction.atomic():
            deed()
    except DomainError as problem:
        return problem.code
    return "done"


@pytest.mark.parametrize("luck", range(6))
def test_any_moves_and_undos_keep_the_quotas_and_undoing_all_gives_back_the_seal(
    stage: Stage, luck: int
) -> None:
    wished(stage).propose()
    chance = random.Random(luck)
    original, given = run_of(stage), placed(stage)
    sentences = {row.pk: row.reason for row in original.placements.all()}
    posts = list(CODES)
    for _ in range(25):
        standing = standing_moves(run_of(stage))
        if standing and chance.random() < 0.35:
            said = outcome(partial(undo_move, chance.choice(standing), actor=stage.clerk))
        else:
            said = outcome(partial(move, stage, chance.randrange(6), chance.choice(posts)))
        assert said in EXPECTED
        run = run_of(stage)
        assert all(one.count <= one.mentor.upper for one in board(run))
        assert computed_pairs(run) == tuple(
            sorted(
                (f"{n + 1:05d}", f"M{list(CODES.values()).index(code) + 1:03d}")
                for n, (code, _) in given.items()
            )
        )
    if standing_moves(run_of(stage)):
        undo_all(stage.round, actor=stage.clerk)
    assert refused(lambda: undo_all(stage.round, actor=stage.clerk)).code == "already_undone"
    after = run_of(stage)
    assert placed(stage) == given
    assert {row.pk: row.reason for row in after.placements.all()} == sentences
    for name in (
        "result_sha256",
        "profile",
        "unlisted",
        "total_rank",
        "least",
        "most",
        "certificate",
        "fairness",
    ):
        assert getattr(after, name) == getattr(original, name), name


def test_undone_from_the_last_to_the_first_every_seal_comes_back(stage: Stage) -> None:
    wished(stage).propose()
    seals = [run_of(stage).result_sha256]
    for n, post in ((happy(stage), "leader"), (4, "mentor"), (5, "adviser"), (4, "grade_head")):
        if at(stage, n).mentor_id != stage.round.mentors.get(pk=stage.key(post)).pk:
            move(stage, n, post)
            seals.append(run_of(stage).result_sha256)
    assert len(set(seals)) == len(seals) > 3
    for seal in reversed(seals[:-1]):
        undo_move(standing_moves(run_of(stage))[-1], actor=stage.clerk)
        assert run_of(stage).result_sha256 == seal


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_who_want_the_last_place_one_gets_it() -> None:
    stage = Stage(build())
    wished(stage).propose()
    n = happy(stage)
    move(stage, n, "leader")  # frees one place of two at 「mentor」
    first, second = (stage.mine(m) for m in (4, 5))
    mentor = stage.round.mentors.get(code="T05")
    held = {one.pk: at(stage, m).mentor_id for m, one in ((4, first), (5, second))}
    deeds = [
        lambda one=one: move_student(
            one, mentor, held=held[one.pk], reason=MoveReason.LODGING, actor=stage.clerk
        )
        for one in (first, second)
    ]
    assert at_once(deeds) == {"done": 1, "mentor_full": 1}
    run = run_of(stage)
    assert run.placements.filter(mentor=mentor).count() == 2
    stage.publish()  # the seal fits what stands


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_who_move_one_student_one_is_told() -> None:
    stage = Stage(build())
    wished(stage).propose()
    n = happy(stage)
    mine, held = stage.mine(n), at(stage, n).mentor_id
    deeds = [
        lambda code=code: move_student(
            mine,
            stage.round.mentors.get(code=code),
            held=held,
            reason=MoveReason.LODGING,
            actor=stage.clerk,
        )
        for code in ("T01", "T03")
    ]
    assert at_once(deeds) == {"done": 1, "placement_changed": 1}
    assert len(standing_moves(run_of(stage))) == 1
    made = standing_moves(run_of(stage))[0]
    deeds = [lambda: undo_move(made, actor=stage.clerk)] * 2
    assert at_once(deeds) == {"already_undone": 1, "done": 1}
    stage.publish()
