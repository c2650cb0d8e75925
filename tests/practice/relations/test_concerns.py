"""What concerns safety: whom it names learns nothing and gets nothing, and it stays until somebody has answered it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.faces import Due
from liangshi.foundation.notices.models import Notice
from liangshi.portal.agenda.queries import agenda
from liangshi.practice.needs.actions import end_primary
from liangshi.practice.relations.actions import changes, concerns, handovers
from liangshi.practice.relations.actions.absences import change_deputy, come_back, register, succeed
from liangshi.practice.relations.actions.requests import decline
from liangshi.practice.relations.choices import AbsenceKind, ChangeState, ConcernState, HandOverState
from liangshi.practice.relations.models import Absence, ChangeRequest, Concern, HandOver
from liangshi.practice.relations.queries import absences as absence_queries
from liangshi.practice.relations.queries import changes as queries
from liangshi.practice.relations.queries.concerns import beside, child_of, concern_for, own_concerns, standing
from liangshi.practice.relations.queries.concerns import concerns as concern_rows
from liangshi.practice.relations.queries.handovers import hand_over_for, hand_overs, waiting_letters
from liangshi.practice.relations.queries.meetings import first_meetings
from liangshi.practice.talks.actions.unmet import press
from liangshi.practice.talks.models import Unmet
from liangshi.practice.talks.queries.unmet import unmet_for
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import DUES
from liangshi.registry.access.inboxes import own_notices
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.policy import allows
from liangshi.registry.mentorships.actions import begin_co, cover, end_many
from liangshi.registry.mentorships.apart import barred_of, named_by
from liangshi.registry.mentorships.choices import EndReason
from liangshi.registry.mentorships.models import Apart, Mentorship
from liangshi.registry.people.models import Person
from liangshi.registry.schools.choices import Strategy
from tests.asking import refused
from tests.cast import grant, guardian, installer
from tests.inboxes import told
from tests.practice.relations.bonds import HATS, Bonds, another_world, in_every_hat

TELL = concerns.TOLD.office()
LONG_AGO = 28  # days: the first day after the trial


@pytest.fixture
def trial(bonds: Bonds) -> Bonds:
    """The student's relation has just begun, and another mentor has places."""
    bonds.since(today())
    return bonds


@pytest.fixture
def later(bonds: Bonds) -> Bonds:
    bonds.since(today() - dt.timedelta(LONG_AGO))
    return bonds


def the() -> Concern:
    return Concern.objects.select_related("student__school", "student__person", "mentorship__mentor").get()


def name(bonds: Bonds, who: str = "mentor", actor: Actor | None = None, reason: str = "") -> Concern:
    """Told on its own page, about one of those who accompany the student."""
    student = bonds.own.student
    found = {each.staff.pk: each for each in beside(student)}
    concerns.raise_concern(student, found[bonds.post(who).pk], reason=reason, actor=actor or bonds.student)
    return the()


def heard(person: Person) -> list[tuple[str, str]]:
    """What waits unread for somebody under a hat of the office."""
    rows = Notice.objects.filter(person=person.pk, read_at__isnull=True, role__gt="")
    return list(rows.order_by("created_at").values_list("role", "title"))


def second(bonds: Bonds) -> Actor:
    return bonds.cast.actor("second", Role.MENTOR)


# Nothing for whom it names


@pytest.mark.row("R49")
def test_a_safety_request_in_the_trial_opens_no_channel(trial: Bonds) -> None:
    accused = trial.own.people["mentor"]
    before = set(Notice.objects.filter(person=accused.pk).values_list("pk", flat=True))
    trial.ask(wished=trial.post("second"), safety=True, reason="他发消息")
    assert trial.now() == "周敏甲老师"
    fresh = Notice.objects.filter(person=accused.pk).exclude(pk__in=before)
    assert [(row.title, row.url) for row in fresh] == [
        ("导师调整：从今天起，您的 1 名学生由别的老师指导", reverse("home:home"))
    ]
    assert not HandOver.objects.exists()
    assert not any("交接信" in title for title in told(trial.own.student.person))
    ended = Mentorship.objects.get(student=trial.own.student, mentor=trial.post("mentor"))
    assert (ended.end_reason, trial.bond().origin) == ("agreed", "changed")
    assert "他发消息" not in str(list(Entry.objects.values_list("detail", flat=True)))
    assert not Entry.objects.filter(type__startswith="concern.").exclude(subject="").exists()


