"""Hand out the proof of a result; it leaves a trace."""

from __future__ import annotations

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import noted
from liangshi.practice.matching import audit
from liangshi.practice.matching.models import Run
from liangshi.practice.matching.queries.engine import commitment_of, seal_of
from liangshi.practice.matching.queries.moves import computed_pairs
from liangshi.practice.matching.queries.proof import proof_bytes, proof_of
from liangshi.registry.access.actor import Actor


def take_proof(run: Run, *, actor: Actor) -> bytes:
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
    seal = seal_of(run.round, run, computed_pairs(run))
    noted(audit.PROOF_TAKEN, actor, about=str(run.round_id))
    return proof_bytes(proof_of(run, computed_seal=seal))
