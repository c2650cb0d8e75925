"""The solver against brute force, against HiGHS, against known answers, and with rows in another order."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangshi.pairing import network, wishes
from liangshi.pairing.problem import Aim, Mentor, Problem, Student
from tests.pairing import small, town
from tests.pairing.shared import SHARED, needs_shared


@pytest.mark.parametrize("bearable", [wishes.BEARABLE, 0], ids=["folded", "level by level"])
@pytest.mark.parametrize("aim", Aim)
@settings(max_examples=120, deadline=None)
@given(problem=st.one_of(small.problems(), small.full_problems()))
def test_finds_the_one_right_answer(aim, bearable, problem):
    with patch.object(wishes, "BEARABLE", bearable):
        check_against_brute_force(problem, aim)


def check_against_brute_force(problem, aim):
    right = small.right_answer(problem, aim)
    if right is None:
        with pytest.raises(wishes.InfeasibleError):
            wishes.solve(problem, aim)
        return
    result = wishes.solve(problem, aim)
    assert dict(result.pairs) == {s.key: mentor for s, mentor in zip(problem.students, right, strict=True)}
    assert result == small.stated(problem, aim, right)


@pytest.mark.parametrize("aim", Aim)
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_highs_on_a_school(aim, seed):
    problem = town.school(120, 10, seed=seed)
    result = wishes.solve(problem, aim)
    unlisted, *rest = town.highs_optimum(problem, aim)
    assert result.unlisted == unlisted
    if aim is Aim.SUM:
        assert [result.total_rank] == rest
    elif aim is Aim.GREEDY:
        assert list(result.profile[: len(rest)]) == rest
    else:
        assert list(result.profile[:0:-1]) == rest


@pytest.mark.parametrize("aim", Aim)
def test_the_order_of_rows_means_nothing(aim):
    problem = town.school(300, 24, seed=7)
    shuffle = random.Random(7)
    results, raw = set(), set()
    for _ in range(12):
        students, mentors = list(problem.students), list(problem.mentors)
        shuffle.shuffle(students)
        shuffle.shuffle(mentors)
        turned = replace(problem, students=tuple(students), mentors=tuple(mentors))
        results.add(wishes.solve(turned, aim))
        _, solution = wishes.best(aim, network.compile_options(turned))
        keys = [mentors[j].key for j in solution.mentor.tolist()]
        raw.add(tuple(sorted(zip((s.key for s in students), keys, strict=True))))
    assert len(results) == 1
    assert len(raw) > 1, "the solver alone gave one answer: this input proves nothing"


def test_another_seed_decides_ties_otherwise_but_not_the_figures():
    problem = town.school(300, 24, seed=8)
    one = wishes.solve(problem, Aim.SUM)
    other = wishes.solve(replace(problem, seed="another"), Aim.SUM)
    assert one.pairs != other.pairs
    assert (one.profile, one.unlisted, one.total_rank) == (other.profile, other.unlisted, other.total_rank)
    assert one.commitment == other.commitment
    assert one.sha256 != other.sha256


def test_nobody_lists_anybody():
    """行政指派: own class first, quotas hold, the lottery does the rest."""
    mentors = tuple(Mentor(f"T{j}", 5, 8) for j in range(20))
    students = tuple(
        Student(f"G{s}", affinity=((f"T{s % 20}",),), banned=frozenset({f"T{(s + 1) % 20}"}))
        for s in range(130)
    )
    result = wishes.solve(Problem(students, mentors, "x"), Aim.SUM)
    assert result.profile == ()
    assert result.unlisted == 130
    own = dict(result.pairs)
    assert all(own[student.key] in student.affinity[0] for student in students)


def test_a_ban_that_the_pool_would_hide_is_kept():
    """Everybody unlisted, and the only free seats at mentors whom some avoid."""
    mentors = (Mentor("A", 0, 2), Mentor("B", 0, 2))
    students = (*(Student(f"a{i}", banned=frozenset("A")) for i in range(2)), Student("b"), Student("c"))
    result = wishes.solve(Problem(students, mentors, ""), Aim.SUM)
    assert dict(result.pairs) == {"a0": "B", "a1": "B", "b": "A", "c": "A"}


@needs_shared
@pytest.mark.parametrize("year", ["2010/11", "2012/13"])
def test_real_wishes_of_glasgow(year):
    """Kwanashie, Irving, Manlove, Sng 2014: students list projects, supervisors have a capacity.

    Every project goes to at most one student and a supervisor's projects to at most the capacity. Projects
    become mentors with one seat. A supervisor with capacity c below the number p of projects is closed to
    the difference by p - c students who may go nowhere else and have no wishes.
    """
    case = next(
        c for c in json.loads((SHARED / "cases/cases.json").read_text())["glasgow"] if c["year"] == year
    )
    supervisors = (SHARED / "cases" / f"{case['file']}.dat").read_text().splitlines()[1:]
    votes = (SHARED / "cases" / f"{case['file']}.soi").read_text().splitlines()
    groups = [(int(cells[1]), cells[2].split()) for cells in (line.split(",") for line in supervisors)]
    everything = frozenset(project for _, projects in groups for project in projects) | {"nowhere"}
    students = [
        Student(f"s{i}", tuple(str(int(a) - 1) for a in re.split("[, ]+", line.split(":")[1].strip())))
        for i, line in enumerate(line for line in votes if line and not line.startswith("#"))
    ]
    blockers = [
        Student(f"x{g}.{i}", banned=everything - set(projects))
        for g, (capacity, projects) in enumerate(groups)
        for i in range(max(0, len(projects) - capacity))
    ]
    mentors = [Mentor(key, 0, 1) for key in everything - {"nowhere"}] + [Mentor("nowhere", 0, len(students))]
    problem = Problem(tuple(students + blockers), tuple(mentors), case["year"])
    placed = len(students) - case["size"]
    for aim, profile in ((Aim.GREEDY, case["greedy"]), (Aim.GENEROUS, case["generous"])):
        result = wishes.solve(problem, aim)
        assert list(result.profile) == profile
        assert result.unlisted - len(blockers) == placed
    assert wishes.solve(problem, Aim.SUM).total_rank == case["min_cost"]


def test_folding_keeps_far_inside_64_bits():
    problem = town.school(300, 24, seed=1)
    options = network.compile_options(problem)
    for aim in Aim:
        for costs in wishes.folds(wishes.levels(aim, options), options):
            assert int(np.abs(costs.table).max()) * (options.students + options.mentors + 2) ** 2 < 1 << 62
