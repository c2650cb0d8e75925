"""Three programmes of one school: 高二 published, 高三 reviewed and waiting to be published, 高一 with the wishes
still coming in and one round to follow."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from liangshi.foundation.base.clock import now, today
from liangshi.portal.demo.plan import STUDENT_IN_OPEN_ROUND, Seat
from liangshi.portal.demo.schools import Place
from liangshi.practice.matching.actions.answers import answer, ask_mentors, choose_club, object_to_keeping
from liangshi.practice.matching.actions.fairness import see_fairness
from liangshi.practice.matching.actions.programmes import add_round, confirm_round, create_programme
from liangshi.practice.matching.actions.publishing import publish
from liangshi.practice.matching.actions.rounds import check, close_round, open_round, set_quota
from liangshi.practice.matching.actions.running import run_now, start_run
from liangshi.practice.matching.actions.wishes import save_wishes
from liangshi.practice.matching.choices import ProgrammeKind, RoundState, Verdict
from liangshi.practice.matching.models import Avoidance, Round, RoundMentor, RoundStudent
from liangshi.practice.matching.queries.answers import asked_of, clubs_of
from liangshi.practice.matching.queries.fairness import unseen_fairness
from liangshi.practice.matching.queries.rounds import mentors_of, students_of
from liangshi.practice.matching.queries.runs import done_run
from liangshi.practice.plans.choices import MAX_AVOID, MAX_WISHES, Mode
from liangshi.registry.access.actor import Actor, Hat
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.accounts.models import Account
from liangshi.registry.people.models import Club, Person, Student

OPEN_GRADE, FINISHED_GRADE, REVIEWED_GRADE = 0, 1, 2
OPEN_FOR = dt.timedelta(days=5)
NEAR_WEIGHT = 6.0  # a mentor who teaches the class is this much likelier to be wished for
AVOIDS = 0.12  # of students name somebody to avoid
ANSWERED = 0.4  # of the questions to mentors get an answer; no answer is 愿意
VERDICTS = (Verdict.WILLING,) * 7 + (Verdict.FAIR,) * 2 + (Verdict.UNFIT,)
APART = 0.06  # of the pairs of a review do not go on together, and never fewer than
APART_LEAST = 3
BY_MENTOR = 4  # every fourth of them because of the mentor


def hold(place: Place, students: dict[Seat, Student], rng: random.Random) -> None:
    """Through the same actions as people use, so that every rule and log entry is real."""
    clerk, leader = (
        wearing(place.clerks[0].person, Role.CLERK),
        wearing(place.leaders[1].person, Role.LEADER),
    )
    _publish(place, rng, clerk, leader)
    _review(place, rng, clerk)
    undecided = students[STUDENT_IN_OPEN_ROUND].pk
    opened = _begun(place, OPEN_GRADE, clerk)
    _open(opened, clerk)
    # Who gets none of his wishes is placed by the school in a second round.
    add_round(opened.programme, mode=Mode.ASSIGN, actor=clerk)
    _wish(opened, place, rng, lambda one: rng.random() < 0.6 and one.student_id != undecided)


def _publish(place: Place, rng: random.Random, clerk: Actor, leader: Actor) -> None:
    """社团, then 双向选择 among those who are left, then 行政指派; published."""
    advisers = [club.adviser_id for club in Club.objects.filter(year=place.year)]
    clubs = _begun(place, FINISHED_GRADE, clerk, mode=Mode.CLUBS, also=advisers)
    chosen = add_round(clubs.programme, mode=Mode.TWO_SIDED, closes_at=now() + OPEN_FOR, actor=clerk)
    rest = add_round(clubs.programme, mode=Mode.ASSIGN, actor=clerk)
    _open(clubs, clerk)
    _choose_clubs(clubs, place, rng)
    close_round(clubs, actor=clerk)
    _settle(clubs, clerk)
    _open(chosen, clerk)
    _wish(chosen, place, rng, lambda one: rng.random() < 0.97)
    ask_mentors(chosen, now() + OPEN_FOR, actor=clerk)
    _answer(chosen, rng)
    close_round(chosen, actor=clerk)
    _settle(chosen, clerk)
    rest.refresh_from_db()
    if rest.state != RoundState.VOID:  # nobody was left for it
        _open(rest, clerk)
        _compute(rest, clerk)
    while row := unseen_fairness(clubs.programme):
        run = done_run(row)
        assert run
        see_fairness(row, shown=run.result_sha256, actor=leader)
    publish(clubs.programme, actor=leader)


def _review(place: Place, rng: random.Random, clerk: Actor) -> None:
    """高三, who have mentors: most go on, the others wish for a new one. The proposal waits for office and leader."""
    kept = _begun(place, REVIEWED_GRADE, clerk, kind=ProgrammeKind.REVIEW, mode=Mode.CONTINUE)
    wishes = add_round(kept.programme, mode=Mode.WISHES, closes_at=now() + OPEN_FOR, actor=clerk)
    _open(kept, clerk)
    pairs = list(students_of(kept).filter(present__isnull=False).order_by("number"))
    for turn, one in enumerate(rng.sample(pairs, max(APART_LEAST, round(APART * len(pairs))))):
        by_mentor = turn % BY_MENTOR == BY_MENTOR - 1
        assert one.present
        who = one.present.staff.person if by_mentor else one.student.person
        actor = _acting(who, Role.MENTOR if by_mentor else Role.STUDENT, place)
        object_to_keeping(one, by_mentor=by_mentor, objects=True, actor=actor)
    close_round(kept, actor=clerk)
    _settle(kept, clerk)
    _open(wishes, clerk)
    _wish(wishes, place, rng, lambda one: True)
    close_round(wishes, actor=clerk)
    _compute(wishes, clerk)


def wearing(person: Person, role: Role) -> Actor:
    """The person under one of his hats."""
    hat = next(hat for hat in hats_of(person, today()) if hat.role == role)
    return Actor(person.account.pk, person.pk, person.name, hat)


def _acting(person: Person, role: Role, place: Place, **who: Any) -> Actor:
    """Like `wearing`, for the many: nothing is looked up but the account."""
    hat = Hat(role, place.school.short_name, school_id=place.school.pk, **who)
    return Actor(person.account.pk, person.pk, person.name, hat)


def _begun(
    place: Place,
    grade: int,
    clerk: Actor,
    *,
    kind: ProgrammeKind = ProgrammeKind.NEW,
    mode: Mode = Mode.WISHES,
    also: Sequence[UUID] = (),
) -> Round:
    """The first round of a grade's programme. Each grade keeps off the mentors of the others, but for `also`."""
    cohort = place.cohorts[grade]
    what = "复核" if kind == ProgrammeKind.REVIEW else "匹配"
    row = create_programme(
        actor=clerk,
        title=f"{cohort}导师{what}",
        cohorts=[cohort],
        closes_at=now() + OPEN_FOR,
        kind=kind,
        mode=mode,
    )
    kept = {FINISHED_GRADE: (OPEN_GRADE,), OPEN_GRADE: (FINISHED_GRADE,), REVIEWED_GRADE: (0, 1)}[grade]
    others = [staff.pk for other in kept for staff in place.teachers[other]]
    for mentor in mentors_of(row).filter(staff__in=others, upper__gt=0).exclude(staff__in=also):
        set_quota(mentor, lower=0, upper=0, actor=clerk)
    return row


