"""What the tests of relations share: bonds that begin when they should, free and full mentors, actors of students."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.db import transaction

from liangshi.foundation.base.clock import today
from liangshi.practice.relations.actions import changes as actions
from liangshi.practice.relations.actions.handovers import ask_mentor
from liangshi.practice.relations.models import ChangeRequest, HandOver
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.mentorships.actions import Pair, begin
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, MentorPlaces, Mentorship
from liangshi.registry.people.models import ClassPost, Person, Staff, Student
from tests.cast import Cast, Troupe, grant, guardian, installer


class Bonds:
    """The own school's relations; every step is the real deed."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.own = cast, cast.own
        self.clerk, self.leader = cast.actor("clerk"), cast.actor("leader")
        self.student = cast.actor("student")
        self.mentor = cast.actor("mentor")

    def post(self, name: str) -> Staff:
        return self.own.posts[name]

    def begin(self, mentor: str, *numbers: int, since: dt.date | None = None) -> None:
        pairs = [Pair(self.own.students[n].pk, self.post(mentor).pk, since or today()) for n in numbers]
        begin(pairs, origin=Origin.ASSIGNED, actor=installer(), chain=str(self.own.school.pk))

    def since(self, day: dt.date, number: int = 0) -> None:
        """The present relation of a student began on `day`."""
        self.own.students[number].mentorships.filter(ends_on__isnull=True).update(starts_on=day)

    def bond(self, number: int = 0) -> Mentorship:
        held = Mentorship.objects.filter(ACTIVE_PRIMARY, student=self.own.students[number])
        return held.select_related("student__person", "mentor__person").get()

    def now(self, number: int = 0) -> str:
        return str(self.bond(number).mentor)

    def quota(self, **places: int) -> None:
        for name, quota in places.items():
            MentorPlaces.objects.filter(staff=self.post(name)).update(quota=quota)

    def only(self, *names: str) -> None:
        """Places are left at these mentors only."""
        for name, post in self.own.posts.items():
            if name not in names:
                MentorPlaces.objects.filter(staff=post).update(quota=0)

    def ask(self, actor: Actor | None = None, number: int = 0, **fields: object) -> ChangeRequest:
        given: dict[str, object] = {"wished": None, "reason": "", "safety": False, **fields}
        return actions.ask(self.bond(number), actor=actor or self.student, **given)  # type: ignore[arg-type]

    def asked_and_agreed(self, target: str = "second", **fields: object) -> ChangeRequest:
        """A request after the trial that the office has agreed to; the new mentor is asked."""
        row = self.ask(**fields)
        actions.receive(row, actor=self.clerk)
        actions.agree(row, self.post(target), actor=self.clerk)
        return row

    def letter(self, successor: str = "second") -> HandOver:
        """The student has passed on in his trial, and has asked his former mentor to write, too."""
        self.since(today())
        self.ask(wished=self.post(successor))
        row = HandOver.objects.latest("created_at")
        ask_mentor(row, actor=self.student)
        row.refresh_from_db()
        return row


# Every hat that a colleague can wear beside that of the mentor.
HATS = (Role.MENTOR, Role.ADVISER, Role.CLERK, Role.LEADER, Role.GUARDIAN)


def in_every_hat(bonds: Bonds) -> None:
    """The student's mentor is his class adviser, works in the office, leads the school, and is another's father."""
    own, person = bonds.own, bonds.own.people["mentor"]
    for role in (Role.CLERK, Role.LEADER):
        grant(person, role, school=own.school)
    ClassPost.objects.filter(class_group=own.class_1, is_adviser=True).update(
        staff=own.posts["mentor"], starts_on=today() - dt.timedelta(90)
    )
    guardian(own.students[4], person)


@contextmanager
def another_world() -> Iterator[None]:
    """What happens in it has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def actor_of(person: Person) -> Actor:
    """A person under his first hat."""
    return Actor(person.account.pk, person.pk, person.name, hats_of(person, today())[0])


def more_students(troupe: Troupe, count: int) -> Sequence[Student]:
    from tests.cast import student

    since = dt.date(troupe.cohort.entry_year, 9, 1)
    return [student(troupe.school, troupe.class_2, f"新生{n}甲", 500 + n, since=since) for n in range(count)]


@pytest.fixture
def bonds(cast: Cast) -> Bonds:
    return Bonds(cast)
