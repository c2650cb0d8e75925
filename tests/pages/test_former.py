"""Whoever accompanied a student reads nothing of him from 00:00 of the day on which that ends, at no address and through no
permission; and whoever begins reads nothing a second too early."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.records.levels import Level
from liangshi.practice.growth.actions.shining import drop as note_shine
from liangshi.practice.growth.models import Shine
from liangshi.practice.talks.actions.activities import arrange_activity
from liangshi.practice.talks.actions.drafts import DRAFTS
from liangshi.practice.talks.actions.events import advance, set_lead
from liangshi.practice.talks.actions.notes import write_note
from liangshi.practice.talks.models import Activity, FollowUp, LifeEvent, ScratchNote, Talk
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.access.policy import PERMISSIONS, Scope
from liangshi.registry.mentorships.actions import end, uncover
from liangshi.registry.mentorships.choices import EndReason
from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import ClassPost, Enrolment, Staff, Student
from tests.asking import SignIn, html_of
from tests.cast import installer
from tests.practice.talks.desk import Desk

pytestmark = [pytest.mark.usefixtures("november"), pytest.mark.both]
DAY = dt.timedelta(days=1)
LAST = dt.date(2026, 12, 7)  # of the relation
SECRET = "只在TA的档案里"
NAME = "欧阳雨桐甲"

# Through which fields a row of each model is about students; the rows of the others are about nobody.
ABOUT = {
    "Student": "pk",
    "Talk": "students__student",
    "FollowUp": "talk__students__student",
    "LifeEvent": "student",
    "ScratchNote": "student",
    "Activity": "students__student",
    "Mentorship": "student",
    "ChangeRequest": "mentorship__student",
    "HandOver": "ended__student",
    "Need": "student",
    "Shine": "student",
    "Concern": "student",
    "SlipRequest": "student",
}
NOBODY = {"Staff", "ClassGroup", "RoundMentor"}
OF_RELATION = {Scope.MENTEES, Scope.LED, Scope.SELF, Scope.CLASSES}


def shanghai(day: dt.date, clock: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{clock}+08:00")


def about(actor: Actor) -> set[uuid.UUID]:
    """The students about whom he reads anything at all that is not everybody's at the school."""
    held = {(each.resource.name, each.roles.get(actor.role)): each for each in PERMISSIONS.values()}
    found: set[uuid.UUID] = set()
    for (_, reach), permission in held.items():  # what one scope of a resource reaches is one question
        model = permission.resource.model
        if reach in OF_RELATION and model.__name__ not in NOBODY:
            rows = model.objects.seen_by(actor, permission)
            found |= {key for key in rows.values_list(ABOUT[model.__name__], flat=True) if key}
    return found


@pytest.fixture
def _noon() -> Iterator[None]:
    """Of the day before the mentor's last."""
    with time_machine.travel(shanghai(LAST - DAY, "12:00"), tick=False):
        yield


