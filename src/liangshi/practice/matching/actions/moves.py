"""Move a student on a proposal, take a move back. Each is checked at once, and the result is sealed anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Max

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed, in_words
from liangshi.foundation.records.decisions import demand_another
from liangshi.pairing import certify as check
from liangshi.pairing import lottery
from liangshi.pairing.problem import Aim as EngineAim
from liangshi.pairing.problem import Mode as EngineMode
from liangshi.pairing.problem import Problem, Result
from liangshi.practice.matching import audit
from liangshi.practice.matching.choices import TOLD_REASONS, MoveReason, RoundState, Verdict
from liangshi.practice.matching.models import ManualMove, Placement, Round, RoundMentor, RoundStudent, Run
from liangshi.practice.matching.policy import ROUND_OVERRIDE
from liangshi.practice.matching.queries.engine import (
    NEXT_ROUND,
    mentor_keys,
    problem_for,
    seal_of,
    takes,
    told_promises,
)
from liangshi.practice.matching.queries.fairness import fairness_of
from liangshi.practice.matching.queries.moves import (
    Figures,
    computed_pairs,
    distance,
    figures,
    held_pairs,
    standing_moves,
)
from liangshi.practice.matching.queries.runs import done_run
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import allows
from liangshi.registry.mentorships.apart import barred_of

NEEDED = (check.PLACED, check.QUOTAS, check.BANS, check.FIGURES, check.HASHES)
NEXT = "请回到「个别调整」看最新的情况。"


@dataclass(frozen=True, slots=True)
class Moved:
    """A move that was made or taken back, what it changed, and how far the whole now is from the best."""

    move: ManualMove
    cost: str
    distance: str


def move_student(
    student: RoundStudent,
    mentor: RoundMentor,
    *,
    held: UUID,
    reason: str,
    note: str = "",
    actor: Actor,
) -> Moved:
    """Give a student of a proposal another mentor. `held` is the mentor whom the page showed as his.

    Raises DomainError `not_proposed`, `bad_reason`, `needs_note`, `placement_changed`, `same_mentor`,
    `mentor_full`, `mentor_below_minimum`, `relative_conflict`, `mentor_takes_others`, `pair_unfit`,
    `avoid_needs_leader`, `not_certified`.
    """
    note = note.strip()[:100]
    _check_reason(reason, note)
    with Deed(
        audit.MOVED,
        actor,
        subjects=[student.student_id],
        given=mentor.code,
        reason=MoveReason(reason).label,
        note=in_words(note),
    ) as deed:
        run = _locked(student.round_id)
        placement = _held(run, student, held)
        _check_place(run, placement, mentor)
        agreed = _check_bans(student, mentor, note, actor)
        problem = _problem(run)
        before = figures(problem, held_pairs(run))
        move = ManualMove.objects.create(
            run=run,
            seq=(run.moves.aggregate(last=Max("seq"))["last"] or 0) + 1,
            round_student=student,
            held=placement.mentor,
            given=mentor,
            reason=reason,
            note=note,
            agreed=agreed,
            sentence=placement.reason,
            by_id=actor.person_id,
        )
        _place(placement, mentor, _sentence(reason))
        cost, far = _seal(run, problem, before)
        deed.about = str(run.round_id)
        deed.note(held=placement.mentor.code, agreed=agreed)
    return Moved(move, cost, far)


def undo_move(move: ManualMove, *, actor: Actor) -> Moved:
    """Take a move back; of several moves of one student the last first.

    Raises DomainError `not_proposed`, `already_undone`, `undo_later_first`, `mentor_full`,
    `mentor_below_minimum`, `not_certified`.
    """
    with Deed(audit.MOVE_UNDONE, actor, held=move.given.code, given=move.held.code) as deed:
        run = _locked(move.run.round_id)
        undone = run.moves.filter(pk=move.pk, undone_at__isnull=True).update(undone_at=now())
        if not undone:
            raise DomainError("already_undone", f"这一处调整已经撤销过了，没有再做一次。{NEXT}")
        move.refresh_from_db()
        placement = Placement.objects.select_related("mentor__staff__person", "round_student").get(
            run=run, round_student=move.round_student_id
        )
        if run.moves.filter(
            round_student=move.round_student_id, undone_at__isnull=True, seq__gt=move.seq
        ).exists():
            raise DomainError(
                "undo_later_first", "这名学生后来又调整过一次。请先撤销后面那一次，再撤销这一次。"
            )
        _check_place(run, placement, move.held)
        problem = _problem(run)
        before = figures(problem, held_pairs(run))
        _place(placement, move.held, move.sentence)
        cost, far = _seal(run, problem, before)
        deed.about = str(run.round_id)
        deed.subjects = [placement.round_student.student_id]
    return Moved(move, cost, far)


def undo_all(row: Round, *, actor: Actor) -> int:
    """Back to the computed result in one step; it always was possible. Returns how many moves were undone.

    Raises DomainError `not_proposed`, `already_undone`.
    """
    with Deed(audit.MOVES_UNDONE, actor) as deed:
        run = _locked(row.pk)
        standing = standing_moves(run)
        if not standing:
            raise DomainError("already_undone", f"现在没有要撤销的调整。{NEXT}")
        problem = _problem(run)
        before = figures(problem, held_pairs(run))
        first = {move.round_student_id: move for move in reversed(standing)}
        for placement in run.placements.filter(round_student__in=first).select_related("round_student"):
            move = first[placement.round_student_id]
            _place(placement, move.held, move.sentence)
        run.moves.filter(undone_at__isnull=True).update(undone_at=now())
        _seal(run, problem, before)
        deed.about = str(run.round_id)
        deed.subjects = [move.round_student.student_id for move in first.values()]
        deed.note(moves=len(standing))
    return len(standing)


def _check_reason(reason: str, note: str) -> None:
    if reason not in MoveReason.values:
        raise DomainError("bad_reason", "请从列表里选一个调整的原因。", field="reason")
    if reason == MoveReason.OTHER and not note:
        raise DomainError("needs_note", "选了「其他」，请用一句话写明原因。", field="note")


def _locked(round_id: UUID) -> Run:
    """The proposal's run, with the round's row held: two clerks move one after the other, nobody publishes
    meanwhile."""
    row = Round.objects.select_for_update().get(pk=round_id)
    run = done_run(row)
    if row.state != RoundState.PROPOSED or run is None:
        raise DomainError(
            "not_proposed",
            f"只有提案能调整，这一轮现在是「{row.get_state_display()}」。"
            + ("公布以后的调整走换导师的手续。" if row.state == RoundState.PUBLISHED else ""),
        )
    if not row.way.movable:
        raise DomainError(
            "not_movable",
            f"{row.get_mode_display()}的结果由名单直接得出，不作个别调整。"
            "要另外安排的学生，请先登记退出本轮，由后面的轮次安排。",
        )
    run.round = row
    return run


def _held(run: Run, student: RoundStudent, held: UUID) -> Placement:
    """The student's placement, if it still is the one that the page showed."""
    placement = (
        run.placements.filter(round_student=student)
        .select_related("mentor__staff__person", "round_student__student__person")
        .first()
    )
    if placement is None:
        raise DomainError("not_in_proposal", f"提案里没有这名学生。{NEXT}")
    if placement.mentor_id != held:
        raise DomainError(
            "placement_changed",
            f"{student}刚刚被别人调到了{placement.mentor}，这一次没有保存。{NEXT}",
        )
    return placement


