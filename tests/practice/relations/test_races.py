"""Two requests for the last place, two taps at once: threads against the real database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from liangshi.foundation.base.clock import today
from liangshi.practice.relations.actions.absences import register, succeed
from liangshi.practice.relations.actions.changes import accept, agree, ask
from liangshi.practice.relations.actions.concerns import close, raise_concern
from liangshi.practice.relations.choices import AbsenceKind, ChangeState, ConcernState, HandOverState
from liangshi.practice.relations.models import Absence, ChangeRequest, Concern, HandOver
from liangshi.practice.relations.queries import absences as queries
from liangshi.practice.relations.queries.concerns import beside
from liangshi.registry.mentorships.models import Apart, MentorPlaces, Mentorship
from tests import cast as troupe
from tests.practice.relations.bonds import Bonds, actor_of
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def racing(transactional_db: None) -> Bonds:
    with transaction.atomic():
        made = Bonds(troupe.build())
        made.since(today())
    return made


def test_two_students_ask_for_the_last_place(racing: Bonds) -> None:
    with transaction.atomic():
        racing.begin("mentor", 1)
        racing.only("second")
        racing.quota(second=1)
    wished = racing.post("second")

    def claim(number: int) -> Callable[[], object]:
        bond, actor = racing.bond(number), actor_of(racing.own.students[number].person)
        return lambda: ask(bond, wished=wished, reason="", safety=False, actor=actor).state

    ends = at_once([claim(0), claim(1)])
    # The slower one is either too late to wish, or his request goes on to the office; nobody is lost.
    assert ends[ChangeState.DONE] == 1
    assert set(ends) - {ChangeState.DONE} < {ChangeState.ASKED, "cannot_wish"}
    assert MentorPlaces.objects.get(staff=wished).taken == 1
    assert Mentorship.objects.filter(mentor=wished, ends_on__isnull=True).count() == 1


def test_two_taps_on_ask(racing: Bonds) -> None:
    bond = racing.bond()

    def tap():
        return ask(bond, wished=racing.post("second"), reason="", safety=False, actor=racing.student).state

    assert at_once([tap, tap, tap]) == {ChangeState.DONE: 1, "bond_ended": 2}
    assert ChangeRequest.objects.count() == HandOver.objects.count() == 1


def test_two_taps_on_accept(racing: Bonds) -> None:
    row = racing.ask(racing.clerk)
    agree(row, racing.post("second"), actor=racing.clerk)

    def tap() -> object:
        mine = ChangeRequest.objects.select_related(
            "mentorship__student__person", "mentorship__mentor", "target"
        ).get()
        return accept(mine, actor=racing.clerk) or "accepted"

    ends = at_once([tap, tap])
    assert ends["accepted"] == 1
    assert set(ends) <= {"accepted", "invalid_transition"}
    assert Mentorship.objects.filter(student=racing.own.student).count() == 2


def test_two_taps_on_what_concerns_safety(racing: Bonds) -> None:
    named = next(each for each in beside(racing.own.student) if each.staff == racing.post("mentor"))

    def tap() -> object:
        return raise_concern(racing.own.student, named, reason="", actor=racing.student) and "told"

    assert at_once([tap, tap, tap]) == {"told": 1, "told_already": 2}
    assert Concern.objects.count() == Apart.objects.count() == 1


def test_a_mentor_is_named_while_a_change_takes_effect(racing: Bonds) -> None:
    """Whichever is first: no letter is open between the two, and the concern stands."""
    row = racing.ask(racing.clerk)
    agree(row, racing.post("second"), actor=racing.clerk)
    named = next(each for each in beside(racing.own.student) if each.staff == racing.post("mentor"))

    def take() -> object:
        mine = ChangeRequest.objects.select_related(
            "mentorship__student__person", "mentorship__mentor", "target"
        )
        return accept(mine.get(), actor=racing.clerk) or "accepted"

    def tell() -> object:
        return raise_concern(racing.own.student, named, reason="", actor=racing.student) and "told"

    assert at_once([take, tell]) == {"accepted": 1, "told": 1}
    assert not HandOver.objects.filter(state=HandOverState.OPEN).exists()
    assert Concern.objects.get().state == ConcernState.OPEN
    assert racing.now() == "周敏甲老师"


def test_two_answer_at_once(racing: Bonds) -> None:
    racing.ask(safety=True)

    def answer() -> object:
        row = Concern.objects.select_related("student").get()
        return close(row, "谈过了", actor=racing.clerk) or "closed"

    assert at_once([answer, answer]) == {"closed": 1, "invalid_transition": 1}


def test_two_taps_on_register_and_on_hand_over(racing: Bonds) -> None:
    staff = racing.post("mentor")

    def tap():
        return register(staff, AbsenceKind.SICK, back_on=None, deputy=None, actor=racing.clerk).state

    assert at_once([tap, tap]) == {"waiting": 1, "away_already": 1}
    plan = queries.rematch(Absence.objects.get())
    picks = {line.bond.pk: line.successor.pk for line in plan.lines}

    def hand_over() -> None:
        succeed(Absence.objects.get(), picks, commitment=plan.commitment, actor=racing.clerk)

    assert at_once([hand_over, hand_over]) == {"done": 1, "invalid_transition": 1}
    assert Mentorship.objects.filter(student=racing.own.student).count() == 2