def everything(desk: Desk, client: Client) -> dict[str, str]:
    """Something of each kind about student 0, with a word in it; the mentor's addresses where it stands."""
    student, mentor = desk.student(0), desk.mentor
    talk = desk.talk(0, gist=SECRET, family="needed", next_on=today() + 3 * DAY)
    desk.correct(talk, gist=f"{SECRET}，更正", family="needed", next_on=today() + 3 * DAY)
    note = write_note(student.pk, SECRET, actor=mentor)
    key = uuid.uuid4()
    DRAFTS.keep({"students": [str(student.pk)], "gist": [SECRET]}, key=key, actor=mentor)
    activity = arrange_activity(
        name=SECRET, day=LAST + 9 * DAY, students=[student.pk], key=uuid.uuid4(), actor=mentor
    )
    event = desk.report(0, text=SECRET)
    shine = {"text": SECRET, "virtue": "moral", "on": today(), "shared": False}
    note_shine(student, **shine, key=uuid.uuid4(), actor=mentor)  # type: ignore[arg-type]
    subscribed = html_of(client.post(reverse("agenda:subscribe"), follow=True))
    feed = subscribed.split("/agenda/feed/")[1].split(".ics")[0]
    return {
        "home": "/",
        "agenda": reverse("agenda:agenda"),
        "feed": reverse("agenda:feed", args=[feed]),
        "search": f"{reverse('dossier:search')}?q={NAME[:2]}",
        "students": reverse("dossier:students"),
        "student": reverse("dossier:student", args=[student.pk]),
        "timeline": f"{reverse('dossier:student', args=[student.pk])}?part=timeline",
        "talks": reverse("talks:list"),
        "talk": reverse("talks:talk", args=[talk.pk]),
        "edit": reverse("talks:edit", args=[talk.pk]),
        "versions": reverse("talks:versions", args=[talk.pk]),
        "draft": f"{reverse('talks:new')}?draft={key}",
        "follow-ups": reverse("talks:follow_ups"),
        "notes": reverse("talks:notes"),
        "note": reverse("talks:note", args=[note.pk]),
        "new note": reverse("talks:note_new"),
        "activities": reverse("talks:activities"),
        "activity": reverse("talks:activity", args=[activity.pk]),
        "events": reverse("talks:events"),
        "event": reverse("talks:event", args=[event.pk]),
        "shines": reverse("growth:shine"),
        "take a shine back": reverse("growth:shine_void", args=[Shine.objects.get().pk]),
        "goal": reverse("growth:goal_new", args=[student.pk]),
    }


def shown(client: Client, url: str) -> bool:
    """Whether an answer tells anything of student 0."""
    answer = client.get(url)
    page = answer.content.decode()
    return answer.status_code == 200 and (NAME in page or SECRET in page or "和家长沟通" in page)


@pytest.mark.usefixtures("_noon")
def test_it_ends_at_midnight_in_the_city(desk: Desk, sign_in: SignIn) -> None:
    places = everything(desk, sign_in("mentor"))
    # By the calendar alone: nobody does anything at that hour, and no page is asked twice in a row.
    Mentorship.objects.filter(student=desk.student(0)).update(
        ends_on=LAST + DAY, end_reason="agreed", seat=None
    )
    seen = {}
    few = {name: places[name] for name in ("student", "talk", "note")}
    for day, clock, asked in (
        (LAST, "23:59:59", places),
        (LAST + DAY, "00:00:00", places),
        (LAST + DAY, "00:00:01", few),
    ):
        with time_machine.travel(shanghai(day, clock), tick=False):
            client = sign_in("mentor")
            seen[clock] = {name for name, url in asked.items() if shown(client, url)}
    quiet = {"feed"}  # a calendar of others' eyes names nobody anyway
    assert set(places) - seen["23:59:59"] == quiet
    assert (seen["00:00:00"], seen["00:00:01"]) == (set(), set())


@pytest.mark.usefixtures("_noon")
def test_it_begins_at_midnight_in_the_city(desk: Desk, sign_in: SignIn) -> None:
    talk = desk.talk(0, gist=SECRET)
    held = Mentorship.objects.filter(student=desk.student(0))
    held.update(ends_on=LAST + DAY, end_reason="agreed", seat=None)
    second = desk.troupe.posts["second"]
    Mentorship.objects.create(
        student=desk.student(0), mentor=second, origin="assigned", seat=1, starts_on=LAST + DAY
    )
    pages = {
        "student": reverse("dossier:student", args=[desk.student(0).pk]),
        "search": f"{reverse('dossier:search')}?q={NAME[:2]}",
        "talk": reverse("talks:talk", args=[talk.pk]),
        "home": "/",
        "first meetings": reverse("relations:meetings"),
        "another mentor": reverse("relations:ask", args=[desk.student(0).pk]),
    }
    for day, clock, expected in (
        (LAST, "23:59:59", set()),
        (LAST + DAY, "00:00:00", set(pages)),
    ):
        with time_machine.travel(shanghai(day, clock), tick=False):
            new = sign_in("second", Role.MENTOR)
            assert {name for name, url in pages.items() if shown(new, url)} == expected, clock