def _open(row: Round, clerk: Actor) -> None:
    row.refresh_from_db()
    check(row, actor=clerk)
    open_round(row, actor=clerk)


def _compute(row: Round, clerk: Actor) -> None:
    run_now(start_run(row, actor=clerk).pk)
    row.refresh_from_db()


def _settle(row: Round, clerk: Actor) -> None:
    _compute(row, clerk)
    confirm_round(row, actor=clerk)


def _choose_clubs(row: Round, place: Place, rng: random.Random) -> None:
    """Who is in several clubs mostly chooses one; some choose none, some say nothing."""
    for one in students_of(row).select_related("student__person__account").order_by("number"):
        clubs = [club.pk for club in clubs_of(one).order_by("name")]
        if len(clubs) > 1 and rng.random() < 0.8:
            actor = _acting(one.student.person, Role.STUDENT, place, student_id=one.student_id)
            choose_club(one, rng.choice([*clubs, *clubs, None]), actor=actor)


def _answer(row: Round, rng: random.Random) -> None:
    """What the mentors say of those who wish for them."""
    for mentor in (
        mentors_of(row).filter(upper__gt=0).select_related("staff__person__account", "staff__school")
    ):
        person, school = mentor.staff.person, mentor.staff.school
        hat = Hat(Role.MENTOR, school.short_name, school_id=school.pk)
        actor = Actor(person.account.pk, person.pk, person.name, hat)
        for asked in asked_of(mentor):
            if rng.random() < ANSWERED:
                answer(mentor, asked.key, rng.choice(VERDICTS), actor=actor)


def _wish(row: Round, place: Place, rng: random.Random, does: Callable[[RoundStudent], bool]) -> None:
    """Wishes of those students who `does` says have come; mentors differ in how much they are sought after."""
    mentors = list(mentors_of(row).filter(upper__gt=0))
    sought = {mentor.pk: rng.paretovariate(2.0) for mentor in mentors}
    own: dict[UUID, set[UUID]] = {}
    for student, mentor in Avoidance.objects.filter(round_student__round=row, barred=True).values_list(
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
            save_wishes(
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
