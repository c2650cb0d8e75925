"""A round from draft to published, and every refusal on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.db import IntegrityError, transaction

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.notices.models import Notice
from liangshi.practice.matching.actions.answers import ask_mentors
from liangshi.practice.matching.actions.programmes import add_round, confirm_round, create_programme
from liangshi.practice.matching.actions.publishing import publish
from liangshi.practice.matching.actions.rounds import (
    change_settings,
    check,
    close_round,
    open_round,
    refresh,
    set_deadline,
    set_quota,
    void_round,
)
from liangshi.practice.matching.actions.running import start_run
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import Round, RoundMentor
from liangshi.practice.matching.modes import MODES
from liangshi.practice.matching.queries.rounds import mentors_of, students_of
from liangshi.practice.plans.choices import Mode
from liangshi.registry.mentorships.actions import Pair, begin, leave_out
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.models import MentorPlaces, Mentorship
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import Staff
from tests.cast import installer
from tests.practice.matching.stage import Stage


def refused(deed: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as caught, transaction.atomic():
        deed()
    return caught.value


def test_a_draft_takes_mentors_and_unmentored_students_from_the_rosters(stage: Stage) -> None:
    stage.draft()
    assert [row.code for row in mentors_of(stage.round)] == ["T01", "T03", "T04", "T05", "T06"]
    rows = list(students_of(stage.round))
    assert [row.student.person.name for row in rows] == [
        "欧阳雨桐甲", "王芳甲", "王芳甲", "王明甲", "王明明甲", "阿依古丽·买买提甲",
    ]  # fmt: skip
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[0].near == ["T04"]  # the adviser of class 1
    assert rows[3].near == []


def test_a_student_who_has_a_mentor_does_not_take_part(stage: Stage) -> None:
    stage.round = create_programme(
        actor=stage.clerk, title="一", cohorts=[stage.troupe.cohort], closes_at=now() + dt.timedelta(1)
    )
    assert stage.round.students.count() == 5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "no_title"),
        ({"closes_at": dt.datetime(2022, 1, 1, tzinfo=dt.UTC)}, "deadline_past"),
        ({"wish_limit": 6}, "bad_wish_limit"),
        ({"wish_limit": 0}, "bad_wish_limit"),
        ({"avoid_limit": 3}, "bad_avoid_limit"),
        ({"lower": 3, "upper": 2}, "quota_out_of_range"),
        ({"upper": 16}, "quota_out_of_range"),
        ({"aim": "best"}, "bad_aim"),
        ({"cohorts": []}, "no_cohorts"),
    ],
)
def test_settings_that_cannot_be(stage: Stage, change: dict[str, object], code: str) -> None:
    assert refused(lambda: stage.draft(**change)).code == code
    assert not Round.objects.exists()


def test_another_schools_cohort_is_refused(stage: Stage) -> None:
    assert refused(lambda: stage.draft(cohorts=[stage.cast.other.cohort])).code == "no_cohorts"


def test_the_same_round_is_not_made_twice(stage: Stage) -> None:
    stage.draft()
    assert refused(stage.draft).code == "round_exists"
    assert Round.objects.count() == 1


def test_the_database_refuses_a_quota_out_of_order(stage: Stage) -> None:
    stage.draft()
    for lower, upper in ((3, 2), (0, 16)):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoundMentor.objects.filter(pk=stage.key("mentor")).update(lower=lower, upper=upper)


def test_refreshing_follows_the_rosters_and_keeps_quotas(stage: Stage) -> None:
    stage.draft()
    set_quota(stage.round.mentors.get(code="T05"), lower=1, upper=4, actor=stage.clerk)
    posts = stage.troupe.posts
    leave_out(
        posts["second"], reason="newcomer", review_on=today() + dt.timedelta(30), decided_by=stage.troupe.people["leader"],
        actor=stage.leader,
    )  # fmt: skip
    refresh(stage.round, actor=stage.clerk)
    held = {row.code: (row.lower, row.upper) for row in stage.round.mentors.all()}
    assert held == {"T01": (0, 15), "T03": (0, 15), "T04": (0, 15), "T05": (1, 4)}


def test_a_quota_stays_within_the_places_that_are_left(stage: Stage) -> None:
    stage.draft()
    mentor = stage.round.mentors.get(code="T05")
    MentorPlaces.objects.filter(staff=mentor.staff).update(taken=12)
    problem = refused(lambda: set_quota(mentor, lower=0, upper=4, actor=stage.clerk))
    assert problem.code == "quota_over_places"
    assert "还剩 3 个名额" in problem.message
    set_quota(mentor, lower=0, upper=3, actor=stage.clerk)


@pytest.mark.row("N9", "R39")
def test_a_round_that_is_impossible_does_not_open_and_says_what_would_help(stage: Stage) -> None:
    stage.draft(upper=1)
    (sentence,) = check(stage.round, actor=stage.clerk)
    assert "6 名学生，5 位导师一共只有 5 个名额，还差 1 个" in sentence
    assert "再增加 1 个名额" in sentence
    assert stage.again().round.state == RoundState.DRAFT
    assert refused(lambda: open_round(stage.round, actor=stage.clerk)).code == "invalid_transition"
    mentor = stage.round.mentors.get(code="T05")
    set_quota(mentor, lower=0, upper=2, actor=stage.clerk)  # the change that was named
    assert check(stage.round, actor=stage.clerk) == ()
    open_round(stage.round, actor=stage.clerk)


def test_relatives_alone_can_make_a_round_impossible(stage: Stage) -> None:
    """The father has the only places: his son can go nowhere."""
    stage.draft(upper=0)
    father = stage.round.mentors.get(code="T04")
    set_quota(father, lower=0, upper=15, actor=stage.clerk)
    (sentence,) = check(stage.round, actor=stage.clerk)
    assert "王明甲" in sentence
    assert "还差 1 个" in sentence


def test_a_change_asks_for_a_new_proof(stage: Stage) -> None:
    stage.draft()
    check(stage.round, actor=stage.clerk)
    assert stage.round.state == RoundState.FEASIBLE
    change_settings(stage.round, actor=stage.clerk, title="改名", upper=7)
    assert stage.again().round.state == RoundState.DRAFT
    assert set(stage.round.mentors.values_list("upper", flat=True)) == {7}
    assert refused(lambda: open_round(stage.round, actor=stage.clerk)).code == "invalid_transition"


def test_opening_looks_again_at_the_rosters(stage: Stage) -> None:
    stage.draft()
    check(stage.round, actor=stage.clerk)
    pair = Pair(stage.student(1).pk, stage.troupe.posts["second"].pk, today())
    begin([pair], origin=Origin.ASSIGNED, actor=installer(), chain=str(stage.troupe.school.pk))
    problem = refused(lambda: open_round(stage.round, actor=stage.clerk))
    assert problem.code == "pool_outdated"
    assert "1 名学生已经有导师" in problem.message
    assert stage.again().round.state == RoundState.FEASIBLE


def test_a_student_is_in_one_running_round_only(stage: Stage) -> None:
    stage.open()
    first = stage.round
    stage.draft(title="第二轮")
    check(stage.round, actor=stage.clerk)
    problem = refused(lambda: open_round(stage.round, actor=stage.clerk))
    assert problem.code == "already_in_round"
    assert first.title in problem.message


def test_opening_tells_every_student(stage: Stage) -> None:
    stage.open()
    told = set(Notice.objects.filter(title__contains="开始填报").values_list("person", flat=True))
    assert told == {student.person_id for student in stage.troupe.students}


DEEDS: dict[str, Callable[[Stage], object]] = {
    "refresh": lambda s: refresh(s.round, actor=s.clerk),
    "check": lambda s: check(s.round, actor=s.clerk),
    "open": lambda s: open_round(s.round, actor=s.clerk),
    "close": lambda s: close_round(s.round, actor=s.clerk),
    "run": lambda s: start_run(s.round, actor=s.clerk),
    "publish": lambda s: publish(s.round.programme, actor=s.leader),
    "void": lambda s: void_round(s.round, reason="重来", actor=s.clerk),
}
ALLOWED = {
    RoundState.DRAFT: {"refresh", "check", "void"},
    RoundState.FEASIBLE: {"refresh", "check", "open", "void"},
    RoundState.OPEN: {"close", "void"},
    RoundState.ANSWERING: {"close", "void"},
    RoundState.CLOSED: {"run", "void"},
    RoundState.RUNNING: {"run", "void"},
    RoundState.PROPOSED: {"run", "publish", "void"},
    RoundState.CONFIRMED: set(),
    RoundState.PUBLISHED: set(),
    RoundState.VOID: set(),
}


def bring_to(stage: Stage, state: RoundState) -> None:
    if state in {RoundState.DRAFT, RoundState.FEASIBLE, RoundState.VOID}:
        stage.draft()
        if state == RoundState.FEASIBLE:
            check(stage.round, actor=stage.clerk)
        if state == RoundState.VOID:
            void_round(stage.round, reason="重来", actor=stage.clerk)
        return
    stage.open(mode=Mode.TWO_SIDED if state == RoundState.ANSWERING else Mode.WISHES)
    if state == RoundState.OPEN:
        return
    if state == RoundState.ANSWERING:
        ask_mentors(stage.round, now() + dt.timedelta(3), actor=stage.clerk)
        return
    if state == RoundState.CONFIRMED:
        add_round(stage.round.programme, mode=Mode.ASSIGN, actor=stage.clerk)
        stage.close().propose()
        confirm_round(stage.round, actor=stage.clerk)
        stage.again()
        return
    stage.close()
    if state == RoundState.RUNNING:
        start_run(stage.round, actor=stage.clerk)
    if state in {RoundState.PROPOSED, RoundState.PUBLISHED}:
        stage.propose()
    if state == RoundState.PUBLISHED:
        stage.publish()
    stage.again()


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("state", RoundState)
def test_every_deed_in_every_state(stage: Stage, state: RoundState, deed: str) -> None:
    bring_to(stage, state)
    assert stage.round.state == state
    if deed in ALLOWED[state]:
        DEEDS[deed](stage)
        return
    problem = refused(lambda: DEEDS[deed](stage))
    assert problem.code == "invalid_transition"
    unchecked = (state, deed) == (RoundState.DRAFT, "open")  # what to do first is worth more than where it is
    assert ("请先点「检查可行性」" if unchecked else "它已经是") in problem.message
    assert stage.again().round.state == state


def test_the_table_of_moves_names_known_states_only() -> None:
    assert set(MODES) == set(Mode)
    for way in MODES.values():
        for move in way.flow.moves.values():
            assert move.leaves | {move.to} <= set(RoundState)


def test_a_deadline_moves_only_while_the_round_is_open(stage: Stage) -> None:
    stage.open()
    later = now() + dt.timedelta(9)
    set_deadline(stage.round, later, actor=stage.clerk)
    assert stage.again().round.closes_at == later
    assert refused(lambda: set_deadline(stage.round, now(), actor=stage.clerk)).code == "deadline_past"
    stage.close()
    assert refused(lambda: set_deadline(stage.round, later, actor=stage.clerk)).code == "not_open"


def test_a_round_is_not_opened_after_its_deadline(stage: Stage) -> None:
    stage.draft()
    check(stage.round, actor=stage.clerk)
    with time_machine.travel(now() + dt.timedelta(8)):
        assert refused(lambda: open_round(stage.round, actor=stage.clerk)).code == "deadline_past"
    assert stage.again().round.state == RoundState.FEASIBLE


def test_voiding_needs_a_reason_tells_the_students_and_gives_nobody_a_mentor(stage: Stage) -> None:
    stage.open()
    stage.wish(1, "mentor")
    assert refused(lambda: void_round(stage.round, reason=" ", actor=stage.clerk)).code == "needs_reason"
    void_round(stage.round, reason="台风停课", actor=stage.clerk)
    assert Notice.objects.filter(title__contains="已取消").count() == 6
    assert stage.mine(1).wishes.count() == 1
    assert (
        not Mentorship.objects.filter(ends_on__isnull=True)
        .filter(student__school=stage.troupe.school)
        .exists()
    )
    stage.draft()  # the title is free again


def test_every_deed_stands_in_the_log(stage: Stage) -> None:
    stage.open().close().propose().publish()
    mine = Entry.objects.filter(chain=str(stage.troupe.school.pk), object=str(stage.round.pk)).order_by("seq")
    assert list(mine.values_list("type", flat=True)) == [
        "round.created", "round.checked", "round.opened", "round.closed", "round.run", "round.proposed",
        "round.published",
    ]  # fmt: skip


def test_a_round_does_not_open_with_a_mentor_who_has_gone(stage: Stage) -> None:
    stage.draft()
    assert check(stage.round, actor=stage.clerk) == ()
    gone = stage.round.mentors.get(staff=stage.troupe.posts["second"])
    Staff.objects.filter(pk=gone.staff_id).update(state=StaffState.GONE)
    problem = refused(lambda: open_round(stage.round, actor=stage.clerk))
    assert problem.code == "mentor_out"
    assert str(gone) in problem.message
    refresh(stage.round, actor=stage.clerk)  # the way out
    assert check(stage.round, actor=stage.clerk) == ()
    open_round(stage.round, actor=stage.clerk)
    assert not stage.round.mentors.filter(pk=gone.pk).exists()
