"""Two programmes of one school: 高二 published, 高一 with the wishes still coming in and one round to follow."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from uuid import UUID

from liangshi.foundation.base.clock import now, today
from liangshi.portal.demo.plan import STUDENT_IN_OPEN_ROUND, Seat
from liangshi.portal.demo.schools import Place
from liangshi.practice.matching import actions
from liangshi.practice.matching.choices import MAX_AVOID, MAX_WISHES, Mode
from liangshi.practice.matching.models import Avoidance, Round, RoundMentor, RoundStudent
from liangshi.practice.matching.queries import done_run, mentors_of, students_of
from liangshi.registry.access.actor import Actor, Hat
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.accounts.models import Account
from liangshi.registry.people.models import Person, Student

OPEN_GRADE, FINISHED_GRADE = 0, 1
OPEN_FOR = dt.timedelta(days=5)
NEAR_WEIGHT = 6.0  # a mentor who teaches the class is this much likelier to be wished for
AVOIDS = 0.12  # of students name somebody to avoid


def hold(place: Place, students: dict[Seat, Student], rng: random.Random) -> None:
    """Through the same actions as people use, so that every rule and log entry is real."""
    clerk, leader = (
        wearing(place.clerks[0].person, Role.CLERK),
        wearing(place.leaders[1].person, Role.LEADER),
    )
    finished = _opened(place, FINISHED_GRADE, clerk)
    _wish(finished, place, rng, lambda one: rng.random() < 0.97)
    actions.close_round(finished, actor=clerk)
    actions.run_now(actions.start_run(finished, actor=clerk).pk)
    finished.refresh_from_db()
    run = done_run(finished)
    assert run
    actions.see_fairness(finished, shown=run.result_sha256, actor=leader)
    actions.publish(finished.programme, actor=leader)
    undecided = students[STUDENT_IN_OPEN_ROUND].pk
    opened = _opened(place, OPEN_GRADE, clerk)
    # Who gets none of his wishes is placed by the school in a second round.
    actions.add_round(opened.programme, mode=Mode.ASSIGN, actor=clerk)
    _wish(opened, place, rng, lambda one: rng.random() < 0.6 and one.student_id != undecided)


def wearing(person: Person, role: Role) -> Actor:
    """The person under one of his hats."""
    hat = next(hat for hat in hats_of(person, today()) if hat.role == role)
    return Actor(person.account.pk, person.pk, person.name, hat)


def _opened(place: Place, grade: int, clerk: Actor) -> Round:
    cohort = place.cohorts[grade]
    row = actions.create_programme(
        actor=clerk, title=f"{cohort}导师匹配", cohorts=[cohort], closes_at=now() + OPEN_FOR
    )
    # Each round keeps off the mentors of the other one's grade.
    others = [staff.pk for staff in place.teachers[OPEN_GRADE + FINISHED_GRADE - grade]]
    for mentor in mentors_of(row).filter(staff__in=others, upper__gt=0):
        actions.set_quota(mentor, lower=0, upper=0, actor=clerk)
    actions.check(row, actor=clerk)
    actions.open_round(row, actor=clerk)
    return row


def _wish(row: Round, place: Place, rng: random.Random, does: Callable[[RoundStudent], bool]) -> None:
    """Wishes of those students who `does` says have come; mentors differ in how much they are sought after."""
    mentors = list(mentors_of(row).filter(upper__gt=0))
    sought = {mentor.pk: rng.paretovariate(2.0) for mentor in mentors}
    own: dict[UUID, set[UUID]] = {}
    for student, mentor in Avoidance.objects.filter(round_student__round=row, relative=True).values_list(
        "round_student_id", "mentor_id"
    ):
        own.setdefault(student, set()).add(mentor)
    accounts = dict(
        Account.objects.filter(person__schooling__rounds__round=row).values_list("person_id", "pk")
    )
    for one in students_of(row).select_related("student__person").order_by("number"):
        if does(one):
            free = [mentor for mentor in mentors if mentor.pk not in own.get(one.pk, ())]
            chosen = _drawn(one, free, sought, rng)
            person = one.student.person
            hat = Hat(
                Role.STUDENT, place.school.short_name, school_id=place.school.pk, student_id=one.student_id
            )
            actions.save_wishes(
                one,
                wishes=chosen[: rng.choice((3, 4, MAX_WISHES, MAX_WISHES))],
                avoid=chosen[MAX_WISHES:] if rng.random() < AVOIDS else (),
                version=one.version,
                actor=Actor(accounts[person.pk], person.pk, person.name, hat),
            )


def _drawn(
    one: RoundStudent, mentors: list[RoundMentor], sought: dict[UUID, float], rng: random.Random
) -> list[str]:
    """Five mentors, best first, and one more (whom a few avoid): a weighted draw without replacement."""
    near = set(one.near)
    luck = {
        mentor.pk: rng.random() ** (1 / (sought[mentor.pk] * (NEAR_WEIGHT if mentor.code in near else 1)))
        for mentor in mentors
    }
    best = sorted(mentors, key=lambda mentor: (-luck[mentor.pk], mentor.code))
    return [str(mentor.pk) for mentor in best[: MAX_WISHES + MAX_AVOID - 1]]
