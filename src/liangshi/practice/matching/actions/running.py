"""Compute a round: in the background, again as often as needed, certified or not at all."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.audit.actions import Machine
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, together
from liangshi.foundation.jobs import State, begin, drop, fail, finish, reach
from liangshi.pairing import certify_clubs, clubs, lottery
from liangshi.pairing.admission import TwoSidedResult
from liangshi.pairing.certificate import Certificate
from liangshi.pairing.clubs import ClubProblem
from liangshi.pairing.engine import certify, explain, solve
from liangshi.pairing.explain import imbalances
from liangshi.pairing.problem import Aim as EngineAim
from liangshi.pairing.problem import Problem, ProblemError, Result
from liangshi.pairing.wishes import InfeasibleError
from liangshi.practice.matching import audit
from liangshi.practice.matching.actions.programmes import look_ready
from liangshi.practice.matching.actions.states import advance, hold, step
from liangshi.practice.matching.choices import FROZEN, ProgrammeState, RoundState
from liangshi.practice.matching.models import Placement, Programme, Round, RoundStudent, Run
from liangshi.practice.matching.queries.engine import (
    NEXT_ROUND,
    asked_of_mentors,
    fingerprint,
    input_of,
    mentor_keys,
    obstacles,
    seal_of,
    told_promises,
)
from liangshi.practice.matching.queries.fairness import fairness_of
from liangshi.practice.matching.queries.rounds import STAYING
from liangshi.practice.matching.queries.runs import comparison, result_known, seed_of
from liangshi.practice.plans.choices import Aim
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role

log = logging.getLogger(__name__)
BROKEN = "系统在运算中出了故障，志愿都还在。请点「重新运算」；一再出现，请联系管理员。"
UNWILLING = (
    "把导师的回应都算上，不能一轮安排好所有学生，没有运算。请再加一轮：这一轮没有排到的学生转入下一轮。"
)


def start_run(row: Round, *, actor: Actor, draw: str = "") -> Run:
    """Queue a computation, and let go of one that a killed worker left behind. The caller enqueues the task.

    `draw` is the public draw, registered before the first result of this input is known and fixed from then
    on. Raises DomainError `draw_fixed`, `invalid_transition`.
    """
    with Deed(audit.STARTED, actor) as deed:
        row = hold(row)
        fixed = _fixed_draw(row, draw)
        _let_go(row, trial=False)
        step(row, "run", draw=fixed)
        advance(row.programme, "resume")
        run = _queued(row, row.target, trial=False)
        deed.about = row
        deed.note(aim=run.aim, seed=run.seed)
    return run


def compare_aims(row: Round, *, actor: Actor, draw: str = "") -> list[Run]:
    """Queue a trial of every aim that has none yet; the round and its proposal stay as they are.

    The trials are results too: `draw` as in `start_run`. The caller enqueues the tasks. Raises DomainError
    `draw_fixed`, `not_frozen`.
    """
    with Deed(audit.COMPARED, actor) as deed:
        row = hold(row)
        if not row.way.aims:
            raise DomainError("not_frozen", "只有志愿优配有三种目标可以比较。")
        if row.state not in FROZEN:
            raise DomainError(
                "not_frozen", f"截止以后、公布以前才能比较，这一轮现在是「{row.get_state_display()}」。"
            )
        row.draw = _fixed_draw(row, draw)
        row.save(update_fields=["draw"])
        _let_go(row, trial=True)
        held = comparison(row).trials
        missing = [aim for aim in Aim if aim not in held or held[aim].state != State.DONE]
        trials = [_queued(row, aim, trial=True) for aim in missing]
        if not trials:
            deed.nothing()
        deed.about = row
        deed.note(seed=seed_of(row))
    return trials


def choose_aim(row: Round, aim: Aim, *, actor: Actor) -> Run:
    """Drop the proposal, if any, and queue a computation with another aim. The caller enqueues the task.

    Raises DomainError `aim_in_use` (also for the second of two taps), `not_compared`, `invalid_transition`.
    """
    with together("an aim is chosen and computed"):
        with Deed(audit.AIM_CHOSEN, actor, about=row, aim=aim) as deed:
            row = hold(row)
            if row.state in {RoundState.RUNNING, RoundState.PROPOSED} and row.target == aim:
                raise DomainError("aim_in_use", f"已经在用「{aim.label}」了，不用再换。")
            if not comparison(row).complete:
                raise DomainError("not_compared", "先把三种目标都算出来比一比，再决定用哪一种。")
            before = row.target
            step(row, "choose_aim", chosen_aim="" if aim == row.aim else aim)
            advance(row.programme, "resume")
            row.runs.filter(state=State.DONE, trial=False).update(state=State.DROPPED)
            deed.note(before=before)
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
    drop(row.runs.filter(trial=trial))


def _queued(row: Round, aim: Aim, *, trial: bool) -> Run:
    return Run.objects.create(
        round=row, trial=trial, aim=aim, commitment=row.commitment, draw=row.draw, seed=seed_of(row)
    )


def run_now(run_id: UUID) -> None:
    """Compute one run. Safe to call again: a finished or replaced run is left as it is.

    1. Freeze the problem and compare its fingerprint with the published one.
    2. Solve, certify, explain.
    3. Store result and proposal in one transaction, if the run is still the one that counts.
    """
    run = begin(Run.objects.select_related("round__school", "round__programme__policy"), run_id)
    if run is None:
        return
    reach(run, 5)
    try:
        found = _compute(run)
    except DomainError as refusal:
        _fail(run, refusal.message)
    except Exception:
        _fail(run, BROKEN)
        raise
    else:
        _store(run, found)


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found, in the engine's keys. `sealed` is the whole arrangement, `pairs` those whom this round places
    (the others fall on); `ranks` their wishes as the students numbered them, None where there was none.
    """

    sealed: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[str, str], ...]
    ranks: dict[str, int | None]
    sentences: dict[str, str]
    kept: tuple[str, ...]
    places: dict[str, int]
    width: int
    uneven: tuple[str, ...] = ()  # why loads differ where they were to be even

    @property
    def profile(self) -> list[int]:
        """How many got their 1st, 2nd … wish, as far as anybody named one."""
        counts = Counter(rank for rank in self.ranks.values() if rank)
        return [counts[rank] for rank in range(1, self.width + 1)]

    @property
    def unlisted(self) -> int:
        return sum(rank is None for rank in self.ranks.values()) if self.width else 0

    @property
    def total_rank(self) -> int:
        return sum(rank or 0 for rank in self.ranks.values())

    def loads(self) -> list[int]:
        """Students of each mentor who has places in this round."""
        given = Counter(mentor for _, mentor in self.pairs)
        return [given[mentor] for mentor, upper in self.places.items() if upper]

    def spread(self) -> dict[str, int]:
        """The fewest and the most students of such a mentor."""
        return {"least": min(self.loads(), default=0), "most": max(self.loads(), default=0)}


