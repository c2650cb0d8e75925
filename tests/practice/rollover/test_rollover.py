"""学年结转: rehearsed, run, and undone exactly."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.notices.models import Notice
from liangshi.practice.matching.actions.programmes import create_programme
from liangshi.practice.needs.actions import choose_co_mentors, decide_need, grant_co_mentors, propose_need
from liangshi.practice.needs.choices import NeedState
from liangshi.practice.needs.models import Need
from liangshi.practice.rollover.actions import _put_back, reverse_rollover, run_rollover, values_of
from liangshi.practice.rollover.choices import RolloverState
from liangshi.practice.rollover.models import Rollover
from liangshi.practice.rollover.queries import (
    Options,
    Plan,
    default_graduation,
    rehearse,
    reversible,
    runs_from,
    year_later,
)
from liangshi.practice.rollover.tasks import remind_of_rollovers
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.mentorships.actions import Pair, begin, begin_co, cover, exempt
from liangshi.registry.mentorships.apart import barred_of, keep_apart
from liangshi.registry.mentorships.choices import EndReason, Kind, Origin
from liangshi.registry.mentorships.models import (
    ACTIVE_PRIMARY,
    Interim,
    MentorPlaces,
    MentorProfile,
    Mentorship,
)
from liangshi.registry.people.actions import change_state
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import Club, ClubMember, Enrolment, Student, StudentSpan
from liangshi.registry.schools.actions import change_event, close_year, reopen_year, withdraw_event
from liangshi.registry.schools.choices import EventKind, Strategy, YearState
from liangshi.registry.schools.models import CalendarEvent, ClassGroup, Cohort, SchoolYear
from liangshi.registry.schools.rollover import Entry
from tests.asking import refused
from tests.cast import Cast, Troupe, build, installer, student
from tests.races import at_once

GRADUATION = dt.date(2027, 7, 8)
TABLES = (
    "people.studentspan", "people.enrolment", "people.clubmember", "mentorships.mentorship", "mentorships.interim",
    "mentorships.mentorplaces", "schools.schoolyear", "schools.term", "schools.calendarevent", "schools.classgroup",
    "schools.cohort", "needs.need", "needs.needstrategy", "mentorships.exemption", "people.club",
)  # fmt: skip


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(dt.datetime(2027, 7, 12, 2, 0, tzinfo=dt.UTC), tick=False):
        yield


def dump() -> dict[str, list[Any]]:
    """Every row of every table that a rollover can touch, of all schools."""
    return {
        name: [values_of(row) for row in apps.get_model(name)._default_manager.order_by("pk")]
        for name in TABLES
    }


class Finals:
    """The own school in July: four students of 高三 with two mentors, a co-mentor, an interim, a need, a club."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.own = cast, cast.own
        own = cast.own
        chain = str(own.school.pk)
        cohort = Cohort.objects.create(school=own.school, entry_year=2024)
        self.group = ClassGroup.objects.create(cohort=cohort, number=1)
        since = dt.date(2024, 9, 1)
        self.seniors = [student(own.school, self.group, f"高三生{n}", 300 + n, since=since) for n in range(4)]
        begin(
            [
                Pair(who.pk, own.posts[post].pk, since)
                for who, post in zip(self.seniors[:3], ("mentor", "mentor", "second"), strict=True)
            ],
            origin=Origin.IMPORTED, actor=installer(), chain=chain,
        )  # fmt: skip
        first = self.seniors[0]
        begin_co(first, own.posts["grade_head"], Strategy.SY, on=since, actor=installer(), chain=chain)
        cover(
            [first.mentorships.get(kind=Kind.PRIMARY)],
            own.posts["adviser"],
            on=since,
            actor=installer(),
            chain=chain,
        )
        club = Club.objects.create(year=own.year, name="合唱团", adviser=own.posts["second"])
        ClubMember.objects.create(club=club, student=first, starts_on=since)
        need = propose_need(
            self.seniors[1], category="money", strategies=["SH"], review_on=dt.date(2027, 9, 9),
            by=own.people["clerk"], actor=cast.actor("clerk"),
        )  # fmt: skip
        decide_need(need, approve=True, by=own.people["leader"], actor=cast.actor("leader"))
        change_state(
            self.seniors[3], StudentState.SUSPENDED, on=dt.date(2027, 3, 1), note="休学", actor=installer()
        )
        for kind, grade in ((EventKind.MIDTERM, None), (EventKind.GAOKAO, 2024), (EventKind.HOLIDAY, None)):
            CalendarEvent.objects.create(
                year=own.year, kind=kind, title=str(kind.label), entry_years=[grade] if grade else [],
                starts_on=dt.date(2027, 5, 1), last_on=dt.date(2027, 5, 5),
            )  # fmt: skip
        self.leader = cast.actor("leader")

    def options(self, **change: Any) -> Options:
        fields: dict[str, Any] = {"graduated_on": GRADUATION, "kinds": ("midterm", "gaokao"), **change}
        return Options(**fields)

    def plan(self, **change: Any) -> Plan:
        return rehearse(self.own.year, self.options(**change))

    def run(self, **change: Any) -> Rollover:
        return self.run_as_seen(self.plan(**change).digest, **change)

    def run_as_seen(self, digest: str, **change: Any) -> Rollover:
        return run_rollover(
            self.own.year,
            self.options(**change),
            seen=digest,
            by=self.own.people["leader"],
            actor=self.leader,
        )

    def reverse(self, row: Rollover) -> None:
        reverse_rollover(row, by=self.own.people["leader"], actor=self.leader)


