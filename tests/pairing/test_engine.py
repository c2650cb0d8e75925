"""One way in for both modes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liangshi.pairing import engine, lottery, two_sided, wishes
from liangshi.pairing.problem import Aim, Mode
from tests.pairing import town
from tests.pairing.test_two_sided import school


def test_wishes():
    problem = town.school(120, 12, seed=1)
    result = engine.solve(problem, Aim.GREEDY)
    assert result == wishes.solve(problem, Aim.GREEDY)
    assert engine.certify(problem, result, canonical=True).holds
    assert lottery.commitment(problem) == result.commitment
    assert engine.explain(problem, result).keys() == {s.key for s in problem.students}


def test_two_sided():
    problem = school(120, 12, seed=1)
    result = engine.solve(problem, Aim.GREEDY)
    assert result == two_sided.solve(problem)
    assert engine.certify(problem, result).holds
    assert lottery.commitment(problem) == result.commitment
    assert result.commitment != lottery.commitment(replace(problem, mode=Mode.WISHES))
    assert engine.explain(problem, result).keys() == {s.key for s in problem.students}


def test_a_result_of_the_other_mode_is_not_taken():
    problem = town.school(120, 12, seed=1)
    result = engine.solve(problem, Aim.SUM)
    other = replace(problem, mode=Mode.TWO_SIDED)
    for check in (engine.certify, engine.explain):
        with pytest.raises(ValueError, match="two_sided"):
            check(other, result)
