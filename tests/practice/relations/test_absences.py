"""离岗: somebody looks after every student at once, and all of them get a successor in one step."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from uuid import UUID

import pytest
import time_machine

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.notices.models import Notice
from liangshi.practice.matching.actions.rounds import check, open_round
from liangshi.practice.relations.actions import absences
from liangshi.practice.relations.actions.absences import (
    change_deputy,
    come_back,
    register,
    remind_of_return,
    stay_away,
    succeed,
)
from liangshi.practice.relations.actions.changes import agree
from liangshi.practice.relations.choices import AbsenceKind, AbsenceState, ChangeState
from liangshi.practice.relations.models import Absence, ChangeRequest, HandOver, Succession
from liangshi.practice.relations.queries import absences as queries
from liangshi.practice.rosters.actions.jobs import apply_file
from liangshi.practice.rosters.actions.people import change_staff_state, change_student_state
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.permissions import STUDENT_READ
from liangshi.registry.mentorships.actions import begin_co
from liangshi.registry.mentorships.choices import EndReason
from liangshi.registry.mentorships.models import Interim, MentorPlaces, Mentorship
from liangshi.registry.people.choices import StaffState, StudentState
from liangshi.registry.people.models import Staff, Student
from liangshi.registry.schools.choices import Strategy
from liangshi.registry.schools.grades import year_start_of
from tests.asking import refused
from tests.cast import exceed, grant
from tests.inboxes import told
from tests.practice.matching.stage import Stage
from tests.practice.relations.bonds import Bonds, actor_of, more_students


def leave(
    bonds: Bonds, kind: AbsenceKind = AbsenceKind.SICK, who: str = "mentor", **fields: object
) -> Absence:
    given: dict[str, object] = {"back_on": None, "deputy": None, "actor": bonds.clerk, **fields}
    return register(bonds.post(who), kind, **given)  # type: ignore[arg-type]


def state_of(bonds: Bonds, who: str = "mentor") -> str:
    return Staff.objects.get(pk=bonds.post(who).pk).state


def caretaker(bonds: Bonds, number: int = 0) -> str:
    bond = bonds.bond(number)
    return str(queries.caretakers([bond.pk]).get(bond.pk, ""))


def proposed(row: Absence) -> dict[UUID, UUID]:
    return {line.bond.pk: line.successor.pk for line in queries.rematch(row).lines}


def hand_over(bonds: Bonds, row: Absence, **picks: str) -> int:
    plan = queries.rematch(row)
    chosen = {line.bond.pk: line.successor.pk for line in plan.lines}
    chosen |= {bonds.bond(int(n.removeprefix("n"))).pk: bonds.post(who).pk for n, who in picks.items()}
    return succeed(row, chosen, commitment=plan.commitment, actor=bonds.clerk)


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        (AbsenceKind.SHORT, {}, "needs_back_on"),
        (AbsenceKind.SHORT, {"back_on": 0}, "needs_back_on"),
        (AbsenceKind.SHORT, {"back_on": 31}, "leave_too_long"),
        (AbsenceKind.SICK, {"deputy": "away"}, "deputy_away"),
        (AbsenceKind.SICK, {"deputy": "mentor"}, "deputy_away"),
    ],
)
def test_an_absence_that_is_refused(
    bonds: Bonds, kind: AbsenceKind, fields: dict[str, object], code: str
) -> None:
    given: dict[str, object] = {}
    if "back_on" in fields:
        given["back_on"] = today() + dt.timedelta(int(str(fields["back_on"])))
    if "deputy" in fields:
        given["deputy"] = bonds.post(str(fields["deputy"]))
    with pytest.raises(DomainError) as refused:
        leave(bonds, kind, **given)
    assert refused.value.code == code
    assert not Absence.objects.exists()
    assert state_of(bonds) == StaffState.ON_DUTY


def test_nobody_of_another_school_looks_after_them(bonds: Bonds) -> None:
    with pytest.raises(DomainError, match="不在岗"):
        leave(bonds, deputy=bonds.cast.other.posts["second"])


def test_nobody_registers_that_he_himself_leaves(bonds: Bonds) -> None:
    with pytest.raises(DomainError, match="请由另一位同事登记"):
        leave(bonds, AbsenceKind.RETIRED, "clerk")
    assert leave(bonds, AbsenceKind.SICK, "clerk").state == AbsenceState.SUCCEEDED  # he has no students


def test_a_short_leave_and_back(bonds: Bonds) -> None:
    row = leave(bonds, AbsenceKind.SHORT, back_on=today() + dt.timedelta(30))
    assert (row.state, state_of(bonds)) == (AbsenceState.COVERED, StaffState.AWAY)
    assert caretaker(bonds) == "组长甲老师"
    head = bonds.cast.actor("grade_head")
    assert {hat.role.value for hat in (head.hat, *head.others)} == {"grade_head", "mentor"}
    assert told(bonds.own.people["student"])[-1] == "导师调整：从今天起，由组长甲老师临时负责，有事可以找 TA"
    assert told(bonds.own.people["grade_head"]) == ["从今天起，请您临时负责 1 名学生"]
    assert not Succession.objects.exists()
    with pytest.raises(DomainError, match="已经登记过了") as refused:
        leave(bonds, AbsenceKind.SICK)
    assert refused.value.code == "away_already"
    assert come_back(row, actor=bonds.clerk) == 1
    assert (caretaker(bonds), state_of(bonds), bonds.now()) == ("", StaffState.ON_DUTY, "李晓明甲老师")
    with pytest.raises(DomainError, match="已返岗"):
        come_back(row, actor=bonds.clerk)
    assert "李晓明甲老师已返岗，您临时负责的 1 名学生交还了" in told(bonds.own.people["grade_head"])


def test_the_office_is_reminded_of_the_return_and_may_turn_it_into_a_long_leave(bonds: Bonds) -> None:
    row = leave(bonds, AbsenceKind.SHORT, back_on=today() + dt.timedelta(7))
    assert remind_of_return() == 0
    with time_machine.travel(now() + dt.timedelta(7)):
        assert remind_of_return() == 1
        assert remind_of_return() == 0
    assert Notice.objects.filter(role="clerk", title__contains="返岗").count() == 1
    assert stay_away(row, actor=bonds.clerk) == 1
    assert Succession.objects.filter(absence=row, closed_at__isnull=True).count() == 1
    assert caretaker(bonds) == "组长甲老师"
    hand_over(bonds, row)
    assert bonds.now() != "李晓明甲老师"


@pytest.mark.row("R17")
def test_a_return_that_nobody_looked_for_on_its_day_is_asked_for_later_and_after_thirty_days_the_leader(
    bonds: Bonds,
) -> None:
    row = leave(bonds, AbsenceKind.SHORT, back_on=today() + dt.timedelta(7))
    with time_machine.travel(now() + dt.timedelta(9)):  # no worker ran on the day
        assert remind_of_return() == 1
        Notice.objects.update(read_at=now())
        assert remind_of_return() == 0
    with time_machine.travel(now() + dt.timedelta(30)):
        assert remind_of_return() == 1
        assert remind_of_return() == 0
        (late,) = Notice.objects.filter(title__contains="已满 30 天")
        assert late.role == "leader"
        come_back(row, actor=bonds.clerk)
        late.refresh_from_db()
        assert late.read_at


@pytest.mark.row("R17")
def test_whoever_is_away_for_a_time_and_leaves_for_good_is_registered_where_he_is_away(bonds: Bonds) -> None:
    row = leave(bonds, AbsenceKind.SHORT, back_on=today() + dt.timedelta(7))
    himself = bonds.mentor
    assert refused(lambda: stay_away(row, AbsenceKind.GONE, actor=himself)) == "leaves_oneself"
    assert stay_away(row, AbsenceKind.GONE, actor=bonds.clerk) == 1
    row.refresh_from_db()
    assert (row.kind, row.state, row.back_on) == (AbsenceKind.GONE, AbsenceState.WAITING, None)
    hand_over(bonds, row)
    assert Staff.objects.get(pk=bonds.post("mentor").pk).state == StaffState.GONE


def test_whoever_has_no_student_any_more_is_done_with(bonds: Bonds) -> None:
    row = leave(bonds, AbsenceKind.SHORT, back_on=today() + dt.timedelta(7))
    Mentorship.objects.all().update(ends_on=today(), end_reason="agreed", seat=None)
    assert stay_away(row, AbsenceKind.RETIRED, actor=bonds.clerk) == 0
    row.refresh_from_db()
    assert row.state == AbsenceState.SUCCEEDED
    assert Staff.objects.get(pk=bonds.post("mentor").pk).state == StaffState.RETIRED


@pytest.mark.parametrize(("kind", "goes_on"), [(AbsenceKind.SHORT, True), (AbsenceKind.MATERNITY, False)])
def test_whoever_is_away_for_long_is_nobody_s_co_mentor(
    bonds: Bonds, kind: AbsenceKind, goes_on: bool
) -> None:
    second = bonds.post("second")
    begin_co(bonds.own.student, second, Strategy.XY, on=today(), actor=bonds.clerk, chain="x")
    register(
        second, kind, back_on=today() + dt.timedelta(7) if goes_on else None, deputy=None, actor=bonds.clerk
    )
    held = Mentorship.objects.filter(kind="co", ends_on=None)
    assert held.exists() == goes_on
    said = "周敏甲老师对你的协同陪伴结束了，你的导师没有变"
    assert (said in told(bonds.own.people["student"])) == (not goes_on)


def test_a_co_mentor_whose_leaving_was_registered_before_that_ended_it_is_none_after_the_succession(
    bonds: Bonds,
) -> None:
    row = leave(bonds, AbsenceKind.GONE)
    held = {"student": bonds.own.students[3], "mentor": bonds.post("mentor"), "kind": "co", "strategy": "XY"}
    Mentorship.objects.create(**held, origin="need", starts_on=today())
    hand_over(bonds, row)
    assert not Mentorship.objects.filter(mentor=bonds.post("mentor"), ends_on=None).exists()


@pytest.mark.row("R17")
def test_whose_care_is_over_hears_of_it_whatever_ended_it(bonds: Bonds) -> None:
    over = "导师调整：您临时负责的 1 名学生，从今天起不用再负责了"
    row = leave(bonds)
    head, second = bonds.own.people["grade_head"], bonds.own.people["second"]
    change_deputy(row, bonds.post("second"), actor=bonds.clerk)
    assert over in told(head)
    before = len(told(second))
    change_deputy(row, bonds.post("second"), actor=bonds.clerk)  # he is already
    assert len(told(second)) == before
    hand_over(bonds, row)
    assert over in told(second)


@pytest.mark.row("R17")
def test_guardians_hear_that_the_mentor_is_back(bonds: Bonds) -> None:
    row = leave(bonds, AbsenceKind.SHORT, back_on=today() + dt.timedelta(7))
    come_back(row, actor=bonds.clerk)
    mother = bonds.own.student.guardian_links.get().person
    assert "李晓明甲老师已返岗，还是欧阳雨桐甲的导师" in told(mother)


def test_the_adviser_looks_after_them_where_there_is_no_grade_head(bonds: Bonds) -> None:
    RoleGrant.objects.filter(role="grade_head").delete()
    leave(bonds)
    assert caretaker(bonds) == "班任甲老师"


def test_a_deputy_is_needed_where_there_is_neither(bonds: Bonds) -> None:
    RoleGrant.objects.filter(role="grade_head").delete()
    bonds.begin("mentor", 3)  # class 2 has no adviser
    with pytest.raises(DomainError, match="有 1 名学生没有年级组长或班主任") as refused:
        leave(bonds)
    assert (refused.value.code, refused.value.field) == ("needs_deputy", "deputy")
    assert not Interim.objects.exists()
    row = leave(bonds, deputy=bonds.post("worker"))
    assert (caretaker(bonds), caretaker(bonds, 3)) == ("工勤甲老师", "工勤甲老师")
    assert change_deputy(row, bonds.post("second"), actor=bonds.leader) == 2
    assert caretaker(bonds, 3) == "周敏甲老师"
    with pytest.raises(DomainError, match="不在岗"):
        change_deputy(row, bonds.post("away"), actor=bonds.clerk)


def test_whom_he_looked_after_himself_is_looked_after_too(bonds: Bonds) -> None:
    bonds.begin("second", 1)
    leave(bonds, who="second", deputy=bonds.post("mentor"))
    assert caretaker(bonds, 1) == "李晓明甲老师"
    leave(bonds, who="mentor")
    assert (caretaker(bonds, 0), caretaker(bonds, 1)) == ("组长甲老师", "组长甲老师")


def test_the_caretaker_has_the_student_in_reach_while_it_lasts(bonds: Bonds) -> None:
    def reached() -> bool:
        second = actor_of(bonds.own.people["second"])
        return Student.objects.seen_by(second, STUDENT_READ).filter(pk=bonds.own.student.pk).exists()

    assert not reached()
    row = leave(bonds, AbsenceKind.SHORT, back_on=today() + dt.timedelta(3), deputy=bonds.post("second"))
    assert reached()
    with time_machine.travel(now() + dt.timedelta(1)):
        come_back(row, actor=bonds.clerk)
        assert not reached()


@pytest.mark.row("R17")
def test_conduct_cuts_access_at_once_and_is_told_neutrally(bonds: Bonds) -> None:
    grant(bonds.own.people["mentor"], Role.CLERK, school=bonds.own.school)
    row = leave(bonds, AbsenceKind.CONDUCT, actor=bonds.leader)
    assert state_of(bonds) == StaffState.SUSPENDED
    assert hats_of(bonds.own.people["mentor"], today()) == []
    assert caretaker(bonds) == "组长甲老师"
    hand_over(bonds, row)
    old = Mentorship.objects.get(mentor=bonds.post("mentor"))
    assert old.end_reason == "agreed"
    said = told(bonds.own.people["student"]) + told(bonds.own.people["guardian"])
    assert all("导师调整" in line or "交接信" in line for line in said)
    assert not [line for line in said if "师德" in line or "停职" in line or "离岗" in line]
    assert told(bonds.own.people["mentor"]) == []
    assert Notice.objects.filter(role="clerk", title__contains="没有原导师可写").exists()
    come_back(row, actor=bonds.leader)  # cleared: he works again, his student stays where he is
    assert state_of(bonds) == StaffState.ON_DUTY
    assert bonds.now() != "李晓明甲老师"


@pytest.mark.row("R17")
def test_who_leaves_for_good_leaves_the_roster_when_all_have_a_successor(bonds: Bonds) -> None:
    bonds.begin("second", 1)
    begin_co(
        bonds.own.students[1], bonds.post("mentor"), Strategy.XY, on=today(), actor=bonds.clerk,
        chain=str(bonds.own.school.pk),
    )  # fmt: skip
    row = leave(bonds, AbsenceKind.GONE)
    assert (row.state, state_of(bonds)) == (AbsenceState.WAITING, StaffState.AWAY)
    told = Notice.objects.filter(role="clerk", read_at__isnull=True, key__startswith="succession:")
    assert told.count() == 1
    assert hand_over(bonds, row) == 1
    assert not told.exists()
    row.refresh_from_db()
    assert (row.state, state_of(bonds)) == (AbsenceState.SUCCEEDED, StaffState.GONE)
    assert not Mentorship.objects.filter(mentor=bonds.post("mentor"), ends_on__isnull=True).exists()
    assert hats_of(bonds.own.people["mentor"], today()) == []
    with pytest.raises(DomainError, match="已接任"):
        succeed(row, {}, commitment="", actor=bonds.clerk)
    with pytest.raises(DomainError, match="请在名册里重新登记"):
        come_back(row, actor=bonds.clerk)


def test_without_students_the_state_changes_at_once(bonds: Bonds) -> None:
    row = leave(bonds, AbsenceKind.RETIRED, "second")
    assert (row.state, state_of(bonds, "second")) == (AbsenceState.SUCCEEDED, StaffState.RETIRED)


def test_each_line_can_be_changed_by_hand_within_places_and_bans(bonds: Bonds) -> None:
    bonds.begin("mentor", 1, 3)  # 3 is the adviser's son
    bonds.quota(second=1, leader=2, adviser=2, grade_head=0)
    row = leave(bonds)
    with pytest.raises(DomainError, match="改动后的安排不成立") as refused:
        hand_over(bonds, row, n3="adviser")  # his father
    assert refused.value.code == "not_allowed"
    one_place = "周敏甲老师被选了 2 次，名额只排得下 1 名学生。请给其中 1 名学生另选一位导师。"
    with pytest.raises(DomainError, match=one_place):
        hand_over(bonds, row, n0="second", n1="second", n3="leader")
    with pytest.raises(DomainError, match="选一位有空位的导师") as refused:
        hand_over(bonds, row, n0="grade_head")
    assert refused.value.code == "pick_unknown"
    row.refresh_from_db()
    assert row.state == AbsenceState.WAITING
    assert hand_over(bonds, row, n0="leader", n1="leader", n3="second") == 3
    assert [bonds.now(n) for n in (0, 1, 3)] == ["书记甲老师", "书记甲老师", "周敏甲老师"]


def test_what_changed_meanwhile_is_looked_at_again(bonds: Bonds) -> None:
    row = leave(bonds)
    plan = queries.rematch(row)
    bonds.quota(leader=3)
    with pytest.raises(DomainError, match="方案已经按最新情况重新算过") as refused:
        succeed(row, proposed(row), commitment=plan.commitment, actor=bonds.clerk)
    assert refused.value.code == "plan_changed"
    assert bonds.now() == "李晓明甲老师"


def test_when_all_are_full_the_page_says_what_would_help(bonds: Bonds) -> None:
    bonds.begin("mentor", 1)
    row = leave(bonds)
    bonds.only()
    plan = queries.rematch(row)
    assert plan.lines == ()
    assert "没有空余名额" in plan.obstacles[0]
    with pytest.raises(DomainError, match="没有空余名额"):
        succeed(row, {}, commitment="", actor=bonds.clerk)
    exceed(bonds.post("second"), 1, today() + dt.timedelta(99))
    assert "还差 1 个" in queries.rematch(row).obstacles[0]
    bonds.quota(leader=1)
    assert len(queries.rematch(row).lines) == 2


def test_others_move_only_where_there_is_no_other_way(bonds: Bonds) -> None:
    """The leaver's student is the adviser's son, and only the adviser has a place: one other student makes room."""
    bonds.begin("second", 1)
    bonds.begin("mentor", 3)
    bonds.only("adviser", "second")
    bonds.quota(adviser=3, second=1)
    row = leave(bonds)
    lines = queries.rematch(row).lines
    assert [(str(line.bond.student), str(line.successor), line.moved) for line in lines] == [
        ("欧阳雨桐甲", "班任甲老师", False),
        ("王明甲", "周敏甲老师", False),
        ("王芳甲", "班任甲老师", True),
    ]
    assert lines[2].why == "为了让每名学生都有去处，从周敏甲老师那里调整过来。"
    assert hand_over(bonds, row) == 3
    assert [bonds.now(n) for n in (0, 1, 3)] == ["班任甲老师", "班任甲老师", "周敏甲老师"]
    taken = {
        str(places.staff): places.taken
        for places in MentorPlaces.objects.filter(staff__school=bonds.own.school)
    }
    assert (taken["班任甲老师"], taken["周敏甲老师"], taken["李晓明甲老师"]) == (2, 1, 0)


def test_a_request_that_is_under_way_ends_with_the_succession(bonds: Bonds) -> None:
    bonds.since(today() - dt.timedelta(60))
    request = bonds.ask()
    bonds.begin("second", 1)
    offer = bonds.ask(bonds.clerk, 1)
    agree(offer, bonds.post("mentor"), actor=bonds.clerk)
    row = leave(bonds)
    offer.refresh_from_db()
    assert (offer.state, offer.target) == (ChangeState.RECEIVED, None)  # the leaver takes nobody
    hand_over(bonds, row)
    request.refresh_from_db()
    assert request.state == ChangeState.LAPSED
    assert (
        ChangeRequest.objects.filter(mentorship__ends_on__isnull=False, state=ChangeState.ASKED).count() == 0
    )


WEEK_9 = dt.timedelta(weeks=9)
WISHERS = 14


@pytest.mark.row("R17", "G6")
def test_a_mentor_with_14_students_leaves_in_week_9(stage: Stage, bonds: Bonds) -> None:
    """R17: the same day a task and a caretaker for each, and then a mentor for each; nobody else moves.

    A real round: 20 students, 5 mentors, 14 wish for the one who will leave, with other mentors next.
    """
    more_students(bonds.own, WISHERS)
    stage.draft()
    stage.troupe.students.extend(
        Student.objects.filter(school=bonds.own.school, school_no__gte="000500").order_by("school_no")
    )
    next_best = ("second", "leader", "adviser")
    assert check(stage.round, actor=stage.clerk) == ()
    open_round(stage.round, actor=stage.clerk)
    for n in range(6, 20):
        stage.wish(n, "mentor", next_best[n % 3], avoid=("grade_head",) if n % 2 else ())
    for n in range(6):
        stage.wish(n, next_best[n % 2])
    stage.close().propose().publish()
    leaver = bonds.post("mentor")
    mentees = {bond.student_id for bond in queries.bonds_of(leaver)}
    assert len(mentees) == WISHERS
    held = Mentorship.objects.filter(ends_on__isnull=True, mentor__school=bonds.own.school)
    others = dict(held.exclude(mentor=leaver).values_list("student", "mentor"))
    with time_machine.travel(now() + WEEK_9):
        day = today()
        row = leave(bonds, AbsenceKind.MATERNITY, actor=bonds.leader)
        tasks = Succession.objects.filter(absence=row, closed_at__isnull=True)
        assert {task.mentorship.student_id for task in tasks} == mentees
        assert Interim.objects.filter(ends_on__isnull=True, starts_on=day).count() == WISHERS
        plan = queries.rematch(row)
        assert all(line.rank == 2 and line.unmet == 0 for line in plan.lines)
        assert plan.lines[0].why.endswith("是第 2 志愿。")
        assert succeed(row, proposed(row), commitment=plan.commitment, actor=bonds.clerk) == WISHERS
        assert {bond.student_id for bond in held.filter(starts_on=day)} == mentees
        assert dict(held.exclude(student__in=mentees).values_list("student", "mentor")) == others
        assert held.values("student").distinct().count() == held.count() == 20
        assert not tasks.all().exists()
        assert not Interim.objects.filter(ends_on__isnull=True).exists()
        counts = Counter(held.values_list("mentor", flat=True))
        for places in MentorPlaces.objects.filter(staff__school=bonds.own.school):
            assert places.taken == counts[places.staff_id] <= places.quota
        assert HandOver.objects.count() == WISHERS
        avoided = bonds.post("grade_head").pk
        assert not held.filter(
            student__in=[stage.student(n) for n in range(7, 20, 2)], mentor=avoided
        ).exists()
        assert any("您的 14 名学生由别的老师指导" in line for line in told(leaver.person))


@pytest.mark.row("R17")
@pytest.mark.parametrize("state", [each for each in StaffState if each != StaffState.ON_DUTY])
def test_the_roster_takes_no_leave_that_leaves_a_student_alone(bonds: Bonds, state: StaffState) -> None:
    """There is one way to be away: with somebody for each student on the same day."""
    mentor = bonds.post("mentor")
    assert refused(lambda: change_staff_state(mentor, state, actor=bonds.clerk)) == "needs_absence"
    assert bring(bonds, mentor, state) == ["bad_status" if state == StaffState.SUSPENDED else "has_mentees"]
    assert state_of(bonds) == StaffState.ON_DUTY
    leave(bonds, AbsenceKind.AWAY, deputy=bonds.post("second"))
    mentor.refresh_from_db()
    assert (
        refused(lambda: change_staff_state(mentor, StaffState.ON_DUTY, actor=bonds.clerk)) == "needs_absence"
    )
    assert bring(bonds, mentor, StaffState.ON_DUTY) == ["has_mentees"]


@pytest.mark.row("R17")
def test_who_only_looks_after_a_colleague_s_students_does_not_leave_them_by_the_roster(bonds: Bonds) -> None:
    leave(bonds, AbsenceKind.AWAY, deputy=bonds.post("second"))
    with pytest.raises(DomainError, match="正为同事代管 1 名学生。请先在「师生关系」里登记离岗"):
        change_staff_state(bonds.post("second"), StaffState.GONE, actor=bonds.clerk)


def test_whose_students_are_looked_after_may_be_away_in_another_way(bonds: Bonds) -> None:
    leave(bonds, AbsenceKind.AWAY, deputy=bonds.post("second"))
    mentor = bonds.post("mentor")
    mentor.refresh_from_db()
    assert change_staff_state(mentor, StaffState.MATERNITY, actor=bonds.clerk) == 0
    assert state_of(bonds) == StaffState.MATERNITY


def test_who_has_no_students_is_away_by_the_roster(bonds: Bonds) -> None:
    worker = bonds.post("second")
    assert change_staff_state(worker, StaffState.SICK, actor=bonds.clerk) == 0
    assert bring(bonds, worker, StaffState.ON_DUTY) == []
    worker.refresh_from_db()
    assert worker.state == StaffState.ON_DUTY


def bring(bonds: Bonds, staff: Staff, state: StaffState) -> list[str]:
    """Import one line of the staff's roster; the codes of its problems."""
    file = f"工号,姓名,状态\n{staff.staff_no},{staff.person.name},{state.label}\n".encode()
    found = apply_file(
        bonds.own.school,
        file,
        "教职工.csv",
        kind="staff",
        year_start=year_start_of(today()),
        actor=bonds.clerk,
        dry=False,
    )
    return [problem.code for problem in found.problems]