@pytest.fixture
def finals(cast: Cast) -> Finals:
    return Finals(cast)


# Rehearsed


@pytest.mark.row("G31")
def test_a_rehearsal_tells_names_and_numbers_and_writes_nothing(finals: Finals) -> None:
    before = dump()
    plan = finals.plan()
    assert dump() == before
    assert plan.classes == (("高三(1)班", ("高三生0", "高三生1", "高三生2")),)
    assert plan.staying == (("高三生3", "高三(1)班", "休学"),)
    assert plan.staying_words == "高三生3（高三(1)班，休学）"
    assert plan.bonds == 3
    assert plan.ends == (("结束的协同", 1), ("结束的代管", 1), ("结束的特需", 1))
    assert dict(plan.mentors) == {"李晓明甲老师": 2, "周敏甲老师": 1}
    assert (plan.next_code, plan.next_is_new) == ("2027-2028", True)
    assert plan.terms[1] == ("2", dt.date(2028, 2, 20), dt.date(2028, 7, 10))
    assert dict(plan.events) == {"midterm": 1, "gaokao": 1}
    assert not Rollover.objects.exists()


@pytest.mark.parametrize("number", [0, 6])
def test_a_rehearsal_asks_the_same_number_of_questions(finals: Finals, number: int) -> None:
    for n in range(number):
        student(finals.own.school, finals.group, f"又一名{n}", 400 + n, since=dt.date(2024, 9, 1))
    with CaptureQueriesContext(connection) as asked:
        assert len(finals.plan().graduates) == 3 + number
    assert len(asked) == 9


@pytest.mark.parametrize("graduated_on", [dt.date(2027, 5, 1), dt.date(2027, 9, 1), dt.date(2026, 7, 7)])
def test_a_day_of_graduation_outside_the_summer_is_refused(finals: Finals, graduated_on: dt.date) -> None:
    assert refused(lambda: finals.plan(graduated_on=graduated_on)) == "graduation_day"
    assert refused(lambda: finals.run_as_seen("", graduated_on=graduated_on)) == "graduation_day"
    assert not Rollover.objects.exists()


