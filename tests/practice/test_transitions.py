"""The table of transitions, walked: whatever happens, each side notices what its cell says and nothing else.

Every step is the real deed. What it did to everybody's notices, and to the agendas of those whose cells name something
that is due, is compared with the rows of what happened; in the end every row has happened, every word was said and
every item came or went.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest
import time_machine

from liangshi.config.env import ROOT
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.notices.models import Notice
from liangshi.practice.matching.actions.programmes import confirm_round
from liangshi.practice.matching.actions.publishing import publish
from liangshi.practice.matching.actions.rounds import check, open_round
from liangshi.practice.needs import actions as needs
from liangshi.practice.needs import tasks as need_tasks
from liangshi.practice.needs import transitions as of_needs
from liangshi.practice.needs.models import Need
from liangshi.practice.plans.choices import Mode
from liangshi.practice.relations import transitions as of_relations
from liangshi.practice.relations.actions import absences, changes, concerns, handovers
from liangshi.practice.relations.choices import AbsenceKind
from liangshi.practice.relations.models import Concern, HandOver
from liangshi.practice.relations.queries.absences import rematch
from liangshi.practice.relations.queries.concerns import beside
from liangshi.practice.rosters.actions.people import change_student_state
from liangshi.practice.talks import transitions as of_talks
from liangshi.practice.talks.actions import events
from liangshi.practice.waiting import actions as waiting
from liangshi.practice.waiting import tasks as waiting_tasks
from liangshi.registry.access import transitions as table
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.checks import everything_that_happens_has_a_row
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import DUES
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.management.commands import who_hears
from liangshi.registry.access.policy import allows
from liangshi.registry.access.transitions import BEGINS, ENDS, KINDS, SIDES, STANDING, Cell, Kind, Row, says
from liangshi.registry.mentorships.actions import Pair, begin, begin_co, cover, end_many
from liangshi.registry.mentorships.apart import keep_apart
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.choices import Kind as BondKind
from liangshi.registry.mentorships.models import MentorPlaces, Mentorship
from liangshi.registry.people.actions import graduate, move_class
from liangshi.registry.people.choices import StaffState, StudentState
from liangshi.registry.people.models import Person, Staff
from liangshi.registry.schools.choices import Strategy
from tests.cast import Cast, installer
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_programmes import add, balance, finish, play, review
from tests.practice.needs.test_needs import Care
from tests.practice.relations.bonds import Bonds, another_world
from tests.practice.talks.desk import Desk

UNDER = {
    "student": {Role.STUDENT},
    "guardians": {Role.GUARDIAN},
    "mentor": {Role.MENTOR},
    "next": {Role.MENTOR},
    "caretaker": {Role.MENTOR},
    "co_mentors": {Role.MENTOR},
    "adviser": {Role.ADVISER, Role.GRADE_HEAD},
    "office": {Role.CLERK, Role.LEADER},  # a leader where no clerk may
    "leader": {Role.LEADER},
    "asker": set(Role),
    "lead": {Role.MENTOR},
}
WHOLE = {"office": {Role.CLERK}, "leader": {Role.LEADER}}  # what is told to a role as such
USUAL = {
    "student": "student",
    "guardians": "guardian",
    "mentor": "mentor",
    "next": "second",
    "adviser": "adviser",
    "office": "clerk",
    "leader": "leader",
}


@dataclass
class Walk:
    """What has been seen so far, over all that was lived."""

    cast: Cast
    walked: set[tuple[str, str]] = field(default_factory=set)
    seen: set[tuple[int, str, str]] = field(default_factory=set)  # row, side, words or item
    problems: list[str] = field(default_factory=list)

    @contextmanager
    def happens(self, *happened: tuple[Kind, str], **who: str) -> Iterator[None]:
        """In it these happen, and nothing else; `who`: of each side, by their names in the cast ("*": whoever it is)."""
        rows = [kind.rows[member] for kind, member in happened]
        sides = {side: self.people(names) for side, names in {**USUAL, **who}.items()}
        held = set(Notice.objects.as_system("a test").values_list("pk", flat=True))
        before = self.due(rows, sides)
        yield
        fresh = Notice.objects.as_system("a test").exclude(pk__in=held)
        where = "、".join(f"{kind.label}：{kind.members[member]}" for kind, member in happened)
        for notice in fresh:
            if not self.expected(notice, rows, sides):
                self.problems.append(
                    f"{where}: 「{notice.title}」 to {notice.role} {self.name(notice.person)}"
                )
        after = self.due(rows, sides)
        for number, side, way, item in self.items(rows):
            came = after[side] - before[side] if way == "opens" else before[side] - after[side]
            if any(key.startswith(f"{item}:") for _, key in came):
                self.seen.add((number, side, f"{way} {item}"))
        self.walked |= {(kind.label, member) for kind, member in happened}

    def people(self, names: str) -> list[Person]:
        return (
            list(Person.objects.all()) if names == "*" else [self.cast.person(name) for name in names.split()]
        )

    def name(self, person: UUID | None) -> str:
        return str(Person.objects.filter(pk=person).first() or "") if person else ""

    def expected(self, notice: Notice, rows: list[Row], sides: dict[str, list[Person]]) -> bool:
        found = False
        for row in rows:
            for side, cell in row.cells():
                whose = {None, *(each.pk for each in sides.get(side, []))}
                mine = notice.person in whose and notice.role in (
                    UNDER[side] if notice.person else WHOLE.get(side, ())
                )
                words = cell.matches(notice.title) if mine else None
                if words:
                    found = True
                    self.seen.add((id(row), side, words))
        return found

    def items(self, rows: list[Row]) -> Iterator[tuple[int, str, str, str]]:
        for row in rows:
            for side, cell in row.cells():
                yield from ((id(row), side, "opens", item) for item in cell.opens)
                yield from ((id(row), side, "closes", item) for item in cell.closes)

    def due(self, rows: list[Row], sides: dict[str, list[Person]]) -> dict[str, set[tuple[UUID, str]]]:
        """Side → (person, key) of what is due to these people under any hat, of the kinds that a row names."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for _, side, _, item in self.items(rows):
            wanted[side].add(item)
        return {
            side: {(person.pk, key) for person in sides.get(side, []) for key in due_to(person, kinds)}
            for side, kinds in wanted.items()
        }

    def left_out(self) -> list[str]:
        """What no story has shown."""
        missing = []
        for kind in KINDS:
            for member, row in kind.rows.items():
                same = [other for other, held in kind.rows.items() if held is row]
                if not any((kind.label, other) in self.walked for other in same):
                    missing.append(f"{kind.label}：{member} never happened")
                for side, cell in row.cells():
                    wanted = [
                        *cell.words,
                        *(f"opens {x}" for x in cell.opens),
                        *(f"closes {x}" for x in cell.closes),
                    ]
                    missing += [
                        f"{kind.label}：{member}: {side}: {w}"
                        for w in wanted
                        if (id(row), side, w) not in self.seen
                    ]
        return list(dict.fromkeys(missing))