def test_after_an_ordinary_change_the_student_alone_opens_the_mentors_half(trial: Bonds) -> None:
    """So that no letter tells nothing."""
    trial.ask(wished=trial.post("second"))
    letter = HandOver.objects.get()
    assert hand_over_for(trial.mentor, letter.pk) is None
    assert not any("交接信" in title for title in told(trial.own.people["mentor"]))
    assert hand_over_for(trial.student, letter.pk)
    assert refused(lambda: handovers.ask_mentor(letter, actor=second(trial))) == "not_yours"
    handovers.ask_mentor(letter, actor=trial.student)
    handovers.ask_mentor(letter, actor=trial.student)  # tapped twice
    assert hand_over_for(trial.mentor, letter.pk)
    assert sum("交接信" in title for title in told(trial.own.people["mentor"])) == 1
    handovers.accept_letter(letter, actor=second(trial))
    assert refused(lambda: handovers.ask_mentor(letter, actor=trial.student)) == "letter_closed"


def test_named_afterwards_an_open_letter_is_closed_and_nobody_reads_it(trial: Bonds) -> None:
    trial.ask(wished=trial.post("second"))
    letter = HandOver.objects.get()
    handovers.ask_mentor(letter, actor=trial.student)
    letter.refresh_from_db()
    handovers.write_half(letter, "他的话", actor=trial.mentor)
    handovers.write_half(letter, "我的话", actor=trial.student)
    name(trial)  # the relation has ended
    letter.refresh_from_db()
    assert letter.state == HandOverState.SKIPPED
    for actor in (trial.student, second(trial)):
        assert not hand_overs(actor).exists()
        assert waiting_letters(actor) == []
    assert not hand_overs(trial.mentor).exists()  # as after any letter that the office has closed
    assert refused(lambda: handovers.write_half(letter, "还有", actor=trial.mentor)) == "letter_closed"
    HandOver.objects.update(state=HandOverState.OPEN)  # a letter that began at the same moment
    for actor in (trial.student, second(trial), trial.mentor):
        assert not hand_overs(actor).exists()


def test_neither_a_review_nor_a_succession_begins_a_letter_for_him(later: Bonds) -> None:
    later.begin("mentor", 1)
    name(later)
    row = register(later.post("mentor"), AbsenceKind.SICK, back_on=None, deputy=None, actor=later.clerk)
    plan = absence_queries.rematch(row)
    picks = {line.bond.pk: line.successor.pk for line in plan.lines}
    succeed(row, picks, commitment=plan.commitment, actor=later.clerk)
    assert [letter.ended.student for letter in HandOver.objects.all()] == [later.own.students[1]]
    assert not any("交接信" in title for title in told(later.own.student.person))


# Two worlds that differ in one tick, and what happens in both


def waits(bonds: Bonds, safety: bool) -> None:
    bonds.ask(safety=safety)
    bonds.ask(bonds.mentor)  # he asks for the same, and is told nothing of the other


def is_agreed_to(bonds: Bonds, safety: bool) -> None:
    changes.accept(bonds.asked_and_agreed(safety=safety), actor=second(bonds))


def is_agreed_to_by_silence(bonds: Bonds, safety: bool) -> None:
    bonds.asked_and_agreed(safety=safety)
    ChangeRequest.objects.update(answer_by=today() - dt.timedelta(1))
    assert changes.settle_unanswered() == 1


def is_declined(bonds: Bonds, safety: bool) -> None:
    decline(bonds.asked_and_agreed(safety=safety), actor=second(bonds))


def is_talked_about_and_refused(bonds: Bonds, safety: bool) -> None:
    row = bonds.ask(safety=safety)
    changes.meet(row, today(), actor=bonds.clerk)
    changes.refuse(row, "再试试", actor=bonds.clerk)


def is_withdrawn(bonds: Bonds, safety: bool) -> None:
    changes.withdraw(bonds.ask(safety=safety), actor=bonds.student)


def is_the_mothers(bonds: Bonds, safety: bool) -> None:
    bonds.ask(bonds.cast.actor("guardian"), safety=safety)


def is_told_afterwards(bonds: Bonds, safety: bool) -> None:
    bonds.since(today())
    bonds.ask(wished=bonds.post("second"))
    if safety:
        row = name(bonds)
        concerns.take(row, actor=bonds.clerk)
        concerns.withdraw_concern(row, actor=bonds.student)
        concerns.close(row, "谈过了", actor=bonds.clerk)