@pytest.mark.row("G31")
@pytest.mark.parametrize(
    ("at", "change", "first"),
    [
        ((2026, 11, 24), {}, (2027, 7, 8)),
        ((2027, 5, 31), {"graduated_on": dt.date(2027, 6, 1)}, (2027, 6, 1)),
        ((2027, 7, 7), {}, (2027, 7, 8)),  # that day has not come
        ((2027, 7, 12), {"close": True}, (2027, 9, 1)),
    ],
)
def test_it_may_be_rehearsed_at_any_time_and_is_carried_out_from_its_day(
    finals: Finals, at: tuple[int, int, int], change: dict[str, Any], first: tuple[int, int, int]
) -> None:
    with time_machine.travel(dt.datetime(*at, 4, 0, tzinfo=dt.UTC), tick=False):
        before = dump()
        plan = finals.plan(**change)
        assert len(plan.graduates) == 3
        assert runs_from(finals.own.year, plan.options) == dt.date(*first)
        assert refused(lambda: finals.run_as_seen(plan.digest, **change)) == "rollover_early"
        assert dump() == before
    with time_machine.travel(dt.datetime(*first, 4, 0, tzinfo=dt.UTC), tick=False):
        finals.run_as_seen(finals.plan(**change).digest, **change)
    assert Rollover.objects.count() == 1


@pytest.mark.parametrize(
    ("at", "closes", "wanted"),
    [
        ((2027, 7, 12), (2027, 7, 10), (2027, 7, 10)),
        ((2027, 7, 12), (2027, 6, 30), (2027, 7, 7)),
        ((2027, 7, 5), (2027, 7, 10), (2027, 7, 5)),
        ((2027, 3, 5), (2027, 7, 10), (2027, 7, 10)),
        ((2027, 10, 1), (2027, 8, 31), (2027, 8, 31)),
    ],
)
def test_a_sensible_day_of_graduation(finals: Finals, at: Any, closes: Any, wanted: Any) -> None:
    finals.own.year.terms.filter(seq="2").update(closes_on=dt.date(*closes))
    with time_machine.travel(dt.datetime(*at, 4, 0, tzinfo=dt.UTC), tick=False):
        assert default_graduation(finals.own.year) == dt.date(*wanted)


def test_a_leap_day_a_year_later() -> None:
    assert year_later(dt.date(2028, 2, 29)) == dt.date(2029, 2, 28)
    assert year_later(dt.date(2027, 2, 28)) == dt.date(2028, 2, 28)


# Run


@pytest.mark.row("G31")
def test_a_run_graduates_frees_places_and_opens_the_next_year(finals: Finals) -> None:
    row = finals.run()
    own = finals.own
    assert row.state == RolloverState.DONE
    states = dict(StudentSpan.objects.filter(ends_on__isnull=True).values_list("student_id", "state"))
    assert [states[who.pk] for who in finals.seniors] == [*["graduated"] * 3, "suspended"]
    assert states[own.student.pk] == "enrolled"  # 高一 stays
    assert StudentSpan.objects.get(student=finals.seniors[0], state="graduated").starts_on == GRADUATION
    bonds = Mentorship.objects.filter(student__in=finals.seniors)
    assert {bond.ends_on for bond in bonds} == {GRADUATION}
    assert {bond.end_reason for bond in bonds} == {EndReason.YEAR_OVER}
    places = dict(
        MentorPlaces.objects.filter(staff__school=own.school).values_list("staff__staff_no", "taken")
    )
    assert (places["T05"], places["T06"]) == (1, 0)  # the mentor keeps the student of 高一
    assert set(MentorPlaces.objects.values_list("quota", flat=True)) == {15}
    assert not Enrolment.objects.filter(student__in=finals.seniors[:3], ends_on__isnull=True).exists()
    assert Enrolment.objects.filter(student=finals.seniors[3], ends_on__isnull=True).exists()
    coming = SchoolYear.objects.get(school=own.school, start_year=2027)
    assert coming.state == YearState.PREPARING
    assert coming.terms.get(seq="1").opens_on == dt.date(2027, 9, 1)
    assert [(row.kind, row.entry_years, row.starts_on) for row in coming.events.order_by("-kind")] == [
        ("midterm", [], dt.date(2028, 5, 1)), ("gaokao", [2025], dt.date(2028, 5, 1)),
    ]  # fmt: skip
    assert not Club.objects.filter(year=coming).exists()
    assert finals.group.name(2027) == "2024级(1)班"
    assert own.class_1.name(2027) == "高二(1)班"
    assert Need.objects.get(student=finals.seniors[1]).state == NeedState.ENDED
    assert not any(hat.role == Role.STUDENT for hat in hats_of(finals.seniors[0].person, today()))