def due_to(person: Person, kinds: Collection[str]) -> Iterator[str]:
    """As the agenda does, of these kinds alone."""
    for hat in hats_of(person, today()):
        actor = Actor(None, person.pk, person.name, hat)
        for kind, source in DUES.items():
            if kind in kinds and allows(actor.role, source.permission):
                yield from (f"{kind}:{item.key}" for item in source.items(actor))


Story = Callable[[Walk], None]
STORIES: list[Story] = []


def story(tells: Story) -> Story:
    STORIES.append(tells)
    return tells


R, N, T = of_relations, of_needs, of_talks


def test_everybody_hears_what_the_table_says(cast: Cast) -> None:
    walk = Walk(cast)
    for tells in STORIES:
        with another_world():
            tells(walk)
    assert not walk.problems, "\n".join(walk.problems)
    left = walk.left_out()
    assert not left, "\n".join(left)


# A change of mentor that is asked for


@story
def a_change_is_asked_for_offered_and_made(walk: Walk) -> None:
    bonds = Bonds(walk.cast)
    begin_co(
        bonds.own.student, bonds.post("grade_head"), Strategy.XY,
        on=today(), actor=installer(), chain=str(bonds.own.school.pk),
    )  # fmt: skip
    with walk.happens((R.CHANGE_ROWS, "begin")):
        row = bonds.ask()
    with walk.happens((R.CHANGE_ROWS, "receive"), asker="student"):
        changes.receive(row, actor=bonds.clerk)
    with walk.happens((R.CHANGE_ROWS, "meet"), asker="student"):
        changes.meet(row, today(), actor=bonds.clerk)
    with walk.happens((R.CHANGE_ROWS, "agree")):
        changes.agree(row, bonds.post("second"), actor=bonds.clerk)
    with walk.happens((R.CHANGE_ROWS, "decline")):
        changes.decline(row, actor=walk.cast.actor("second", Role.MENTOR))
    changes.agree(row, bonds.post("second"), actor=bonds.clerk)
    happened = (R.CHANGE_ROWS, "take_effect"), (BEGINS, Origin.CHANGED), (R.LETTER_ROWS, "begin")
    with walk.happens(*happened, co_mentors="grade_head"):
        changes.accept(row, actor=walk.cast.actor("second", Role.MENTOR))
    letter = HandOver.objects.get()
    with walk.happens((R.LETTER_ROWS, "asked")):
        handovers.ask_mentor(letter, actor=bonds.student)
    handovers.write_half(letter, "话", actor=bonds.student)
    letter = HandOver.objects.get()
    handovers.write_half(letter, "话", actor=walk.cast.actor("mentor"))
    letter = HandOver.objects.get()
    with walk.happens((R.LETTER_ROWS, "accept")):
        handovers.accept_letter(letter, actor=walk.cast.actor("second", Role.MENTOR))


