"""The proof of a computed round: everything that an outsider needs to check it, under pseudonyms.

The file is described in `docs/proof.md`; what checks it (`liangshi.offline`) shares no code with this.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from liangshi.foundation.base.errors import DomainError
from liangshi.pairing import clubs, two_sided
from liangshi.pairing.clubs import ClubProblem
from liangshi.pairing.problem import Mode as EngineMode
from liangshi.pairing.problem import Problem
from liangshi.practice.matching.models import RoundMentor, Run
from liangshi.practice.matching.queries.engine import commitment_of, input_of, mentor_keys, seal_of
from liangshi.practice.matching.queries.moves import (
    computed_pairs,
    figures,
    held_pairs,
    standing_moves,
    told_reason,
)

FORMAT, VERSION = "liangshi-proof", 1


def proof_file(run: Run) -> bytes:
    """The file. Raises DomainError `nothing_to_prove`, or `input_changed` when the round's rows no longer carry its
    fingerprint."""
    if not run.round.way.provable:
        raise DomainError(
            "nothing_to_prove", "续任按师生双方的意见得出，没有经过运算，不需要复核凭证。请看这一轮的名单。"
        )
    if commitment_of(run.round) != run.commitment:
        raise DomainError(
            "input_changed",
            "这一轮的名单、志愿或名额和截止时公布的数据指纹不一致，凭证做不出来。请联系管理员核对记录。",
        )
    return proof_bytes(proof_of(run, computed_seal=seal_of(run.round, run, computed_pairs(run))))


def proof_of(run: Run, *, computed_seal: str) -> dict[str, Any]:
    """The content of the file. `computed_seal` is the seal of the result as it was computed."""
    problem = input_of(run.round, run.seed)
    proof: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "title": run.round.title,
        "commitment": run.commitment,
        "draw": run.round.draw,
        "seed": run.seed,
    }
    if isinstance(problem, ClubProblem):
        proof |= _clubs(problem, run)
    else:
        proof |= _wishes(problem, run, computed_seal)
    return proof | {"sha256": sealed(proof)}


def _wishes(problem: Problem, run: Run, computed_seal: str) -> dict[str, Any]:
    """A round in which students rank, or the school assigns. A two-sided one shows its lines too; they follow from
    the input, so they are worked out again here and are not kept."""
    keys = mentor_keys(RoundMentor.objects.of(round=run.round))
    held: dict[str, Any] = {
        "mode": problem.mode.value,
        "aim": run.aim,
        "weights": {"meet": problem.weights.meet, "even": problem.weights.even},
        "input": _input(problem),
        "computed": _arrangement(problem, computed_pairs(run), computed_seal),
        "moves": [
            {
                "student": move.round_student.key,
                "from": keys[move.held.code],
                "to": keys[move.given.code],
                "reason": told_reason(move.reason),
                "agreed": move.agreed,
            }
            for move in standing_moves(run)
        ],
        "final": _arrangement(problem, held_pairs(run), run.result_sha256),
    }
    return held | ({"admission": _admission(problem)} if problem.mode is EngineMode.TWO_SIDED else {})


def _admission(problem: Problem) -> dict[str, Any]:
    result = two_sided.solve(problem)
    return {
        "cutoffs": [
            [mentor, [line.favour, line.tier, line.number] if line else []] for mentor, line in result.cutoffs
        ],
        "repaired": [list(row) for row in result.repaired],
        "envy": [list(row) for row in result.envy],
    }


def _clubs(problem: ClubProblem, run: Run) -> dict[str, Any]:
    result = clubs.solve(problem)
    return {
        "mode": "clubs",
        "input": {
            "clubs": sorted([one.key, one.adviser, sorted(one.members)] for one in problem.clubs),
            "mentors": sorted([one.key, one.upper] for one in problem.mentors),
        },
        "computed": {
            "pairs": [list(pair) for pair in held_pairs(run)],
            "whole": list(result.whole),
            "split": [[one.club, one.why.value, one.placed] for one in result.split],
            "rest": list(result.rest),
            "kept": result.kept,
            "sha256": run.result_sha256,
        },
    }


def _input(problem: Problem) -> dict[str, Any]:
    """What the commitment is over, in the form and order in which it is hashed (`pairing.lottery.commitment`)."""
    students, mentors = [], []
    for one in sorted(problem.students, key=lambda one: one.key):
        groups = [sorted(group) for group in one.affinity]
        line: list[Any] = [one.key, list(one.wishes), sorted(one.banned), groups]
        students.append([*line, one.present] if one.present else line)
    for mentor in sorted(problem.mentors, key=lambda mentor: mentor.key):
        quota: list[Any] = [mentor.key, mentor.lower, mentor.upper]
        favours = [sorted(group) for group in mentor.favours]
        mentors.append([*quota, favours] if favours else quota)
    return {"students": students, "mentors": mentors}


def _arrangement(problem: Problem, pairs: Iterable[tuple[str, str]], seal: str) -> dict[str, Any]:
    held = sorted(pairs)
    counted = figures(problem, held)
    return {
        "pairs": [list(pair) for pair in held],
        "profile": list(counted.profile),
        "unlisted": counted.unlisted,
        "total_rank": counted.total_rank,
        "kept": counted.kept,
        "moved": counted.moved,
        "sha256": seal,
    }


def sealed(proof: dict[str, Any]) -> str:
    """SHA-256 of the compact JSON text of the file without its own line `sha256`, keys in order."""
    text = json.dumps(proof, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def proof_bytes(proof: dict[str, Any]) -> bytes:
    """The file as it is handed out: one line for each student, so that people can read it too."""
    return (json.dumps(proof, ensure_ascii=False, indent=1) + "\n").encode()