def _compute(run: Run) -> Found:
    row = run.round
    try:
        problem = input_of(row, run.seed)
    except ProblemError as empty:
        raise DomainError(empty.code, empty.message) from empty
    if fingerprint(problem) != run.commitment:
        raise DomainError(
            "input_changed", "志愿或名额与截止时公布的数据指纹不一致，没有运算。请联系管理员核对记录。"
        )
    reach(run, 20)
    if isinstance(problem, ClubProblem):
        return _together(run, problem)
    if row.way.keeps:
        pairs = _continued(row, problem)
        _check_kept(problem, pairs)
        return _found(run, problem, pairs, {}, KEPT_PAIRS)
    try:
        result = solve(problem, EngineAim(run.aim))
    except InfeasibleError as impossible:
        raise DomainError("infeasible", " ".join(obstacles(row)) or UNWILLING) from impossible
    reach(run, 55)
    certificate = _certified(run, certify(problem, result, canonical=True))
    reach(run, 75)
    asked = asked_of_mentors(row) if isinstance(result, TwoSidedResult) else None
    sentences = {} if run.trial else explain(problem, result, asked)
    found = _found(run, problem, result.pairs, sentences, certificate.kept)
    return replace(found, uneven=imbalances(problem, result)) if isinstance(result, Result) else found