@story
def a_request_ends_in_every_other_way(walk: Walk) -> None:
    bonds = Bonds(walk.cast)
    refused = bonds.ask()
    with walk.happens((R.CHANGE_ROWS, "refuse"), asker="student"):
        changes.refuse(refused, "先谈一谈", actor=bonds.clerk)
    waits = bonds.ask(walk.cast.actor("guardian"))
    with walk.happens((R.CHANGE_ROWS, "withdraw"), asker="guardian"):
        changes.withdraw(waits, actor=walk.cast.actor("guardian"))
    offered = bonds.asked_and_agreed(actor=walk.cast.actor("guardian"))
    with walk.happens((R.CHANGE_ROWS, "withdraw"), asker="guardian"):
        changes.withdraw(offered, actor=walk.cast.actor("guardian"))
    again = bonds.ask(walk.cast.actor("mentor"))
    with walk.happens((R.CHANGE_ROWS, "lapse"), asker="mentor"):
        changes.lapse([again.mentorship_id])
    bonds.asked_and_agreed(actor=walk.cast.actor("mentor"))
    with walk.happens((R.CHANGE_ROWS, "lapse"), asker="mentor"):
        changes.lapse([again.mentorship_id])


@story
def whoever_was_asked_cannot_take_him(walk: Walk) -> None:
    bonds = Bonds(walk.cast)
    row = bonds.asked_and_agreed()
    with walk.happens((R.CHANGE_ROWS, "decline"), (R.ABSENCE_ROWS, "begin")):
        absences.register(
            bonds.post("second"), AbsenceKind.SICK, back_on=None, deputy=None, actor=bonds.clerk
        )
    changes.agree(row, bonds.post("grade_head"), actor=bonds.clerk)
    Staff.objects.filter(pk=bonds.post("grade_head").pk).update(state=StaffState.SICK)
    with walk.happens((R.CHANGE_ROWS, "decline"), next="grade_head"):
        _refused(lambda: changes.accept(row, actor=bonds.clerk))
    Staff.objects.filter(pk=bonds.post("grade_head").pk).update(state=StaffState.ON_DUTY)
    changes.agree(row, bonds.post("grade_head"), actor=bonds.clerk)
    bonds.quota(grade_head=0)
    with walk.happens((R.CHANGE_ROWS, "decline"), next="grade_head"):
        _refused(lambda: changes.accept(row, actor=bonds.clerk))


def _refused(deed: Callable[[], object]) -> None:
    with pytest.raises(DomainError):
        deed()


# What concerns safety


