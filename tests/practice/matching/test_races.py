"""Many at once, on real threads: places are never given twice, the same tap is written once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.notices.models import Notice
from liangshi.practice.matching.actions.answers import answer, ask_mentors, choose_club
from liangshi.practice.matching.actions.programmes import add_round, confirm_round
from liangshi.practice.matching.actions.publishing import publish
from liangshi.practice.matching.actions.rounds import check, open_round
from liangshi.practice.matching.actions.rounds import set_quota as set_places
from liangshi.practice.matching.actions.running import start_run
from liangshi.practice.matching.models import Answer, Programme, Round, RoundMentor, RoundStudent
from liangshi.practice.matching.queries.programmes import falls_on, placed_in
from liangshi.practice.plans.actions import change_policy
from liangshi.practice.plans.choices import Mode
from liangshi.practice.plans.models import Policy
from liangshi.registry.mentorships.actions import Pair, begin, set_quota
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.models import MentorPlaces, Mentorship
from liangshi.registry.people.models import Club, ClubMember, Student
from tests.cast import build, installer, student
from tests.practice.matching.stage import Stage
from tests.races import at_once

MANY, PLACES = 50, 3


def crowd(stage: Stage) -> list[Student]:
    own = stage.troupe
    return [
        student(own.school, own.class_2, f"学生{n}", 1000 + n, since=own.year.starts_on) for n in range(MANY)
    ]


@pytest.mark.row("G1")
@pytest.mark.django_db(transaction=True)
def test_50_confirmations_for_3_places_end_in_exactly_3() -> None:
    stage = Stage(build())
    mentor, students = stage.troupe.posts["second"], crowd(stage)
    set_quota(mentor, PLACES, actor=stage.clerk)

    def confirm(one: Student) -> Callable[[], object]:
        pair = Pair(one.pk, mentor.pk, today())
        return lambda: begin([pair], origin=Origin.ASSIGNED, actor=installer(), chain=str(mentor.school_id))

    assert at_once([confirm(one) for one in students]) == {"done": PLACES, "ratio_exceeded": MANY - PLACES}
    assert Mentorship.objects.filter(mentor=mentor, ends_on__isnull=True).count() == PLACES
    assert MentorPlaces.objects.get(staff=mentor).taken == PLACES


@pytest.mark.row("G1", "R47")
@pytest.mark.django_db(transaction=True)
def test_50_who_choose_one_club_at_once_get_its_3_places_and_no_more() -> None:
    stage = Stage(build())
    own = stage.troupe
    clubs = [
        Club.objects.create(year=own.year, name=name, adviser=own.posts[post])
        for name, post in (("甲社", "second"), ("乙社", "mentor"))
    ]
    for one in crowd(stage):
        for club in clubs:
            ClubMember.objects.create(club=club, student=one, starts_on=own.year.starts_on)
    stage.draft(mode=Mode.CLUBS)
    mentor = stage.round.mentors.get(code="T06")
    set_places(mentor, lower=0, upper=PLACES, actor=stage.clerk)
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    members = list(stage.round.students.filter(student__clubs__club=clubs[0]))
    actor = stage.cast.actor("student")

    def choose(mine: RoundStudent) -> Callable[[], object]:
        return lambda: choose_club(mine, clubs[0].pk, actor=actor)

    assert at_once([choose(mine) for mine in members]) == {"done": MANY}
    stage.close().propose()
    given = placed_in(stage.round)
    assert given.count() == given.filter(mentor=mentor).count() == PLACES
    assert falls_on(stage.round).count() == MANY + 6 - PLACES


@pytest.mark.django_db(transaction=True)
def test_the_same_tap_many_times_is_written_once() -> None:
    stage = Stage(build())
    stage.open(mode=Mode.TWO_SIDED)
    stage.wish(1, "mentor")
    ask_mentors(stage.round, now() + dt.timedelta(1), actor=stage.clerk)
    mentor, mine = stage.round.mentors.get(code="T05"), stage.mine(1)
    actor = stage.cast.actor("mentor")

    def tap() -> None:
        answer(RoundMentor.objects.get(pk=mentor.pk), mine.pk, "fair", actor=actor)

    assert at_once([tap] * 8) == {"done": 8}
    assert Answer.objects.count() == 1
    assert Entry.objects.filter(type="answer.saved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_have_one_effect() -> None:
    stage = Stage(build())
    stage.open()
    last = add_round(stage.round.programme, mode=Mode.ASSIGN, actor=stage.clerk)
    stage.wish(1, "mentor")
    stage.close().propose()

    def confirm() -> None:
        confirm_round(Round.objects.get(pk=stage.round.pk), actor=stage.clerk)

    assert at_once([confirm, confirm]) == {"done": 1, "invalid_transition": 1}
    assert last.students.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_recomputation_and_a_publication_at_once_do_not_wait_in_a_circle() -> None:
    stage = Stage(build())
    stage.open().close().propose()
    run = lambda: start_run(Round.objects.get(pk=stage.round.pk), actor=stage.clerk)  # noqa: E731
    told = lambda: publish(Programme.objects.get(pk=stage.round.programme_id), actor=stage.leader)  # noqa: E731
    assert at_once([run, told, told]) in (
        {"done": 1, "invalid_transition": 2},  # one of the two won, whichever
    )
    told = Notice.objects.filter(title__contains="来看看你的导师是谁").count()
    assert told in {0, 6}
    assert (
        Mentorship.objects.filter(ends_on__isnull=True, student__school=stage.troupe.school).count() == told
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_who_change_the_policy_at_once_one_is_told() -> None:
    stage = Stage(build())
    own = stage.troupe

    def change(weeks: int) -> Callable[[], object]:
        return lambda: change_policy(own.school, own.year, seen=0, trial_weeks=weeks, actor=stage.leader)

    assert at_once([change(2), change(3)]) == {"done": 1, "policy_changed": 1}
    assert Policy.objects.count() == 1
