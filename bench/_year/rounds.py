"""What takes weeks: a matching of those without a mentor, a review of a grade, the change of the year.

Each is a generator that asks for one deed after another, (kind, what to do), or for days of waiting; the day hands back the
code of the refusal, or "" where it was done. Everything else of the school happens in between.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator
from typing import Any

from django.db import transaction

from bench._year.world import Nothing, World
from liangshi.foundation.base.clock import now, today
from liangshi.practice.matching.actions.answers import object_to_keeping
from liangshi.practice.matching.actions.fairness import see_fairness
from liangshi.practice.matching.actions.programmes import (
    abort_programme,
    add_round,
    confirm_round,
    create_programme,
)
from liangshi.practice.matching.actions.publishing import publish
from liangshi.practice.matching.actions.rounds import (
    check,
    close_round,
    drop_student,
    open_round,
    refresh,
    set_quota,
)
from liangshi.practice.matching.actions.running import run_now, start_run
from liangshi.practice.matching.actions.wishes import save_wishes
from liangshi.practice.matching.choices import ProgrammeKind, ProgrammeState, RoundState
from liangshi.practice.matching.models import Programme, Round, RoundStudent
from liangshi.practice.matching.queries.fairness import unseen_fairness
from liangshi.practice.matching.queries.rounds import mentors_of
from liangshi.practice.matching.queries.runs import done_run
from liangshi.practice.matching.queries.students import my_round, offered_to
from liangshi.practice.plans.choices import Mode
from liangshi.practice.rollover.actions import reverse_rollover, run_rollover
from liangshi.practice.rollover.choices import RolloverState
from liangshi.practice.rollover.models import Rollover
from liangshi.practice.rollover.queries import Options, rehearse
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.choices import Exempt
from liangshi.registry.mentorships.queries import pool
from liangshi.registry.people.models import Person
from liangshi.registry.schools.models import Cohort, SchoolYear

Ask = tuple[str, Callable[[World], str]]
Steps = Generator[Ask | int, str, None]  # an int: days to wait
OPEN_DAYS = 5
PATIENCE = 12  # tries of one step, one each day, before the programme is given up
DONE = ""


class Long:
    """One programme on its way."""

    def __init__(self) -> None:
        self.first: Round | None = None

    @property
    def programme(self) -> Programme:
        assert self.first
        return Programme.objects.get(pk=self.first.programme_id)

    def rounds(self) -> list[Round]:
        rows = Round.objects.filter(programme=self.programme).exclude(state=RoundState.VOID)
        return list(rows.order_by("seq"))


def matching(cohorts: list[Cohort]) -> Steps:
    """志愿优配 for those without a mentor, then 行政指派 for who is left."""
    job = Long()

    def create(w: World) -> str:
        job.first = create_programme(
            actor=w.clerk(), title=f"{cohorts[0]}匹配{today():%m%d}", cohorts=cohorts,
            closes_at=now() + dt.timedelta(OPEN_DAYS),
        )  # fmt: skip
        add_round(job.programme, mode=Mode.ASSIGN, actor=w.clerk())
        return f"{job.first}"

    if (yield "round.created", create) != DONE:
        return
    yield from _wished(job, job.rounds()[0])
    yield from _published(job)


def review(cohorts: list[Cohort]) -> Steps:
    """续任 for a grade: a few object, who then wish for another mentor."""
    job = Long()

    def create(w: World) -> str:
        job.first = create_programme(
            actor=w.clerk(), title=f"{cohorts[0]}复核{today():%m%d}", cohorts=cohorts,
            closes_at=now() + dt.timedelta(OPEN_DAYS), kind=ProgrammeKind.REVIEW, mode=Mode.CONTINUE,
        )  # fmt: skip
        add_round(
            job.programme,
            mode=w.pick((Mode.WISHES, Mode.ASSIGN)),
            closes_at=now() + dt.timedelta(14),
            actor=w.clerk(),
        )
        return f"{job.first}"

    if (yield "round.created", create) != DONE:
        return
    rows = job.rounds()
    if (yield from _tried(job, "round.opened", lambda w: _open(w, rows[0]))) != DONE:
        return
    for _ in range(4):
        yield "round.objected", lambda w: _object(w, rows[0])
    yield OPEN_DAYS - 2
    yield from _computed(job, rows[0])
    for row in job.rounds()[1:]:
        if row.mode == Mode.WISHES:
            yield from _wished(job, row)
    yield from _published(job)


def _tried(job: Long, kind: str, does: Callable[[World], str]) -> Generator[Ask | int, str, str]:
    """Day after day until it is done; then the whole is given up."""
    code = DONE
    for _ in range(PATIENCE):
        code = yield kind, does
        if code == DONE:
            return code
        yield 1
    yield "round.aborted", lambda w: _abort(w, job)
    return code


def _abort(w: World, job: Long) -> str:
    abort_programme(job.programme, reason="改期", actor=w.clerk())
    return f"{job.first}"


def _open(w: World, row: Round) -> str:
    row.refresh_from_db()
    clerk, afresh = w.clerk(), w.chance(0.3)
    with transaction.atomic():  # three deeds in one
        if afresh:
            refresh(row, actor=clerk)
        check(row, actor=clerk)
        open_round(row, actor=clerk)
    return f"{row}"


def _object(w: World, row: Round) -> str:
    pairs = RoundStudent.objects.filter(round=row, present__isnull=False, left_at__isnull=True)
    one = w.pick(
        pairs.select_related("student__person__account", "present__staff__person__account").order_by("number")
    )
    by_mentor = w.chance(0.25)
    person = one.present.staff.person if by_mentor else one.student.person  # type: ignore[union-attr]
    actor = w.wearing(person, Role.MENTOR if by_mentor else Role.STUDENT)
    object_to_keeping(one, by_mentor=by_mentor, objects=w.chance(0.9), actor=actor)
    return f"{one.student} of {one.present}"


def _wished(job: Long, row: Round) -> Steps:
    if (yield from _tried(job, "round.opened", lambda w: _open(w, row))) != DONE:
        return
    yield 1
    yield "round.wished", lambda w: _wish(w, row)
    yield OPEN_DAYS - 2
    yield from _computed(job, row)


def _wish(w: World, row: Round) -> str:
    """Nearly everybody; who may not any more is passed over."""
    count = 0
    for one in (
        RoundStudent.objects.filter(round=row, left_at__isnull=True)
        .select_related("student__person__account")
        .order_by("number")
    ):
        if w.chance(0.15):
            continue
        try:
            actor = w.wearing(one.student.person, Role.STUDENT, student_id=one.student_id)
        except Nothing:
            continue
        mine = my_round(actor, row.pk)
        if mine is None:
            continue
        free = [str(mentor.pk) for mentor in offered_to(mine).order_by("code")]
        wishes = w.dice.sample(free, min(len(free), 4))
        save_wishes(
            mine,
            wishes=wishes[:3],
            avoid=wishes[3:] if w.chance(0.2) else (),
            version=mine.version,
            actor=actor,
        )
        count += 1
    return f"{row}: {count}"


def _computed(job: Long, row: Round) -> Steps:
    """Close, compute, confirm."""
    if job.programme.state == ProgrammeState.ABORTED:
        return
    yield "round.closed", lambda w: _close(w, row)
    if (yield from _tried(job, "round.computed", lambda w: _compute(w, row))) != DONE:
        return
    yield 1
    yield from _tried(job, "round.confirmed", lambda w: _confirm(w, row))


def _close(w: World, row: Round) -> str:
    row.refresh_from_db()
    close_round(row, actor=w.clerk())
    return f"{row}"


def _compute(w: World, row: Round) -> str:
    row.refresh_from_db()
    run_now(start_run(row, actor=w.clerk()).pk)
    row.refresh_from_db()
    return f"{row} {row.state}"


def _confirm(w: World, row: Round) -> str:
    row.refresh_from_db()
    confirm_round(row, actor=w.clerk())
    return f"{row}"


def _published(job: Long) -> Steps:
    """Place whoever is left, look at the fairness, publish; what stands in the way is mended as the sentence says."""
    for _ in range(PATIENCE):
        if job.programme.state == ProgrammeState.ABORTED:
            return
        for row in job.rounds():
            if row.state in {RoundState.DRAFT, RoundState.FEASIBLE}:
                yield "round.opened", lambda w, row=row: _open(w, row)
            row.refresh_from_db()
            if row.state == RoundState.CLOSED:
                yield "round.computed", lambda w, row=row: _compute(w, row)
        yield "round.fairness", lambda w: _look(w, job)
        code = yield "round.published", lambda w: _publish(w, job)
        if code == DONE:
            return
        if code in {"mentor_out", "not_given", "ratio_exceeded"}:
            yield "round.places", lambda w: _mend(w, job)
        elif code == "unplaced":
            yield "round.dropped", lambda w: _drop(w, job)
        yield 1
    yield "round.aborted", lambda w: _abort(w, job)


def _look(w: World, job: Long) -> str:
    row = unseen_fairness(job.programme)
    if row is None:
        raise Nothing
    run = done_run(row)
    assert run
    see_fairness(row, shown=run.result_sha256, actor=w.leader())
    return f"{row}"


def _publish(w: World, job: Long) -> str:
    return f"{job.first}: {publish(job.programme, actor=w.officer())}"


def _mend(w: World, job: Long) -> str:
    """Who mentors no more gets no places, and the last round is computed anew."""
    row, clerk = w.pick(job.rounds()[-1:]), w.clerk()
    able = set(pool(w.school.pk, today()).values_list("pk", flat=True))
    with transaction.atomic():
        for mentor in mentors_of(row).filter(upper__gt=0).order_by("code"):
            if mentor.staff_id not in able:
                set_quota(mentor, lower=0, upper=0, actor=clerk)
        row.refresh_from_db()
        run_now(start_run(row, actor=clerk).pk)
    return f"{row}"


def _drop(w: World, job: Long) -> str:
    """Who is in no proposal leaves the programme with a reason."""
    row = w.pick(job.rounds()[-1:])
    one = w.pick(
        RoundStudent.objects.filter(round=row, left_at__isnull=True)
        .select_related("student__person", "round")
        .order_by("number")
    )
    drop_student(one, reason="随后单独安排", cause=Exempt.DEFERRED, actor=w.clerk())
    return f"{one.student}"


def change_of_year(w: World) -> Steps:
    """Carried out in June, undone within the week, and carried out again."""
    year = SchoolYear.objects.get(school=w.school, start_year=w.made.year.start_year)

    def run(w: World) -> str:
        leader = w.leader()
        options = Options(graduated_on=today(), kinds=("midterm", "final"))
        plan = rehearse(year, options)
        run_rollover(
            year, options, seen=plan.digest, by=Person.objects.get(pk=leader.person_id), actor=leader
        )
        return f"{len(plan.graduates)} graduate"

    def undo(w: World) -> str:
        leader = w.leader()
        row = w.pick(Rollover.objects.filter(year=year, state=RolloverState.DONE))
        reverse_rollover(row, by=Person.objects.get(pk=leader.person_id), actor=leader)
        return "undone"

    yield 0
    for _ in range(3):
        if (yield "year.rolled-over", run) == DONE:
            break
        yield 1
    yield 3
    for _ in range(4):
        if (yield "year.undone", undo) == DONE:
            break
        yield 1
    yield 3
    for _ in range(3):
        if (yield "year.rolled-over", run) == DONE:
            break
        yield 1


def plan_of(w: World) -> dict[int, list[Any]]:
    """Which of these begins on which day (from 0)."""
    one, two, three = w.made.cohorts
    return {
        2: [matching([one])],
        40 + w.dice.randrange(30): [review([two])],
        120 + w.dice.randrange(20): [review([three])],
        190 + w.dice.randrange(30): [review([one])],
        60 + w.dice.randrange(100): [matching([one, two, three])],
        278: [change_of_year(w)],
    }