@story
def a_concern_is_told_taken_up_and_answered(walk: Walk) -> None:
    bonds = Bonds(walk.cast)
    named = {each.staff.pk: each for each in beside(bonds.own.student)}[bonds.post("mentor").pk]
    with walk.happens((R.CONCERN_ROWS, "begin"), asker="student"):
        concerns.raise_concern(bonds.own.student, named, reason="他骂人", actor=bonds.student)
    row = Concern.objects.select_related("student__school").get()
    with walk.happens((R.CONCERN_ROWS, "withdraw"), asker="student"):
        concerns.withdraw_concern(row, actor=bonds.student)
    with (
        time_machine.travel(now() + dt.timedelta(20)),
        walk.happens((R.CONCERN_ROWS, "late"), asker="student"),
    ):
        concerns.urge_concerns()
    with walk.happens((R.CONCERN_ROWS, "take"), asker="student"):
        concerns.take(row, actor=bonds.clerk)
    with walk.happens((R.CONCERN_ROWS, "close"), asker="student"):
        concerns.close(row, "谈过了", actor=bonds.clerk)


@story
def a_concern_about_the_only_clerk_is_the_leaders(walk: Walk) -> None:
    bonds = Bonds(walk.cast)
    Mentorship.objects.filter(pk=bonds.bond().pk).update(mentor=bonds.post("clerk"))
    named = next(each for each in beside(bonds.own.student) if each.staff == bonds.post("clerk"))
    who = {"asker": "student", "mentor": "clerk", "office": "leader"}
    with walk.happens((R.CONCERN_ROWS, "begin"), **who):
        concerns.raise_concern(bonds.own.student, named, reason="", actor=bonds.student)
    row = Concern.objects.select_related("student__school").get()
    with walk.happens((R.CONCERN_ROWS, "withdraw"), **who):
        concerns.withdraw_concern(row, actor=bonds.student)
    with walk.happens((R.CONCERN_ROWS, "close"), **who):
        concerns.close(row, "谈过了", actor=bonds.leader)
    with walk.happens((R.CHANGE_ROWS, "begin"), office="leader", mentor="clerk"):
        bonds.ask(walk.cast.actor("guardian"))


# Somebody of the staff is away


@story
def a_short_leave_becomes_a_long_one_and_somebody_takes_over(walk: Walk) -> None:
    bonds = Bonds(walk.cast)
    back_on = today() + dt.timedelta(20)
    with walk.happens((R.ABSENCE_ROWS, "begin"), (R.CARE_ROWS, "begin"), caretaker="grade_head"):
        row = absences.register(
            bonds.post("mentor"), AbsenceKind.SHORT, back_on=back_on, deputy=bonds.post("grade_head"),
            actor=bonds.clerk,
        )  # fmt: skip
    with time_machine.travel(now() + dt.timedelta(21)), walk.happens((R.ABSENCE_ROWS, "due")):
        absences.remind_of_return()
    with (
        time_machine.travel(now() + dt.timedelta(31)),
        walk.happens((R.ABSENCE_ROWS, "overdue"), (R.ABSENCE_ROWS, "due")),
    ):
        absences.remind_of_return()
    with walk.happens((R.ABSENCE_ROWS, "stay_away")):
        absences.stay_away(row, actor=bonds.clerk)
    plan = rematch(row)
    happened = (
        (R.ABSENCE_ROWS, "hand_over"),
        (BEGINS, Origin.SUCCESSION),
        (R.CARE_ROWS, "over"),
        (R.LETTER_ROWS, "begin"),
    )
    chosen = {line.bond.pk: bonds.post("second").pk for line in plan.lines}
    with walk.happens(*happened, caretaker="grade_head"):
        absences.succeed(row, chosen, commitment=plan.commitment, actor=bonds.clerk)