def _certified(run: Run, certificate: Certificate) -> Certificate:
    """The certificate, if every promise is kept. Raises DomainError `not_certified`."""
    if not certificate.holds:
        log.error("run %s not certified: %s", run.pk, certificate.violations)
        raise _uncertified()
    return certificate


def _together(run: Run, problem: ClubProblem) -> Found:
    """社团整组: as many members as possible stay together; who has no seat falls on."""
    result = clubs.solve(problem)
    reach(run, 55)
    certificate = _certified(run, certify_clubs.certify(problem, result))
    split = clubs.reasons(problem, result).values()
    return Found(
        result.pairs,
        result.pairs,
        dict.fromkeys((student for student, _ in result.pairs), None),
        clubs.explain(problem, result),
        (*certificate.kept, *(sentence.rstrip("。") for sentence in split)),
        {mentor.key: mentor.upper for mentor in problem.mentors},
        0,
    )


KEPT_PAIRS = ("学生和导师都没有提出不同意见的，全部续任", "超过名额的，由公开抽签决定谁续任")


def _continued(row: Round, problem: Problem) -> list[tuple[str, str]]:
    """Every pair of which neither objects, and which nothing forbids, goes on; where a mentor has too few places, the
    lot decides.
    """
    keys_of = mentor_keys(row.mentors.all())
    banned = {student.key: student.banned for student in problem.students}
    willing = {
        student.key: keys_of[student.present.code]
        for student in row.students.filter(
            STAYING, released=False, student_objected_at__isnull=True, mentor_objected_at__isnull=True
        ).select_related("present")
        if student.present and keys_of[student.present.code] not in banned[student.key]
    }
    places = {mentor.key: mentor.upper for mentor in problem.mentors}
    keys = sorted(willing)
    drawn = dict(zip(keys, lottery.numbers(problem.seed, keys), strict=True))
    kept = []
    for key in sorted(keys, key=lambda one: drawn[one]):
        if places[willing[key]]:
            places[willing[key]] -= 1
            kept.append((key, willing[key]))
    return kept


def _uncertified() -> DomainError:
    return DomainError("not_certified", "结果没有通过独立核验，因此没有采用。请联系管理员。")


def _check_kept(problem: Problem, pairs: Sequence[tuple[str, str]]) -> None:
    """What is promised of every result, checked against the question. Raises DomainError `not_certified`."""
    students = {student.key: student for student in problem.students}
    loads = Counter(mentor for _, mentor in pairs)
    places = {mentor.key: mentor.upper for mentor in problem.mentors}
    if (
        len({student for student, _ in pairs}) < len(pairs)
        or any(mentor in students[student].banned for student, mentor in pairs)
        or any(count > places[mentor] for mentor, count in loads.items())
    ):
        raise _uncertified()


def _found(
    run: Run,
    problem: Problem,
    pairs: Sequence[tuple[str, str]],
    sentences: dict[str, str],
    kept: tuple[str, ...],
) -> Found:
    """Of a certified arrangement, what this round gives: whose mentor is NEXT_ROUND falls on."""
    row = run.round
    stays = sorted((student, mentor) for student, mentor in pairs if mentor != NEXT_ROUND)
    ranks, width = _ranks(row, stays)
    return Found(
        tuple(sorted(pairs)),
        tuple(stays),
        ranks,
        {} if run.trial else _sentences(row, problem, sentences, stays),
        kept,
        {mentor.key: mentor.upper for mentor in problem.mentors if mentor.key != NEXT_ROUND},
        width,
    )