# How somebody comes to accompany student 0, and how that ends.
Step = Callable[[Desk], object]


def _end(desk: Desk, post: str, **which: Any) -> None:
    bond = Mentorship.objects.get(
        student=desk.student(0), mentor=desk.troupe.posts[post], ends_on=None, **which
    )
    end(bond, on=today(), reason=EndReason.AGREED, actor=installer(), chain=desk.chain)


def _leads(desk: Desk) -> None:
    set_lead(desk.report(0), desk.troupe.posts["worker"], actor=desk.actor("clerk", Role.CLERK))


def _closes(desk: Desk) -> None:
    row, lead = LifeEvent.objects.get(), desk.actor("worker", Role.STAFF)
    for step in ("follow", "calm", "close"):
        advance(row, step, actor=lead)


def _hands_on(desk: Desk) -> None:
    set_lead(LifeEvent.objects.get(), desk.troupe.posts["clerk"], actor=desk.actor("leader", Role.LEADER))


def _gone_and_back(desk: Desk) -> None:
    _end(desk, "mentor")
    held = Staff.objects.filter(pk=desk.troupe.posts["mentor"].pk)
    held.update(state=StaffState.GONE)
    assert not [hat for hat in hats_of(desk.troupe.people["mentor"], today()) if hat.staff_id]
    held.update(state=StaffState.ON_DUTY)


def _other_class(desk: Desk) -> None:
    ClassPost.objects.filter(staff=desk.troupe.posts["adviser"]).update(ends_on=today())
    ClassPost.objects.create(
        staff=desk.troupe.posts["adviser"],
        class_group=desk.troupe.class_2,
        is_adviser=True,
        starts_on=today(),
    )


def _student_moves(desk: Desk) -> None:
    Enrolment.objects.filter(student=desk.student(0)).update(ends_on=today())
    Enrolment.objects.create(
        student=desk.student(0), class_group=desk.troupe.class_2, seat_no="9", starts_on=today()
    )


def _passes_on(desk: Desk) -> None:
    _end(desk, "mentor")
    desk.give(0, post="second")


def _mentor_of_the_class_moves(desk: Desk) -> None:
    """He has the student as his mentor and taught his class: the class goes first, the student with the relation."""
    _end(desk, "mentor")
    ClassPost.objects.create(
        staff=desk.troupe.posts["mentor"], class_group=desk.troupe.class_1, starts_on=today()
    )


def uncovered(desk: Desk) -> None:
    uncover([desk.bond()], on=today(), actor=installer(), chain=desk.chain)


FORMER: dict[str, tuple[str, Role, Step, Step]] = {
    "mentor": ("mentor", Role.MENTOR, lambda desk: None, lambda desk: desk.part()),
    "successor": ("second", Role.MENTOR, _passes_on, lambda desk: _end(desk, "second")),
    "co-mentor": ("second", Role.MENTOR, lambda desk: desk.co(), lambda desk: _end(desk, "second")),
    "caretaker": ("worker", Role.MENTOR, lambda desk: desk.cover(post="worker"), uncovered),
    "caretaker of a relation that ends": (
        "second", Role.MENTOR, lambda desk: desk.cover(), lambda desk: desk.part(),
    ),
    "lead of a closed event": ("worker", Role.STAFF, _leads, _closes),
    "lead before another": ("worker", Role.STAFF, _leads, _hands_on),
    "class adviser": ("adviser", Role.ADVISER, lambda desk: None, _other_class),
    "adviser of a student who moves": ("adviser", Role.ADVISER, lambda desk: None, _student_moves),
    "mentor who left and came back": ("mentor", Role.MENTOR, lambda desk: None, _gone_and_back),
    "mentor who teaches his class now": (
        "mentor", Role.MENTOR, lambda desk: None, _mentor_of_the_class_moves,
    ),
}  # fmt: skip