@story
def somebody_leaves_for_good_and_his_letter_is_the_schools(walk: Walk) -> None:
    bonds = Bonds(walk.cast)
    with walk.happens((R.ABSENCE_ROWS, "begin"), (R.CARE_ROWS, "begin"), caretaker="grade_head"):
        row = absences.register(
            bonds.post("mentor"),
            AbsenceKind.GONE,
            back_on=None,
            deputy=bonds.post("grade_head"),
            actor=bonds.clerk,
        )
    plan = rematch(row)
    chosen = {line.bond.pk: bonds.post("second").pk for line in plan.lines}
    happened = (
        (R.ABSENCE_ROWS, "hand_over"),
        (BEGINS, Origin.SUCCESSION),
        (R.CARE_ROWS, "over"),
        (R.LETTER_ROWS, "begin"),
    )
    with walk.happens(*happened, caretaker="grade_head"):
        absences.succeed(row, chosen, commitment=plan.commitment, actor=bonds.clerk)
    with walk.happens((R.LETTER_ROWS, "skip")):
        handovers.skip_letter(HandOver.objects.get(), actor=bonds.clerk)


@story
def somebody_comes_back(walk: Walk) -> None:
    bonds = Bonds(walk.cast)
    row = absences.register(
        bonds.post("mentor"),
        AbsenceKind.SICK,
        back_on=None,
        deputy=bonds.post("grade_head"),
        actor=bonds.clerk,
    )
    with walk.happens((R.ABSENCE_ROWS, "come_back"), (R.CARE_ROWS, "back"), caretaker="grade_head"):
        absences.come_back(row, actor=bonds.clerk)


@story
def a_co_mentor_is_away_for_long(walk: Walk) -> None:
    bonds = Bonds(walk.cast)
    begin_co(
        bonds.own.student, bonds.post("second"), Strategy.XY,
        on=today(), actor=installer(), chain=str(bonds.own.school.pk),
    )  # fmt: skip
    with walk.happens((ENDS, EndReason.MENTOR_LEFT), (R.ABSENCE_ROWS, "begin"), co_mentors="second", next=""):
        absences.register(
            bonds.post("second"), AbsenceKind.SICK, back_on=None, deputy=None, actor=bonds.clerk
        )


# Several mentors for one student


@story
def a_need_is_approved_staffed_vacated_and_ended(walk: Walk) -> None:
    care = Care(walk.cast)
    with walk.happens((N.NEED_ROWS, "begin"), asker="adviser"):
        need = care.propose("XY")
    with walk.happens((N.NEED_ROWS, "approve"), asker="adviser"):
        care.approve(need)
    line = need.strategies.get()
    with walk.happens((N.NEED_ROWS, "seek"), asker="adviser"):
        needs.choose_co_mentors({line.pk: care.own.posts["second"].pk}, actor=care.clerk)
    need = Need.objects.get()
    who = {"asker": "adviser", "co_mentors": "second", "next": ""}
    with walk.happens((N.NEED_ROWS, "staff"), (BEGINS, Origin.NEED), **who):
        care.grant(need)
    need.refresh_from_db()
    with time_machine.travel(now() + dt.timedelta(100)), walk.happens((N.NEED_ROWS, "review"), **who):
        need_tasks.look_after_needs()
    with another_world():
        gone = (N.NEED_ROWS, "reopen"), (ENDS, EndReason.MENTOR_LEFT), (R.ABSENCE_ROWS, "begin")
        with walk.happens(*gone, **who):
            absences.register(
                care.own.posts["second"], AbsenceKind.SICK, back_on=None, deputy=None, actor=care.clerk
            )
            need_tasks.look_after_needs()
    with walk.happens((N.NEED_ROWS, "end"), (ENDS, EndReason.NEED_OVER), **who):
        needs.end_need(need, actor=care.leader)


@story
def a_need_is_refused(walk: Walk) -> None:
    care = Care(walk.cast)
    need = care.propose("XY")
    with walk.happens((N.NEED_ROWS, "refuse"), asker="adviser"):
        needs.decide_need(
            need, approve=False, refusal="more", by=care.own.people["leader"], actor=care.leader
        )


# What happens to a student


