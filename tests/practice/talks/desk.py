"""The own school's mentor at work: 李晓明 with his students, 周敏 as a colleague of his."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.practice.talks.actions import events as event_actions
from liangshi.practice.talks.actions.talks import TalkFacts, correct_talk, save_talk
from liangshi.practice.talks.models import LifeEvent, Talk
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import Pair, begin, begin_co, cover, end
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import MENTORING_POSTS, Post
from liangshi.registry.people.models import Staff, Student
from liangshi.registry.schools.choices import Strategy
from tests.cast import Cast, installer


def refused(deed: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as caught, transaction.atomic():
        deed()
    return caught.value


class Desk:
    """The cast's own school; every step is the real deed."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.troupe = cast, cast.own
        self.chain = str(cast.own.school.pk)

    @property
    def mentor(self) -> Actor:
        return self.actor("mentor")

    def actor(self, name: str, role: Role = Role.MENTOR) -> Actor:
        return self.cast.actor(name, role)

    def student(self, n: int) -> Student:
        return self.troupe.students[n]

    def give(self, *numbers: int, post: str = "mentor", since: dt.date | None = None) -> Desk:
        """More students for a mentor."""
        held = self.mentoring(post).pk
        pairs = [Pair(self.student(n).pk, held, since or today()) for n in numbers]
        begin(pairs, origin=Origin.ASSIGNED, actor=installer(), chain=self.chain)
        return self

    def mentoring(self, post: str) -> Staff:
        """Of the office and the workers, too, some mentor."""
        who = self.troupe.posts[post]
        Staff.objects.filter(pk=who.pk).exclude(post__in=MENTORING_POSTS).update(post=Post.TEACHER)
        return who

    def co(self, n: int = 0, post: str = "second") -> Desk:
        begin_co(
            self.student(n),
            self.mentoring(post),
            Strategy.XY,
            on=today(),
            actor=installer(),
            chain=self.chain,
        )
        return self

    def bond(self, n: int = 0) -> Mentorship:
        return Mentorship.objects.get(student=self.student(n), kind="primary", ends_on__isnull=True)

    def part(self, n: int = 0) -> Desk:
        """From today on the mentor is his mentor no more."""
        end(self.bond(n), on=today(), reason=EndReason.AGREED, actor=installer(), chain=self.chain)
        return self

    def cover(self, n: int = 0, post: str = "second") -> Desk:
        cover([self.bond(n)], self.troupe.posts[post], on=today(), actor=installer(), chain=self.chain)
        return self

    def talk(self, *numbers: int, by: Actor | None = None, key: uuid.UUID | None = None, **more: Any) -> Talk:
        facts = {"day": today(), "mode": "face", "strategies": ["XY"], **more}
        return save_talk(
            students=[self.student(n).pk for n in numbers or (0,)],
            facts=TalkFacts(**facts),
            key=key or uuid.uuid4(),
            actor=by or self.mentor,
        )

    def correct(self, talk: Talk, version: int = 1, by: Actor | None = None, **more: Any) -> None:
        facts = {"day": talk.day, "mode": talk.mode, "strategies": ["XY"], "level": talk.level, **more}
        correct_talk(talk, TalkFacts(**facts), version=version, actor=by or self.mentor)

    def report(
        self, n: int = 0, kind: str = "bereaved", text: str = "", by: Actor | None = None
    ) -> LifeEvent:
        return event_actions.report(
            student_id=self.student(n).pk,
            kind=kind,
            text=text,
            key=uuid.uuid4(),
            actor=by or self.actor("adviser", Role.ADVISER),
        )


@pytest.fixture
def november() -> Iterator[None]:
    """Noon of 24 November 2026, also while the cast is made: for tests that name days of that year."""
    with time_machine.travel(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast)