def test_nobody_gives_himself_students_by_a_colleagues_absence_nor_comes_back_by_himself(
    bonds: Bonds,
) -> None:
    clerk, days = bonds.clerk, today() + dt.timedelta(2)

    def away(deputy: Staff | None, who: str = "mentor") -> Absence:
        return absences.register(bonds.post(who), AbsenceKind.SHORT, back_on=days, deputy=deputy, actor=clerk)

    assert refused(lambda: away(bonds.post("clerk"))) == "own_decision"
    row = away(bonds.post("second"))
    assert refused(lambda: absences.change_deputy(row, bonds.post("clerk"), actor=clerk)) == "own_decision"
    own = away(None, "clerk")
    assert refused(lambda: absences.come_back(own, actor=clerk)) == "own_decision"
    absences.come_back(row, actor=clerk)


@pytest.mark.parametrize(
    ("kind", "state"), [(AbsenceKind.GONE, StaffState.GONE), (AbsenceKind.SICK, StaffState.SICK)]
)
def test_nobody_looks_for_a_successor_where_no_student_is_left(
    bonds: Bonds, kind: AbsenceKind, state: StaffState
) -> None:
    row = absences.register(
        bonds.post("mentor"), kind, back_on=None, deputy=bonds.post("second"), actor=bonds.clerk
    )
    assert absences.close_done() == 0, "his student waits for one"
    change_student_state(
        bonds.own.student, StudentState.TRANSFERRED, on=today(), note="转学", actor=bonds.clerk
    )
    ended = Mentorship.objects.filter(student=bonds.own.student)
    ended.update(end_reason=EndReason.YEAR_OVER)
    assert absences.close_done() == 0, "an undone rollover would bring them back"
    ended.update(end_reason=EndReason.STUDENT_LEFT)
    assert absences.close_done() == 1
    row.refresh_from_db()
    assert (row.state, row.staff.state) == (AbsenceState.SUCCEEDED, state)
    office = Notice.objects.filter(title__contains="等着安排接任的导师")
    assert office.exists()
    assert not office.filter(read_at=None).exists()
    assert absences.close_done() == 0