@story
def an_event_is_reported_led_handed_on_and_closed(walk: Walk) -> None:
    desk = Desk(walk.cast)
    with walk.happens((T.EVENT_ROWS, "begin"), asker="student"):
        row = desk.report(0, by=walk.cast.actor("student"))
    with walk.happens((T.EVENT_ROWS, "accept")):
        events.advance(row, "accept", actor=desk.actor("adviser", Role.ADVISER))
    office = desk.actor("clerk", Role.CLERK)
    with walk.happens((T.EVENT_ROWS, "lead"), lead="second", next=""):
        events.set_lead(row, desk.troupe.posts["second"], actor=office)
    with walk.happens((T.EVENT_ROWS, "away"), (R.ABSENCE_ROWS, "begin"), lead="second", next=""):
        absences.register(
            desk.troupe.posts["second"], AbsenceKind.SICK, back_on=None, deputy=None, actor=office
        )
    with walk.happens((T.EVENT_ROWS, "hand_on"), lead="second grade_head", next=""):
        events.set_lead(row, desk.troupe.posts["grade_head"], actor=office)
    lead = walk.cast.actor("grade_head", Role.MENTOR)
    for step in ("follow", "calm", "close"):
        with walk.happens((T.EVENT_ROWS, step), lead="grade_head", next=""):
            events.advance(row, step, actor=lead)


# Students come, pause and go


@story
def a_student_pauses_and_comes_back(walk: Walk) -> None:
    desk = Desk(walk.cast).co(0, "second")
    student, office = desk.student(0), desk.actor("clerk", Role.CLERK)
    with walk.happens((STANDING, StudentState.SUSPENDED), co_mentors="second", next=""):
        change_student_state(
            student, StudentState.SUSPENDED, on=today() - dt.timedelta(3), note="休养", actor=office
        )
    with walk.happens((STANDING, StudentState.ENROLLED), co_mentors="second", next=""):
        change_student_state(
            student, StudentState.ENROLLED, on=today() - dt.timedelta(1), note="好了", actor=office
        )
        waiting_tasks.greet_returned()


def looked_after(desk: Desk) -> None:
    """The student's mentor is away, and the head of his grade stands in."""
    bonds = Mentorship.objects.filter(student=desk.student(0), kind=BondKind.PRIMARY)
    cover(bonds, desk.troupe.posts["grade_head"], on=today(), actor=installer(), chain=desk.chain)


@story
def a_student_leaves_and_comes_back(walk: Walk) -> None:
    desk = Desk(walk.cast).co(0, "second")
    student, office = desk.student(0), desk.actor("clerk", Role.CLERK)
    left = (STANDING, StudentState.TRANSFERRED), (ENDS, EndReason.STUDENT_LEFT)
    looked_after(desk)
    with walk.happens(*left, co_mentors="second", caretaker="grade_head", next="", student="", guardians=""):
        change_student_state(student, StudentState.TRANSFERRED, on=today(), note="搬家", actor=office)
    with walk.happens((STANDING, StudentState.ENROLLED), next=""):
        change_student_state(student, StudentState.ENROLLED, on=today(), note="又回来", actor=office)
        move_class(student, desk.troupe.class_1, on=today(), actor=office)
        waiting_tasks.open_assignments()
    with another_world(), walk.happens((STANDING, StudentState.TRANSFERRED), next=""):
        change_student_state(student, StudentState.TRANSFERRED, on=today(), note="搬家", actor=office)
        waiting_tasks.open_assignments()
    with walk.happens((BEGINS, Origin.ASSIGNED)):
        waiting.assign({student.pk: desk.troupe.posts["second"].pk}, actor=office)


@story
def a_student_dies(walk: Walk) -> None:
    desk = Desk(walk.cast).co(0, "second")
    happened = (STANDING, StudentState.DIED), (ENDS, EndReason.STUDENT_DIED)
    looked_after(desk)
    with walk.happens(
        *happened, co_mentors="second", caretaker="grade_head", next="", student="", guardians=""
    ):
        change_student_state(
            desk.student(0), StudentState.DIED, on=today(), note="因病", actor=desk.actor("clerk", Role.CLERK)
        )


@story
def a_death_was_registered_by_mistake(walk: Walk) -> None:
    desk = Desk(walk.cast).co(0, "second")
    child, office = desk.student(0), desk.actor("clerk", Role.CLERK)
    change_student_state(child, StudentState.DIED, on=today(), note="因病", actor=office)
    with walk.happens((STANDING, StudentState.ENROLLED), co_mentors="second", next=""):
        change_student_state(child, StudentState.ENROLLED, on=today(), note="登记有误", actor=office)


