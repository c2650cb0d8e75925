"""Saving wishes: partial, late, from two pages at once, and after the deadline by the office."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError, transaction

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.sealed import unseal
from liangshi.foundation.deeds import DETAIL
from liangshi.foundation.jobs import State
from liangshi.foundation.notices.models import Notice
from liangshi.practice.matching.actions.rounds import check, drop_student, open_round, set_quota
from liangshi.practice.matching.actions.wishes import correct_wishes, save_reasons, save_wishes
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import Wish
from liangshi.practice.matching.queries.students import mentor_cards, saved, subjects_of
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_rounds import refused


def test_wishes_are_saved_as_ranked(stage: Stage) -> None:
    stage.open()
    stage.wish(1, "second", "mentor", avoid=("grade_head",))
    kept = saved(stage.mine(1))
    assert kept.wishes == tuple(stage.keys("second", "mentor"))
    assert kept.sentence == "1 周敏甲老师、2 李晓明甲老师；回避组长甲老师"
    assert stage.mine(1).submitted_at is not None
    stage.wish(1)
    assert saved(stage.mine(1)).sentence == "没有志愿"
    assert stage.mine(1).submitted_at is None


def test_what_cannot_be_wished(stage: Stage) -> None:
    stage.open(wish_limit=2, avoid_limit=1)
    other = Stage(stage.cast, school="other_").open()
    stage.wish(1, "mentor")
    held = stage.mine(1)

    def save(wishes: list[str], avoid: list[str]) -> str:
        return refused(
            lambda: save_wishes(held, wishes=wishes, avoid=avoid, version=held.version, actor=stage.actor(1))
        ).code

    assert save(stage.keys("mentor", "mentor"), []) == "mentor_twice"
    assert save(stage.keys("mentor"), stage.keys("mentor")) == "mentor_twice"
    assert save(stage.keys("mentor", "second", "leader"), []) == "too_many_wishes"
    assert save([], stage.keys("mentor", "second")) == "too_many_avoided"
    assert save(other.keys("mentor"), []) == "mentor_not_listed"
    assert save(["nonsense"], []) == "mentor_not_listed"
    assert saved(stage.mine(1)).wishes == tuple(stage.keys("mentor"))


def test_a_mentor_without_places_is_not_offered(stage: Stage) -> None:
    stage.draft()
    set_quota(stage.round.mentors.get(code="T05"), lower=0, upper=0, actor=stage.clerk)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    assert stage.key("mentor") not in [card.key for card in mentor_cards(stage.mine(1))]
    assert refused(lambda: stage.wish(1, "mentor")).code == "mentor_not_listed"


def test_a_parent_who_teaches_here_is_neither_offered_nor_given(stage: Stage) -> None:
    stage.open()
    son = stage.mine(3)
    assert stage.key("adviser") not in [card.key for card in mentor_cards(son)]
    assert refused(lambda: stage.wish(3, "adviser")).code == "mentor_not_listed"
    assert saved(son).avoid == ()  # not one of his own two
    stage.wish(3, "mentor", avoid=("second", "leader"))
    assert stage.mine(3).avoidances.count() == 3


@pytest.mark.row("G4")
def test_mentors_stand_in_an_order_of_the_students_own_that_stays(stage: Stage) -> None:
    stage.open()
    orders = {n: [card.key for card in mentor_cards(stage.mine(n))] for n in (0, 1, 2, 4, 5)}
    assert all(sorted(order) == sorted(orders[0]) for order in orders.values())
    assert len({tuple(order) for order in orders.values()}) > 1
    stage.wish(1, "mentor")
    assert [card.key for card in mentor_cards(stage.mine(1))] == orders[1]
    # in a ranked mode nobody is shown as full, however many ask for him
    assert not any("已满" in line for card in mentor_cards(stage.mine(2)) for line in card.lines)


def test_mentors_are_found_by_subject_name_and_pinyin(stage: Stage) -> None:
    stage.open()
    held = stage.mine(1)
    assert [card.name for card in mentor_cards(held, subject="物理")] == ["李晓明甲老师"]
    assert [card.name for card in mentor_cards(held, text="lxm")] == ["李晓明甲老师"]
    assert [card.name for card in mentor_cards(held, text="周敏")] == ["周敏甲老师"]
    assert subjects_of(held) == ["化学", "数学", "物理", "语文"]


def test_the_slower_of_two_pages_does_not_overwrite_unseen(stage: Stage) -> None:
    stage.open()
    stage.wish(1, "mentor")
    stale = stage.mine(1).version
    stage.wish(1, "second")
    problem = refused(lambda: stage.wish(1, "leader", version=stale))
    assert problem.code == "wishes_changed"
    assert "1 周敏甲老师" in problem.message
    assert saved(stage.mine(1)).names == ("周敏甲老师",)
    stage.wish(1, "leader")  # once more, knowing
    assert saved(stage.mine(1)).names == ("书记甲老师",)


def test_after_the_deadline_nothing_is_saved_and_the_sentence_says_what_counts(stage: Stage) -> None:
    stage.open()
    stage.wish(1, "mentor")
    with time_machine.travel(stage.round.closes_at + dt.timedelta(seconds=1)):
        problem = refused(lambda: stage.wish(1, "second"))
    assert problem.code == "wishes_closed"
    assert "学校按截止前保存的算：1 李晓明甲老师" in problem.message
    stage.close()
    assert refused(lambda: stage.wish(1, "second")).code == "wishes_closed"
    assert saved(stage.mine(1)).names == ("李晓明甲老师",)


def test_reasons_stay_with_their_mentor(stage: Stage) -> None:
    stage.open()
    stage.wish(1, "mentor", "second")
    held = stage.mine(1)
    save_reasons(held, {UUID(stage.key("mentor")): "喜欢物理"}, version=held.version, actor=stage.actor(1))
    stage.wish(1, "second", "mentor")
    assert saved(stage.mine(1)).reasons == ("", "喜欢物理")


def test_the_database_keeps_one_mentor_on_one_rank(stage: Stage) -> None:
    stage.open()
    stage.wish(1, "mentor")
    held = stage.mine(1)
    mentor, second = (stage.round.mentors.get(code=code) for code in ("T05", "T06"))
    for rank, who in ((1, second), (2, mentor), (6, second), (0, second)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Wish.objects.create(round_student=held, rank=rank, mentor=who)


def test_the_office_corrects_with_a_reason_and_leaves_a_trace(stage: Stage) -> None:
    stage.open()
    stage.wish(1, "mentor")
    held = stage.mine(1)

    def correct(reason: str = "家中断网") -> None:
        correct_wishes(held, wishes=stage.keys("second"), avoid=[], reason=reason, actor=stage.clerk)

    assert refused(correct).code == "invalid_transition"  # while students may still change it themselves
    stage.close().propose("3 1 4")
    before = stage.round.commitment
    assert refused(lambda: correct(" ")).code == "needs_reason"
    assert stage.again().round.state == RoundState.PROPOSED
    correct()
    stage.again()
    assert stage.round.state == RoundState.CLOSED
    assert stage.round.commitment != before
    assert stage.round.draw == ""
    assert stage.round.runs.get().state == State.DROPPED
    assert saved(stage.mine(1)).names == ("周敏甲老师",)
    entry = Entry.objects.get(type="wish.corrected")
    assert (entry.subject, unseal(entry.detail["reason"], DETAIL)) == (str(stage.student(1).pk), "家中断网")
    assert Notice.objects.filter(person=stage.student(1).person_id, title__contains="更正").exists()


def test_a_student_who_left_neither_saves_nor_is_placed(stage: Stage) -> None:
    stage.open()
    stage.wish(1, "mentor")
    assert refused(lambda: drop_student(stage.mine(1), reason="", actor=stage.clerk)).code == "needs_reason"
    drop_student(stage.mine(1), reason="转学", actor=stage.clerk)
    assert refused(lambda: stage.wish(1, "second")).code == "left_round"
    stage.close().propose()
    assert stage.round.runs.get().placements.count() == 5
    assert now() > stage.mine(1).left_at
