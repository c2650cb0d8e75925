"""换导师: who may ask, what is granted at once, what the office decides, and that nothing happens twice."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.notices.models import Notice
from liangshi.practice.relations.actions import changes as actions
from liangshi.practice.relations.actions.requests import decline
from liangshi.practice.relations.choices import ChangeState
from liangshi.practice.relations.models import ChangeRequest, HandOver
from liangshi.practice.relations.queries import changes as queries
from liangshi.practice.rosters.actions.people import change_student_state
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import cover
from liangshi.registry.mentorships.models import MentorPlaces, Mentorship
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import GuardianLink, Person, Staff
from tests.cast import grant, guardian, installer
from tests.inboxes import told
from tests.practice.relations.bonds import Bonds, actor_of

LONG_AGO = 28  # days: the first day after the trial


def test_the_trial_lasts_four_weeks(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(27))
    assert queries.in_trial(bonds.bond())
    assert queries.trial_last(bonds.bond(), 4) == today()  # the day that is printed is one on which it works
    bonds.since(today() - dt.timedelta(LONG_AGO))
    assert not queries.in_trial(bonds.bond())
    assert queries.trial_last(bonds.bond(), 4) == today() - dt.timedelta(1)
    assert (queries.in_trial(bonds.bond(), 0), queries.trial_last(bonds.bond(), 0)) == (False, None)


@pytest.mark.row("R49", "N12")
def test_in_the_trial_the_first_wish_is_granted_at_once(bonds: Bonds) -> None:
    """R49: within 4 weeks, without a reason; N12: what the mentor reads is 「导师调整」."""
    bonds.since(today() - dt.timedelta(27))
    old = bonds.bond()
    row = bonds.ask(wished=bonds.post("second"), reason="说不上来")
    assert (row.state, row.target) == (ChangeState.DONE, bonds.post("second"))
    old.refresh_from_db()
    new = bonds.bond()
    assert (old.ends_on, new.starts_on) == (today(), today())  # half-open: no gap, no overlap
    assert (str(new.mentor), new.origin, old.end_reason) == ("周敏甲老师", "changed", "agreed")
    assert told(bonds.own.people["student"])[-1] == "导师调整：从今天起，你的导师是周敏甲老师"
    assert told(bonds.own.people["guardian"]) == ["欧阳雨桐甲的导师调整：从今天起是周敏甲老师"]
    assert told(bonds.own.people["second"]) == ["导师调整：从今天起，您新增 1 名学生"]
    assert told(bonds.own.people["mentor"])[-1] == "导师调整：从今天起，您的 1 名学生由别的老师指导"
    assert HandOver.objects.get().successor == bonds.post("second")
    places = dict(MentorPlaces.objects.values_list("staff", "taken"))
    assert places[bonds.post("mentor").pk] == 0
    assert places[bonds.post("second").pk] == 1


def test_without_a_wish_the_engine_finds_somebody_near(bonds: Bonds) -> None:
    bonds.since(today())
    bonds.only("leader", "adviser")  # 班任 teaches the class, 书记 does not
    bonds.ask()
    assert bonds.now() == "班任甲老师"


def test_when_nobody_has_a_place_the_office_is_asked(bonds: Bonds) -> None:
    bonds.since(today())
    bonds.only()
    assert bonds.ask().state == ChangeState.ASKED
    assert bonds.now() == "李晓明甲老师"
    assert Notice.objects.get(role="clerk").title == "有换导师申请等着受理"  # no name in it


def test_a_wish_that_is_full_is_refused_with_a_way_on(bonds: Bonds) -> None:
    bonds.since(today())
    bonds.quota(second=0)
    with pytest.raises(DomainError, match="周敏甲老师现在没有空位") as refused:
        bonds.ask(wished=bonds.post("second"))
    assert (refused.value.code, refused.value.field) == ("cannot_wish", "wish")
    with pytest.raises(DomainError, match="没有空位"):
        bonds.ask(wished=bonds.post("mentor"))  # the present one
    with pytest.raises(DomainError, match="没有空位"):
        bonds.ask(wished=bonds.post("away"))  # on maternity leave
    GuardianLink.objects.create(
        student=bonds.own.student, person=bonds.own.people["adviser"], relation="51", starts_on=today()
    )
    with pytest.raises(DomainError, match="没有空位"):
        bonds.ask(wished=bonds.post("adviser"))  # his father
    assert not ChangeRequest.objects.exists()


def test_after_the_trial_and_for_everybody_else_the_office_decides(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    assert bonds.ask(wished=bonds.post("second")).state == ChangeState.ASKED
    bonds.since(today())  # not even in the trial
    for name in ("guardian", "mentor", "clerk"):
        assert bonds.ask(bonds.cast.actor(name)).state == ChangeState.ASKED
    assert bonds.now() == "李晓明甲老师"
    assert [row.asker for row in ChangeRequest.objects.order_by("created_at")] == [
        "student", "guardian", "mentor", "clerk",
    ]  # fmt: skip


def test_a_second_tap_writes_nothing(bonds: Bonds) -> None:
    bonds.since(today())
    first = bonds.bond()
    actions.ask(first, wished=bonds.post("second"), reason="", safety=False, actor=bonds.student)
    with pytest.raises(DomainError, match="已经调整过了") as refused:
        actions.ask(first, wished=bonds.post("second"), reason="", safety=False, actor=bonds.student)
    assert refused.value.code == "bond_ended"
    assert ChangeRequest.objects.count() == 1
    assert Mentorship.objects.filter(student=bonds.own.student).count() == 2
    bonds.since(today() - dt.timedelta(LONG_AGO))
    bonds.ask()
    with pytest.raises(DomainError, match="已经在办理了") as refused:
        bonds.ask()
    assert refused.value.code == "asked_already"
    assert ChangeRequest.objects.count() == 2


def test_the_new_mentor_is_a_second_trial_but_no_second_gift(bonds: Bonds) -> None:
    bonds.since(today())
    bonds.ask(wished=bonds.post("second"))
    assert bonds.ask(wished=bonds.post("leader")).state == ChangeState.ASKED
    assert bonds.now() == "周敏甲老师"


def test_two_a_year_and_unlimited_for_safety(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    for _ in range(2):
        row = bonds.ask()
        actions.refuse(row, "再试试看", actor=bonds.clerk)
    with pytest.raises(DomainError, match="已经申请过 2 次") as refused:
        bonds.ask()
    assert refused.value.code == "asked_enough"
    row = bonds.ask(safety=True)
    assert row.state == ChangeState.ASKED
    actions.withdraw(row, actor=bonds.student)
    bonds.ask(bonds.cast.actor("guardian"))  # another's count is his own
    with time_machine.travel(now() + dt.timedelta(365)):
        assert bonds.ask().state == ChangeState.ASKED


def test_what_was_withdrawn_does_not_count(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    for _ in range(3):
        actions.withdraw(bonds.ask(), actor=bonds.student)
    assert bonds.ask().state == ChangeState.ASKED


@pytest.mark.row("N12")
def test_the_office_decides_and_the_new_mentor_accepts(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    row = bonds.ask(wished=bonds.post("second"))
    with pytest.raises(DomainError, match="不能早于今天"):
        actions.meet(row, today() - dt.timedelta(1), actor=bonds.clerk)
    actions.receive(row, actor=bonds.clerk)
    actions.meet(row, today() + dt.timedelta(1), actor=bonds.clerk)
    actions.agree(row, bonds.post("second"), actor=bonds.clerk)
    assert row.answer_by == today() + dt.timedelta(3)
    assert bonds.now() == "李晓明甲老师"
    assert told(bonds.own.people["second"])[0].startswith("学校想请您担任一名学生的导师")
    assert [offer.pk for offer in queries.offers(actor_of(bonds.own.people["second"]))] == [row.pk]
    assert queries.offers(bonds.mentor) == []
    actions.accept(row, actor=actor_of(bonds.own.people["second"]))
    assert bonds.now() == "周敏甲老师"
    row.refresh_from_db()
    assert row.state == ChangeState.DONE
    with pytest.raises(DomainError, match="这已是最后一步") as refused:
        actions.accept(row, actor=actor_of(bonds.own.people["second"]))
    assert refused.value.code == "invalid_transition"
    assert Mentorship.objects.filter(student=bonds.own.student).count() == 2


def test_three_days_of_silence_are_a_yes(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    bonds.asked_and_agreed()
    start = now()
    with time_machine.travel(start + dt.timedelta(3)):
        assert actions.settle_unanswered() == 0
    with time_machine.travel(start + dt.timedelta(4)):
        assert actions.settle_unanswered() == 1
        assert bonds.now() == "周敏甲老师"
        assert actions.settle_unanswered() == 0
    assert Entry.objects.filter(actor="每日任务", type="mentorship.replaced").exists()


def test_silence_when_the_places_are_gone_goes_back_to_the_office(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    row = bonds.asked_and_agreed()
    bonds.quota(second=0)
    with time_machine.travel(now() + dt.timedelta(4)):
        assert actions.settle_unanswered() == 0
    row.refresh_from_db()
    assert (row.state, row.target, row.answer_by) == (ChangeState.RECEIVED, None, None)
    assert bonds.now() == "李晓明甲老师"
    assert Notice.objects.filter(role="clerk", title="选定的导师名额刚刚满了，请另选一位").exists()


@pytest.mark.parametrize("why", ["suspended", "gone", "family"])
def test_who_may_no_longer_take_the_student_does_not_by_silence(bonds: Bonds, why: str) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    row = bonds.asked_and_agreed()
    if why == "family":
        guardian(bonds.own.student, bonds.own.people["second"])
    else:
        Staff.objects.filter(pk=bonds.post("second").pk).update(state=why)
    with time_machine.travel(now() + dt.timedelta(4)):
        assert actions.settle_unanswered() == 0
    row.refresh_from_db()
    assert (row.state, row.target) == (ChangeState.RECEIVED, None)
    assert bonds.now() == "李晓明甲老师"
    assert unread() == ["选定的导师现在不能接这名学生了，请另选一位"]


def test_who_may_no_longer_take_the_student_is_told_so(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    row = bonds.asked_and_agreed()
    guardian(bonds.own.student, bonds.own.people["second"])
    with pytest.raises(DomainError, match="您现在不能接这名学生") as refused:
        actions.accept(row, actor=actor_of(bonds.own.people["second"]))
    assert refused.value.code == "cannot_take"
    assert row.state == ChangeState.RECEIVED


def unread() -> list[str]:
    rows = Notice.objects.filter(role="clerk", read_at__isnull=True)
    return list(rows.values_list("title", flat=True))


def test_what_the_office_has_dealt_with_is_unread_no_longer(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    row = bonds.ask()
    bonds.ask(actor=bonds.cast.actor("guardian"))
    assert len(unread()) == 2
    actions.receive(row, actor=bonds.clerk)
    assert unread() == ["有换导师申请等着受理"]
    actions.agree(row, bonds.post("second"), actor=bonds.clerk)
    actions.accept(row, actor=actor_of(bonds.own.people["second"]))  # the other request lapses with it
    assert unread() == []


def test_the_asked_mentor_declines_without_a_reason(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    row = bonds.asked_and_agreed()
    decline(row, actor=actor_of(bonds.own.people["second"]))
    assert row.state == ChangeState.RECEIVED
    assert row.declined_by == bonds.post("second")
    assert unread() == ["请到的导师这次不方便，请另选一位"]
    actions.agree(row, bonds.post("leader"), actor=bonds.clerk)
    assert row.declined_by is None
    assert unread() == []
    actions.accept(row, actor=bonds.clerk)
    assert bonds.now() == "书记甲老师"


def test_a_refusal_is_explained_and_a_wrong_step_is_named(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    row = bonds.ask()
    with pytest.raises(DomainError, match="请写明不同意的说明"):
        actions.refuse(row, "  ", actor=bonds.clerk)
    with pytest.raises(DomainError, match="没有空位"):
        actions.agree(row, bonds.post("worker"), actor=bonds.clerk)
    actions.refuse(row, "先和导师聊一次", actor=bonds.clerk)
    for deed in (
        lambda: actions.receive(row, actor=bonds.clerk),
        lambda: actions.withdraw(row, actor=bonds.student),
        lambda: actions.agree(row, bonds.post("second"), actor=bonds.clerk),
    ):
        with pytest.raises(DomainError, match="它已经是「不同意」"):
            deed()


def test_a_granted_change_closes_what_others_asked(bonds: Bonds) -> None:
    bonds.since(today())
    other = bonds.ask(bonds.cast.actor("guardian"))
    bonds.ask(wished=bonds.post("second"))
    other.refresh_from_db()
    assert other.state == ChangeState.LAPSED
    assert queries.changes_under_way(bonds.clerk) == []


@pytest.mark.row("N12")
def test_who_sees_a_request(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    row = bonds.ask(reason="只给办公室看")
    assert [each.pk for each in queries.changes(bonds.clerk)] == [row.pk]
    assert [each.pk for each in queries.own_changes(bonds.student)] == [row.pk]
    for name in ("leader", "mentor", "adviser", "grade_head", "guardian", "worker", "city", "other_clerk"):
        actor = bonds.cast.actor(name)
        assert not queries.changes(actor).exists(), name
        assert not queries.own_changes(actor).exists(), name
        assert queries.change_for(actor, row.pk) is None
    # The log of the student does not name the request either: a mentor of the office could read it there.
    assert not Entry.objects.filter(type="change.asked").exclude(subject="").exists()
    assert "只给办公室看" not in str(list(Entry.objects.values_list("detail", flat=True)))


def test_a_clerk_who_mentors_does_not_learn_of_it_from_his_office(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    row = bonds.ask()
    Mentorship.objects.filter(pk=row.mentorship_id).update(mentor=bonds.post("clerk"))
    assert queries.changes_under_way(bonds.clerk) == []
    assert queries.change_for(bonds.clerk, row.pk) is None


def heard(person: Person) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(person=person.pk, read_at__isnull=True, role__gt="")
    return list(rows.values_list("role", "title"))


def test_what_is_about_the_only_clerk_is_decided_by_a_leader(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    Mentorship.objects.filter(pk=bonds.bond().pk).update(mentor=bonds.post("clerk"))
    row = bonds.ask()
    waits = "有换导师申请等着受理"
    assert heard(bonds.own.people["clerk"]) == []
    assert heard(bonds.own.people["leader"]) == [("leader", waits)]
    assert not Notice.objects.filter(person__isnull=True, title=waits).exists()  # none to a whole role
    assert queries.change_for(bonds.clerk, row.pk) is None
    assert queries.changes_under_way(bonds.leader) == [row]
    assert queries.change_for(bonds.cast.actor("other_leader"), row.pk) is None
    actions.agree(row, bonds.post("second"), actor=bonds.leader)
    assert heard(bonds.own.people["leader"]) == []


def test_what_is_about_one_of_two_clerks_is_decided_by_the_other(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    second = bonds.own.people["second"]
    grant(second, Role.CLERK, school=bonds.own.school)
    bond = bonds.bond()
    cover([bond], bonds.post("clerk"), on=today(), actor=installer(), chain=str(bonds.own.school.pk))
    row = bonds.ask()
    assert heard(bonds.own.people["clerk"]) == []  # he looks after the student
    assert queries.change_for(bonds.clerk, row.pk) is None
    assert heard(second) == [("clerk", "有换导师申请等着受理")]
    assert queries.changes_under_way(bonds.cast.actor("second", Role.CLERK)) == [row]
    assert heard(bonds.own.people["leader"]) == []
    assert queries.change_for(bonds.leader, row.pk) is None


@pytest.mark.row("N12")
def test_only_leaders_count_per_mentor(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    bonds.ask()
    bonds.ask(bonds.cast.actor("guardian"))
    bonds.ask(bonds.mentor)  # a mentor's own request is no vote on him
    (tally,) = queries.counts(bonds.leader)
    assert (str(tally.mentor), tally.requests, tally.effective) == ("李晓明甲老师", 2, 0)
    Mentorship.objects.filter(student=bonds.own.student).update(mentor=bonds.post("leader"))
    assert queries.counts(bonds.leader) == []  # about himself
    assert queries.counts(bonds.cast.actor("other_leader")) == []


def test_offered_mentors_come_in_an_order_of_the_students_own(bonds: Bonds) -> None:
    bonds.begin("second", 1, 2)
    names = [[str(each.staff) for each in queries.offered(bonds.bond(n))] for n in (0, 1, 2)]
    assert names[0] == [str(each.staff) for each in queries.offered(bonds.bond(0))]
    assert sorted(names[1]) == sorted(names[2])
    assert "李晓明甲老师" not in names[0]
    assert all("产假" not in name and "工勤" not in name for name in names[0])


def test_the_student_may_ask_only_for_himself(bonds: Bonds) -> None:
    bonds.begin("second", 1)
    assert queries.bond_of(bonds.student, bonds.own.students[1].pk) is None
    assert queries.bond_of(bonds.mentor, bonds.own.students[1].pk) is None
    assert queries.bond_of(bonds.cast.actor("guardian"), bonds.own.students[1].pk) is None
    assert queries.bond_of(bonds.cast.actor("other_clerk"), bonds.own.students[1].pk) is None
    assert queries.bond_of(bonds.clerk, bonds.own.students[1].pk)
    assert not queries.may_ask(bonds.cast.actor("adviser", Role.ADVISER), bonds.own.student.pk)


@pytest.mark.row("G31")
@pytest.mark.parametrize("state", [StudentState.TRANSFERRED, StudentState.DIED])
def test_whoever_was_asked_to_take_a_student_who_leaves_hears_at_once(
    bonds: Bonds, state: StudentState
) -> None:
    """And the office has nothing more to decide."""
    row = bonds.asked_and_agreed()
    change_student_state(bonds.own.student, state, on=today(), note="说明", actor=bonds.clerk)
    row.refresh_from_db()
    assert row.state == ChangeState.LAPSED
    assert told(bonds.own.people["second"])[0] == "学校请您接的一名学生，现在不用再答复了"
    assert not queries.offers(bonds.cast.actor("second", Role.MENTOR))