def _ranks(row: Round, pairs: Sequence[tuple[str, str]]) -> tuple[dict[str, int | None], int]:
    """By the student's own numbering: a mentor who declined him keeps his number, so that nothing shows. And the
    highest number that anybody gave (1 when nobody wished anything, 0 where nobody ranks).
    """
    if not row.lists:
        return {student: None for student, _ in pairs}, 0
    wishes = row.students.filter(STAYING, wishes__isnull=False)
    keys = mentor_keys(row.mentors.all())
    named = {
        (f"{number:05d}", keys[code]): rank
        for number, code, rank in wishes.values_list("number", "wishes__mentor__code", "wishes__rank")
    }
    return {pair[0]: named.get(pair) for pair in pairs}, max(named.values(), default=1)


def _sentences(
    row: Round,
    problem: Problem,
    found: dict[str, str],
    pairs: Sequence[tuple[str, str]],
) -> dict[str, str]:
    """Why this mentor, per student: the engine's own words where students rank. In 双向选择 they read the same whether a
    mentor had no place or declined.
    """
    if row.lists:
        return {student: found.get(student, "") for student, _ in pairs}
    names = problem.mentor_labels()
    return {student: row.way.why(f"{names[mentor]}老师") for student, mentor in pairs}


def _store(run: Run, found: Found) -> None:
    with Deed(audit.PROPOSED, _machine(run)) as deed:
        row = hold(run.round)
        if not finish(
            run,
            result_sha256=seal_of(row, run, found.sealed),
            profile=found.profile,
            unlisted=found.unlisted,
            total_rank=found.total_rank,
            **found.spread(),
            fairness=fairness_of(row, found.ranks, found.loads()).as_json(),
            certificate={"kept": list(told_promises(row, found.kept)), "uneven": list(found.uneven)},
        ):
            return deed.nothing()  # replaced by a newer run meanwhile
        if run.trial:
            return deed.nothing()
        row.runs.filter(state=State.DONE, trial=False).exclude(pk=run.pk).update(state=State.DROPPED)
        Placement.objects.bulk_create(_placements(run, found), batch_size=500)
        step(row, "propose")
        look_ready(row)
        deed.about = row
        deed.note(sha256=Run.objects.get(pk=run.pk).result_sha256, unlisted=found.unlisted)
        _tell(deed, run, f"「{row.title}」的匹配提案出来了，请看一看再{_next_word(row)}")
    return None


def _machine(run: Run) -> Machine:
    return Machine("后台运算", str(run.round.school_id))


def _next_word(row: Round) -> str:
    return "公布" if Programme.objects.get(pk=row.programme_id).state == ProgrammeState.READY else "确认"


def _placements(run: Run, found: Found) -> list[Placement]:
    students = {row.key: row.pk for row in RoundStudent.objects.filter(STAYING, round=run.round_id)}
    keys = mentor_keys(run.round.mentors.all())
    mentors = {keys[code]: pk for code, pk in run.round.mentors.values_list("code", "pk")}
    return [
        Placement(
            run=run,
            round_student_id=students[student],
            mentor_id=mentors[mentor],
            rank=found.ranks[student],
            reason=found.sentences[student],
        )
        for student, mentor in found.pairs
    ]


def _fail(run: Run, sentence: str) -> None:
    with Deed(audit.FAILED, _machine(run), about=str(run.round_id), why=sentence[:200]) as deed:
        hold(run.round)
        if not fail(run, sentence) or run.trial:
            return deed.nothing()
        step(run.round, "fail")
        _tell(deed, run, f"「{run.round.title}」的运算没有完成，请看原因")
    return None


def _tell(deed: Deed, run: Run, title: str) -> None:
    deed.tell_office(
        (Role.CLERK.value, Role.LEADER.value),
        title=title,
        url=reverse("rounds:round", args=[run.round_id]),
        key=f"round:{run.round_id}",
    )
