"""A round of the own school at each of its steps: six students, five mentors, one of them a student's father."""

from __future__ import annotations

import datetime as dt

import pytest

from liangshi.foundation.base.clock import now, today
from liangshi.practice.matching.actions.fairness import see_fairness as tick_fairness
from liangshi.practice.matching.actions.programmes import create_programme
from liangshi.practice.matching.actions.publishing import publish as publish_programme
from liangshi.practice.matching.actions.rounds import check, close_round, open_round
from liangshi.practice.matching.actions.running import run_now, start_run
from liangshi.practice.matching.actions.wishes import save_wishes
from liangshi.practice.matching.models import Round, RoundStudent
from liangshi.practice.matching.queries.fairness import unseen_fairness
from liangshi.practice.matching.queries.runs import done_run
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.hats import hats_of
from liangshi.registry.mentorships.actions import end
from liangshi.registry.mentorships.choices import EndReason
from liangshi.registry.people.models import Student
from tests.cast import Cast, installer


class Stage:
    """The cast's own school and its round; every step is the real deed."""

    def __init__(self, cast: Cast, *, school: str = "") -> None:
        self.cast = cast
        self.troupe = cast.other if school else cast.own
        self.clerk = cast.actor(f"{school}clerk")
        self.leader = cast.actor(f"{school}leader")
        self.round: Round = None  # type: ignore[assignment]

    def free(self) -> Stage:
        """The student whom the cast gave a mentor has none."""
        for held in self.troupe.student.mentorships.all():
            chain = str(self.troupe.school.pk)
            end(held, on=today(), reason=EndReason.CORRECTED, actor=installer(), chain=chain)
        return self

    def draft(self, **change: object) -> Stage:
        self.free()
        fields: dict[str, object] = {
            "title": "新生导师匹配",
            "cohorts": [self.troupe.cohort],
            "closes_at": now() + dt.timedelta(7),
            **change,
        }
        self.round = create_programme(actor=self.clerk, **fields)  # type: ignore[arg-type]
        return self

    def open(self, **change: object) -> Stage:
        self.draft(**change)
        assert check(self.round, actor=self.clerk) == ()
        open_round(self.round, actor=self.clerk)
        return self

    def close(self) -> Stage:
        close_round(self.round, actor=self.clerk)
        return self

    def propose(self, draw: str = "") -> Stage:
        run_now(start_run(self.round, actor=self.clerk, draw=draw).pk)
        return self.again()

    def see_fairness(self) -> Stage:
        """A leader ticks every result of the programme that he has to see."""
        while row := unseen_fairness(self.round.programme):
            run = done_run(row)
            assert run
            tick_fairness(row, shown=run.result_sha256, actor=self.leader)
        return self

    def publish(self) -> Stage:
        publish_programme(self.round.programme, actor=self.leader)
        return self.again()

    def again(self) -> Stage:
        self.round.refresh_from_db()
        return self

    def student(self, n: int) -> Student:
        return self.troupe.students[n]

    def mine(self, n: int) -> RoundStudent:
        return RoundStudent.objects.get(round=self.round, student=self.student(n))

    def key(self, post: str) -> str:
        return str(self.round.mentors.get(staff=self.troupe.posts[post]).pk)

    def keys(self, *posts: str) -> list[str]:
        return [self.key(post) for post in posts]

    def actor(self, n: int) -> Actor:
        """The student under his own hat."""
        person = self.student(n).person
        return Actor(person.account.pk, person.pk, person.name, hats_of(person, today())[0])

    def wish(self, n: int, *posts: str, avoid: tuple[str, ...] = (), version: int | None = None) -> None:
        held = self.mine(n)
        save_wishes(
            held,
            wishes=self.keys(*posts),
            avoid=self.keys(*avoid),
            version=held.version if version is None else version,
            actor=self.actor(n),
        )


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return Stage(cast)