def is_late(bonds: Bonds, safety: bool) -> None:
    bonds.ask(safety=safety)
    Concern.objects.update(due_on=today() - dt.timedelta(1))
    assert concerns.urge_concerns() == safety


def and_he_is_away_for_a_time(bonds: Bonds, safety: bool) -> None:
    bonds.ask(safety=safety)
    back = today() + dt.timedelta(9)
    row = register(bonds.post("mentor"), AbsenceKind.SHORT, back_on=back, deputy=None, actor=bonds.clerk)
    change_deputy(row, bonds.post("second"), actor=bonds.clerk)
    come_back(row, actor=bonds.clerk)


def and_the_office_gives_him_another(bonds: Bonds, safety: bool) -> None:
    bonds.ask(safety=safety)
    end_primary(bonds.own.student, successor=bonds.post("second"), actor=bonds.clerk)


def and_he_has_met_nobody(bonds: Bonds, safety: bool) -> None:
    bonds.ask(safety=safety)
    press(may_tell=False, actor=bonds.student)


def felt(bonds: Bonds) -> list[object]:
    """All that reaches the student's first mentor, under each of his hats."""
    found: list[object] = []
    for role in HATS:
        actor = bonds.cast.actor("mentor", role)
        notices = own_notices(actor)
        found += [role, sorted(notices.values_list("title", "url", "read_at"))]
        found.append([(kind, item.title, item.on) for kind, item in due(actor)])
        for rows in (queries.changes, queries.own_changes, own_concerns, concern_rows):
            found.append([(row.state, row.asked_by) for row in rows(actor)])
    found.append(queries.counts(bonds.cast.actor("mentor", Role.LEADER)))
    for role in (Role.MENTOR, Role.CLERK):
        actor = bonds.cast.actor("mentor", role)
        found.append([(row.state, row.ended.student) for row in hand_overs(actor)])
    found += [first_meetings(bonds.mentor), queries.offers(bonds.mentor)]
    found.append(
        bool(queries.own_open(bonds.mentor, Mentorship.objects.filter(mentor=bonds.post("mentor"))[0]))
    )
    return found


def due(actor: Actor) -> list[tuple[str, Due]]:
    kinds = {"change", "concern", "letter", "offer", "absence", "unmet", "next"}
    sources = [(kind, source) for kind, source in DUES.items() if kind in kinds]
    may = [(kind, source.items) for kind, source in sources if allows(actor.role, source.permission)]
    return [(kind, item) for kind, items in may for item in items(actor)]


HAPPENS: list[Callable[[Bonds, bool], None]] = [
    waits, is_agreed_to, is_agreed_to_by_silence, is_declined, is_talked_about_and_refused, is_withdrawn,
    is_the_mothers, is_told_afterwards, is_late, and_he_is_away_for_a_time, and_the_office_gives_him_another,
    and_he_has_met_nobody,
]  # fmt: skip


@pytest.mark.parametrize("happens", HAPPENS)
def test_nothing_reaches_him_by_which_he_could_tell(
    later: Bonds, happens: Callable[[Bonds, bool], None]
) -> None:
    in_every_hat(later)
    found = []
    with time_machine.travel(now(), tick=False):
        for safety in (False, True):
            with another_world():
                happens(later, safety)
                assert Concern.objects.exists() == safety
                found.append(felt(later))
    assert found[0] == found[1]


def test_he_is_offered_and_proposed_nowhere(later: Bonds) -> None:
    """A co-mentor is named: he is no wish, no target, no successor, and no caretaker."""
    begin_co(
        later.own.student, later.post("second"), Strategy.XY,
        on=today(), actor=installer(), chain=str(later.own.school.pk),
    )  # fmt: skip
    accused = later.post("second")
    assert any(each.staff == accused for each in queries.offered(later.bond()))
    name(later, "second")
    for choices in (queries.offered, queries.suitable, queries.eligible):
        assert all(each.staff != accused for each in choices(later.bond()))
    assert refused(lambda: later.ask(wished=accused)) == "cannot_wish"
    row = later.ask()
    assert refused(lambda: changes.agree(row, accused, actor=later.clerk)) == "no_place_there"
    later.only("second")
    absence = register(
        later.post("mentor"), AbsenceKind.SICK, back_on=None, deputy=accused, actor=later.clerk
    )
    plan = absence_queries.rematch(absence)
    assert plan.obstacles or all(line.successor != accused for line in plan.lines)
    (cared,) = absence_queries.caretakers([later.bond().pk]).values()
    assert str(cared) == "组长甲老师"  # not the deputy: the head of the grade looks after this one
    change_deputy(absence, accused, actor=later.clerk)
    (cared,) = absence_queries.caretakers([later.bond().pk]).values()
    assert str(cared) == "组长甲老师"
    assert not any("临时负责" in title for title in told(later.own.people["second"]))