def leave_traces(who: Actor, student: Student, event: LifeEvent | None = None) -> None:
    """Rows that somebody who accompanies a student has written of him, past the actions."""
    if who.role != Role.STAFF:  # whoever leads sees something good as every colleague does
        Shine.objects.create(
            student=student,
            author_id=who.person_id,
            text=SECRET,
            virtue="moral",
            on=today(),
            key=uuid.uuid4(),
        )
    if who.role == Role.ADVISER:
        return
    talk = Talk.objects.create(
        school_id=who.own_school, author_id=who.staff_id, day=today(), mode="face", level=Level.AUTHOR,
        key=uuid.uuid4(), gist=SECRET, event=event, family="unfit",
    )  # fmt: skip
    talk.students.create(student=student, remark=SECRET)
    for kind in ("family", "consult"):
        FollowUp.objects.create(talk=talk, kind=kind, owner_id=who.person_id, due_on=today())
    ScratchNote.objects.create(author_id=who.staff_id, student=student, text=SECRET)
    activity = Activity.objects.create(
        school_id=who.own_school, owner_id=who.staff_id, name=SECRET, day=today(), key=uuid.uuid4()
    )
    activity.students.create(student=student)


@pytest.mark.parametrize("kind", FORMER)
def test_who_accompanied_a_student_reads_nothing_of_him(desk: Desk, kind: str) -> None:
    name, role, begins, ends = FORMER[kind]
    begins(desk)
    student, who = desk.student(0), desk.actor(name, role)
    leave_traces(who, student, LifeEvent.objects.first())
    assert student.pk in about(who)
    if kind == "class adviser":  # the relations of the class's mentors are not his
        assert not Talk.objects.exists()
    with time_machine.travel(dt.datetime.now(dt.UTC) + 7 * DAY):
        ends(desk)
        person = desk.troupe.people[name]
        for hat in hats_of(person, today()):
            if hat.staff_id:
                now = Actor(who.account_id, who.person_id, who.name, hat)
                assert student.pk not in about(now), hat.label


def test_a_new_permission_says_whom_its_rows_are_about() -> None:
    for permission in PERMISSIONS.values():
        staff = {role: reach for role, reach in permission.roles.items() if role not in {Role.STUDENT}}
        if set(staff.values()) & OF_RELATION:
            assert permission.resource.model.__name__ in {*ABOUT, *NOBODY}, permission.code


