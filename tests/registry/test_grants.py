"""Roles by two persons: who may propose and agree at which place, what is asked again, what is told, who loses them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.audit.queries import verify_all
from liangshi.foundation.base.clock import now, spelled, today
from liangshi.foundation.base.models import new_key
from liangshi.foundation.notices.models import Notice
from liangshi.practice.relations.actions.absences import register
from liangshi.practice.relations.choices import AbsenceKind
from liangshi.practice.rosters.actions import jobs
from liangshi.practice.rosters.actions.people import change_staff_state
from liangshi.registry.access.actions import proposals as deed
from liangshi.registry.access.actions.grants import Appointment, Term, end, hand_code
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import officers
from liangshi.registry.access.choices import Role, Way
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.models import GrantProposal, RoleGrant
from liangshi.registry.access.offices import Office, Place
from liangshi.registry.accounts.actions import activate, issue_codes
from liangshi.registry.accounts.models import Account, ActivationCode
from liangshi.registry.people.actions import set_staff_state
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import Person, Staff
from liangshi.registry.schools.choices import Ownership
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import School
from tests.asking import refused
from tests.cast import PASSWORD, Cast, build, grant, installer, person
from tests.races import at_once

pytestmark = pytest.mark.both


class Hall:
    """The own school and the city, with a second leader and a second officer of the city where a test wants them."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.school = cast, cast.own.school
        self.city, self.leader, self.clerk = cast.actor("city"), cast.actor("leader"), cast.actor("clerk")

    def second_city(self) -> Actor:
        return self.another("市局二", Role.CITY, bureau=self.cast.city)

    def second_leader(self) -> Actor:
        return self.another("副校长", Role.LEADER, school=self.school)

    def another(self, name: str, role: Role, **where: Any) -> Actor:
        who = person(name)
        grant(who, role, **where)
        hat = next(hat for hat in hats_of(who, today()) if hat.role == role)
        return Actor(who.account.pk, who.pk, who.name, hat)

    def held(self, name: str) -> RoleGrant:
        return RoleGrant.objects.get(person=self.cast.person(name))

    def drop(self, *names: str) -> None:
        for name in names:
            RoleGrant.objects.filter(person=self.cast.person(name)).delete()

    def term(self, role: Role = Role.CLERK, **fields: Any) -> Term:
        usual = {
            "place": Place(self.school),
            "ends_on": today() + dt.timedelta(200),
            "reason": "校发〔2026〕1 号",
        }
        return Term(role=role, **{**usual, **fields})

    def propose(
        self,
        actor: Actor,
        role: Role = Role.CLERK,
        name: str = "周敏甲",
        staff_no: str = "T06",
        **fields: Any,
    ) -> GrantProposal:
        made = deed.propose(self.term(role, **fields), name=name, staff_no=staff_no, actor=actor)
        assert isinstance(made, GrantProposal)
        return made

    def bureau(self, actor: Actor, name: str = "区局新人") -> GrantProposal:
        place = Place(bureau=self.cast.county)
        made = deed.propose(self.term(Role.COUNTY, place=place), name=name, actor=actor)
        assert isinstance(made, GrantProposal)
        return made

    def again(self, row: GrantProposal, actor: Actor) -> GrantProposal:
        """The same once more by somebody else, who does not know who is meant: what no page lets through."""
        made = GrantProposal.objects.get(pk=row.pk)
        made.pk, made.person, made.asked_by_id, made.asked_as = new_key(), None, actor.person_id, actor.role
        made.save(force_insert=True)
        return made

    def roles(self, name: str = "second") -> list[str]:
        return [hat.role.value for hat in hats_of(self.cast.person(name), today())]


@pytest.fixture
def hall(cast: Cast) -> Hall:
    return Hall(cast)


def empty_school(cast: Cast) -> School:
    return School.objects.create(
        code="3134000077",
        name="示范新建中学",
        short_name="新建",
        ownership=Ownership.PUBLIC,
        bureau=cast.county,
    )


def agreed(row: GrantProposal, actor: Actor) -> Appointment:
    made = deed.agree(row, actor=actor)
    assert made
    return made


# Two persons


@pytest.mark.parametrize(("asks", "agrees"), [("leader", "city"), ("city", "leader")])
def test_two_persons_give_a_role_and_one_is_of_the_school(hall: Hall, asks: str, agrees: str) -> None:
    row = hall.propose(getattr(hall, asks))
    assert hall.roles() == ["mentor"]
    made = agreed(row, getattr(hall, agrees)).grant
    assert hall.roles() == ["clerk", "mentor"]
    assert (made.proposed_by_id, made.decided_by_id) == (
        getattr(hall, asks).person_id,
        getattr(hall, agrees).person_id,
    )
    assert made.way == Way.TWO
    entries = Entry.objects.filter(chain=str(hall.school.pk), type__startswith="access.").order_by("seq")
    assert [entry.type for entry in entries] == ["access.proposed", "access.granted"]
    assert entries[1].detail["proposed_by"] == str(made.proposed_by_id)


