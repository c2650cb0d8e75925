"""Compute a round: in the background, again as often as needed, certified or not at all."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from liangshi.foundation.audit.actions import record
from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.notices.actions import tell_office
from liangshi.pairing import lottery
from liangshi.pairing.certify import certify
from liangshi.pairing.explain import explain
from liangshi.pairing.problem import Aim as EngineAim
from liangshi.pairing.problem import Problem, ProblemError, Result
from liangshi.pairing.wishes import InfeasibleError, solve
from liangshi.practice.matching import audit
from liangshi.practice.matching.actions.rounds import step
from liangshi.practice.matching.choices import FROZEN, UNFINISHED, Aim, RoundState, RunState
from liangshi.practice.matching.models import Placement, Round, Run
from liangshi.practice.matching.queries import (
    STAYING,
    comparison,
    obstacles,
    problem_for,
    result_known,
    seed_of,
)
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role

log = logging.getLogger(__name__)
BROKEN = "系统在运算中出了故障，志愿都还在。请点「重新运算」；一再出现，请联系管理员。"


@dataclass(frozen=True, slots=True)
class Worker:
    """Acts in the log for a computation."""

    chain: str
    account_id: UUID | None = None
    name: str = "后台运算"
    hat_label: str = "系统"


def start_run(row: Round, *, actor: Actor, draw: str = "") -> Run:
    """Queue a computation, and let go of one that a killed worker left behind. The caller enqueues the task.

    `draw` is the public draw, registered before the first result of this input is known and fixed from then
    on. Raises DomainError `draw_fixed`, `invalid_transition`.
    """
    with transaction.atomic():
        row = Round.objects.select_for_update().get(pk=row.pk)
        fixed = _fixed_draw(row, draw)
        _let_go(row, trial=False)
        step(row, "run", draw=fixed)
        run = _queued(row, row.target, trial=False)
        record(audit.STARTED, actor, obj=str(row.pk), aim=run.aim, seed=run.seed)
    return run


def compare_aims(row: Round, *, actor: Actor, draw: str = "") -> list[Run]:
    """Queue a trial of every aim that has none yet; the round and its proposal stay as they are.

    The trials are results too: `draw` as in `start_run`. The caller enqueues the tasks. Raises DomainError
    `draw_fixed`, `not_frozen`.
    """
    with transaction.atomic():
        row = Round.objects.select_for_update().get(pk=row.pk)
        if row.state not in FROZEN:
            raise DomainError(
                "not_frozen", f"截止以后、公布以前才能比较，这一轮现在是「{row.get_state_display()}」。"
            )
        row.draw = _fixed_draw(row, draw)
        row.save(update_fields=["draw"])
        _let_go(row, trial=True)
        held = comparison(row).trials
        missing = [aim for aim in Aim if aim not in held or held[aim].state != RunState.DONE]
        trials = [_queued(row, aim, trial=True) for aim in missing]
        if trials:
            record(audit.COMPARED, actor, obj=str(row.pk), seed=seed_of(row))
    return trials


def choose_aim(row: Round, aim: Aim, *, actor: Actor) -> Run:
    """Drop the proposal, if any, and queue a computation with another aim. The caller enqueues the task.

    Raises DomainError `aim_in_use` (also for the second of two taps), `not_compared`, `invalid_transition`.
    """
    with transaction.atomic():
        row = Round.objects.select_for_update().get(pk=row.pk)
        if row.state in {RoundState.RUNNING, RoundState.PROPOSED} and row.target == aim:
            raise DomainError("aim_in_use", f"已经在用「{aim.label}」了，不用再换。")
        if not comparison(row).complete:
            raise DomainError("not_compared", "先把三种目标都算出来比一比，再决定用哪一种。")
        before = row.target
        step(row, "choose_aim", chosen_aim="" if aim == row.aim else aim)
        row.runs.filter(state=RunState.DONE, trial=False).update(state=RunState.DROPPED)
        record(audit.AIM_CHOSEN, actor, obj=str(row.pk), before=before, aim=aim)
        return start_run(row, actor=actor)


def _fixed_draw(row: Round, draw: str) -> str:
    """The draw that counts from now on. Raises DomainError `draw_fixed`."""
    draw = " ".join(draw.split())[:100]
    if draw and draw != row.draw and (row.draw or result_known(row)):
        raise DomainError(
            "draw_fixed",
            "抽签号码在出结果前登记一次，之后不能再换，这样谁也不能挑结果。可以不填，直接运算。",
            field="draw",
        )
    return row.draw or draw


def _let_go(row: Round, *, trial: bool) -> None:
    """Drop what is unfinished: a killed worker may have left it behind."""
    row.runs.filter(state__in=UNFINISHED, trial=trial).update(state=RunState.DROPPED, finished_at=now())


def _queued(row: Round, aim: Aim, *, trial: bool) -> Run:
    return Run.objects.create(round=row, trial=trial, aim=aim, commitment=row.commitment, seed=seed_of(row))


def run_now(run_id: UUID) -> None:
    """Compute one run. Safe to call again: a finished or replaced run is left as it is.

    1. Freeze the problem and compare its fingerprint with the published one.
    2. Solve, certify, explain.
    3. Store result and proposal in one transaction, if the run is still the one that counts.
    """
    if not Run.objects.filter(pk=run_id, state__in=UNFINISHED).update(
        state=RunState.RUNNING, started_at=now(), percent=5
    ):
        return
    run = Run.objects.select_related("round__school").get(pk=run_id)
    try:
        problem, result, sentences, kept = _compute(run)
    except DomainError as refusal:
        _fail(run, refusal.message)
    except Exception:
        _fail(run, BROKEN)
        raise
    else:
        _store(run, problem, result, sentences, kept)


def _compute(run: Run) -> tuple[Problem, Result, dict[str, str], tuple[str, ...]]:
    try:
        problem = problem_for(run.round, run.seed)
    except ProblemError as empty:
        raise DomainError(empty.code, empty.message) from empty
    if lottery.commitment(problem) != run.commitment:
        raise DomainError(
            "input_changed", "志愿或名额与截止时公布的数据指纹不一致，没有运算。请联系管理员核对记录。"
        )
    _percent(run, 20)
    try:
        result = solve(problem, EngineAim(run.aim))
    except InfeasibleError as impossible:
        raise DomainError("infeasible", " ".join(obstacles(run.round))) from impossible
    _percent(run, 55)
    certificate = certify(problem, result, canonical=True)
    if not certificate.holds:
        log.error("run %s not certified: %s", run.pk, certificate.violations)
        raise DomainError("not_certified", "结果没有通过独立核验，因此没有采用。请联系管理员。")
    _percent(run, 75)
    return problem, result, {} if run.trial else explain(problem, result), certificate.kept


def _percent(run: Run, percent: int) -> None:
    Run.objects.filter(pk=run.pk, state=RunState.RUNNING).update(percent=percent)


def _store(
    run: Run, problem: Problem, result: Result, sentences: dict[str, str], kept: tuple[str, ...]
) -> None:
    with transaction.atomic():
        if not Run.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
            state=RunState.DONE,
            percent=100,
            result_sha256=result.sha256,
            profile=list(result.profile),
            unlisted=result.unlisted,
            total_rank=result.total_rank,
            **_spread(problem, result),
            certificate={"kept": list(kept)},
            finished_at=now(),
        ):
            return  # replaced by a newer run meanwhile
        if run.trial:
            return
        run.round.runs.filter(state=RunState.DONE, trial=False).exclude(pk=run.pk).update(
            state=RunState.DROPPED
        )
        Placement.objects.bulk_create(_placements(run, problem, result, sentences), batch_size=500)
        step(run.round, "propose")
        record(
            audit.PROPOSED,
            Worker(str(run.round.school_id)),
            obj=str(run.round_id),
            sha256=result.sha256,
            unlisted=result.unlisted,
        )
        _tell(run, f"「{run.round.title}」的匹配提案出来了，请看一看再公布")


def _spread(problem: Problem, result: Result) -> dict[str, int]:
    """The fewest and the most students of a mentor who has places in this round."""
    given = Counter(mentor for _, mentor in result.pairs)
    counts = [given[mentor.key] for mentor in problem.mentors if mentor.upper]
    return {"least": min(counts), "most": max(counts)}


def _placements(run: Run, problem: Problem, result: Result, sentences: dict[str, str]) -> list[Placement]:
    students = {row.key: row.pk for row in run.round.students.filter(STAYING)}
    mentors = dict(run.round.mentors.values_list("code", "pk"))
    wishes = {student.key: student.wishes for student in problem.students}
    return [
        Placement(
            run=run,
            round_student_id=students[student],
            mentor_id=mentors[mentor],
            rank=wishes[student].index(mentor) + 1 if mentor in wishes[student] else None,
            reason=sentences[student],
        )
        for student, mentor in result.pairs
    ]


def _fail(run: Run, sentence: str) -> None:
    with transaction.atomic():
        if Run.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
            state=RunState.FAILED, error=sentence[:600], finished_at=now()
        ):
            if run.trial:
                return
            step(run.round, "fail")
            record(audit.FAILED, Worker(str(run.round.school_id)), obj=str(run.round_id), why=sentence[:200])
            _tell(run, f"「{run.round.title}」的运算没有完成，请看原因")


def _tell(run: Run, title: str) -> None:
    tell_office(
        run.round.school_id,
        (Role.CLERK.value, Role.LEADER.value),
        title=title,
        url=reverse("rounds:round", args=[run.round_id]),
        key=f"round:{run.round_id}",
    )
