"""One way in, whoever chooses: students alone (``wishes``) or both sides (``two_sided``), by ``Problem.mode``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from liangshi.pairing import certify as certify_wishes
from liangshi.pairing import (
    certify_two_sided,
    explain_two_sided,
    two_sided,
    wishes,
)
from liangshi.pairing import explain as explain_wishes
from liangshi.pairing.admission import TwoSidedResult
from liangshi.pairing.certificate import Certificate
from liangshi.pairing.problem import Aim, Mode, Problem, Result


def solve(problem: Problem, aim: Aim, *, move_limit: int | None = None) -> Result | TwoSidedResult:
    """The one result. Two-sided admission has no aim. Raises ``wishes.InfeasibleError``, ``wishes.MoveLimitError``."""
    if problem.mode is Mode.TWO_SIDED:
        return two_sided.solve(problem)
    return wishes.solve(problem, aim, move_limit=move_limit)


def certify(problem: Problem, result: Result | TwoSidedResult, *, canonical: bool = False) -> Certificate:
    """Check every promise. A two-sided result is always checked down to the lottery."""
    _agree(problem, result)
    if isinstance(result, TwoSidedResult):
        return certify_two_sided.certify(problem, result)
    return certify_wishes.certify(problem, result, canonical=canonical)


def explain(
    problem: Problem,
    result: Result | TwoSidedResult,
    asked: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, str]:
    """Student key → the sentence. ``asked``: the lists as handed in, before mentors declined (two-sided)."""
    _agree(problem, result)
    if isinstance(result, TwoSidedResult):
        return explain_two_sided.explain(problem, result, asked)
    return explain_wishes.explain(problem, result)


def _agree(problem: Problem, result: Result | TwoSidedResult) -> None:
    if isinstance(result, TwoSidedResult) != (problem.mode is Mode.TWO_SIDED):
        raise ValueError(f"this result is not one of mode {problem.mode.value}")