@story
def a_year_graduates(walk: Walk) -> None:
    desk = Desk(walk.cast).co(0, "second")
    keys, chain = [desk.student(0).pk], desk.chain
    looked_after(desk)
    happened = (ENDS, EndReason.YEAR_OVER), (STANDING, StudentState.GRADUATED)
    with walk.happens(*happened, co_mentors="second", caretaker="grade_head", next=""):
        end_many(keys, on=today(), reason=EndReason.YEAR_OVER, actor=installer(), chain=chain)
        graduate(keys, on=today(), note="毕业", actor=installer(), chain=chain)


@story
def relations_come_by_a_list_and_by_a_round(walk: Walk) -> None:
    own = walk.cast.own
    pairs = [Pair(own.students[1].pk, own.posts["second"].pk, today())]
    with walk.happens((BEGINS, Origin.IMPORTED)):
        begin(pairs, origin=Origin.IMPORTED, actor=installer(), chain=str(own.school.pk))


@story
def a_round_is_published(walk: Walk) -> None:
    MentorPlaces.objects.exclude(staff=walk.cast.own.posts["second"]).update(quota=0)
    stage = Stage(walk.cast).open().close().propose().see_fairness()
    with walk.happens((BEGINS, Origin.ROUND), mentor="", student="*", guardians="*"):
        stage.publish()


@story
def a_review_passes_on_whom_his_student_has_named(walk: Walk) -> None:
    """He writes no letter, and hears what everybody hears who gives students."""
    stage = review(Stage(walk.cast))
    last = add(stage, Mode.ASSIGN)
    keep_apart(stage.student(0).pk, [walk.cast.person("mentor").pk])
    begin_co(
        stage.student(0),
        walk.cast.own.posts["grade_head"],
        Strategy.XY,
        on=today(),
        actor=installer(),
        chain=str(walk.cast.own.school.pk),
    )
    check(stage.round, actor=stage.clerk)
    open_round(stage.round, actor=stage.clerk)
    confirm_round(finish(stage, stage.round), actor=stage.clerk)
    play(stage, last)
    balance(last.programme)
    with walk.happens((BEGINS, Origin.ROUND), student="*", guardians="*", next="*", co_mentors="*"):
        publish(last.programme, actor=stage.leader)


# The table itself


def test_what_may_happen_and_has_no_row_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert everything_that_happens_has_a_row(None) == []
    monkeypatch.setattr(table, "KINDS", [])
    monkeypatch.setattr("liangshi.registry.access.checks.KINDS", kinds := [])
    kind = Kind("新的事", {"one": "一", "two": "二"})
    kind.row("one", student=table.opens("nothing-that-is-due"), rest="试一试")
    kinds.append(kind)
    found = [(each.id, each.msg) for each in everything_that_happens_has_a_row(None)]
    assert [code for code, _ in found] == ["access.E009", "access.E010"]
    assert "新的事: 二 (two)" in found[0][1]


def test_a_row_is_said_once_and_of_what_may_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "KINDS", [])
    kind = Kind("新的事", {"one": "一"})
    with pytest.raises(ValueError, match="cannot happen"):
        kind.row("three", rest="")
    with pytest.raises(ValueError, match="there is no nobody"):
        kind.row("one", rest="", nobody=says("啊"))
    kind.row("one", rest="试一试")
    with pytest.raises(ValueError, match="has its row already"):
        kind.nothing_does("one", because="试一试")


@pytest.mark.parametrize("side", SIDES)
def test_no_cell_is_empty_without_a_reason(side: str) -> None:
    for kind in KINDS:
        for member, row in kind.rows.items():
            cell: Cell = getattr(row, side)
            assert cell.words or cell.opens or cell.closes or cell.why, f"{kind.label}：{member}: {side}"


def test_the_manual_says_what_the_table_says() -> None:
    """Else: `.venv/bin/liangshi who-hears > docs/manual/who-hears.md`."""
    said = (ROOT / "docs" / "manual" / "who-hears.md").read_text().splitlines()
    assert said == f"{who_hears.HEAD}{chr(10).join(who_hears.lines())}".splitlines()