@pytest.mark.row("G31")
def test_from_july_the_leader_is_reminded_once_of_a_year_that_nobody_has_rolled_over(finals: Finals) -> None:
    told = Notice.objects.filter(key__startswith="rollover-due:", school=finals.own.school.pk)
    with time_machine.travel(dt.datetime(2027, 6, 30, 4, tzinfo=dt.UTC), tick=False):
        remind_of_rollovers()
        assert not told.exists()
    with time_machine.travel(dt.datetime(2027, 7, 9, 4, tzinfo=dt.UTC), tick=False):
        for _ in range(2):
            remind_of_rollovers()
        (notice,) = told
        assert (notice.role, notice.title[:9]) == ("leader", "2026-2027")
        finals.run()
        assert not told.filter(read_at=None).exists()
        remind_of_rollovers()
        assert told.count() == 1


def test_it_is_run_once_and_as_it_was_seen(finals: Finals) -> None:
    seen = finals.plan().digest
    change_state(finals.seniors[2], StudentState.TRANSFERRED, on=today(), note="转学", actor=installer())
    assert refused(lambda: finals.run_as_seen(seen)) == "plan_changed"
    finals.run()
    assert refused(lambda: finals.run_as_seen(seen)) == "rolled_over"
    assert refused(finals.plan) == "rolled_over"


def test_a_closed_year_is_not_rolled_over_and_a_year_that_is_over_may_be_closed(finals: Finals) -> None:
    with time_machine.travel(dt.datetime(2027, 9, 20, 4, 0, tzinfo=dt.UTC), tick=False):
        close_year(finals.own.year, actor=installer())
        finals.own.year.refresh_from_db()
        assert refused(finals.plan) == "year_closed"
        reopen_year(finals.own.year, actor=installer())
        finals.own.year.refresh_from_db()
        before = dump()
        row = finals.run(close=True)
        finals.own.year.refresh_from_db()
        assert finals.own.year.state == YearState.CLOSED
        coming = SchoolYear.objects.get(school=finals.own.school, start_year=2027)
        assert coming.state == YearState.RUNNING
        finals.reverse(row)
        assert dump() == before


def test_a_next_year_that_was_made_before_keeps_its_terms(finals: Finals) -> None:
    coming = SchoolYear.objects.create(school=finals.own.school, start_year=2027)
    coming.terms.create(seq="1", opens_on=dt.date(2027, 8, 30), closes_on=dt.date(2028, 1, 20))
    first = finals.own.year.terms.get(seq="1").opens_on
    finals.own.year.events.create(kind="opening", title="开学", starts_on=first, last_on=first)
    before = dump()
    row = finals.run(kinds=["opening"])
    assert coming.terms.get().opens_on == dt.date(2027, 8, 30)
    assert coming.events.get().starts_on == dt.date(2027, 8, 30)  # its entry 「开学」 says the same
    finals.reverse(row)
    assert dump() == before


# Undone


@pytest.mark.row("G31")
def test_what_is_undone_is_exactly_as_before(finals: Finals) -> None:
    before = dump()
    row = finals.run()
    assert dump() != before
    assert reversible(row)
    finals.reverse(row)
    assert dump() == before
    row.refresh_from_db()
    assert row.state == RolloverState.REVERSED
    assert refused(lambda: finals.reverse(row)) == "invalid_transition"
    again = finals.run()  # and it can be done again
    finals.reverse(again)
    assert dump() == before


