"""Students who come, go and pause; reasons to be without a mentor; a year that is in force."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.notices.models import Notice
from liangshi.oversight.coverage.queries import coverage
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import Round
from liangshi.practice.rosters.actions.jobs import apply_file
from liangshi.practice.rosters.actions.people import change_student_state
from liangshi.practice.waiting import actions, tasks
from liangshi.practice.waiting.choices import Arrival
from liangshi.practice.waiting.queries import students as queries
from liangshi.practice.waiting.queries.engine import propose
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import (
    Pair,
    begin,
    begin_co,
    cover,
    end,
    end_exemption,
    exempt,
    set_quota,
)
from liangshi.registry.mentorships.apart import keep_apart
from liangshi.registry.mentorships.choices import EndReason, Kind, Origin
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Exemption, Interim, MentorPlaces, Mentorship
from liangshi.registry.mentorships.queries import places
from liangshi.registry.people.choices import EnrolReason, Post, StaffState, StudentState
from liangshi.registry.people.models import ClassPost, Enrolment, Staff, Student, StudentSpan
from liangshi.registry.schools.choices import EventKind, Strategy, YearState
from liangshi.registry.schools.models import CalendarEvent, SchoolYear
from tests.asking import refused
from tests.cast import Cast, Troupe, build, guardian, installer, student
from tests.inboxes import heard
from tests.practice.matching.stage import Stage
from tests.races import at_once

MONDAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def on_a_tuesday() -> Any:
    with time_machine.travel(dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC), tick=False):
        yield


def join(own: Troupe, name: str, number: int, *, since: dt.date = MONDAY, group: int = 1) -> Student:
    """A student who is registered as 转入."""
    where = own.class_1 if group == 1 else own.class_2
    row = student(own.school, where, name, number, since=since)
    Enrolment.objects.filter(student=row).update(reason=EnrolReason.JOINED)
    return row


def give_everybody(own: Troupe, *, but: tuple[Student, ...] = ()) -> None:
    rest = [row for row in own.students if row not in but and not row.mentorships.filter(ACTIVE_PRIMARY)]
    begin(
        [Pair(row.pk, own.posts["second"].pk, own.year.starts_on) for row in rest],
        origin=Origin.IMPORTED, actor=installer(), chain=str(own.school.pk),
    )  # fmt: skip


def waiting(cast: Cast) -> list[queries.Waiting]:
    return queries.waiting(cast.own.school.pk, today())


# Who waits


def test_freshmen_wait_for_a_round_and_not_here(cast: Cast) -> None:
    assert len(queries.without_mentor(cast.own.school.pk, today())) == 5
    assert waiting(cast) == []


@pytest.mark.row("N28")
def test_one_who_joins_is_due_in_five_school_days_with_the_adviser_there_meanwhile(cast: Cast) -> None:
    CalendarEvent.objects.create(
        year=cast.own.year, kind=EventKind.HOLIDAY, title="校庆",
        starts_on=dt.date(2026, 11, 26), last_on=dt.date(2026, 11, 26),
    )  # fmt: skip
    new = join(cast.own, "转来", 60)
    (row,) = waiting(cast)
    assert (row.student, row.arrival, row.since) == (new, Arrival.JOINED, MONDAY)
    assert row.due == dt.date(2026, 12, 1)  # not the holiday, not the weekend
    assert row.interim == cast.own.posts["adviser"]
    assert not row.late


@pytest.mark.row("N28", "R61")
@pytest.mark.parametrize("why", ["on leave", "parent", "named"])
def test_where_the_adviser_may_not_the_head_of_the_grade_is_there(cast: Cast, why: str) -> None:
    new, adviser = join(cast.own, "转来", 60), cast.own.posts["adviser"]
    if why == "on leave":
        Staff.objects.filter(pk=adviser.pk).update(state=StaffState.MATERNITY)
    elif why == "parent":
        guardian(new, adviser.person)
    else:
        keep_apart(new.pk, [adviser.person_id])
    (row,) = waiting(cast)
    assert row.interim == cast.own.posts["grade_head"]
    tasks.open_assignments()
    said = f"{new}转入，配好导师以前请您先照看"
    assert (Role.GRADE_HEAD, said) in heard(cast.own.people["grade_head"])
    assert said not in [title for _, title in heard(adviser.person)]
    keep_apart(new.pk, [cast.own.people["grade_head"].pk])
    (row,) = waiting(cast)
    assert row.interim is None


@pytest.mark.row("N28")
@pytest.mark.parametrize(
    ("before", "now", "wanted"),
    [
        (StudentState.SUSPENDED, StudentState.ENROLLED, Arrival.RETURNED),
        (StudentState.ENROLLED, StudentState.GUEST, Arrival.GUEST),
        (StudentState.TRANSFERRED, StudentState.ENROLLED, Arrival.RETURNED),
    ],
)
def test_who_comes_back_or_is_a_guest_waits_too(
    cast: Cast, before: StudentState, now: StudentState, wanted: Arrival
) -> None:
    who = cast.own.students[1]
    StudentSpan.objects.filter(student=who).update(state=before, ends_on=MONDAY)
    StudentSpan.objects.create(student=who, state=now, starts_on=MONDAY)
    assert [(row.student, row.arrival) for row in waiting(cast)] == [(who, wanted)]


def unread(key: str) -> list[str]:
    """The roles whose office still has this notice to read."""
    return sorted(
        Notice.objects.filter(key__startswith=f"{key}:", read_at=None).values_list("role", flat=True)
    )


def test_the_office_has_no_more_to_read_of_one_who_comes_back_once_he_has_a_mentor(cast: Cast) -> None:
    clerk, back, gone = cast.actor("clerk"), *cast.own.students[1:3]
    for who in (back, gone):
        for state in (StudentState.SUSPENDED, StudentState.ENROLLED):
            change_student_state(who, state, on=today(), note="家里有事", actor=clerk)
        assert unread(f"no-mentor:{who.pk}") == ["clerk", "leader"]
    begin([Pair(back.pk, cast.own.posts["second"].pk, today())], origin=Origin.ASSIGNED,
          actor=clerk, chain=str(cast.own.school.pk))  # fmt: skip
    assert unread(f"no-mentor:{back.pk}") == []
    change_student_state(gone, StudentState.TRANSFERRED, on=today(), note="家里有事", actor=clerk)
    assert unread(f"no-mentor:{gone.pk}") == []


def test_one_whose_mentor_has_gone_is_no_newcomer(cast: Cast) -> None:
    new = join(cast.own, "转来", 60, since=dt.date(2026, 10, 1))
    begin([Pair(new.pk, cast.own.posts["second"].pk, dt.date(2026, 10, 2))], origin=Origin.ASSIGNED,
          actor=installer(), chain="x")  # fmt: skip
    assert waiting(cast) == []
    bond = Mentorship.objects.get(student=new)
    end(bond, on=MONDAY, reason=EndReason.MENTOR_LEFT, actor=installer(), chain="x")
    assert waiting(cast) == []
    assert new in [row.student for row in queries.without_mentor(cast.own.school.pk, today())]


@pytest.mark.row("N28")
def test_the_import_of_a_roster_leads_to_the_same_page(cast: Cast) -> None:
    file = "姓名,性别,学号,班级\n新来者,女,000901,高一(1)班\n".encode()
    apply_file(
        cast.own.school,
        file,
        "转入.csv",
        kind="students",
        year_start=2026,
        actor=cast.actor("clerk"),
        dry=False,
    )
    (row,) = waiting(cast)
    assert (str(row.student), row.arrival, row.since) == ("新来者", Arrival.JOINED, today())
    tasks.open_assignments()
    tasks.open_assignments()  # twice a day says nothing twice
    adviser = Notice.objects.filter(person=cast.own.people["adviser"].pk)
    assert heard(cast.own.people["adviser"]) == [(Role.ADVISER, "新来者转入，配好导师以前请您先照看")]
    office = Notice.objects.filter(school=cast.own.school.pk, role=Role.CLERK, key__startswith="assign:")
    assert [row.title for row in office] == ["1 名转入、复学、借读的学生待配导师，最早一名 12 月 1 日到期"]
    adviser.update(read_at=dt.datetime(2026, 11, 24, tzinfo=dt.UTC))
    tasks.open_assignments()
    assert adviser.count() == 1  # read is told


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_number_of_questions(cast: Cast, number: int) -> None:
    for n in range(number):
        join(cast.own, f"转来{n}", 60 + n, group=1 + n % 2)
    with CaptureQueriesContext(connection) as asked:
        assert len(waiting(cast)) == number
    assert len(asked) == 13


# Assigning


@pytest.mark.parametrize("named", [False, True])
def test_nobody_assigns_himself_a_student_and_learns_nothing_by_trying(cast: Cast, *, named: bool) -> None:
    Staff.objects.filter(pk=cast.own.posts["clerk"].pk).update(post=Post.TEACHER)
    student = cast.own.students[4]
    if named:
        keep_apart(student.pk, [cast.person("clerk").pk])
    assert (
        refused(lambda: actions.assign({student.pk: cast.own.posts["clerk"].pk}, actor=cast.actor("clerk")))
        == "own_decision"
    )


def test_what_cannot_be_assigned(cast: Cast) -> None:
    new, posts, clerk = join(cast.own, "转来", 60), cast.own.posts, cast.actor("clerk")

    def assign(who: Student, post: Any, actor: Actor = clerk) -> str:
        return refused(lambda: actions.assign({who.pk: post.pk}, actor=actor))

    assert refused(lambda: actions.assign({}, actor=clerk)) == "nobody_chosen"
    assert assign(cast.own.student, posts["second"]) == "not_waiting"  # has a mentor
    assert assign(cast.other.students[1], posts["second"]) == "not_waiting"
    assert assign(new, posts["away"]) == "not_in_pool"
    assert assign(new, posts["worker"]) == "not_in_pool"
    assert assign(new, cast.other.posts["second"]) == "not_in_pool"
    assert assign(cast.own.students[3], posts["adviser"]) == "family"
    set_quota(posts["second"], 0, actor=clerk)
    assert assign(new, posts["second"]) == "ratio_exceeded"
    assert not Mentorship.objects.filter(student=new).exists()


@pytest.mark.row("N28")
def test_all_proposals_are_confirmed_at_once_and_everybody_is_told(cast: Cast) -> None:
    clerk, rows = cast.actor("clerk"), []
    for n in range(3):
        join(cast.own, f"转来{n}", 60 + n)
    rows = waiting(cast)
    found = propose(rows, places(cast.own.school.pk, today()), cast.own.school.pk)
    assert found.obstacles == ()
    assert set(found.chosen.values()) == {cast.own.posts["adviser"].pk}  # who teaches the class
    assert actions.assign(dict(found.chosen), actor=clerk) == 3
    assert waiting(cast) == []
    assert set(Mentorship.objects.filter(student__in=found.chosen).values_list("origin", flat=True)) == {
        Origin.ASSIGNED
    }
    told = Notice.objects.filter(person=cast.own.people["adviser"].pk)
    assert [row.title for row in told] == ["您新增 3 名学生，请约一次见面"]
    assert Notice.objects.filter(person=rows[0].student.person_id).count() == 1


def test_last_wishes_come_before_the_class_and_avoided_ones_never(stage: Stage) -> None:
    stage.open()
    stage.wish(1, "grade_head", "mentor", avoid=("adviser",))
    Round.objects.filter(pk=stage.round.pk).update(state=RoundState.PUBLISHED, published_at=now())
    who = stage.student(1)
    StudentSpan.objects.filter(student=who).update(state=StudentState.SUSPENDED, ends_on=today())
    StudentSpan.objects.create(student=who, state=StudentState.ENROLLED, starts_on=today())
    school = stage.troupe.school.pk

    def proposed() -> str:
        found = propose(queries.waiting(school, today()), places(school, today()), school)
        return next(key for key, post in stage.troupe.posts.items() if post.pk == found.chosen[who.pk])

    assert proposed() == "grade_head"
    set_quota(stage.troupe.posts["grade_head"], 0, actor=stage.clerk)
    assert proposed() == "mentor"
    for post in ("mentor", "second", "leader"):
        set_quota(stage.troupe.posts[post], 0, actor=stage.clerk)
    found = propose(queries.waiting(school, today()), places(school, today()), school)
    assert found.chosen == {}
    assert found.obstacles


@pytest.mark.django_db(transaction=True)
def test_two_clerks_give_the_last_place() -> None:
    with transaction.atomic():
        cast = build()
        new = [join(cast.own, f"转来{n}", 60 + n) for n in range(2)]
        second = cast.own.posts["second"]
        set_quota(second, 1, actor=installer())
    clerk = cast.actor("clerk")
    deeds = [lambda who=who: actions.assign({who.pk: second.pk}, actor=clerk) for who in new]
    assert at_once(deeds) == {"done": 1, "ratio_exceeded": 1}
    assert MentorPlaces.objects.get(staff=second).taken == 1


# Leaving, pausing, coming back


@pytest.mark.row("N28")
def test_who_leaves_leaves_every_mentor_on_that_day(cast: Cast) -> None:
    own, chain = cast.own, str(cast.own.school.pk)
    bond = own.student.mentorships.get()
    begin_co(own.student, own.posts["second"], Strategy.XL, on=MONDAY, actor=installer(), chain=chain)
    cover([bond], own.posts["adviser"], on=MONDAY, actor=installer(), chain=chain)
    change_student_state(
        own.student, StudentState.TRANSFERRED, on=MONDAY, note="转学", actor=cast.actor("clerk")
    )
    rows = Mentorship.objects.filter(student=own.student)
    assert {(row.kind, row.ends_on, row.end_reason) for row in rows} == {
        (Kind.PRIMARY, MONDAY, EndReason.STUDENT_LEFT), (Kind.CO, MONDAY, EndReason.STUDENT_LEFT),
    }  # fmt: skip
    assert not Interim.objects.filter(ends_on__isnull=True).exists()
    assert MentorPlaces.objects.get(staff=own.posts["mentor"]).taken == 0


@pytest.mark.row("N28")
def test_a_leaving_that_came_another_way_is_seen_within_a_day(cast: Cast) -> None:
    own = cast.own
    StudentSpan.objects.filter(student=own.student).update(ends_on=MONDAY)
    StudentSpan.objects.create(student=own.student, state=StudentState.WITHDRAWN, starts_on=MONDAY)
    tasks.end_bonds_of_gone()
    row = Mentorship.objects.get(student=own.student)
    assert (row.ends_on, row.end_reason) == (MONDAY, EndReason.STUDENT_LEFT)
    assert MentorPlaces.objects.get(staff=own.posts["mentor"]).taken == 0
    assert heard(own.people["mentor"]) == [(Role.MENTOR, "您的 1 名学生离校了，导师关系到此结束")]


def test_one_on_leave_keeps_mentor_and_seat_and_does_not_count(cast: Cast) -> None:
    own, clerk = cast.own, cast.actor("clerk")
    before = coverage(today())
    change_student_state(own.student, StudentState.SUSPENDED, on=MONDAY, note="休学一年", actor=clerk)
    after = coverage(today())
    assert (after.active, after.matched) == (before.active - 1, before.matched - 1)
    bond = Mentorship.objects.get(student=own.student, ends_on__isnull=True)
    assert bond.seat == 1
    assert MentorPlaces.objects.get(staff=own.posts["mentor"]).taken == 1
    for name in ("mentor", "clerk", "leader", "adviser"):
        assert [row.bond for row in queries.paused(cast.actor(name))] == [bond], name
    assert queries.paused(cast.actor("other_clerk")) == []
    change_student_state(own.student, StudentState.ENROLLED, on=today(), note="复学", actor=clerk)
    assert queries.paused(cast.actor("mentor")) == []
    assert waiting(cast) == []  # the same mentor again
    tasks.greet_returned()
    tasks.greet_returned()
    assert sorted(heard(own.people["mentor"])) == [
        (Role.MENTOR, "欧阳雨桐甲休学了，仍是您的学生，复学时会告诉您"),
        (Role.MENTOR, "欧阳雨桐甲复学了，仍由您指导，请约一次见面"),
    ]


def test_who_comes_back_while_his_mentor_is_away_is_the_caretaker_s(cast: Cast) -> None:
    own, clerk = cast.own, cast.actor("clerk")
    change_student_state(own.student, StudentState.SUSPENDED, on=MONDAY, note="休学", actor=clerk)
    bond = Mentorship.objects.get(ACTIVE_PRIMARY, student=own.student)
    cover([bond], own.posts["second"], on=MONDAY, actor=installer(), chain=str(own.school.pk))
    change_student_state(own.student, StudentState.ENROLLED, on=today(), note="复学", actor=clerk)
    tasks.greet_returned()
    said = "欧阳雨桐甲复学了，这段时间由您临时负责，请约一次见面"
    assert (Role.MENTOR, said) in heard(own.people["second"])
    assert not any("复学了" in title for _, title in heard(own.people["mentor"]))


@pytest.mark.row("N28")
def test_who_was_there_meanwhile_hears_that_it_is_over(cast: Cast) -> None:
    new, adviser = join(cast.own, "转来", 60), cast.own.people["adviser"]
    actions.assign({new.pk: cast.own.posts["second"].pk}, actor=cast.actor("clerk"))
    assert (Role.ADVISER, "转来配好导师了，您不用再照看") in heard(adviser)


@pytest.mark.both
def test_who_goes_and_comes_back_on_one_day_waits_for_a_mentor(cast: Cast) -> None:
    own, clerk = cast.own, cast.actor("clerk")
    for state in (StudentState.TRANSFERRED, StudentState.ENROLLED):
        change_student_state(own.student, state, on=today(), note="登记错了", actor=clerk)
    (row,) = waiting(cast)
    assert (row.student, row.arrival, row.since) == (own.student, Arrival.RETURNED, today())


# Reasons to be without one, and the year


@pytest.mark.row("R7")
def test_a_reason_needs_a_day(cast: Cast) -> None:
    who, clerk, by = cast.own.students[1], cast.actor("clerk"), cast.own.people["clerk"]

    def problem(
        reason: str = "deferred", until: dt.date | None = dt.date(2027, 2, 1), who: Student = who
    ) -> str:
        return refused(lambda: exempt(who, reason=reason, until=until, by=by.pk, actor=clerk))

    assert problem(reason="因病") == "exemption_needs_reason"
    assert problem(until=None) == "exemption_needs_review_date"
    assert problem(until=today()) == "exemption_needs_review_date"
    assert problem(until=dt.date(2029, 1, 1)) == "exemption_needs_review_date"
    assert problem(who=cast.own.student) == "has_mentor"
    assert not Exemption.objects.exists()


@pytest.mark.row("R7")
def test_a_year_is_in_force_when_each_has_a_mentor_or_a_reason(cast: Cast) -> None:
    own, leader, clerk = cast.own, cast.actor("leader"), cast.actor("clerk")
    left = own.students[1]

    def unexplained(day: dt.date | None = None) -> list[Student]:
        return [
            row.student for row in queries.unexplained(queries.without_mentor(own.school.pk, day or today()))
        ]

    with pytest.raises(DomainError) as problem:
        actions.mark_year_in_force(own.year, actor=leader)
    assert problem.value.code == "students_without_mentor"
    assert problem.value.message.startswith("还有 5 名学生没有导师")
    give_everybody(own, but=(left,))
    assert refused(lambda: actions.mark_year_in_force(own.year, actor=leader)) == "students_without_mentor"
    assert unexplained() == [left]
    row = exempt(left, reason="deferred", until=dt.date(2027, 2, 1), by=own.people["clerk"].pk, actor=clerk)
    end_exemption(row, actor=clerk)
    assert unexplained() == [left]
    exempt(left, reason="leaving", until=dt.date(2027, 2, 1), by=own.people["clerk"].pk, actor=clerk)
    exempt(left, reason="leaving", until=dt.date(2027, 1, 1), by=own.people["clerk"].pk, actor=clerk)
    assert Exemption.objects.filter(ends_on__isnull=True).count() == 1
    (listed,) = queries.without_mentor(own.school.pk, today())
    assert str(listed.exemption) == "离校待办"
    assert not unexplained()
    assert unexplained(dt.date(2027, 1, 2)) == [left]  # the reason has run out
    actions.mark_year_in_force(own.year, actor=leader)
    own.year.refresh_from_db()
    assert own.year.in_force_on == today()


def test_a_year_that_has_not_begun_or_is_closed_is_not_put_in_force(cast: Cast) -> None:
    own, leader = cast.own, cast.actor("leader")
    give_everybody(own)
    coming = SchoolYear.objects.create(school=own.school, start_year=2027)
    assert refused(lambda: actions.mark_year_in_force(coming, actor=leader)) == "year_not_begun"
    past = SchoolYear.objects.create(school=own.school, start_year=2024, state=YearState.CLOSED)
    assert refused(lambda: actions.mark_year_in_force(past, actor=leader)) == "year_closed"


def test_an_assigned_student_needs_no_reason_any_more(cast: Cast) -> None:
    who, clerk = cast.own.students[1], cast.actor("clerk")
    exempt(who, reason="other", until=dt.date(2027, 2, 1), by=cast.own.people["clerk"].pk, actor=clerk)
    actions.assign({who.pk: cast.own.posts["second"].pk}, actor=clerk)
    assert Exemption.objects.get().ends_on == today()


def test_a_list_of_one_grade(cast: Cast) -> None:
    ClassPost.objects.all().delete()
    rows = queries.without_mentor(cast.own.school.pk, today(), cast.own.cohort)
    assert [row.interim for row in rows] == [cast.own.posts["grade_head"]] * 5
    assert queries.without_mentor(cast.own.school.pk, today(), cast.other.cohort) == []