def test_nobody_agrees_to_his_own(hall: Hall) -> None:
    for actor in (hall.leader, hall.city):
        row = hall.propose(actor)
        assert refused(lambda row=row, actor=actor: deed.agree(row, actor=actor)) == "not_yours"
        assert refused(lambda row=row, actor=actor: deed.refuse(row, actor=actor)) == "not_yours"
        deed.withdraw(row, actor=actor)
    assert hall.roles() == ["mentor"]


def test_the_city_alone_gives_nothing_at_a_school_with_a_leader(hall: Hall) -> None:
    row, other = hall.propose(hall.city), hall.second_city()
    assert refused(lambda: deed.agree(row, actor=other)) == "not_yours"
    assert refused(lambda: deed.agree(row, actor=hall.clerk)) == "not_yours"
    assert agreed(row, hall.leader)


def test_without_a_leader_the_clerk_must_agree(hall: Hall) -> None:
    hall.drop("leader")
    row, other = hall.propose(hall.city, Role.LEADER), hall.second_city()
    assert refused(lambda: deed.agree(row, actor=other)) == "not_yours"
    assert agreed(row, hall.clerk)
    assert hall.roles()[0] == "leader"


def test_a_clerk_proposes_nothing(hall: Hall) -> None:
    assert refused(lambda: hall.propose(hall.clerk)) == "no_right"
    assert not GrantProposal.objects.exists()


def test_nobody_proposes_at_another_place(hall: Hall) -> None:
    stranger = hall.cast.actor("other_leader")
    assert refused(lambda: hall.propose(stranger)) == "no_right"
    row = hall.propose(hall.leader)
    for name in ("other_leader", "other_clerk", "county"):
        assert refused(lambda name=name: deed.agree(row, actor=hall.cast.actor(name))) == "not_yours"


def test_where_nobody_is_in_office_two_of_the_city_give_it_back(hall: Hall) -> None:
    hall.drop("leader", "clerk")
    row = hall.propose(hall.city, Role.LEADER)
    assert agreed(row, hall.second_city())


def test_nobody_agrees_to_a_role_of_his_own(hall: Hall) -> None:
    """Neither where it is known whom it means, nor where that is looked up only when it is agreed to."""
    leader = hall.second_leader()
    row = deed.extend(hall.held("leader"), ends_on=today() + dt.timedelta(360), reason="续", actor=leader)
    assert refused(lambda: deed.agree(row, actor=hall.leader)) == "not_yours"
    hall.drop("leader")
    RoleGrant.objects.filter(person=leader.person_id).delete()
    row = hall.propose(hall.city, Role.LEADER, "干事甲", "T02")
    assert row.person is None
    assert refused(lambda: deed.agree(row, actor=hall.clerk)) == "own_decision"


def test_nobody_proposes_himself(hall: Hall) -> None:
    assert refused(lambda: hall.propose(hall.leader, name="书记甲", staff_no="T01")) == "own_decision"
    own = hall.held("leader")
    far = today() + dt.timedelta(360)
    assert refused(lambda: deed.extend(own, ends_on=far, reason="续", actor=hall.leader)) == "own_decision"


# The database


@pytest.mark.parametrize(
    "wrong",
    [
        {"decided_by": None}, {"proposed_by": None}, {"decided_by": "holder"}, {"proposed_by": "holder"},
        {"decided_by": "proposer"}, {"way": "keyboard"}, {"way": "founding"}, {"way": "earlier"},
        {"ended_by": "holder", "ended_at": "now", "ended_reason": "x"}, {"ended_at": "now"}, {"ended_reason": "x"},
        {"ends_on": "start"},
    ],
    ids=str,
)  # fmt: skip
def test_the_database_refuses_a_grant_by_one(hall: Hall, wrong: dict[str, Any]) -> None:
    row = hall.held("clerk")
    meant = {"holder": row.person, "proposer": row.proposed_by, "now": now(), "start": row.starts_on}
    values = {name: meant.get(value, value) for name, value in wrong.items()}  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.filter(pk=row.pk).update(**values)