def test_the_head_of_the_grade_does_not_look_after_a_student_who_has_named_him(later: Bonds) -> None:
    usual = absence_queries.caretakers_of([later.bond()], later.post("mentor"), None)
    assert str(usual[later.bond().pk]) == "组长甲老师"
    Apart.objects.create(student=later.own.student, person=later.own.people["grade_head"])
    usual = absence_queries.caretakers_of([later.bond()], later.post("mentor"), None)
    assert str(usual[later.bond().pk]) == "班任甲老师"
    Apart.objects.create(student=later.own.student, person=later.own.people["adviser"])
    assert absence_queries.caretakers_of([later.bond()], later.post("mentor"), None) == {}


def test_nobody_looks_after_his_own_child_for_a_colleague(later: Bonds) -> None:
    guardian(later.own.student, later.own.people["grade_head"])
    for deputy in (None, later.post("grade_head")):
        given = absence_queries.caretakers_of([later.bond()], later.post("mentor"), deputy)
        assert str(given[later.bond().pk]) == "班任甲老师"


def test_an_offer_to_whom_the_student_names_is_taken_back(later: Bonds) -> None:
    cover([later.bond()], later.post("second"), on=today(), actor=installer(), chain=str(later.own.school.pk))
    row = later.asked_and_agreed()
    assert queries.offers(second(later)) == [row]
    name(later, "second")
    row.refresh_from_db()
    assert (row.state, row.target) == (ChangeState.RECEIVED, None)
    assert ("clerk", "选定的导师现在不能接这名学生了，请另选一位") in heard(later.own.people["clerk"])
    ChangeRequest.objects.update(state=ChangeState.AGREED, target=later.post("second"), answer_by=today())
    assert queries.offers(second(later)) == []  # agreed at the same moment
    assert refused(lambda: changes.accept(the_request(), actor=second(later))) == "cannot_take"
    assert later.now() == "李晓明甲老师"


def the_request() -> ChangeRequest:
    return ChangeRequest.objects.select_related(
        "mentorship__student__person", "mentorship__mentor", "target"
    ).get()


def test_the_one_answer_to_who_is_kept_apart(later: Bonds) -> None:
    student = later.own.student
    assert named_by(student.pk) == set()
    name(later)
    assert refused(lambda: name(later)) == "told_already"  # the second of two taps
    assert named_by(student.pk) == {later.own.people["mentor"].pk}
    assert barred_of([student.pk], today()) == {student.pk: {later.post("mentor").pk}}
    assert named_by(later.own.students[1].pk) == set()
    concerns.close(the(), "谈过了，不成立", actor=later.clerk)
    assert named_by(student.pk) == {later.own.people["mentor"].pk}  # for good


def test_whoever_stands_in_may_be_meant_but_for_whom_the_student_wishes(later: Bonds) -> None:
    chain = str(later.own.school.pk)
    cover([later.bond()], later.post("leader"), on=today(), actor=installer(), chain=chain)
    later.ask(safety=True, wished=later.post("leader"))
    assert named_by(later.own.student.pk) == {later.own.people["mentor"].pk}
    Apart.objects.all().delete()
    Concern.objects.all().delete()
    ChangeRequest.objects.all().delete()
    later.ask(safety=True)
    assert named_by(later.own.student.pk) == {later.own.people[who].pk for who in ("mentor", "leader")}


def test_a_mentor_who_tells_of_his_own_relation_names_nobody(later: Bonds) -> None:
    later.ask(later.mentor, safety=True, reason="收到威胁")
    row = the()
    assert (row.about, row.asker, row.reason) == (None, "mentor", "收到威胁")
    assert named_by(later.own.student.pk) == set()
    assert ("clerk", TELL) in heard(later.own.people["clerk"])


