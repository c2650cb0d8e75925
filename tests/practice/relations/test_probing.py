"""Who works in the office and mentors as well learns by no choice, no list and no refusal that a student has named him:
his own name is refused first, and for everybody alike."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.practice.needs.actions import (
    choose_co_mentors,
    decide_need,
    end_primary,
    grant_co_mentors,
    propose_need,
)
from liangshi.practice.needs.models import NeedStrategy
from liangshi.practice.relations.actions.absences import register, succeed
from liangshi.practice.relations.actions.changes import agree, withdraw
from liangshi.practice.relations.actions.concerns import raise_concern
from liangshi.practice.relations.choices import AbsenceKind
from liangshi.practice.relations.queries.absences import rematch
from liangshi.practice.relations.queries.concerns import beside
from liangshi.practice.talks.actions.events import report, set_lead
from liangshi.practice.talks.queries.events import candidates
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import cover
from liangshi.registry.mentorships.models import Apart
from tests.asking import SignIn, refused
from tests.cast import grant, installer
from tests.inboxes import told
from tests.practice.relations.bonds import Bonds, another_world


@pytest.fixture(params=[False, True], ids=["not named", "named"])
def named(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def probing(bonds: Bonds, named: bool) -> Bonds:
    """周敏 works in the office too, and has students; 王明's mentor is 李晓明, and maybe he has named 周敏."""
    bonds.begin("second", 4)
    bonds.begin("mentor", 3)
    grant(bonds.own.people["second"], Role.CLERK, school=bonds.own.school)
    if named:
        Apart.objects.create(student=bonds.own.students[3], person=bonds.own.people["second"])
    return bonds


def test_a_swap_page_shows_him_nothing(probing: Bonds, sign_in: SignIn) -> None:
    client = sign_in("second", Role.CLERK)
    his, other = probing.own.students[4], probing.own.students[3]
    page = client.get(reverse("relations:swap", args=[other.pk])).content.decode()
    assert "周敏甲老师" not in page
    url = reverse("relations:swap", args=[his.pk]) + f"?mentor={probing.post('mentor').pk}"
    assert other.person.name not in client.get(url).content.decode()


def test_a_successor(probing: Bonds, named: bool) -> None:
    row = register(probing.post("mentor"), AbsenceKind.SICK, back_on=None, deputy=None, actor=probing.leader)
    probing.quota(second=2)  # one is free, for one of the two who wait
    himself = probing.cast.actor("second", Role.CLERK)
    plan = rematch(row)
    line = next(each for each in reversed(plan.lines) if each.successor != probing.post("second"))
    assert not named or line.bond.student_id == probing.own.students[3].pk
    given = {each.bond.pk: each.successor.pk for each in plan.lines}
    picks = given | {line.bond.pk: probing.post("second").pk}
    assert refused(lambda: succeed(row, picks, commitment=plan.commitment, actor=himself)) == "own_decision"


def test_another_mentor(probing: Bonds) -> None:
    himself = probing.cast.actor("second", Role.CLERK)
    assert (
        refused(lambda: end_primary(probing.own.students[3], successor=probing.post("second"), actor=himself))
        == "own_decision"
    )


def test_a_co_mentor(probing: Bonds) -> None:
    himself = probing.cast.actor("second", Role.CLERK)
    own = probing.own
    need = propose_need(
        own.students[3], category="money", strategies=["SH"], review_on=today().replace(year=today().year + 1),
        by=own.people["clerk"], actor=probing.clerk,
    )  # fmt: skip
    decide_need(need, approve=True, by=own.people["leader"], actor=probing.leader)
    line = NeedStrategy.objects.get(need=need)
    assert (
        refused(lambda: choose_co_mentors({line.pk: probing.post("second").pk}, actor=himself))
        == "own_decision"
    )


def test_a_lead(probing: Bonds) -> None:
    himself = probing.cast.actor("second", Role.CLERK)
    row = report(
        student_id=probing.own.students[3].pk, kind="bereaved", text="x", key=uuid4(), actor=probing.clerk
    )
    assert refused(lambda: set_lead(row, probing.post("second"), actor=himself)) == "own_decision"
    assert all(each.pk != probing.post("second").pk for each, _ in candidates(himself, row))


def test_a_leader_grants_nobody_himself(probing: Bonds) -> None:
    own = probing.own
    grant(own.people["second"], Role.LEADER, school=own.school)
    himself = probing.cast.actor("second", Role.LEADER)
    need = propose_need(
        own.students[3], category="money", strategies=["SH"], review_on=today().replace(year=today().year + 1),
        by=own.people["clerk"], actor=probing.clerk,
    )  # fmt: skip
    decide_need(need, approve=True, by=own.people["leader"], actor=probing.leader)
    NeedStrategy.objects.filter(need=need).update(suggested=probing.post("second"))
    seen = [probing.post("second").pk]
    assert refused(lambda: grant_co_mentors(need, seen=seen, actor=himself)) == "own_decision"


def test_an_offer_that_a_concern_takes_back_goes_like_any_other(bonds: Bonds) -> None:
    """周敏, who looked after the student, is asked to take him. He withdraws, or names 周敏: 周敏 hears the same."""
    chain = str(bonds.own.school.pk)
    cover([bonds.bond()], bonds.post("second"), on=today(), actor=installer(), chain=chain)
    heard = []
    for safety in (False, True):
        with another_world():
            row = bonds.asked_and_agreed()
            if safety:
                about = next(each for each in beside(bonds.own.student) if each.staff == bonds.post("second"))
                raise_concern(bonds.own.student, about, reason="x", actor=bonds.student)
            else:
                withdraw(row, actor=bonds.student)
            heard.append(told(bonds.own.people["second"]))
    assert heard[0] == heard[1]


@pytest.mark.parametrize("wished", [False, True])
def test_a_clerk_gives_himself_nobody_who_has_not_wished_for_him(bonds: Bonds, wished: bool) -> None:
    grant(bonds.own.people["second"], Role.CLERK, school=bonds.own.school)
    himself = bonds.cast.actor("second", Role.CLERK)
    bonds.since(today() - dt.timedelta(60))
    row = bonds.ask(wished=bonds.post("second") if wished else None)
    if wished:
        agree(row, bonds.post("second"), actor=himself)
    else:
        assert refused(lambda: agree(row, bonds.post("second"), actor=himself)) == "own_decision"