@pytest.mark.parametrize("place", ["school", "bureau"])
def test_there_is_one_founder_of_a_place(cast: Cast, place: str) -> None:
    where = {"school": cast.own.school} if place == "school" else {"bureau": cast.city}
    role = Role.LEADER if place == "school" else Role.CITY
    for who in (person("一"), person("二")):
        grant(who, role, **where)
    founders = RoleGrant.objects.filter(**where, role=role, person__name__in=["一", "二"])
    with pytest.raises(IntegrityError), transaction.atomic():
        founders.update(way=Way.FOUNDING, decided_by=None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"decided_by": "asker"}, {"decided_by": "meant"}, {"state": "agreed"}, {"decided_by": "leader"},
        {"state": "agreed", "decided_by": "leader", "decided_on": "today", "at_keyboard": True}, {"person": "asker"},
        {"ends_on": None}, {"does": "extend"}, {"role": "city"},
    ],
    ids=str,
)  # fmt: skip
def test_the_database_refuses_a_proposal_decided_by_one(hall: Hall, wrong: dict[str, Any]) -> None:
    row = hall.propose(hall.leader)
    meant = {
        "asker": row.asked_by,
        "meant": row.person,
        "leader": hall.cast.person("clerk"),
        "today": today(),
    }
    if wrong == {"decided_by": "asker"} or wrong == {"decided_by": "meant"}:
        wrong = {**wrong, "state": "agreed", "decided_on": today()}
    values = {name: meant.get(value, value) for name, value in wrong.items()}  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantProposal.objects.filter(pk=row.pk).update(**values)


# The first of a school


def test_the_first_of_an_empty_school_needs_no_second_and_both_logs_say_so(hall: Hall) -> None:
    school = empty_school(hall.cast)
    made = deed.propose(hall.term(place=Place(school)), name="新干事", staff_no="N01", actor=hall.city)
    assert isinstance(made, Appointment)
    assert made.code
    assert (made.grant.way, made.grant.proposed_by_id, made.grant.decided_by_id) == (
        Way.FOUNDING,
        hall.city.person_id,
        None,
    )
    said = Entry.objects.filter(type="access.founded").order_by("chain")
    assert {entry.chain for entry in said} == {str(school.pk), "city"}
    # The second needs the first.
    row = deed.propose(
        hall.term(Role.LEADER, place=Place(school)), name="校长", staff_no="N02", actor=hall.city
    )
    assert isinstance(row, GrantProposal)
    assert refused(lambda: deed.agree(row, actor=hall.second_city())) == "not_yours"
    assert not Staff.objects.filter(school=school, staff_no="N02").exists()


@pytest.mark.parametrize("trace", ["grant", "student", "staff"])
def test_a_school_that_had_somebody_has_no_first_any_more(hall: Hall, trace: str) -> None:
    school = empty_school(hall.cast)
    if trace == "grant":
        grant(person("从前的"), Role.CLERK, school=school)
        RoleGrant.objects.filter(school=school).update(ends_on=today() - dt.timedelta(1))
    elif trace == "student":
        hall.cast.own.students[4].__class__.objects.filter(pk=hall.cast.own.students[4].pk).update(
            school=school
        )
    else:
        Staff.objects.create(school=school, staff_no="N07", person=person("老师"))
    row = deed.propose(hall.term(place=Place(school)), name="新干事", staff_no="N01", actor=hall.city)
    assert isinstance(row, GrantProposal)


def test_the_first_is_of_the_office_and_the_city_does_not_found_itself(hall: Hall) -> None:
    school = empty_school(hall.cast)
    head = hall.term(Role.GRADE_HEAD, place=Place(school), cohort=hall.cast.own.cohort)
    assert (
        refused(lambda: deed.propose(head, name="组长", staff_no="N1", actor=hall.city))
        == "founds_with_office"
    )
    assert refused(lambda: hall.bureau(hall.cast.actor("county"))) == "no_right"


# Who is meant


def test_whoever_proposes_from_the_city_learns_nothing_of_the_staff(hall: Hall) -> None:
    """A right name, a wrong one, a 工号 that nobody has, one of somebody who has left: the same answer."""
    Staff.objects.filter(pk=hall.cast.own.posts["worker"].pk).update(state=StaffState.RETIRED)
    for name, number in (("周敏甲", "T06"), ("别人", "T02"), ("谁", "X99"), ("工勤甲", "T08")):
        row = hall.propose(hall.city, name=name, staff_no=number)
        assert (row.person, row.name) == (None, name)
    hall.drop("leader", "clerk")
    other = hall.second_city()
    said = {
        (refused(lambda row=row: deed.agree(row, actor=other)))
        for row in GrantProposal.objects.exclude(name="周敏甲")
    }
    assert said == {"does_not_match"}


@pytest.mark.parametrize(
    ("name", "number", "code"),
    [("别人", "T02", "staff_no_taken"), ("谁", "X99", "not_in_roster"), ("工勤甲", "T08", "has_left")],
)
def test_the_school_hears_what_does_not_fit(hall: Hall, name: str, number: str, code: str) -> None:
    Staff.objects.filter(pk=hall.cast.own.posts["worker"].pk).update(state=StaffState.RETIRED)
    assert refused(lambda: hall.propose(hall.leader, name=name, staff_no=number)) == code
    row = hall.propose(hall.city, name=name, staff_no=number)
    assert refused(lambda: deed.agree(row, actor=hall.leader)) == code