def _check_place(run: Run, placement: Placement, mentor: RoundMentor) -> None:
    """Live places on both sides."""
    if placement.mentor_id == mentor.pk:
        raise DomainError("same_mentor", f"这名学生的导师已经是{mentor}，不用再调。")
    if mentor.round_id != run.round_id:
        raise DomainError("mentor_not_in_round", f"这位老师不是这一轮的导师。{NEXT}")
    count = run.placements.filter(mentor=mentor).count()
    if count >= mentor.upper:
        raise DomainError(
            "mentor_full",
            f"{mentor}已满（{count}/{mentor.upper}），没有调整。请换一位老师，或者先把其中一名学生调出来。",
            field="mentor",
        )
    left = run.placements.filter(mentor=placement.mentor_id).count() - 1
    if left < placement.mentor.lower:
        raise DomainError(
            "mentor_below_minimum",
            f"{placement.mentor}至少要带 {placement.mentor.lower} 名学生，不能再调出。"
            "请先给这位老师调入一名学生。",
        )


def _check_bans(student: RoundStudent, mentor: RoundMentor, note: str, actor: Actor) -> bool:
    """Whether this is an exception from 回避 that a leader makes with his reason (R44). Never for whom he is not given.

    Who of the two does not want the other is not told: one sentence for all such pairs.
    """
    said = "不能把学生调给您自己，请另一位同事来调。"
    demand_another(mentor.staff.person_id, actor.person_id, said, field="mentor")
    avoided = student.avoidances.filter(mentor=mentor).first()
    never = barred_of([student.student_id], today())[student.student_id]
    if mentor.staff_id in never or (avoided and avoided.barred):
        raise DomainError("not_given", f"{mentor}不能做这名学生的导师，请换一位老师。", field="mentor")
    if not takes(mentor, student):
        raise DomainError(
            "mentor_takes_others", f"{mentor}这一轮{mentor.only_words}，请换一位老师。", field="mentor"
        )
    let_go = student.released and student.present_id == mentor.pk
    if let_go or student.answers.filter(mentor=mentor, verdict=Verdict.UNFIT).exists():
        raise DomainError("pair_unfit", "这一对这一轮不能安排，请换一位老师。", field="mentor")
    if avoided is None:
        return False
    if not allows(actor.role, ROUND_OVERRIDE) or not note:
        raise DomainError(
            "avoid_needs_leader",
            f"这名学生希望回避{mentor}。只有校领导能这样安排，并且要在「说明」里写明理由；否则请换一位老师。",
            field="note",
        )
    return True