def test_the_journal_keeps_what_is_sealed_sealed(finals: Finals) -> None:
    """What a row says in words stands in the journal as it lies in its table, and comes back from there."""
    span = StudentSpan.objects.filter(student__in=finals.seniors, ends_on__isnull=True).first()
    assert span is not None
    StudentSpan.objects.filter(pk=span.pk).update(note="母亲住院，由姑姑照料")
    said = values_of(StudentSpan.objects.get(pk=span.pk))
    assert said["note"].startswith("v1.")
    old = {"note": said["note"]}
    StudentSpan.objects.filter(pk=span.pk).update(note="")
    _put_back([Entry(StudentSpan, str(span.pk), old, {"note": ""})])
    assert StudentSpan.objects.get(pk=span.pk).note == "母亲住院，由姑姑照料"


def test_a_need_with_its_co_mentor_comes_back_whole(finals: Finals) -> None:
    own = finals.own
    MentorProfile.objects.create(staff=own.posts["adviser"], good_at=["SH"])
    need = Need.objects.get(student=finals.seniors[1])
    (line,) = need.strategies.all()
    choose_co_mentors({line.pk: own.posts["adviser"].pk}, actor=finals.cast.actor("clerk"))
    grant_co_mentors(need, seen=[own.posts["adviser"].pk], actor=finals.leader)
    before = dump()
    row = finals.run()
    assert Mentorship.objects.get(student=finals.seniors[1], kind=Kind.CO).end_reason == EndReason.NEED_OVER
    finals.reverse(row)
    assert dump() == before
    need.refresh_from_db()
    assert need.state == NeedState.STAFFED


def test_a_mentor_may_take_others_meanwhile(finals: Finals) -> None:
    """Places are given back by number: what happened to other students in these days stays."""
    row = finals.run()
    second = finals.own.posts["adviser"]
    begin([Pair(finals.own.students[1].pk, second.pk, today())], origin=Origin.ASSIGNED,
          actor=installer(), chain="x")  # fmt: skip
    finals.reverse(row)
    places = dict(
        MentorPlaces.objects.filter(staff__school=finals.own.school).values_list("staff__staff_no", "taken")
    )
    assert (places["T04"], places["T05"], places["T06"]) == (1, 3, 1)
    held = Mentorship.objects.filter(
        ends_on__isnull=True, kind=Kind.PRIMARY, mentor__school=finals.own.school
    )
    assert held.count() == sum(places.values())


def after_a_week(finals: Finals, row: Rollover) -> str:
    with time_machine.travel(dt.datetime(2027, 7, 20, 4, 0, tzinfo=dt.UTC), tick=False):
        return refused(lambda: finals.reverse(row))


def test_after_seven_days_it_stands(finals: Finals) -> None:
    row = finals.run()
    assert after_a_week(finals, row) == "rollover_old"


def comes_back(finals: Finals) -> str:
    change_state(finals.seniors[0], StudentState.ENROLLED, on=today(), note="复读", actor=installer())
    return "高三生0"


def seat_is_taken(finals: Finals) -> str:
    begin([Pair(finals.own.students[2].pk, finals.own.posts["second"].pk, today())], origin=Origin.ASSIGNED,
          actor=installer(), chain="x")  # fmt: skip
    return "周敏甲老师的名额已经给了王芳甲"


def next_year_is_used(finals: Finals) -> str:
    coming = SchoolYear.objects.get(school=finals.own.school, start_year=2027)
    CalendarEvent.objects.create(
        year=coming,
        kind="other",
        title="运动会",
        starts_on=dt.date(2027, 10, 8),
        last_on=dt.date(2027, 10, 8),
    )
    return "运动会"


def copied_entry_is_moved(finals: Finals) -> str:
    entry = CalendarEvent.objects.get(year__school=finals.own.school, year__start_year=2027, kind="midterm")
    values = {"kind": entry.kind, "title": entry.title, "last_on": entry.last_on, "entry_years": []}
    change_event(entry, **values, starts_on=dt.date(2028, 5, 4), actor=installer())
    return "期中考试"