def test_who_has_not_met_a_mentor_whom_he_names_is_not_announced_to_him(later: Bonds) -> None:
    name(later)
    row = press(may_tell=True, actor=later.student)
    assert not row.may_tell
    grant(later.own.people["mentor"], Role.CLERK, school=later.own.school)
    assert unmet_for(later.cast.actor("mentor", Role.CLERK), row.pk) is None
    Unmet.objects.update(may_tell=True)  # said before
    assert unmet_for(later.cast.actor("mentor", Role.CLERK), row.pk) is None
    assert unmet_for(later.clerk, row.pk)
    assert not any("想和您见一面" in title for title in told(later.own.people["mentor"]))


def test_who_can_be_named(later: Bonds) -> None:
    student, chain = later.own.student, str(later.own.school.pk)
    cover([later.bond()], later.post("leader"), on=today(), actor=installer(), chain=chain)
    assert [str(each.staff) for each in beside(student)] == ["书记甲老师", "李晓明甲老师"]
    since = today() - dt.timedelta(500)
    for who, ago in (("adviser", 365), ("grade_head", 366)):
        Mentorship.objects.create(
            student=student, mentor=later.post(who), kind="co", strategy="XY", origin="need",
            starts_on=since, ends_on=today() - dt.timedelta(ago), end_reason="need_over",
        )  # fmt: skip
    assert [str(each.staff) for each in beside(student)] == ["书记甲老师", "李晓明甲老师", "班任甲老师"]
    for name_, may in {
        "student": 1,
        "guardian": 1,
        "clerk": 1,
        "mentor": 0,
        "leader": 0,
        "adviser": 0,
    }.items():
        assert bool(child_of(later.cast.actor(name_), student.pk)) == bool(may), name_
    assert child_of(later.student, later.own.students[1].pk) is None
    assert child_of(later.cast.actor("guardian"), later.own.students[1].pk) is None
    assert child_of(later.cast.actor("other_clerk"), student.pk) is None


# It stays


def leaves(bonds: Bonds) -> None:
    end_many(
        [bonds.own.student.pk],
        on=today(),
        reason=EndReason.STUDENT_LEFT,
        actor=installer(),
        chain=str(bonds.own.school.pk),
    )


def mentor_leaves(bonds: Bonds) -> None:
    row = register(bonds.post("mentor"), AbsenceKind.GONE, back_on=None, deputy=None, actor=bonds.clerk)
    plan = absence_queries.rematch(row)
    picks = {line.bond.pk: line.successor.pk for line in plan.lines}
    succeed(row, picks, commitment=plan.commitment, actor=bonds.clerk)


def refuses(bonds: Bonds) -> None:
    changes.refuse(the_request(), "先和班主任谈", actor=bonds.clerk)


def takes_back(bonds: Bonds) -> None:
    changes.withdraw(the_request(), actor=bonds.student)
    assert the().withdrawn_at
    assert heard(bonds.own.people["clerk"]) == [("clerk", concerns.TAKEN_BACK.office())]
    assert refused(lambda: concerns.withdraw_concern(the(), actor=bonds.student)) == "closed_already"


def changes_mentor(bonds: Bonds) -> None:
    row = the_request()
    changes.agree(row, bonds.post("leader"), actor=bonds.clerk)
    changes.accept(row, actor=bonds.cast.actor("leader"))


AFTER: list[Callable[[Bonds], None]] = [leaves, mentor_leaves, refuses, takes_back, changes_mentor]


@pytest.mark.parametrize("happens", AFTER)
def test_whatever_happens_it_is_closed_with_an_answer_alone(
    later: Bonds, happens: Callable[[Bonds], None]
) -> None:
    later.ask(safety=True)
    happens(later)
    changes.settle_unanswered()
    (row,) = standing(later.clerk)
    assert refused(lambda: concerns.close(row, "  ", actor=later.clerk)) == "closing_needs_answer"
    concerns.take(row, actor=later.clerk)
    assert refused(lambda: concerns.take(row, actor=later.clerk)) == "invalid_transition"
    assert standing(later.clerk).exists()
    concerns.close(row, "已经和家长当面谈过", actor=later.clerk)
    assert (row.state, row.answer, row.decided_by) == (
        ConcernState.CLOSED, "已经和家长当面谈过", later.own.people["clerk"],
    )  # fmt: skip
    assert not standing(later.clerk).exists()
    assert TELL not in str(heard(later.own.people["clerk"]))
    assert {"你说的事，学校正在处理", "你说的事，学校有了答复"} <= set(told(later.own.student.person))
    assert refused(lambda: concerns.close(row, "再来一次", actor=later.clerk)) == "invalid_transition"
    assert refused(lambda: concerns.withdraw_concern(row, actor=later.student)) == "closed_already"