def test_a_newcomer_of_a_school_without_a_roster_is_made_when_it_is_agreed_to(hall: Hall) -> None:
    school = empty_school(hall.cast)
    first = deed.propose(hall.term(place=Place(school)), name="新干事", staff_no="N01", actor=hall.city)
    assert isinstance(first, Appointment)
    clerk = hall.another("干事二", Role.CLERK, school=school)
    row = deed.propose(
        hall.term(Role.LEADER, place=Place(school)), name="校长", staff_no="N02", actor=hall.city
    )
    assert isinstance(row, GrantProposal)
    before = Person.objects.count()
    agreed(row, clerk)
    assert Person.objects.count() == before + 1
    assert Staff.objects.get(school=school, staff_no="N02").post == "assistant"


def test_who_has_it_already_is_extended_and_what_waits_is_not_proposed_twice(hall: Hall) -> None:
    assert refused(lambda: hall.propose(hall.leader, name="干事甲", staff_no="T02")) == "grant_held"
    row = hall.propose(hall.leader)
    assert refused(lambda: hall.propose(hall.leader)) == "proposed_already"
    assert refused(lambda: hall.propose(hall.city)) == "proposed_already"
    twice = hall.again(row, hall.city)
    assert agreed(row, hall.city)
    assert refused(lambda: deed.agree(twice, actor=hall.leader)) == "grant_held"


# Asked again when it is agreed to


def test_what_was_proposed_by_somebody_who_is_out_of_office_is_not_agreed_to(hall: Hall) -> None:
    leader, other = hall.second_leader(), hall.leader
    row = hall.propose(leader)
    end(RoleGrant.objects.get(person=leader.person_id), reason="调走", actor=other)
    assert refused(lambda: deed.agree(row, actor=hall.city)) == "proposer_gone"
    deed.refuse(row, actor=hall.leader)
    assert GrantProposal.objects.get().state == "refused"


def test_whoever_is_out_of_office_agrees_to_nothing(hall: Hall) -> None:
    row, leader = hall.propose(hall.city), hall.second_leader()
    end(hall.held("leader"), reason="调走", actor=leader)
    assert refused(lambda: deed.agree(row, actor=hall.leader)) == "not_yours"
    assert agreed(row, leader)


def test_a_leader_who_came_in_meanwhile_is_asked(hall: Hall) -> None:
    hall.drop("leader")
    row = hall.propose(hall.city)
    hall.second_leader()
    assert refused(lambda: deed.agree(row, actor=hall.clerk)) == "not_yours"


def test_a_proposal_whose_days_are_over_is_not_agreed_to(hall: Hall) -> None:
    row = hall.propose(hall.leader, ends_on=today() + dt.timedelta(3))
    with time_machine.travel(now() + dt.timedelta(4)):
        assert refused(lambda: deed.agree(row, actor=hall.city)) == "grant_needs_end"
        assert GrantProposal.objects.get().state == "asked"


def test_what_was_decided_or_withdrawn_stays_so(hall: Hall) -> None:
    row = hall.propose(hall.leader)
    assert refused(lambda: deed.withdraw(row, actor=hall.city)) == "not_own"
    deed.refuse(row, actor=hall.city)
    assert refused(lambda: deed.agree(row, actor=hall.city)) == "invalid_transition"
    assert refused(lambda: deed.withdraw(row, actor=hall.leader)) == "proposal_decided"
    row = hall.propose(hall.leader)
    deed.withdraw(row, actor=hall.leader)
    assert refused(lambda: deed.agree(row, actor=hall.city)) == "proposal_withdrawn"
    assert hall.roles() == ["mentor"]


def test_it_is_not_agreed_to_for_who_has_left_meanwhile(hall: Hall) -> None:
    row = hall.propose(hall.leader)
    Staff.objects.filter(pk=hall.cast.own.posts["second"].pk).update(state=StaffState.GONE)
    assert refused(lambda: deed.agree(row, actor=hall.city)) == "does_not_match"
    assert refused(lambda: deed.agree(row, actor=hall.second_leader())) == "has_left"


# Extended, replaced, laid down, ended


def test_an_extension_joins_without_a_gap_and_says_so(hall: Hall) -> None:
    held, far = hall.held("clerk"), today() + dt.timedelta(366)
    assert (
        refused(lambda: deed.extend(held, ends_on=held.ends_on, reason="续", actor=hall.leader))
        == "not_longer"
    )
    too_far = today() + dt.timedelta(367)
    assert (
        refused(lambda: deed.extend(held, ends_on=too_far, reason="续", actor=hall.leader))
        == "grant_needs_end"
    )
    made = agreed(deed.extend(held, ends_on=far, reason="续", actor=hall.leader), hall.city).grant
    held.refresh_from_db()
    assert (held.ends_on, made.starts_on, made.ends_on, made.follows) == (today(), today(), far, held)
    assert (held.ended_reason, held.ended_by_id) == ("续任", hall.city.person_id)
    assert [hat.role.value for hat in hats_of(hall.cast.person("clerk"), today())] == ["clerk", "staff"]