def term_is_changed(finals: Finals) -> str:
    coming = SchoolYear.objects.get(school=finals.own.school, start_year=2027)
    coming.terms.filter(seq="1").update(opens_on=dt.date(2027, 8, 31))
    return "2027-2028-1"


def club_is_made(finals: Finals) -> str:
    coming = SchoolYear.objects.get(school=finals.own.school, start_year=2027)
    Club.objects.create(year=coming, name="戏剧社", adviser=finals.own.posts["second"])
    return "戏剧社"


def need_is_new(finals: Finals) -> str:
    Need.objects.filter(student=finals.seniors[1]).update(
        review_on=dt.date(2027, 12, 1), ended_on=dt.date(2027, 7, 1)
    )
    return "高三生1"


@pytest.mark.row("G31")
@pytest.mark.parametrize(
    "later",
    [
        comes_back,
        seat_is_taken,
        next_year_is_used,
        copied_entry_is_moved,
        term_is_changed,
        club_is_made,
        need_is_new,
    ],
)
def test_what_came_later_is_named_and_nothing_is_undone(
    finals: Finals, later: Callable[[Finals], str]
) -> None:
    row = finals.run()
    name = later(finals)
    before = dump()
    with pytest.raises(DomainError) as problem, transaction.atomic():
        finals.reverse(row)
    assert problem.value.code == "depends_later"
    assert name in problem.value.message
    assert dump() == before
    row.refresh_from_db()
    assert row.state == RolloverState.DONE


def test_an_entry_that_the_rollover_copied_and_that_is_withdrawn_stands_in_nobody_s_way(
    finals: Finals,
) -> None:
    before = dump()
    row = finals.run()
    withdraw_event(CalendarEvent.objects.get(year__start_year=2027, kind="midterm"), actor=installer())
    finals.reverse(row)
    assert dump() == before


def test_a_round_of_the_next_year_stands_in_the_way(finals: Finals) -> None:
    row = finals.run()
    coming = SchoolYear.objects.get(school=finals.own.school, start_year=2027)
    made = create_programme(
        actor=finals.cast.actor("clerk"), title="新高一", cohorts=[finals.own.cohort],
        closes_at=dt.datetime(2027, 9, 9, tzinfo=dt.UTC),
    )  # fmt: skip
    made.year = coming
    made.save()
    with pytest.raises(DomainError, match="新高一"), transaction.atomic():
        finals.reverse(row)


def test_a_year_closed_by_hand_stays_closed(finals: Finals) -> None:
    row = finals.run()
    SchoolYear.objects.filter(pk=finals.own.year.pk).update(state=YearState.CLOSED)
    assert refused(lambda: finals.reverse(row)) == "depends_later"


def scatter(finals: Finals, dice: random.Random) -> None:
    """Some more seniors, each with a past, a standing, mentors, clubs and a reason of his own."""
    own, chain = finals.own, str(finals.own.school.pk)
    club = Club.objects.get(name="合唱团")
    for n in range(dice.randint(0, 8)):
        since = dt.date(2024, 9, 1) + dt.timedelta(dice.randrange(900))
        who = student(own.school, finals.group, f"又一名{n}", 500 + n, since=since)
        if dice.random() < 0.7:
            post = own.posts[dice.choice(["mentor", "second", "adviser", "leader"])]
            begin([Pair(who.pk, post.pk, since)], origin=Origin.CHANGED, actor=installer(), chain=chain)
            bond = who.mentorships.get()
            if dice.random() < 0.4:
                cover([bond], own.posts["grade_head"], on=since, actor=installer(), chain=chain)
            if dice.random() < 0.4:
                begin_co(who, own.posts["grade_head"], Strategy.SY, on=since, actor=installer(), chain=chain)
        else:
            exempt(
                who, reason="deferred", until=today() + dt.timedelta(90), by=own.people["clerk"].pk,
                actor=finals.cast.actor("clerk"),
            )  # fmt: skip
        if dice.random() < 0.5:
            ClubMember.objects.create(club=club, student=who, starts_on=since)
        if dice.random() < 0.3:
            state = dice.choice([StudentState.SUSPENDED, StudentState.GUEST])
            change_state(who, state, on=max(since, dt.date(2027, 6, 1)), note="登记", actor=installer())
    if dice.random() < 0.5:
        SchoolYear.objects.create(school=own.school, start_year=2027)
    if dice.random() < 0.3:
        own.year.terms.filter(seq="2").delete()