def test_the_next_year_finds_it(later: Bonds) -> None:
    name(later)
    with time_machine.travel(now() + dt.timedelta(250)):  # the relation's year is over
        end_many(
            [later.own.student.pk], on=today(), reason=EndReason.YEAR_OVER,
            actor=installer(), chain=str(later.own.school.pk),
        )  # fmt: skip
        assert standing(later.clerk).exists()
        assert standing(later.leader).exists()


def test_the_database_keeps_it_open_without_an_answer_and_from_whom_it_names(later: Bonds) -> None:
    row = name(later)
    people = later.own.people
    closed = {"state": ConcernState.CLOSED, "decided_on": today()}
    for wrong in (
        {**closed, "answer": "", "decided_by": people["clerk"]},
        {**closed, "answer": "好了"},
        {**closed, "answer": "好了", "decided_by": people["mentor"]},
        {**closed, "answer": "好了", "decided_by": people["student"]},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Concern.objects.filter(pk=row.pk).update(**wrong)
    Concern.objects.filter(pk=row.pk).update(**closed, answer="好了", decided_by=people["clerk"])


def test_told_again_while_a_request_is_decided(later: Bonds) -> None:
    """An ordinary request is under way: naming what concerns safety needs no second one, and the request goes on."""
    row = later.asked_and_agreed()
    name(later)
    changes.accept(row, actor=second(later))
    assert later.now() == "周敏甲老师"
    assert not HandOver.objects.exists()
    assert standing(later.clerk).exists()


def test_who_takes_back_his_request_does_not_take_back_what_he_told_before(later: Bonds) -> None:
    name(later)
    changes.withdraw(later.ask(), actor=later.student)
    assert the().withdrawn_at is None


def test_who_has_told_it_before_asks_for_another_mentor_too(later: Bonds) -> None:
    name(later)
    row = later.ask(safety=True, reason="还有一件事")
    assert (row.state, row.reason) == (ChangeState.ASKED, "还有一件事")
    assert Concern.objects.count() == 1


def test_a_request_that_is_refused_tells_nobody_anything(later: Bonds) -> None:
    for _ in range(2):
        changes.refuse(later.ask(), "再试试看", actor=later.clerk)
    assert refused(later.ask) == "asked_enough"
    assert not Concern.objects.exists()
    assert not Apart.objects.exists()


# Who deals with it


def test_the_clerk_hears_first_and_the_leader_when_nobody_has_answered(later: Bonds) -> None:
    row = name(later)
    people = later.own.people
    assert heard(people["clerk"]) == [("clerk", TELL)]
    assert heard(people["leader"]) == []
    assert concern_for(later.leader, row.pk) is None
    for name_ in (
        "mentor",
        "adviser",
        "grade_head",
        "worker",
        "city",
        "county",
        "other_clerk",
        "student",
        "guardian",
    ):
        assert concern_for(later.cast.actor(name_), row.pk) is None, name_
    with time_machine.travel(dt.datetime.combine(row.due_on, dt.time(12), tzinfo=now().tzinfo)):
        assert concerns.urge_concerns() == 0
        assert concern_for(later.leader, row.pk) is None
    with time_machine.travel(
        dt.datetime.combine(row.due_on + dt.timedelta(1), dt.time(12), tzinfo=now().tzinfo)
    ):
        assert concerns.urge_concerns() == 1
        assert concerns.urge_concerns() == 0
        assert heard(people["leader"]) == [("leader", concerns.LATE.leader())]
        assert heard(people["clerk"]) == [("clerk", TELL)]
        assert concern_for(later.leader, row.pk)
        concerns.close(the(), "谈过了", actor=later.leader)
    assert heard(people["leader"]) == heard(people["clerk"]) == []


def test_it_stands_before_what_is_late_for_longer(later: Bonds) -> None:
    register(later.post("mentor"), AbsenceKind.SICK, back_on=None, deputy=None, actor=later.clerk)
    Absence.objects.update(starts_on=today() - dt.timedelta(30))
    later.ask(safety=True)
    first, second_, *_ = agenda(later.clerk)
    assert (first.title, first.tone) == ("处理一件关系到安全的事", "bad")
    assert (second_.title, second_.tone) == ("给李晓明甲老师的学生找接任导师", "warn")
    assert first.neutral == "有一件急事"


def test_the_time_to_answer_counts_school_days(later: Bonds) -> None:
    with time_machine.travel(dt.datetime(2026, 12, 4, 12, tzinfo=now().tzinfo)):  # a Friday
        assert name(later).due_on == dt.date(2026, 12, 8)


def test_what_names_the_only_clerk_is_for_the_leaders(later: Bonds) -> None:
    Mentorship.objects.filter(pk=later.bond().pk).update(mentor=later.post("clerk"))
    row = name(later, "clerk")
    assert heard(later.own.people["clerk"]) == []
    assert heard(later.own.people["leader"]) == [("leader", TELL)]
    assert concern_for(later.clerk, row.pk) is None
    assert list(standing(later.leader)) == [row]
    assert refused(lambda: concerns.close(row, "没有的事", actor=later.clerk)) == "own_concern"
    assert refused(lambda: concerns.take(row, actor=later.clerk)) == "own_concern"


def test_what_names_one_of_two_clerks_is_for_the_other(later: Bonds) -> None:
    grant(later.own.people["second"], Role.CLERK, school=later.own.school)
    Mentorship.objects.filter(pk=later.bond().pk).update(mentor=later.post("clerk"))
    row = name(later, "clerk")
    assert heard(later.own.people["second"]) == [("clerk", TELL)]
    assert heard(later.own.people["leader"]) == []
    assert list(standing(later.cast.actor("second", Role.CLERK))) == [row]
    assert concern_for(later.leader, row.pk) is None


def test_a_clerk_whom_the_student_named_once_decides_nothing_more_about_him(later: Bonds) -> None:
    Mentorship.objects.filter(pk=later.bond().pk).update(mentor=later.post("clerk"))
    name(later, "clerk")
    Mentorship.objects.filter(pk=later.bond().pk).update(mentor=later.post("second"))
    row = later.ask()
    assert queries.change_for(later.clerk, row.pk) is None
    assert ("leader", "有换导师申请等着受理") in heard(later.own.people["leader"])
    assert heard(later.own.people["clerk"]) == []


def test_a_clerk_does_not_answer_what_he_has_told_himself(later: Bonds) -> None:
    row = name(later, actor=later.clerk)
    assert concern_for(later.clerk, row.pk) is None
    assert [each.pk for each in own_concerns(later.clerk)] == [row.pk]
    assert heard(later.own.people["leader"]) == [("leader", TELL)]
    assert refused(lambda: concerns.close(row, "办好了", actor=later.clerk)) == "own_decision"


def test_where_nobody_at_the_school_may_the_bureau_hears_that_there_is_something(later: Bonds) -> None:
    RoleGrant.objects.filter(role=Role.LEADER).delete()
    Mentorship.objects.filter(pk=later.bond().pk).update(mentor=later.post("clerk"))
    name(later, "clerk", reason="他打我")
    (line,) = told(later.cast.people["county"])
    assert line == "示范甲中：有一条关系到安全的申请没有人能办，请联系学校"
    assert told(later.cast.people["city"]) == told(later.cast.people["other_county"]) == []
    with time_machine.travel(now() + dt.timedelta(20)):
        assert concerns.urge_concerns() == 1
    assert len(told(later.cast.people["county"])) == 2
    RoleGrant.objects.filter(role=Role.COUNTY).delete()
    grant(later.own.people["clerk"], Role.CITY, bureau=later.cast.city)
    concerns.withdraw_concern(the(), actor=later.student)
    assert told(later.cast.people["city"]) == [line]
    assert not any("没有人能办" in title for title in told(later.own.people["clerk"]))


def test_a_guardian_tells_it_and_reads_the_answer(later: Bonds) -> None:
    mother = later.cast.actor("guardian")
    row = name(later, actor=mother)
    assert row.about == later.own.people["mentor"]
    assert [each.pk for each in own_concerns(mother)] == [row.pk]
    assert not own_concerns(later.student).exists()
    concerns.close(row, "谈过了", actor=later.clerk)
    assert told(later.own.people["guardian"])[0] == "您说的事，学校有了答复"
    assert the().answer == "谈过了"