def test_what_was_ended_meanwhile_is_not_extended(hall: Hall) -> None:
    held = hall.held("clerk")
    row = deed.extend(held, ends_on=today() + dt.timedelta(366), reason="续", actor=hall.leader)
    end(held, reason="调走", actor=hall.leader)
    assert refused(lambda: deed.agree(row, actor=hall.city)) == "proposal_withdrawn"
    assert GrantProposal.objects.get().voided_at
    assert not Notice.objects.filter(title__endswith="等您决定", read_at=None).exists()


def test_what_ran_out_meanwhile_is_not_extended(hall: Hall) -> None:
    held = hall.held("clerk")
    row = deed.extend(held, ends_on=today() + dt.timedelta(366), reason="续", actor=hall.leader)
    RoleGrant.objects.filter(pk=held.pk).update(ends_on=today())
    assert refused(lambda: deed.agree(row, actor=hall.city)) == "grant_over"


def test_a_successor_comes_as_the_former_goes(hall: Hall) -> None:
    """Even where the former one has proposed it, or agrees to it, himself."""
    held = hall.held("leader")
    row = deed.replace(
        held,
        name="周敏甲",
        staff_no="T06",
        ends_on=today() + dt.timedelta(99),
        reason="换届",
        actor=hall.leader,
    )
    agreed(row, hall.city)
    held.refresh_from_db()
    assert (held.ends_on, held.ended_reason, held.ended_by_id) == (
        today(),
        "由周敏甲接替",
        hall.city.person_id,
    )
    assert hall.roles()[0] == "leader"
    heir = RoleGrant.objects.get(person=hall.cast.person("second"))
    leader = Actor(None, heir.person_id, "周敏甲", hats_of(heir.person, today())[0])
    row = deed.replace(
        heir,
        name="组长甲",
        staff_no="T03",
        ends_on=today() + dt.timedelta(99),
        reason="换届",
        actor=hall.city,
    )
    agreed(row, leader)
    heir.refresh_from_db()
    assert (heir.ends_on, heir.ended_by_id) == (heir.starts_on, hall.city.person_id)


def test_a_leader_lays_down_his_office_when_another_agrees(hall: Hall) -> None:
    row = deed.resign(hall.held("leader"), reason="身体原因", actor=hall.leader)
    assert refused(lambda: deed.agree(row, actor=hall.leader)) == "not_yours"
    assert refused(lambda: deed.agree(row, actor=hall.clerk)) == "not_yours"
    assert deed.agree(row, actor=hall.city) is None  # the last leader: by the bureau alone
    held = hall.held("leader")
    assert (held.ends_on, held.ended_reason) == (today(), "卸任：身体原因")
    assert refused(lambda: deed.resign(hall.held("clerk"), reason="x", actor=hall.leader)) == "not_own"


def test_the_last_of_the_city_stays_until_there_is_another(hall: Hall) -> None:
    own = hall.held("city")
    assert refused(lambda: deed.resign(own, reason="x", actor=hall.city)) == "last_one"
    other = hall.second_city()
    row = deed.resign(own, reason="调动", actor=hall.city)
    RoleGrant.objects.filter(person=other.person_id).update(ends_on=today())
    assert refused(lambda: deed.agree_at_keyboard(row, actor=installer())) == "not_at_keyboard"


def test_what_is_ended_is_ended_honestly(hall: Hall) -> None:
    """On its first day too: it began when it began, and holds on no day."""
    made = agreed(hall.propose(hall.leader), hall.city).grant
    assert refused(lambda: end(made, reason=" ", actor=hall.leader)) == "grant_needs_reason"
    end(made, reason="任命有误", actor=hall.leader)
    made.refresh_from_db()
    assert (made.starts_on, made.ends_on) == (today(), today())
    assert (made.ended_reason, made.ended_by_id) == ("任命有误", hall.leader.person_id)
    assert made.ended_at
    assert hall.roles() == ["mentor"]
    assert refused(lambda: end(made, reason="x", actor=hall.leader)) == "grant_over"
    entry = Entry.objects.get(type="access.revoked")
    assert entry.detail["until"] == str(today() + dt.timedelta(200))


def test_nobody_ends_his_own_nor_what_is_not_his_to_end(hall: Hall) -> None:
    assert refused(lambda: end(hall.held("leader"), reason="x", actor=hall.leader)) == "own_decision"
    assert refused(lambda: end(hall.held("leader"), reason="x", actor=hall.clerk)) == "no_right"
    others = hall.cast.actor("other_leader")
    assert refused(lambda: end(hall.held("leader"), reason="x", actor=others)) == "no_right"
    end(hall.held("leader"), reason="市局决定", actor=hall.city)
    assert hall.cast.person("leader").name in Notice.objects.filter(role="clerk").latest("created_at").title