def _sentence(reason: str) -> str:
    """「为什么是TA」 of a moved student: neutral, and silent where a reason would tell about him."""
    why = f"（原因：{MoveReason(reason).label}）" if reason in TOLD_REASONS else ""
    return f"学校办公室在公布前作了个别调整{why}。"


def _place(placement: Placement, mentor: RoundMentor, sentence: str) -> None:
    """Compare and set: of two who move the same student, the slower changes nothing."""
    wish = placement.round_student.wishes.filter(mentor=mentor).first()
    changed = Placement.objects.filter(pk=placement.pk, mentor=placement.mentor_id).update(
        mentor=mentor, rank=wish.rank if wish else None, reason=sentence
    )
    if not changed:
        raise DomainError("placement_changed", f"这名学生刚刚被别人调整过，这一次没有保存。{NEXT}")


def _problem(run: Run) -> Problem:
    """The frozen question of the run, if the round's rows still are what was computed."""
    problem = problem_for(run.round, run.seed)
    if lottery.commitment(problem) != run.commitment:
        raise DomainError("input_changed", "志愿或名额与运算时的数据指纹不一致，没有调整。请重新运算。")
    return problem


def _seal(run: Run, problem: Problem, before: Figures) -> tuple[str, str]:
    """Have the whole result checked by the independent verifier, and store figures and seal.

    Returns what the step changed and how far the result is from the computed one, in words.
    """
    pairs = held_pairs(run)
    after = figures(problem, pairs)
    kept = _verified(run, problem, pairs, after)
    far = distance(after, figures(problem, computed_pairs(run)))
    mentors = [one.key for one in problem.mentors if one.upper and one.key != NEXT_ROUND]
    counts = [sum(1 for _, given in pairs if given == key) for key in mentors]
    ranks = {one.round_student.key: one.rank for one in run.placements.select_related("round_student")}
    got = Counter(ranks.values())
    run.result_sha256 = seal_of(run.round, run, pairs)
    if run.round.lists:
        run.profile = [got[wish] for wish in range(1, len(run.profile) + 1)]
        run.unlisted, run.total_rank = got[None], sum(rank or 0 for rank in ranks.values())
    run.least, run.most = min(counts), max(counts)
    moved = run.moves.filter(undone_at__isnull=True).count()
    uneven = run.certificate.get("uneven", [])  # of what was computed
    told = {"moved": moved, "distance": far} if moved else {}
    run.certificate = {"kept": kept, "uneven": uneven, **told}
    run.fairness = fairness_of(run.round, ranks, counts).as_json()
    run.save(
        update_fields=[
            *("result_sha256", "profile", "unlisted", "total_rank"),
            *("least", "most", "certificate", "fairness"),
        ]
    )
    return distance(after, before), far


def _verified(run: Run, problem: Problem, pairs: tuple[tuple[str, str], ...], now: Figures) -> list[str]:
    """The promises that still hold. Quotas, bans and figures must; what a move costs is told, not hidden.

    Bans from which a leader excepted a student are taken out of the question before it is asked.
    """
    agreed = _agreed(run, dict(pairs))
    asked = replace(
        problem,
        students=tuple(
            replace(one, banned=one.banned - {agreed[one.key]}) if one.key in agreed else one
            for one in problem.students
        ),
    )
    if two_sided := asked.mode is EngineMode.TWO_SIDED:
        asked = replace(asked, mode=EngineMode.WISHES)  # places, bans and figures are the same for both
    commitment = lottery.commitment(asked)
    aim = EngineAim(run.aim)
    seal = lottery.seal(commitment, aim, run.seed, pairs)
    result = Result(
        aim,
        run.seed,
        pairs,
        now.profile,
        now.unlisted,
        now.total_rank,
        commitment,
        seal,
        now.kept,
        now.moved,
    )
    certificate = check.certify(asked, result, canonical=True)
    if not set(NEEDED) <= set(certificate.kept):
        said = "".join(violation.message for violation in certificate.violations[:1])
        raise DomainError("not_certified", f"调整后没有通过独立核验，没有保存。{said}")
    promises = NEEDED if two_sided else certificate.kept
    told = f"除 {len(agreed)} 项经校领导同意的以外，{check.BANS}" if agreed else check.BANS
    return [told if promise == check.BANS else promise for promise in told_promises(run.round, promises)]


def _agreed(run: Run, pairs: dict[str, str]) -> dict[str, str]:
    """Student → the avoided mentor whom he has by a leader's decision."""
    keys = mentor_keys(run.round.mentors.all())
    return {
        move.round_student.key: keys[move.given.code]
        for move in standing_moves(run)
        if move.agreed and pairs[move.round_student.key] == keys[move.given.code]
    }
