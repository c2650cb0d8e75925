"""The bench itself: its peers agree with each other on a small school, and its exit code can be trusted."""

from __future__ import annotations

from collections import Counter

import pytest
from bench._schools import Line, school

from bench import _leavers, _nation, _two_sided, pairing
from liangshi.pairing import wishes
from liangshi.pairing.problem import Aim


@pytest.mark.parametrize("seed", [1, 2])
def test_the_peers_agree(seed):
    problem, matrix = school(300, 23, seed)
    result = wishes.solve(problem, Aim.SUM)
    assert (
        (result.unlisted, result.total_rank) == pairing.bare_ortools(matrix, 23) == pairing.highs(matrix, 23)
    )
    assert pairing.first_come(matrix, 23, 0) >= result.unlisted


@pytest.mark.parametrize(("met", "code"), [(True, 0), (False, 1), (None, 0)])
def test_the_exit_code_says_whether_every_target_is_met(monkeypatch, capsys, met, code):
    lines = [Line("甲", "≤ 1", "1", True), Line("乙", "≤ 1", "2", met)]
    monkeypatch.setattr(pairing, "MEASURES", (lambda: lines,))
    assert pairing.main([]) == code
    assert ("未达到" in capsys.readouterr().out) == (met is False)


def test_wrong_usage(capsys):
    assert pairing.main(["fast"]) == 2
    assert "用法" in capsys.readouterr().err


def test_a_longer_stream_begins_with_the_shorter():
    assert _nation.sizes(200)[:40] == _nation.sizes(40)
    assert 1_700 < sum(_nation.sizes(2_000)) / 2_000 < 2_100
    first, second = _nation.halves([5, 6, 7])
    assert (first, second) == (([0, 2], [5, 7]), ([1], [6]))


def test_a_stream_counts_all_its_students():
    run = _nation.stream([1, 2], [50, 70])
    assert (run.students, run.solving < run.whole, run.peak > 0) == (120, True, True)


def test_the_two_sided_peer_gets_the_same_lists_and_who_leaves_is_gone():
    wishes_, answers = _two_sided.lists(60, 6, 3, 1)
    assert sum(map(len, wishes_.values())) == sum(map(len, answers.values())) == 180
    placed = _two_sided.ours(_two_sided.problem_of(wishes_, answers))
    assert all(mentor in wishes_[student] for student, mentor in placed.items())
    problem, _ = school(60, 6, 1)
    given = dict(wishes.solve(problem, Aim.SUM).pairs)
    load = next(iter(Counter(given.values()).values()))
    left = _leavers.without(problem, given, mentees=load)
    assert len(left.mentors) == 5
    assert sum(student.present == "" for student in left.students) == load
    assert _leavers.needlessly_moved(left, given.items()) == 0