def test_of_two_who_end_each_other_one_stays(hall: Hall) -> None:
    """What the second page still shows does not hold any more."""
    other = hall.second_leader()
    mine, his = hall.held("leader"), RoleGrant.objects.get(person=other.person_id)
    end(his, reason="x", actor=hall.leader)
    assert refused(lambda: end(mine, reason="x", actor=other)) == "no_right"
    city = hall.second_city()
    end(RoleGrant.objects.get(person=city.person_id), reason="x", actor=hall.city)
    assert refused(lambda: end(hall.held("city"), reason="x", actor=city)) == "no_right"


# Told, and the way in


def test_the_school_and_whom_it_concerns_are_told(hall: Hall) -> None:
    agreed(hall.propose(hall.city), hall.leader)
    for role in ("leader", "clerk"):
        told = Notice.objects.get(school=hall.school.pk, role=role, key__startswith="grant:")
        assert (
            told.title == f"周敏甲现在是学校办公室，到 {spelled(today() + dt.timedelta(199))}"
        )  # the last day
    own = Notice.objects.get(person=hall.cast.person("second").pk)
    assert "学校办公室" in own.title
    asked = Notice.objects.get(person=hall.city.person_id)
    assert asked.title == "您提出的「周敏甲·学校办公室」：同意"


def test_a_refusal_is_told_to_whoever_proposed_it_and_to_nobody_else(hall: Hall) -> None:
    deed.refuse(hall.propose(hall.city), actor=hall.leader)
    assert [told.person for told in Notice.objects.filter(title__contains="不同意")] == [hall.city.person_id]
    assert not Notice.objects.filter(role="clerk").exists()


def test_whoever_decides_hears_that_something_waits_until_it_is_decided(hall: Hall) -> None:
    row = hall.propose(hall.city)
    waits = Notice.objects.filter(title="授予：周敏甲·学校办公室，等您决定")
    assert {told.person for told in waits.filter(read_at=None)} == {hall.leader.person_id}
    agreed(row, hall.leader)
    assert not waits.filter(read_at=None).exists()
    deed.withdraw(hall.propose(hall.leader, Role.LEADER), actor=hall.leader)
    assert not Notice.objects.filter(title__endswith="等您决定", read_at=None).exists()


def test_where_the_one_leader_proposes_the_city_hears_and_no_clerk(hall: Hall) -> None:
    row = hall.propose(hall.leader)
    others = RoleGrant.objects.filter(role="leader", school=row.school).exclude(person=hall.leader.person_id)
    for held in others:
        end(held, reason="调走", actor=hall.leader)
    Notice.objects.all().delete()
    hall.propose(hall.leader, Role.LEADER)
    waits = Notice.objects.filter(title__endswith="等您决定")
    assert {told.role for told in waits} == {"city"}
    assert hall.city.person_id in {told.person for told in waits}


def test_a_slip_printed_before_the_appointment_opens_nothing(hall: Hall) -> None:
    account = hall.cast.person("second").account
    code = issue_codes([account], actor=hall.clerk)[account.pk]
    made = agreed(hall.propose(hall.leader, Role.LEADER), hall.city)
    assert (made.code, made.then) == ("", "请申请启用字条：一人申请，另一人确认。")
    assert refused(lambda: activate(login=account.login, code=code, password=PASSWORD)) == "bad_code"
    assert not ActivationCode.objects.filter(account=account).exists()


def test_an_account_in_use_gets_no_code(hall: Hall) -> None:
    account = hall.cast.person("second").account
    account.set_password(PASSWORD)
    account.save()
    made = agreed(hall.propose(hall.leader), hall.city)
    assert not made.code
    assert "已经启用" in made.then
    assert refused(lambda: hand_code(made.grant, actor=hall.leader)) == "activated_already"


def test_whoever_is_of_the_city_gets_his_code_from_the_operator_whatever_else_he_holds(hall: Hall) -> None:
    other = hall.second_city()
    account = Account.objects.get(person=other.person_id)
    account.set_password(PASSWORD)
    account.save()
    row = grant(account.person, Role.COUNTY, bureau=hall.cast.county)
    assert refused(lambda: hand_code(row, actor=hall.city)) == "no_code"


def test_the_city_gets_no_code_for_somebody_at_a_school(hall: Hall) -> None:
    hall.drop("clerk")
    made = agreed(hall.propose(hall.leader), hall.city)
    assert not made.code
    assert refused(lambda: hand_code(made.grant, actor=hall.city)) == "no_code"
    assert refused(lambda: hand_code(made.grant, actor=hall.leader)) == "no_code"
    hall.drop("leader", "grade_head")
    assert refused(lambda: hand_code(made.grant, actor=hall.city)) == "no_code"
    assert hand_code(made.grant, actor=installer()).code