class Year:
    """Days of a small school at random, and beside them a plain list of who has whom from when until when."""

    STAFF = ("mentor", "second", "grade_head", "worker")

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.dice, self.day = desk, random.Random(seed), today()
        self.people = {name: desk.troupe.posts[name] for name in self.STAFF}
        self.primary: dict[int, str] = {0: "mentor"}
        self.co: dict[int, str] = {}
        self.care: dict[int, str] = {}
        self.spans: list[list[Any]] = [["mentor", 0, self.day, None]]
        self.events: dict[int, tuple[LifeEvent, str]] = {}
        RoleGrant.objects.all().delete()
        ClassPost.objects.all().delete()

    def actor(self, name: str) -> Actor:
        who = self.desk.troupe.people[name]
        (hat,) = [hat for hat in hats_of(who, today()) if hat.role in {Role.MENTOR, Role.STAFF}]
        return Actor(None, who.pk, who.name, hat)

    def _begin(self, name: str, n: int) -> None:
        self.spans.append([name, n, today(), None])
        leave_traces(self.actor(name), self.desk.student(n))

    def _end(self, name: str, n: int) -> None:
        for span in self.spans:
            if span[:2] == [name, n] and span[3] is None:
                span[3] = today()

    def begin(self, n: int) -> None:
        if n not in self.primary:
            self.primary[n] = name = self.dice.choice(self.STAFF[:3])
            self.desk.give(n, post=name)
            self._begin(name, n)

    def end(self, n: int) -> None:
        if n in self.primary and n not in self.co:
            self._uncare(n)
            bond = Mentorship.objects.get(student=self.desk.student(n), kind="primary", ends_on=None)
            end(bond, on=today(), reason=EndReason.AGREED, actor=installer(), chain=self.desk.chain)
            self._end(self.primary.pop(n), n)

    def cover(self, n: int) -> None:
        free = [name for name in self.STAFF if name not in {self.primary.get(n), self.co.get(n)}]
        if n in self.primary:
            self._uncare(n)
            self.care[n] = name = self.dice.choice(free)
            self.desk.cover(n, post=name)
            self._begin(name, n)

    def _uncare(self, n: int) -> None:
        if n in self.care:
            self._end(self.care.pop(n), n)

    def uncover(self, n: int) -> None:
        if n in self.care:
            uncover([self.desk.bond(n)], on=today(), actor=installer(), chain=self.desk.chain)
            self._uncare(n)

    def co_mentor(self, n: int) -> None:
        taken = {self.primary.get(n), self.care.get(n)}
        if n in self.primary and n not in self.co:
            self.co[n] = name = self.dice.choice([each for each in self.STAFF[:3] if each not in taken])
            self.desk.co(n, post=name)
            self._begin(name, n)

    def end_co(self, n: int) -> None:
        if n in self.co:
            bond = Mentorship.objects.get(student=self.desk.student(n), kind="co", ends_on=None)
            end(bond, on=today(), reason=EndReason.NEED_OVER, actor=installer(), chain=self.desk.chain)
            self._end(self.co.pop(n), n)

    def lead(self, n: int) -> None:
        if n not in self.events:
            name = self.dice.choice(self.STAFF)
            row = LifeEvent.objects.create(
                school=self.desk.troupe.school, student=self.desk.student(n), kind="marks", state="followed",
                reported_by=self.desk.student(n).person, reported_on=today(), key=uuid.uuid4(),
                lead=self.people[name], lead_on=today(),
            )  # fmt: skip
            self.events[n] = (row, name)

    def close(self, n: int) -> None:
        if n in self.events:
            row, name = self.events.pop(n)
            advance(row, "calm", actor=self.actor(name))
            advance(row, "close", actor=self.actor(name))

    MOVES = (begin, end, cover, uncover, co_mentor, end_co, lead, close)

    def expected(self, name: str) -> set[uuid.UUID]:
        """The slow oracle: it knows no query."""
        having = {
            n
            for who, n, since, until in self.spans
            if who == name and since <= today() and (until is None or today() < until)
        }
        leading = {n for n, (_, who) in self.events.items() if who == name}
        return {self.desk.student(n).pk for n in having | leading}


@pytest.mark.parametrize(
    "seed", [126, 2001]
)  # in them each of the moves happens, and each of those that end something
def test_after_any_sequence_each_reads_about_his_own_alone(desk: Desk, seed: int) -> None:
    year = Year(desk, seed)
    leave_traces(year.actor("mentor"), desk.student(0))
    for step in range(1, 11):
        with time_machine.travel(dt.datetime.now(dt.UTC) + step * DAY):
            move = year.dice.choice(Year.MOVES)
            move(year, year.dice.randrange(2))
            for name in Year.STAFF:
                assert about(year.actor(name)) == year.expected(name), (step, move.__name__, name)
    assert Interim.objects.exists() or Mentorship.objects.count() > 1
    assert [until for *_, until in year.spans if until], "a year in which nothing ends shows nothing"


def test_a_caretaker_goes_with_the_relation(desk: Desk) -> None:
    """Also where the relation ends by its date alone, and nobody has ended his care."""
    desk.cover()
    second = desk.actor("second")
    leave_traces(second, desk.student(0))
    with time_machine.travel(dt.datetime.now(dt.UTC) + DAY):
        held = Mentorship.objects.filter(student=desk.student(0))
        held.update(ends_on=today(), end_reason="agreed", seat=None)
        assert Interim.objects.filter(ends_on=None).exists()
        assert about(second) == set()
