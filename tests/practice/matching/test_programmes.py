"""Programmes: rounds of mixed modes, each taking what the one before left, published at one instant."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.notices.models import Notice
from liangshi.practice.matching.actions.answers import answer, ask_mentors, choose_club, object_to_keeping
from liangshi.practice.matching.actions.moves import move_student
from liangshi.practice.matching.actions.programmes import (
    abort_programme,
    add_round,
    confirm_round,
    create_programme,
)
from liangshi.practice.matching.actions.publishing import publish
from liangshi.practice.matching.actions.rounds import (
    change_settings,
    check,
    close_round,
    drop_student,
    open_round,
    refresh,
    set_deadline,
    set_quota,
    void_round,
)
from liangshi.practice.matching.actions.running import run_now, start_run
from liangshi.practice.matching.actions.wishes import save_wishes
from liangshi.practice.matching.choices import ARRANGED, ProgrammeKind, ProgrammeState, RoundState
from liangshi.practice.matching.models import Avoidance, Programme, Round, RoundMentor, RoundStudent
from liangshi.practice.matching.modes.steps import Tally
from liangshi.practice.matching.queries.answers import (
    asked_of,
    tally,
)
from liangshi.practice.matching.queries.engine import commitment_of, hurdles, told_weights
from liangshi.practice.matching.queries.moves import placement_of
from liangshi.practice.matching.queries.programmes import (
    SETTLED_ROUNDS,
    falls_on,
    left_students,
    live_rounds,
    next_thing,
    outcome,
    outcome_loads,
    placed_in,
    released,
    standing,
)
from liangshi.practice.matching.queries.programmes import steps as steps_of
from liangshi.practice.matching.queries.runs import done_run
from liangshi.practice.matching.queries.students import mentor_cards, offered_to
from liangshi.practice.matching.tasks import programmes_grow_older
from liangshi.practice.plans.actions import change_policy
from liangshi.practice.plans.choices import Mode
from liangshi.practice.plans.queries import policy_in_force
from liangshi.practice.relations.actions import changes as relations
from liangshi.practice.relations.models import HandOver
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import Pair, begin
from liangshi.registry.mentorships.choices import EndReason, Exempt, Kind, Origin
from liangshi.registry.mentorships.models import Exemption, MentorPlaces, Mentorship
from liangshi.registry.mentorships.queries import exemption_of
from liangshi.registry.people.models import Club, ClubMember
from tests.cast import Cast, installer, student
from tests.inboxes import told
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_rounds import refused


def club(stage: Stage, name: str, post: str, *members: int) -> Club:
    troupe = stage.troupe
    made = Club.objects.create(year=troupe.year, name=name, adviser=troupe.posts[post])
    for n in members:
        ClubMember.objects.create(club=made, student=troupe.students[n], starts_on=troupe.year.starts_on)
    return made


def add(stage: Stage, mode: Mode, **fields: Any) -> Round:
    closes_at = None if mode == Mode.ASSIGN else now() + dt.timedelta(7)
    return add_round(stage.round.programme, mode=mode, closes_at=closes_at, actor=stage.clerk, **fields)


def play(stage: Stage, row: Round) -> Round:
    """Open, close and compute one round, with whatever has been said in it."""
    stage.round = row
    stage.again()
    assert check(row, actor=stage.clerk) == ()
    open_round(row, actor=stage.clerk)
    return finish(stage, row)


def finish(stage: Stage, row: Round) -> Round:
    if row.mode != Mode.ASSIGN:
        close_round(row, actor=stage.clerk)
    run_now(start_run(row, actor=stage.clerk).pk)
    row.refresh_from_db()
    assert row.state == RoundState.PROPOSED, row.runs.first().error
    return row


def state(stage: Stage) -> str:
    return Programme.objects.get(pk=stage.round.programme_id).state


def codes(programme: Programme) -> dict[str, str]:
    return {str(one.round_student.student.person.name): one.mentor.code for one in outcome(programme)}


def balance(programme: Programme) -> None:
    """Placed + remaining + reasons = students, and no place is given twice."""
    held = standing(programme)
    placed = [one.round_student.student_id for one in outcome(programme)]
    assert len(set(placed)) == len(placed) == held.placed
    assert held.placed + held.remaining + held.left == held.students
    assert held.remaining >= 0
    steps = steps_of(programme)
    for before, after in itertools.pairwise(steps):
        if before.round.state in SETTLED_ROUNDS:
            left = after.round.students.exclude(left_at__isnull=True).count()
            assert before.falls_on == after.students + left
            assert after.places <= before.places - before.placed
    for load in outcome_loads(programme):
        assert load.count <= load.upper


# --- one after the other ---------------------------------------------------------------------------


def test_a_later_round_waits_for_the_one_before(stage: Stage) -> None:
    stage.draft()
    later = add(stage, Mode.ASSIGN)
    assert later.students.count() == 0
    problem = refused(lambda: check(later, actor=stage.clerk))
    assert problem.code == "round_waits"
    assert "请先把它确认了" in problem.message


@pytest.mark.row("R42")
def test_who_is_not_listed_falls_on_with_the_places_that_are_left(stage: Stage) -> None:
    stage.open(upper=2)
    last = add(stage, Mode.ASSIGN)
    stage.wish(0, "mentor")
    stage.wish(1, "mentor", "second")
    stage.wish(2, "mentor", avoid=("leader",))
    row = finish(stage, stage.round)
    assert not row.places_all
    placed = {one.round_student.number: one.mentor.code for one in placed_in(row)}
    assert sorted(placed) in ([1, 2], [2, 3], [1, 2, 3])
    assert placed[2] in {"T05", "T06"}
    assert len(placed) == 3  # both who only wish the mentor have him, the third has his second wish
    assert state(stage) == ProgrammeState.RUNNING
    assert refused(lambda: publish(row.programme, actor=stage.leader)).code == "invalid_transition"
    confirm_round(row, actor=stage.clerk)
    last.refresh_from_db()
    assert set(last.students.values_list("number", flat=True)) == {4, 5, 6}  # their numbers stay
    assert last.mentors.get(code="T05").upper == 0
    balance(row.programme)
    play(stage, last)
    assert state(stage) == ProgrammeState.READY
    balance(last.programme)
    publish(last.programme, actor=stage.leader)
    assert state(stage) == ProgrammeState.TRIAL
    assert (
        Mentorship.objects.filter(ends_on__isnull=True, kind=Kind.PRIMARY).count() == 7
    )  # and the other school's


def give(stage: Stage, *numbers: int) -> None:
    """The office gives these students a mentor by hand, outside the programme."""
    second = stage.troupe.posts["second"].pk
    pairs = [Pair(stage.student(n).pk, second, today()) for n in numbers]
    begin(pairs, origin=Origin.ASSIGNED, actor=stage.clerk, chain=str(stage.troupe.school.pk))


def one_round_and_one_to_come(stage: Stage) -> Round:
    """Numbers 1 to 3 are placed, 4 to 6 fall on to the round that is given back."""
    stage.open(upper=2)
    last = add(stage, Mode.ASSIGN)
    stage.wish(0, "mentor")
    stage.wish(1, "mentor", "second")
    stage.wish(2, "mentor")
    confirm_round(finish(stage, stage.round), actor=stage.clerk)
    last.refresh_from_db()
    return last


def test_who_gets_a_mentor_by_hand_between_two_rounds_falls_on_no_more(stage: Stage) -> None:
    last = one_round_and_one_to_come(stage)
    give(stage, 5)
    assert check(last, actor=stage.clerk) == ()
    assert refused(lambda: open_round(last, actor=stage.clerk)).code == "pool_outdated"
    refresh(last, actor=stage.clerk)  # as the refusal says
    assert set(last.students.values_list("number", flat=True)) == {4, 5}
    play(stage, last)
    assert state(stage) == ProgrammeState.READY
    held = standing(last.programme)
    assert (held.placed, held.left, held.remaining) == (5, 1, 0)
    publish(last.programme, actor=stage.leader)
    assert stage.student(5).mentorships.get(ends_on__isnull=True).origin == Origin.ASSIGNED


def test_once_all_who_were_left_have_a_mentor_the_programme_waits_to_be_published(stage: Stage) -> None:
    last = one_round_and_one_to_come(stage)
    give(stage, 3, 4, 5)
    refresh(last, actor=stage.clerk)
    last.refresh_from_db()
    assert (last.state, state(stage)) == (RoundState.VOID, ProgrammeState.READY)
    publish(last.programme, actor=stage.leader)
    held = standing(last.programme)
    assert (held.placed, held.left, held.remaining) == (3, 3, 0)


def test_avoided_mentors_stay_avoided_in_the_rounds_that_follow(stage: Stage) -> None:
    stage.open(upper=2)
    last = add(stage, Mode.ASSIGN)
    stage.wish(5, avoid=("mentor", "second"))
    confirm_round(finish(stage, stage.round), actor=stage.clerk)
    play(stage, last)
    given = next(one for one in placed_in(last) if one.round_student.number == 6)
    assert given.mentor.code not in {"T05", "T06"}
    father = next(one for one in placed_in(last) if one.round_student.number == 4)
    assert father.mentor.code != "T04"


def test_a_round_that_leaves_nobody_makes_the_programme_ready_and_the_rest_needless(stage: Stage) -> None:
    stage.open()
    last = add(stage, Mode.ASSIGN)
    for n in range(6):
        stage.wish(n, "mentor")
    row = finish(stage, stage.round)
    assert (
        state(stage) == ProgrammeState.RUNNING
    )  # one more round is planned: the office says that it is enough
    confirm_round(row, actor=stage.clerk)
    last.refresh_from_db()
    assert (last.state, state(stage)) == (RoundState.VOID, ProgrammeState.READY)
    assert "已经把全部学生安排好了" in last.void_reason
    assert refused(lambda: add(stage, Mode.ASSIGN)).code == "not_growing"
    stage.publish()
    assert stage.round.state == RoundState.PUBLISHED


def last_of_two_sides(stage: Stage) -> Round:
    """双向选择 as the only round: proposed, so that the programme waits to be published."""
    two_sided(stage)
    ask_mentors(stage.round, now() + dt.timedelta(3), actor=stage.clerk)
    say(stage, "mentor", 0, "unfit")
    row = finish(stage, stage.round)
    assert (row.places_all, state(stage)) == (True, ProgrammeState.READY)
    assert placed_in(row).count() == 6
    return row


def test_a_round_added_while_waiting_to_publish_takes_the_place_of_the_last(stage: Stage) -> None:
    row = last_of_two_sides(stage)
    before = row.commitment
    run = row.runs.get()
    answers = list(row.mentors.get(code="T05").answers.values_list("round_student", "verdict"))
    added = add(stage, Mode.ASSIGN)
    row.refresh_from_db()
    run.refresh_from_db()
    assert (row.state, row.places_all, state(stage)) == (RoundState.CLOSED, False, ProgrammeState.RUNNING)
    assert row.commitment == commitment_of(row) != before
    assert run.state == "dropped"
    assert done_run(row) is None
    assert refused(lambda: publish(row.programme, actor=stage.leader)).code == "invalid_transition"
    assert list(row.mentors.get(code="T05").answers.values_list("round_student", "verdict")) == answers
    assert stage.mine(0).wishes.count() == 2
    run_now(start_run(row, actor=stage.clerk).pk)
    row.refresh_from_db()
    assert placed_in(row).filter(rank__isnull=True).count() == 0
    assert falls_on(row).count() == 2  # numbers 5 and 6 wished nothing
    confirm_round(row, actor=stage.clerk)
    added.refresh_from_db()
    assert set(added.students.values_list("number", flat=True)) == {5, 6}
    play(stage, added)
    assert state(stage) == ProgrammeState.READY
    balance(added.programme)
    publish(Programme.objects.get(pk=row.programme_id), actor=stage.leader)


def test_a_round_is_added_before_the_last_is_computed_too(stage: Stage) -> None:
    stage.open(upper=2)
    stage.wish(0, "mentor")
    stage.close()
    assert stage.round.places_all
    add(stage, Mode.ASSIGN)
    row = stage.again().round
    assert (row.state, row.places_all) == (RoundState.CLOSED, False)
    stage.propose()
    assert placed_in(row).count() == 1


def test_no_round_is_added_where_nobody_would_come(stage: Stage) -> None:
    row = last_of_two_sides(stage)
    Round.objects.filter(pk=row.pk).update(state=RoundState.RUNNING)
    problem = refused(lambda: add(stage, Mode.ASSIGN))
    assert (problem.code, "等它有了提案再加" in problem.message) == ("not_growing", True)
    Round.objects.filter(pk=row.pk).update(state=RoundState.PROPOSED)
    confirm_round(row, actor=stage.clerk)
    problem = refused(lambda: add(stage, Mode.ASSIGN))
    assert (problem.code, "个别调整" in problem.message) == ("not_growing", True)
    stage.publish()
    problem = refused(lambda: add(stage, Mode.ASSIGN))
    assert (problem.code, "无导师学生" in problem.message) == ("not_growing", True)
    assert stage.round.programme.rounds.count() == 1


def test_after_a_round_that_places_everybody_nobody_is_left_for_another(stage: Stage) -> None:
    stage.open(mode=Mode.ASSIGN, closes_at=None)
    assert stage.again().round.state == RoundState.CLOSED
    problem = refused(lambda: add(stage, Mode.WISHES))
    assert (problem.code, "请先运算它" in problem.message) == ("not_growing", True)


def test_without_passing_on_the_first_round_places_everybody(stage: Stage) -> None:
    troupe = stage.troupe
    change_policy(troupe.school, troupe.year, seen=0, pass_on=False, actor=stage.leader)
    stage.open()
    add(stage, Mode.ASSIGN)
    row = finish(stage, stage.round)
    assert placed_in(row).count() == 6
    assert row.places_all


def test_lower_quotas_wait_for_the_round_that_places_everybody(stage: Stage) -> None:
    stage.draft(lower=1, upper=3)
    assert check(stage.round, actor=stage.clerk) == ()
    last = add(stage, Mode.ASSIGN)
    open_round(stage.round, actor=stage.clerk)
    for n in range(3):
        stage.wish(n, "mentor")
    confirm_round(finish(stage, stage.round), actor=stage.clerk)
    last.refresh_from_db()
    held = {row.code: (row.lower, row.upper) for row in last.mentors.all()}
    assert held["T05"] == (0, 0)
    assert held["T01"] == (1, 3)


def test_the_residual_is_proved_again_and_its_shortage_is_named(stage: Stage) -> None:
    stage.draft(upper=2)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    last = add(stage, Mode.ASSIGN)
    stage.wish(0, "mentor")
    stage.wish(5, avoid=("leader", "second"))
    confirm_round(finish(stage, stage.round), actor=stage.clerk)
    for mentor in last.mentors.exclude(code__in=("T01", "T06")):
        set_quota(mentor, lower=0, upper=0, actor=stage.clerk)
    found = check(last, actor=stage.clerk)
    assert any("阿依古丽" in sentence for sentence in found)
    assert refused(lambda: open_round(last, actor=stage.clerk)).code == "invalid_transition"
    held = last.students.get(number=6)
    drop_student(held, cause=Exempt.DEFERRED, reason="家长来校商定下学期再配", actor=stage.clerk)
    balance(last.programme)


def test_only_one_gender_and_only_one_grade_are_bans(stage: Stage) -> None:
    stage.draft()
    boy = stage.student(5).person
    type(boy).objects.filter(pk=boy.pk).update(gender="1")
    refresh(stage.round, actor=stage.clerk)
    mentor = stage.round.mentors.get(code="T05")
    set_quota(mentor, lower=0, upper=9, only_gender="2", actor=stage.clerk)
    for row in stage.round.mentors.exclude(code="T05"):
        set_quota(row, lower=0, upper=0, actor=stage.clerk)
    (sentence,) = check(stage.round, actor=stage.clerk)
    assert "阿依古丽" in sentence
    other = stage.round.mentors.get(code="T06")
    set_quota(other, lower=0, upper=1, actor=stage.clerk)
    assert check(stage.round, actor=stage.clerk) == ()
    open_round(stage.round, actor=stage.clerk)
    assert [card.name for card in mentor_cards(stage.mine(5))] == ["周敏甲老师"]
    assert refused(lambda: stage.wish(5, "mentor")).code == "mentor_not_listed"
    limits = {"lower": 0, "upper": 9, "only_gender": "", "actor": stage.clerk}
    assert refused(lambda: set_quota(mentor, **limits)).code == "quota_while_open"


# --- the policy --------------------------------------------------------------------------------------


@pytest.mark.row("R42")
def test_a_round_that_is_not_in_the_policy_does_not_start(stage: Stage) -> None:
    troupe = stage.troupe

    def change(**fields: Any) -> None:
        seen = policy_in_force(troupe.school, troupe.year).version
        change_policy(troupe.school, troupe.year, seen=seen, actor=stage.leader, **fields)

    change(modes=["two_sided", "assign"])
    problem = refused(stage.draft)
    assert problem.code == "round_not_in_plan"
    assert "学年匹配办法" in problem.message
    assert not Programme.objects.exists()
    change(modes=["wishes", "assign"], wish_limit=3)
    assert refused(lambda: stage.draft(wish_limit=5)).code == "round_not_in_plan"
    assert stage.draft().round.wish_limit == 3  # what nobody chose comes from the policy
    check(stage.round, actor=stage.clerk)
    change(aim="greedy")
    problem = refused(lambda: open_round(stage.round, actor=stage.clerk))
    assert "目标定的是「第一志愿最多」" in problem.message
    assert stage.again().round.state == RoundState.FEASIBLE
    change(aim="sum", teacher_places=4)
    problem = refused(lambda: open_round(stage.round, actor=stage.clerk))
    assert "名额超过了办法定的数" in problem.message
    refresh(stage.round, actor=stage.clerk)  # the way out: the places follow the policy
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    assert stage.round.programme.policy.teacher_places == 4


def test_what_is_short_is_never_asked_of_a_mentor_over_his_ceiling(stage: Stage) -> None:
    troupe = stage.troupe
    change = change_policy
    one: dict[str, Any] = {"adviser_places": 1, "manager_places": 1, "teacher_places": 1}
    change(troupe.school, troupe.year, seen=0, actor=stage.leader, **one)
    stage.draft()
    (sentence,) = check(stage.round, actor=stage.clerk)
    assert "还差 1 个" in sentence
    assert "要请校领导决定" in sentence
    assert "改成" not in sentence
    (hurdle,) = hurdles(stage.round)
    assert hurdle.changes == ()
    assert "改办法最多还能多出 70 个" in hurdle.decisions[0]  # five mentors, from 1 to 15
    by_hand = stage.round.mentors.get(code="T06")
    set_quota(by_hand, lower=0, upper=0, actor=stage.clerk)
    change(troupe.school, troupe.year, seen=1, actor=stage.leader, **one | {"teacher_places": 2})
    refresh(stage.round, actor=stage.clerk)  # the new places, but not where somebody set them
    held = dict(stage.round.mentors.values_list("code", "upper"))
    assert held == {"T01": 1, "T03": 2, "T04": 1, "T05": 2, "T06": 0}
    assert check(stage.round, actor=stage.clerk) == ()


def test_the_places_named_are_accepted_one_by_one_and_suffice(stage: Stage) -> None:
    troupe = stage.troupe
    change_policy(troupe.school, troupe.year, seen=0, adviser_places=1, actor=stage.leader)
    stage.draft(upper=1)
    (hurdle,) = hurdles(stage.round)
    assert len(hurdle.changes) == 1
    assert hurdle.decisions == ()
    assert "T04" not in hurdle.changes[0]
    name, upper = hurdle.changes[0].split("的「至多」由 1 改成 ")
    mentor = next(row for row in stage.round.mentors.all() if row.staff.person.name == name)
    set_quota(mentor, lower=0, upper=int(upper), actor=stage.clerk)
    assert check(stage.round, actor=stage.clerk) == ()


def test_over_one_to_fifteen_more_mentors_are_asked_for(stage: Stage) -> None:
    stage.draft()
    full = MentorPlaces.objects.filter(staff__in=stage.round.mentors.values("staff"))
    full.update(taken=15)
    MentorPlaces.objects.filter(staff=stage.troupe.posts["mentor"]).update(taken=13)
    refresh(stage.round, actor=stage.clerk)
    (hurdle,) = hurdles(stage.round)
    assert hurdle.changes == ()
    assert "还差 4 个" in hurdle.finding
    assert "增加导师（至少 1 位）" in hurdle.decisions[0]
    assert "校领导" not in hurdle.decisions[0]


def test_a_new_usual_quota_is_given_to_everybody_again(stage: Stage) -> None:
    stage.draft()
    set_quota(stage.round.mentors.get(code="T05"), lower=1, upper=4, actor=stage.clerk)
    change_settings(stage.round, upper=6, actor=stage.clerk)
    refresh(stage.round, actor=stage.clerk)
    assert set(stage.round.mentors.values_list("lower", "upper", "by_hand")) == {(0, 6, False)}


def test_places_by_post_and_grade(stage: Stage) -> None:
    troupe = stage.troupe
    fields: dict[str, Any] = {
        "adviser_places": 8,
        "manager_places": 2,
        "grade_places": {"高一": 12, "高二": 3},
    }
    change_policy(troupe.school, troupe.year, seen=0, actor=stage.leader, **fields)
    stage.draft()
    held = dict(stage.round.mentors.values_list("code", "upper"))
    assert held == {"T01": 2, "T03": 12, "T04": 8, "T05": 12, "T06": 12}
    mentor = stage.round.mentors.get(code="T04")
    problem = refused(lambda: set_quota(mentor, lower=0, upper=9, actor=stage.clerk))
    assert problem.code == "round_not_in_plan"


def test_the_policy_is_changed_in_versions_and_two_leaders_do_not_overwrite_each_other(stage: Stage) -> None:
    troupe = stage.troupe
    assert policy_in_force(troupe.school, troupe.year).version == 0
    change = change_policy
    first = change(troupe.school, troupe.year, seen=0, trial_weeks=2, actor=stage.leader)
    assert (first.version, first.trial_weeks, first.change_limit) == (1, 2, 2)
    again = change(troupe.school, troupe.year, seen=1, trial_weeks=2, actor=stage.leader)  # tapped twice
    assert again == first
    problem = refused(lambda: change(troupe.school, troupe.year, seen=0, trial_weeks=3, actor=stage.leader))
    assert problem.code == "policy_changed"
    assert change(troupe.school, troupe.year, seen=1, trial_weeks=3, actor=stage.leader).version == 2
    assert Entry.objects.filter(type="policy.changed").count() == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"modes": []}, "no_modes"),
        ({"modes": ["wishes", "wishes"]}, "no_modes"),
        ({"modes": ["dice"]}, "no_modes"),
        ({"teacher_places": 16}, "bad_policy"),
        ({"wish_limit": 6}, "bad_policy"),
        ({"avoid_limit": 3}, "bad_policy"),
        ({"meet": 4}, "bad_policy"),
        ({"even": -1}, "bad_policy"),
        ({"aim": "best"}, "bad_policy"),
        ({"grade_places": {"高一": 16}}, "bad_policy"),
        ({"objection_days": 0}, "bad_policy"),
        ({"co_limit": 4}, "bad_policy"),
    ],
)
def test_a_policy_that_cannot_be(stage: Stage, fields: dict[str, Any], code: str) -> None:
    troupe = stage.troupe
    deed = lambda: change_policy(troupe.school, troupe.year, seen=0, actor=stage.leader, **fields)  # noqa: E731
    assert refused(deed).code == code


# --- 双向选择 ---------------------------------------------------------------------------------------


def two_sided(stage: Stage) -> Stage:
    stage.open(mode=Mode.TWO_SIDED, upper=2)
    for n in (0, 1, 2):
        stage.wish(n, "mentor", "second")
    stage.wish(3, "second")
    return stage


def as_mentor(stage: Stage, post: str) -> Any:
    return stage.round.mentors.get(staff=stage.troupe.posts[post])


def say(stage: Stage, post: str, n: int, verdict: str) -> None:
    actor = stage.cast.actor("mentor")
    answer(as_mentor(stage, post), stage.mine(n).pk, verdict, actor=actor)


@pytest.mark.row("R46")
def test_mentors_answer_and_silence_is_willing(stage: Stage) -> None:
    two_sided(stage)
    assert refused(lambda: say(stage, "mentor", 0, "unfit")).code == "answers_closed"  # not yet asked
    assert refused(lambda: close_round(stage.round, actor=stage.clerk)).code == "invalid_transition"
    until = now() + dt.timedelta(3)
    ask_mentors(stage.round, until, actor=stage.clerk)
    assert refused(lambda: stage.wish(0, "second")).code == "wishes_closed"
    told = Notice.objects.filter(title__contains="想选您").values_list("person", "title")
    assert dict(told)[stage.troupe.people["mentor"].pk].startswith("有 3 名学生在")
    assert refused(lambda: say(stage, "mentor", 3, "fair")).code == "not_asked"
    assert refused(lambda: say(stage, "mentor", 0, "great")).code == "bad_verdict"
    say(stage, "mentor", 0, "unfit")
    say(stage, "mentor", 0, "unfit")  # tapped twice: written once
    say(stage, "mentor", 1, "fair")
    say(stage, "mentor", 1, "willing")
    assert Entry.objects.filter(type="answer.saved").count() == 3
    assert not Entry.objects.filter(type="answer.saved").exclude(subject="").exists()
    counts = tally(stage.round)
    assert (counts.asked, counts.answered, counts.willing, counts.unfit, counts.silent) == (7, 2, 1, 1, 5)
    with time_machine.travel(until + dt.timedelta(minutes=1)):
        assert refused(lambda: say(stage, "mentor", 1, "fair")).code == "answers_closed"
    stage.close().propose()
    given = {one.round_student.number: (one.mentor.code, one.rank) for one in placed_in(stage.round)}
    assert given[1] == ("T06", 2)  # declined by his first: his second wish, numbered as he numbered it
    assert len(asked_of(as_mentor(stage, "mentor"))) == 3  # until it is published
    Round.objects.filter(pk=stage.round.pk).update(state=RoundState.PUBLISHED)
    stage.again()
    assert asked_of(as_mentor(stage, "mentor")) == []
    assert given[2] == given[3] == ("T05", 1)
    assert refused(lambda: say(stage, "mentor", 1, "fair")).code == "answers_closed"


@pytest.mark.row("R46")
def test_a_decline_reads_like_a_lack_of_places(cast: Cast) -> None:
    """The same sentence, whether the mentor declined or had given his places to others whom he would rather have."""

    def sentence(verdict: str, upper: int) -> str:
        stage = Stage(cast)
        stage.open(mode=Mode.TWO_SIDED, upper=upper, title=verdict)
        for n in (0, 1, 2):
            stage.wish(n, "mentor", "second")
        ask_mentors(stage.round, now() + dt.timedelta(3), actor=stage.clerk)
        say(stage, "mentor", 0, verdict)
        stage.close().propose()
        mine = placed_in(stage.round).get(round_student=stage.mine(0))
        assert mine.rank_label == "第 2 志愿"
        abort_programme(stage.round.programme, reason="再来", actor=stage.clerk)
        return str(mine.reason)

    no_place = sentence("fair", upper=2)
    assert sentence("unfit", upper=2) == no_place
    assert sentence("unfit", upper=6) == no_place  # places left, which everybody sees


def test_the_fingerprint_covers_the_answers(stage: Stage) -> None:
    two_sided(stage)
    ask_mentors(stage.round, now() + dt.timedelta(3), actor=stage.clerk)
    say(stage, "mentor", 0, "fair")
    stage.close()
    as_mentor(stage, "mentor").answers.update(verdict="unfit")  # behind the fingerprint
    stage.propose()
    assert "数据指纹不一致" in stage.round.runs.get().error


# --- 社团 -------------------------------------------------------------------------------------------


@pytest.mark.row("R47")
def test_club_members_go_to_their_adviser_up_to_his_places_and_the_rest_falls_on(stage: Stage) -> None:
    robots = club(stage, "机器人社", "mentor", 0, 1, 2)
    poets = club(stage, "诗社", "second", 2, 3)
    club(stage, "产假社", "away", 4)  # its adviser mentors nobody
    stage.draft(mode=Mode.CLUBS)
    mentor = stage.round.mentors.get(code="T05")
    set_quota(mentor, lower=0, upper=1, actor=stage.clerk)
    check(stage.round, actor=stage.clerk)
    add(stage, Mode.ASSIGN)
    open_round(stage.round, actor=stage.clerk)
    held = {row.number: row.club_id for row in stage.round.students.all()}
    assert held == {1: robots.pk, 2: robots.pk, 3: None, 4: poets.pk, 5: None, 6: None}
    counts = tally(stage.round)
    assert (counts.members, counts.undecided) == (3, 1)
    choose = lambda n, one: choose_club(stage.mine(n), one, actor=stage.actor(n))  # noqa: E731
    assert refused(lambda: choose(0, poets.pk)).code == "not_a_member"
    choose(2, poets.pk)
    choose(2, poets.pk)  # tapped twice: written once
    assert Entry.objects.filter(type="wish.club_chosen").count() == 1
    finish(stage, stage.round)
    assert refused(lambda: choose(2, robots.pk)).code == "clubs_closed"
    given = {one.round_student.number: one.mentor.code for one in placed_in(stage.round)}
    assert {n: given[n] for n in (3, 4)} == {3: "T06", 4: "T06"}  # together
    assert len([n for n in (1, 2) if n in given]) == 1  # one place: the lot decides between the two
    confirm_round(stage.round, actor=stage.clerk)
    last = live_rounds(stage.round.programme)[1]
    assert last.students.count() == 3
    play(stage, last)
    balance(last.programme)
    assert state(stage) == ProgrammeState.READY


def test_who_does_not_choose_between_two_clubs_falls_on(stage: Stage) -> None:
    club(stage, "机器人社", "mentor", 0)
    club(stage, "诗社", "second", 0)
    stage.open(mode=Mode.CLUBS)
    finish(stage, stage.round)
    assert not placed_in(stage.round).exists()
    assert state(stage) == ProgrammeState.RUNNING  # everybody is left over
    follow = next_thing(stage.round.programme, steps_of(stage.round.programme))
    assert follow
    assert follow.round == stage.round
    confirm_round(stage.round, actor=stage.clerk)
    programme = Programme.objects.get(pk=stage.round.programme_id)
    follow = next_thing(programme, steps_of(programme))
    assert follow
    assert (follow.what, "6 名学生" in follow.sentence) == ("add", True)


# --- 复核、续任 -------------------------------------------------------------------------------------


def mentored(stage: Stage) -> Stage:
    """Students 0–3 have the physics teacher, 4 the chemist, 5 nobody yet."""
    stage.free()
    posts = stage.troupe.posts
    pairs = [(0, "mentor"), (1, "mentor"), (2, "mentor"), (3, "mentor"), (4, "second")]
    begin(
        [Pair(stage.student(n).pk, posts[post].pk, today()) for n, post in pairs],
        origin=Origin.IMPORTED, actor=installer(), chain=str(stage.troupe.school.pk),
    )  # fmt: skip
    return stage


def review(stage: Stage, mode: Mode = Mode.CONTINUE, **fields: Any) -> Stage:
    mentored(stage)
    stage.round = create_programme(
        actor=stage.clerk, title="高一复核", cohorts=[stage.troupe.cohort], kind=ProgrammeKind.REVIEW, mode=mode,
        **({"closes_at": now() + dt.timedelta(5)} | fields),
    )  # fmt: skip
    return stage


@pytest.mark.row("G3", "N26")
def test_pairs_go_on_unless_one_of_them_objects_and_the_released_are_listed(stage: Stage) -> None:
    review(stage)
    last = add(stage, Mode.ASSIGN)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    mentor = stage.cast.actor("mentor")
    objects = object_to_keeping
    objects(stage.mine(0), by_mentor=False, objects=True, actor=stage.actor(0))
    objects(stage.mine(1), by_mentor=True, objects=True, actor=mentor)
    objects(stage.mine(2), by_mentor=False, objects=True, actor=stage.actor(2))
    objects(stage.mine(2), by_mentor=False, objects=False, actor=stage.actor(2))  # changed his mind
    assert (
        refused(lambda: objects(stage.mine(5), by_mentor=False, objects=True, actor=stage.actor(5))).code
        == "nothing_to_keep"
    )
    assert tally(stage.round) == Tally(pairs=5, objected=2)
    finish(stage, stage.round)
    assert (
        refused(lambda: objects(stage.mine(3), by_mentor=False, objects=True, actor=stage.actor(3))).code
        == "objections_closed"
    )
    kept = {one.round_student.number: one.mentor.code for one in placed_in(stage.round)}
    assert kept == {3: "T05", 4: "T05", 5: "T06"}
    assert {row.number for row in released(stage.round.programme)} == {1, 2}
    confirm_round(stage.round, actor=stage.clerk)
    play(stage, last)
    balance(last.programme)
    before = {
        row.student_id: row
        for row in Mentorship.objects.filter(ends_on__isnull=True).select_related("mentor")
    }
    asked = [
        relations.ask(before[stage.student(n).pk], wished=None, reason="", safety=n == 1, actor=stage.clerk)
        for n in (0, 1, 3)
    ]
    Notice.objects.all().delete()
    publish(last.programme, actor=stage.leader)
    for row in asked:
        row.refresh_from_db()
    assert [row.state for row in asked] == [
        "lapsed",
        "lapsed",
        "asked",
    ]  # what concerns safety stands beside it; and who was not passed on
    letters = HandOver.objects.values_list("ended", "successor")
    after = {
        row.student_id: row
        for row in Mentorship.objects.filter(ends_on__isnull=True).select_related("mentor")
    }
    for n in (2, 3, 4):  # untouched
        assert after[stage.student(n).pk] == before[stage.student(n).pk]
    for n in (0, 1):  # passed on without a gap, not back to the one who was released
        new, old = after[stage.student(n).pk], before[stage.student(n).pk]
        old.refresh_from_db()
        assert new.mentor.staff_no != "T05"
        assert (old.ends_on, old.end_reason, new.starts_on) == (today(), EndReason.AGREED, today())
    assert after[stage.student(5).pk].mentor.staff_no  # had none
    first = stage.student(0).pk  # whom the other has named writes no letter
    assert set(letters) == {(before[first].pk, after[first].mentor_id)}
    assert MentorPlaces.objects.get(staff=stage.troupe.posts["mentor"]).taken == 2
    titles = Notice.objects.filter(person=stage.troupe.people["mentor"].pk).values_list("title", flat=True)
    assert set(titles) == {
        "「高一复核」公布了，您续任 2 名学生，有 2 名学生由别的老师指导",
        "1 名学生换了导师，可以给接任的导师写交接信（选写）",
    }
    for row in released(last.programme):
        assert row.number in {1, 2}


@pytest.mark.row("G3", "G10")
@pytest.mark.parametrize("safety", [True, False])
@pytest.mark.parametrize("when", ["open", "confirmed", "ready"])
def test_who_changes_his_mentor_during_a_review_stays_with_the_new_one(
    stage: Stage, when: str, *, safety: bool
) -> None:
    """Whatever it was for: he is neither given back nor passed on a second time."""
    review(stage)
    Mentorship.objects.update(starts_on=today() - dt.timedelta(60))  # the trial is over
    last = add(stage, Mode.ASSIGN)
    student, second = stage.student(0), stage.troupe.posts["second"]

    def change() -> None:
        bond = Mentorship.objects.get(student=student, ends_on=None)
        row = relations.ask(bond, wished=None, reason="", safety=safety, actor=stage.actor(0))
        relations.agree(row, second, actor=stage.clerk)
        relations.accept(row, actor=stage.cast.actor("second", Role.MENTOR))

    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    if when == "open":
        change()
    confirm_round(finish(stage, stage.round), actor=stage.clerk)
    if when == "confirmed":
        change()
    play(stage, last)
    balance(last.programme)
    if when == "ready":
        change()
    Notice.objects.all().delete()
    publish(last.programme, actor=stage.leader)
    assert Mentorship.objects.get(student=student, ends_on=None).mentor == second
    assert student.mentorships.count() == 3  # of the cast, of before, and the new one
    assert "导师" not in "".join(told(student.person))


def test_continuing_has_no_place_among_those_without_a_mentor(stage: Stage) -> None:
    stage.draft()
    assert refused(lambda: add(stage, Mode.CONTINUE)).code == "mode_unfit"


@pytest.mark.parametrize(("lower", "left"), [(0, 0), (3, 3), (4, 3)])
def test_who_leaves_a_review_keeps_his_mentor_and_his_place(stage: Stage, lower: int, left: int) -> None:
    review(stage)
    MentorPlaces.objects.filter(staff=stage.troupe.posts["mentor"]).update(quota=4)
    refresh(stage.round, actor=stage.clerk)
    mentor = stage.round.mentors.get(code="T05")
    assert mentor.upper == 4
    set_quota(mentor, lower=lower, upper=4, actor=stage.clerk)
    drop_student(stage.mine(0), reason="只换一半", actor=stage.clerk)
    mentor.refresh_from_db()
    assert (mentor.lower, mentor.upper) == (left, 3)


# --- time, giving up, reasons ----------------------------------------------------------------------


def test_a_published_programme_is_tried_and_then_settled(stage: Stage) -> None:
    stage.open().close().propose().publish()
    programme = stage.round.programme
    assert (programme.state, programme.trial_until) == (
        ProgrammeState.TRIAL, today() + dt.timedelta(weeks=4),
    )  # fmt: skip
    programmes_grow_older()
    assert state(stage) == ProgrammeState.TRIAL
    with time_machine.travel(now() + dt.timedelta(weeks=4, days=1)):
        programmes_grow_older()
        programmes_grow_older()  # again, without harm
        assert state(stage) == ProgrammeState.SETTLED
        assert Entry.objects.filter(type="programme.settled").count() == 1
        type(stage.troupe.year).objects.filter(pk=stage.troupe.year.pk).update(state="closed")
        programmes_grow_older()
    assert state(stage) == ProgrammeState.CLOSED


def test_giving_up_takes_all_rounds_and_frees_the_title(stage: Stage) -> None:
    stage.open()
    add(stage, Mode.ASSIGN)
    programme = stage.round.programme
    assert refused(lambda: abort_programme(programme, reason=" ", actor=stage.clerk)).code == "needs_reason"
    abort_programme(programme, reason="台风停课", actor=stage.clerk)
    assert {row.state for row in programme.rounds.all()} == {RoundState.VOID}
    assert Notice.objects.filter(title__contains="已取消").count() == 6
    assert (
        refused(lambda: abort_programme(programme, reason="又", actor=stage.clerk)).code
        == "invalid_transition"
    )
    stage.draft()


def test_a_round_given_up_leaves_its_students_to_the_next(stage: Stage) -> None:
    stage.open(mode=Mode.CLUBS)
    last = add(stage, Mode.ASSIGN)
    void_round(stage.round, reason="社团还没有导入", actor=stage.clerk)
    last.refresh_from_db()
    assert last.students.count() == 6
    play(stage, last)
    assert state(stage) == ProgrammeState.READY


def test_a_reason_from_the_list_takes_the_place_of_a_mentor(stage: Stage) -> None:
    stage.open().close().propose()
    assert state(stage) == ProgrammeState.READY
    drop_student(stage.mine(5), cause=Exempt.SUSPENDING, reason="下周办休学", actor=stage.clerk)
    assert state(stage) == ProgrammeState.RUNNING  # the proposal fell
    stage.again().propose()
    (left,) = left_students(stage.round.programme)
    assert (left.get_left_cause_display(), left.left_reason) == ("休学手续办理中", "下周办休学")
    balance(stage.round.programme)
    stage.publish()
    assert standing(stage.round.programme).placed == 5
    reason = exemption_of(stage.student(5))
    assert reason is not None
    assert (reason.reason, reason.until) == (Exempt.SUSPENDING, stage.troupe.year.ends_on)
    begin(
        [Pair(stage.student(5).pk, stage.troupe.posts["second"].pk, today())],
        origin=Origin.ASSIGNED, actor=stage.clerk, chain=str(stage.troupe.school.pk),
    )  # fmt: skip
    assert exemption_of(stage.student(5)) is None  # who has a mentor needs no reason


def test_one_who_has_a_mentor_already_gets_no_reason_to_be_without(stage: Stage) -> None:
    stage.open()
    drop_student(stage.mine(4), cause=ARRANGED, reason="校长亲自带", actor=stage.clerk)
    begin(
        [Pair(stage.student(5).pk, stage.troupe.posts["second"].pk, today())],
        origin=Origin.ASSIGNED, actor=stage.clerk, chain=str(stage.troupe.school.pk),
    )  # fmt: skip
    drop_student(stage.mine(5), cause=Exempt.OTHER, reason="已经配好", actor=stage.clerk)
    assert not Exemption.objects.exists()


def test_a_confirmed_round_does_not_change(stage: Stage) -> None:
    stage.open()
    add(stage, Mode.ASSIGN)
    stage.close().propose()
    confirm_round(stage.round, actor=stage.clerk)
    assert refused(lambda: confirm_round(stage.round, actor=stage.clerk)).code == "invalid_transition"
    assert (
        refused(lambda: drop_student(stage.mine(1), reason="x", actor=stage.clerk)).code == "already_settled"
    )
    assert refused(lambda: start_run(stage.round, actor=stage.clerk)).code == "invalid_transition"
    assert (
        refused(lambda: void_round(stage.round, reason="x", actor=stage.clerk)).code == "invalid_transition"
    )


WISHED = st.lists(st.sampled_from(["mentor", "second", "leader", "grade_head"]), max_size=3, unique=True)
ANY_MODES = st.lists(st.sampled_from([Mode.WISHES, Mode.TWO_SIDED, Mode.CLUBS]), min_size=1, max_size=2)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    modes=ANY_MODES,
    wishes=st.lists(WISHED, min_size=6, max_size=6),
    upper=st.integers(2, 4),
    leavers=st.sets(st.integers(0, 5), max_size=2),
)  # fmt: skip
def test_placed_and_left_over_and_reasons_are_always_all_students(
    stage: Stage, modes: list[Mode], wishes: list[list[str]], upper: int, leavers: set[int]
) -> None:
    Programme.objects.update(state=ProgrammeState.ABORTED, abort_reason="上一例")
    Round.objects.update(state=RoundState.VOID, void_reason="上一例")
    Club.objects.all().delete()
    club(stage, "机器人社", "mentor", 0, 1, 2)
    club(stage, "诗社", "second", 2, 3)
    stage.draft(mode=modes[0], upper=upper)
    rounds = [stage.round, *(add(stage, mode) for mode in modes[1:]), add(stage, Mode.ASSIGN)]
    for row in rounds:
        row.refresh_from_db()
        if row.state == RoundState.VOID:
            continue
        stage.round = row
        assert check(row, actor=stage.clerk) == ()
        open_round(row, actor=stage.clerk)
        for held in RoundStudent.objects.filter(round=row, left_at__isnull=True):
            n = held.number - 1
            if n in leavers and row == rounds[0]:
                drop_student(held, reason="另有安排", actor=stage.clerk)
            elif row.lists:
                offered = {str(one.pk) for one in offered_to(held)}
                if set(stage.keys(*wishes[n])) <= offered:
                    stage.wish(n, *wishes[n])
        balance(row.programme)
        if row.mode == Mode.TWO_SIDED:
            ask_mentors(row, now() + dt.timedelta(1), actor=stage.clerk)
        finish(stage, row)
        balance(row.programme)
        if row != rounds[-1]:
            confirm_round(row, actor=stage.clerk)
            balance(row.programme)
    held = standing(rounds[0].programme)
    assert (held.remaining, held.left, state(stage)) == (0, len(leavers), ProgrammeState.READY)


@pytest.mark.row("R42", "R44", "R47")
def test_clubs_then_both_sides_then_wishes_then_the_school_ends_at_nobody_without_a_mentor(
    stage: Stage,
) -> None:
    """The acceptance: a school with twelve clubs, one 双选 round, one 志愿 round, one 指派 round."""
    own = stage.troupe
    since = own.year.starts_on
    for n in range(60):
        own.students.append(
            student(own.school, own.class_1 if n % 2 else own.class_2, f"新生{n}", 100 + n, since=since)
        )
    posts = ["leader", "grade_head", "adviser", "mentor", "second"]
    for n in range(12):
        club(stage, f"第{n}社", posts[n % 5], *(4 * n + k for k in range(3)))
    stage.draft(mode=Mode.CLUBS, upper=15)
    for mode in (Mode.TWO_SIDED, Mode.WISHES, Mode.ASSIGN):
        add(stage, mode)
    programme = stage.round.programme
    placed = []
    for row in live_rounds(programme):
        row.refresh_from_db()
        stage.round = row
        assert check(row, actor=stage.clerk) == ()
        open_round(row, actor=stage.clerk)
        for held in row.students.order_by("number"):
            if row.lists and held.number % 3:
                offered = {code: str(pk) for pk, code in offered_to(held).values_list("pk", "code")}
                listed = [offered[code] for code in sorted(offered)[held.number % 2 : held.number % 2 + 2]]
                actor = stage.cast.actor("student")
                save_wishes(held, wishes=listed, avoid=[], version=held.version, actor=actor)
        if row.mode == Mode.TWO_SIDED:
            ask_mentors(row, now() + dt.timedelta(1), actor=stage.clerk)
            for mentor in row.mentors.all():
                for asked in asked_of(mentor)[:3]:
                    answer(mentor, asked.key, "unfit", actor=stage.cast.actor("mentor"))
        finish(stage, row)
        placed.append(placed_in(row).count())
        balance(programme)
        if row.mode != Mode.ASSIGN:
            confirm_round(row, actor=stage.clerk)
    assert placed[0] == 36  # twelve clubs of three
    assert all(placed[:2])
    assert sum(placed) == 66
    assert state(stage) == ProgrammeState.READY
    stage.see_fairness().publish()
    taken = Mentorship.objects.filter(ends_on__isnull=True, student__school=own.school, kind=Kind.PRIMARY)
    assert taken.count() == 66
    assert standing(programme).remaining == 0
    assert codes(programme)


def test_the_mentors_deadline_can_be_moved_while_they_answer(stage: Stage) -> None:
    two_sided(stage)
    ask_mentors(stage.round, now() + dt.timedelta(minutes=10), actor=stage.clerk)
    closed, later = stage.again().round.closes_at, now() + dt.timedelta(3)
    set_deadline(stage.round, later, actor=stage.clerk)
    assert (stage.again().round.answers_until, stage.round.closes_at) == (later, closed)
    past = refused(lambda: set_deadline(stage.round, now(), actor=stage.clerk))
    assert past.code == "deadline_past"
    close_round(stage.round, actor=stage.clerk)
    assert refused(lambda: set_deadline(stage.round, later, actor=stage.clerk)).code == "not_open"


def test_a_move_tells_nobody_what_a_mentor_answered(stage: Stage) -> None:
    two_sided(stage)
    ask_mentors(stage.round, now() + dt.timedelta(3), actor=stage.clerk)
    say(stage, "mentor", 0, "unfit")
    close_round(stage.round, actor=stage.clerk)
    stage.propose()
    run = done_run(stage.round)
    assert run
    held = placement_of(run, stage.mine(0).pk)
    assert held
    mentor = as_mentor(stage, "mentor")
    RoundMentor.objects.filter(pk=mentor.pk).update(upper=15)
    mentor.refresh_from_db()

    def move() -> None:
        move_student(stage.mine(0), mentor, held=held.mentor_id, reason="lodging", actor=stage.clerk)

    problem = refused(move)
    assert (problem.code, problem.message) == ("pair_unfit", "这一对这一轮不能安排，请换一位老师。")
    mentor.only_gender = "f" if stage.mine(0).gender != "f" else "m"
    problem = refused(move)
    assert problem.code == "mentor_takes_others"
    assert mentor.only_words in problem.message


def test_a_pair_that_is_family_does_not_go_on(stage: Stage) -> None:
    review(stage)
    add(stage, Mode.ASSIGN)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    held = stage.mine(0)
    assert held.present
    Avoidance.objects.create(round_student=held, mentor=held.present, barred=True)
    stage.close().propose()
    run = done_run(stage.round)
    assert run
    assert stage.round.state == RoundState.PROPOSED
    assert placement_of(run, held.pk) is None
    assert placement_of(run, stage.mine(1).pk)


def test_a_policy_that_changed_between_two_rounds_leaves_the_proof_of_the_first(stage: Stage) -> None:
    stage.draft()
    second = add(stage, Mode.ASSIGN)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    stage.wish(1, "mentor")
    stage.close().propose()
    confirm_round(stage.round, actor=stage.clerk)
    row = stage.again().round
    held = policy_in_force(row.school, row.year)
    change_policy(row.school, row.year, seen=held.version, actor=stage.leader, meet=3, keep="none")
    second.refresh_from_db()
    before = told_weights(row)
    Programme.objects.filter(pk=row.programme_id).update(policy=policy_in_force(row.school, row.year))
    again = Round.objects.get(pk=row.pk)
    assert again.programme.policy != again.policy
    assert told_weights(again) == before
    assert commitment_of(again) == again.commitment