def test_the_first_of_a_school_gets_another_code_until_somebody_else_is_there(hall: Hall) -> None:
    school = empty_school(hall.cast)
    first = deed.propose(hall.term(place=Place(school)), name="新干事", staff_no="N01", actor=hall.city)
    assert isinstance(first, Appointment)
    assert hand_code(first.grant, actor=hall.city).code != first.code
    grant(person("校长"), Role.LEADER, school=school)
    assert refused(lambda: hand_code(first.grant, actor=hall.city)) == "no_code"


def test_officers_of_a_bureau_get_theirs_from_the_city(hall: Hall) -> None:
    other = hall.second_city()
    made = agreed(hall.bureau(hall.city), other)
    assert made.code
    assert made.account.login.startswith("340202")
    assert hand_code(made.grant, actor=hall.city).code
    assert Entry.objects.filter(type="access.code").latest("seq").detail["account"] == str(made.account.pk)


# At the keyboard


def keyboard(*args: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("confirm_grant", *args, stdout=out, **options)
    return out.getvalue()


def test_the_only_officer_of_the_city_is_confirmed_by_the_operator(hall: Hall) -> None:
    assert "没有要在这里确认的" in keyboard()
    row = hall.bureau(hall.city)
    assert "1  授予  甲区教育局  区局新人" in keyboard()
    with pytest.raises(CommandError, match="没有这个序号"):
        keyboard("2")
    said = keyboard("1")
    made = RoleGrant.objects.get(person__name="区局新人")
    assert made.person.account.login in said
    assert "启用码" in said
    assert (made.way, made.decided_by) == (Way.KEYBOARD, None)
    row.refresh_from_db()
    assert (row.state, row.at_keyboard) == ("agreed", True)
    entry = Entry.objects.get(type="access.granted", object=str(made.pk))
    assert (entry.actor, entry.chain, entry.account) == ("安装程序", "city", "")
    assert "启用码" in keyboard(code=made.person.account.login)
    with pytest.raises(CommandError, match="没有在任的人"):
        keyboard(code="nobody")
    assert not [problem for _, problem in verify_all().values() if problem]


def test_the_operator_confirms_nothing_that_somebody_else_may(hall: Hall) -> None:
    rows = [hall.propose(hall.city), hall.propose(hall.leader, name="组长甲", staff_no="T03")]
    hall.second_city()
    rows.append(hall.bureau(hall.city))
    assert "没有要在这里确认的" in keyboard()
    for row in rows:
        assert refused(lambda row=row: deed.agree_at_keyboard(row, actor=installer())) == "not_at_keyboard"


ONE, TWO, THREE, FOUR, FIVE = (new_key() for _ in range(5))


@pytest.mark.parametrize("leaders", [(), (ONE,), (ONE, TWO)])
@pytest.mark.parametrize("clerks", [(), (THREE,)])
@pytest.mark.parametrize("city", [(FOUR,), (FOUR, FIVE)])
def test_a_third_person_is_never_needed(leaders: Any, clerks: Any, city: Any) -> None:
    """However few are in office, what may be proposed at a school can be decided, by somebody else or at the keyboard;
    and as long as anybody else is in office there, one of the two is of the school."""
    held = {Role.LEADER: leaders, Role.CLERK: clerks, Role.CITY: city}
    office = Office(True, frozenset(leaders), frozenset(clerks), frozenset(city))
    for asks, role in [*((who, Role.LEADER) for who in leaders), *((who, Role.CITY) for who in city)]:
        for meant in {None, *leaders, *clerks} - {asks}:
            row = GrantProposal(asked_by_id=asks, asked_as=role, person_id=meant, does="new", role="clerk")
            found = [who for his in held for who in held[his] if not office.refusal(row, who, his)]
            assert bool(found) != office.at_keyboard(row)
            assert not {asks, meant} & set(found)
            own = {*leaders, *clerks} - {meant}
            assert not own or all({asks, who} & own for who in found)


# Who leaves


def by_form(cast: Cast, post: Staff) -> None:
    change_staff_state(post, StaffState.RETIRED, actor=cast.actor("leader"))


def suspended_by_form(cast: Cast, post: Staff) -> None:
    change_staff_state(post, StaffState.SUSPENDED, actor=cast.actor("leader"))


def in_the_registry(cast: Cast, post: Staff) -> None:
    set_staff_state(post, StaffState.GONE, actor=installer())


def by_file(cast: Cast, post: Staff) -> None:
    text = f"工号,姓名,任教学科,状态\n{post.staff_no},{post.person.name},数学,离职\n"
    jobs.apply_file(
        cast.own.school, text.encode(), "教职工.csv", kind=None, year_start=current_year_start(),
        actor=cast.actor("clerk"), dry=False,
    )  # fmt: skip


def away_for_good(kind: AbsenceKind) -> Callable[[Cast, Staff], None]:
    def leave(cast: Cast, post: Staff) -> None:
        register(post, kind, back_on=None, deputy=cast.own.posts["second"], actor=cast.actor("leader"))

    return leave


WAYS: dict[str, Callable[[Cast, Staff], None]] = {
    "form": by_form,
    "form, suspended": suspended_by_form,
    "file": by_file,
    "registry": in_the_registry,
    **{
        kind.value: away_for_good(kind)
        for kind in (AbsenceKind.GONE, AbsenceKind.RETIRED, AbsenceKind.CONDUCT)
    },
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_whoever_leaves_holds_no_office_there_from_the_same_day(
    cast: Cast, way: Callable[[Cast, Staff], None]
) -> None:
    post = cast.own.posts["grade_head"]
    elsewhere = grant(post.person, Role.COUNTY, bureau=cast.county)
    way(cast, post)
    post.refresh_from_db()
    assert post.state != StaffState.ON_DUTY
    held = RoleGrant.objects.get(person=post.person, role=Role.GRADE_HEAD)
    assert (held.ends_on, held.ended_reason) == (today(), "岗位变动")
    assert not [hat for hat in hats_of(post.person, today()) if hat.role == Role.GRADE_HEAD]
    elsewhere.refresh_from_db()
    assert elsewhere.ends_on > today()
    assert not Notice.objects.filter(person=post.person_id, title__contains="年级组长").exists()


def test_a_grant_that_was_forgotten_gives_no_hat_to_who_has_left(cast: Cast) -> None:
    """Whatever wrote the state: the post alone decides."""
    post = cast.own.posts["grade_head"]
    for state in (StaffState.GONE, StaffState.RETIRED, StaffState.SUSPENDED):
        Staff.objects.filter(pk=post.pk).update(state=state)
        assert hats_of(post.person, today()) == []
        assert "年级组长" not in {held.get_role_display() for held in officers(post.school_id, Role)}
    Staff.objects.create(
        school=post.school, staff_no="T93", person=post.person
    )  # he has come back under a new 工号
    assert hats_of(post.person, today())[0].role == Role.GRADE_HEAD


def test_the_city_is_told_of_a_school_without_a_leader(cast: Cast) -> None:
    set_staff_state(cast.own.posts["leader"], StaffState.RETIRED, actor=installer())
    told = Notice.objects.get(person=cast.person("city").pk)
    assert told.title == "示范甲中学现在没有在任的校领导，请提出人选"


def test_who_leaves_with_students_has_no_office_while_they_wait_for_a_successor(cast: Cast) -> None:
    post = cast.own.posts["mentor"]
    grant(post.person, Role.LEADER, school=cast.own.school)
    row = register(post, AbsenceKind.GONE, back_on=None, deputy=None, actor=cast.actor("clerk"))
    assert row.state == "waiting"
    assert Role.LEADER not in {hat.role for hat in hats_of(post.person, today())}


# Races


@pytest.fixture
def standing() -> Hall:
    """A hall that other connections see."""
    with transaction.atomic():
        return Hall(build())


@pytest.mark.django_db(transaction=True)
def test_of_two_who_agree_at_once_one_gives_it(standing: Hall) -> None:
    with transaction.atomic():
        other = standing.second_leader()
        row = standing.propose(standing.city)
    both = [lambda by=by: bool(deed.agree(row, actor=by)) for by in (standing.leader, other)]
    assert at_once(both) == {"done": 1, "invalid_transition": 1}
    assert RoleGrant.objects.filter(person=standing.cast.person("second")).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_proposals_for_one_person_one_is_agreed_to(standing: Hall) -> None:
    with transaction.atomic():
        row = standing.propose(standing.leader)
        rows = [row, standing.again(row, standing.city)]
    by = [standing.city, standing.leader]
    both = [lambda row=row, by=by: bool(deed.agree(row, actor=by)) for row, by in zip(rows, by, strict=True)]
    assert at_once(both) == {"done": 1, "grant_held": 1}
    assert RoleGrant.objects.filter(person=standing.cast.person("second")).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_who_end_each_other_at_once_one_stays(standing: Hall) -> None:
    with transaction.atomic():
        other = standing.second_leader()
    mine, his = standing.held("leader"), RoleGrant.objects.get(person=other.person_id)
    both = [
        lambda: end(his, reason="x", actor=standing.leader),
        lambda: end(mine, reason="x", actor=other),
    ]
    assert at_once(both) == {"done": 1, "no_right": 1}
    assert len(officers(standing.school.pk, [Role.LEADER])) == 1