@pytest.mark.row("G31")
@pytest.mark.parametrize("seed", range(15))
def test_whatever_there_is_comes_back(finals: Finals, seed: int) -> None:
    dice = random.Random(seed)
    scatter(finals, dice)
    options = finals.options(
        graduated_on=dt.date(2027, 6, 1) + dt.timedelta(dice.randrange(41)),
        kinds=tuple(dice.sample(["midterm", "gaokao", "holiday", "final"], dice.randint(0, 4))),
    )
    before = dump()
    seen = rehearse(finals.own.year, options)
    row = run_rollover(
        finals.own.year, options, seen=seen.digest, by=finals.own.people["leader"], actor=finals.leader
    )
    taken = MentorPlaces.objects.filter(staff__school=finals.own.school)
    for places in taken:
        held = Mentorship.objects.filter(mentor=places.staff, kind=Kind.PRIMARY, ends_on__isnull=True)
        assert places.taken == held.count()
    assert not Mentorship.objects.filter(student__in=seen.graduates, ends_on__isnull=True).exists()
    finals.reverse(row)
    assert dump() == before


@pytest.mark.django_db(transaction=True)
def test_two_leaders_run_it_once() -> None:
    with transaction.atomic():
        finals = Finals(build())
    seen = finals.plan().digest
    assert at_once([lambda: finals.run_as_seen(seen)] * 2) == {"done": 1, "rolled_over": 1}
    assert Rollover.objects.count() == 1
    assert StudentSpan.objects.filter(state="graduated").count() == 3


def test_a_school_without_seniors_only_opens_the_next_year(cast: Cast) -> None:
    own: Troupe = cast.own
    options = Options(GRADUATION)
    plan = rehearse(own.year, options)
    assert plan.graduates == ()
    before = dump()
    row = run_rollover(
        own.year, options, seen=plan.digest, by=own.people["leader"], actor=cast.actor("leader")
    )
    assert SchoolYear.objects.filter(school=own.school, start_year=2027).exists()
    reverse_rollover(row, by=own.people["leader"], actor=cast.actor("leader"))
    assert dump() == before
    assert Student.objects.filter(school=own.school).count() == 6


@pytest.mark.parametrize("who", ["mentor", "caretaker"])
def test_undone_it_gives_nobody_back_to_whom_he_has_named_meanwhile(cast: Cast, who: str) -> None:
    finals = Finals(cast)
    care = Interim.objects.filter(ends_on=None).select_related("mentorship").first()
    assert care
    student = care.mentorship.student if who == "caretaker" else finals.seniors[1]
    row = finals.run()
    named = care.caretaker if who == "caretaker" else cast.own.posts["mentor"]
    keep_apart(student.pk, [named.person_id])
    finals.reverse(row)
    never = barred_of([student.pk], today())[student.pk]
    assert named.pk in never
    assert not Mentorship.objects.filter(ends_on=None, student=student, mentor__in=never)
    assert not Interim.objects.filter(ends_on=None, mentorship__student=student, caretaker__in=never)
    for place in MentorPlaces.objects.all():  # and its place is free
        assert place.taken == Mentorship.objects.filter(ACTIVE_PRIMARY, mentor=place.staff_id).count()
    others = Mentorship.objects.filter(ends_on=None, student__in=[each.pk for each in finals.seniors])
    assert others.exclude(student=student).exists()  # the others are back
