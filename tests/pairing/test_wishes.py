"""The solver against brute force, against HiGHS, against known answers, and with rows in another order."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangshi.pairing import network, wishes
from liangshi.pairing.problem import Aim, Mentor, Mode, Problem, Student, Weights, without
from tests.pairing import small, town
from tests.pairing.cases import CASES, glasgow


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
    check_against_highs(town.school(120, 10, seed=seed), aim)


@pytest.mark.parametrize("aim", Aim)
@pytest.mark.parametrize("weights", [Weights(), Weights(2, 0), Weights(0, 1), Weights(3, 2)], ids=str)
def test_agrees_with_highs_on_a_school_a_year_later(aim, weights):
    result = check_against_highs(town.full(120, 10, seed=4, weights=weights), aim)
    assert result.moved, "nobody had to move: this input proves little"


def check_against_highs(problem, aim):
    result = wishes.solve(problem, aim)
    choice = town.chosen(problem, result.pairs)
    assert small.quality(problem, aim, choice) == town.highs_optimum(problem, aim)
    assert result == small.stated(problem, aim, choice)
    return result


@pytest.mark.parametrize("aim", Aim)
@pytest.mark.parametrize(
    ("problem", "times"),
    [
        (town.school(300, 24, seed=7), 20),
        (town.full(300, 24, seed=10, weights=Weights(0, 1)), 20),
        (town.full(300, 24, seed=7, weights=Weights(2, 1)), 100),
    ],
    ids=["wishes", "keeping and even", "all features"],
)
def test_the_order_of_rows_means_nothing(aim, problem, times):
    shuffle, results, raw = random.Random(7), set(), set()
    for _ in range(times):
        turned = town.shuffled(problem, shuffle)
        results.add(wishes.solve(turned, aim))
        _, solution = wishes.best(aim, network.compile_options(turned))
        keys = [turned.mentors[j].key for j in solution.mentor.tolist()]
        raw.add(tuple(sorted(zip((s.key for s in turned.students), keys, strict=True))))
    assert len(results) == 1
    assert len(raw) > 1, "the solver alone gave one answer: this input proves nothing"


@pytest.mark.parametrize(
    ("aim", "sha256"),
    [
        (Aim.SUM, "0b3dcd7e16dbde71e944b132caea80810de52a7386084659aec68d51939d2aac"),
        (Aim.GREEDY, "d16af9110fe71b677fcc210f861fd26e45a80e57b4639cb228464ec1e9331a9a"),
        (Aim.GENEROUS, "189e5baf37b68237e17e590aaee71bd93d19fb2ad28bafc102e359336679ed52"),
    ],
)
def test_a_published_result_comes_out_again(aim, sha256):
    """Results that were sealed before weights and keeping existed."""
    assert wishes.solve(town.school(300, 24, seed=11), aim).sha256 == sha256


@pytest.fixture(scope="module")
def left():
    """A school of 300 in which the mentor with the most students leaves, and the pairs from before."""
    problem = town.school(300, 24, seed=12)
    pairs = dict(wishes.solve(problem, Aim.SUM).pairs)
    return without(problem, max(pairs.values(), key=list(pairs.values()).count), pairs), pairs


@pytest.mark.parametrize("aim", Aim)
@pytest.mark.parametrize("weights", [Weights(), Weights(2, 1)], ids=str)
def test_when_a_mentor_leaves_nobody_else_moves(aim, weights, left):
    problem, pairs = replace(left[0], weights=weights), left[1]
    afresh = replace(problem, students=tuple(replace(row, present="") for row in problem.students))
    stay = {row.key for row in problem.students if row.present}
    assert len(stay) < 300
    result = wishes.solve(problem, aim, move_limit=0)
    assert (result.kept, result.moved) == (len(stay), 0)
    assert all(pairs[key] == mentor for key, mentor in result.pairs if key in stay)
    anew = dict(wishes.solve(afresh, aim).pairs)
    assert any(pairs[key] != anew[key] for key in stay), "solving afresh moves nobody: this proves nothing"


@pytest.mark.parametrize("aim", Aim)
@pytest.mark.parametrize("weights", [Weights(), Weights(2, 1)], ids=str)
def test_fixing_the_pairs_first_changes_nothing_but_the_time(aim, weights, left):
    problem = replace(left[0], weights=weights)
    quick = wishes.solve(problem, aim)
    with patch.object(network, "all_kept", side_effect=network.NoArrangementError):
        assert wishes.solve(problem, aim) == quick


def test_only_those_who_must_move_do():
    """A has one seat fewer than students: one of three moves, and the lottery says who."""
    students = tuple(Student(f"a{i}", ("B",), present="A") for i in range(3))
    problem = Problem(students, (Mentor("A", 0, 2), Mentor("B", 0, 3)), "x")
    result = wishes.solve(problem, Aim.SUM)
    assert (result.kept, result.moved, result.profile, result.total_rank) == (2, 1, (1,), 1)
    assert wishes.solve(problem, Aim.SUM, move_limit=1) == result
    with pytest.raises(wishes.MoveLimitError) as error:
        wishes.solve(problem, Aim.SUM, move_limit=0)
    assert error.value.least == 1
    assert "至少有 1 名学生要换导师，超过了允许的 0 名" in error.value.message


def test_keeping_an_unlisted_mentor_is_no_failure():
    students = (Student("1", ("A",), present="B"), Student("2", ("A",)))
    problem = Problem(students, (Mentor("A", 0, 2), Mentor("B", 0, 2)), "x")
    result = wishes.solve(problem, Aim.SUM)
    assert dict(result.pairs) == {"1": "B", "2": "A"}
    assert (result.kept, result.moved, result.profile, result.unlisted, result.total_rank) == (
        1,
        0,
        (1,),
        0,
        1,
    )


def test_a_lower_quota_may_call_a_student_away():
    students = (Student("1", present="A"), Student("2", present="A"))
    problem = Problem(students, (Mentor("A", 0, 2), Mentor("B", 1, 2)), "x")
    assert wishes.solve(problem, Aim.SUM).moved == 1
    with pytest.raises(wishes.InfeasibleError):
        wishes.solve(replace(problem, mentors=(Mentor("A", 0, 2), Mentor("B", 3, 3))), Aim.SUM, move_limit=0)


def test_what_a_weight_is_worth():
    """A is the first wish of all, B the second of all and the class teacher of s0."""
    students = tuple(Student(f"s{i}", ("A", "B"), affinity=(("B",),) if i == 0 else ()) for i in range(4))
    problem = Problem(students, (Mentor("A", 0, 4), Mentor("B", 0, 4)), "x")

    def at_b(aim, meet, even):
        result = wishes.solve(replace(problem, weights=Weights(meet, even)), aim)
        return sorted(key for key, mentor in result.pairs if mentor == "B")

    assert at_b(Aim.SUM, 0, 0) == []
    # s0 at B loses one place and wins the meeting.
    assert at_b(Aim.SUM, 2, 0) == ["s0"]
    # From 4 : 0 to 3 : 1 saves 6 - 3 = 3, to 2 : 2 one more for one more place: equally good, so by lot.
    assert len(at_b(Aim.SUM, 0, 1)) in {1, 2}
    assert len(at_b(Aim.SUM, 0, 2)) == 2
    assert at_b(Aim.GREEDY, 9, 9) == at_b(Aim.GENEROUS, 9, 9) == []


def test_in_other_aims_weights_decide_among_equals():
    """Two mentors nobody lists more than the other: even loads; two students as good in either place: who is met."""
    students = (Student("1", ("A", "B"), affinity=(("A",),)), Student("2", ("A", "B"), affinity=(("B",),)))
    for seed in map(str, range(6)):
        problem = Problem(students, (Mentor("A", 1, 1), Mentor("B", 1, 1)), seed, weights=Weights(1, 0))
        assert dict(wishes.solve(problem, Aim.GREEDY).pairs) == {"1": "A", "2": "B"}
        nobody = tuple(Student(f"s{i}") for i in range(6))
        mentors = tuple(Mentor(key, 0, 6) for key in "ABC")
        for aim in Aim:
            pairs = wishes.solve(Problem(nobody, mentors, seed, weights=Weights(0, 1)), aim).pairs
            assert sorted(Counter(mentor for _, mentor in pairs).values()) == [2, 2, 2]


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


@pytest.mark.parametrize("year", ["2010/11", "2012/13"])
def test_real_wishes_of_glasgow(year):
    """Kwanashie, Irving, Manlove, Sng 2014: students list projects, supervisors have a capacity.

    Every project goes to at most one student and a supervisor's projects to at most the capacity. Projects
    become mentors with one seat. A supervisor with capacity c below the number p of projects is closed to
    the difference by p - c students who may go nowhere else and have no wishes.
    """
    case, voted = glasgow(year)
    supervisors = (CASES / f"{case['file']}.dat").read_text(encoding="utf-8").splitlines()[1:]
    groups = [(int(cells[1]), cells[2].split()) for cells in (line.split(",") for line in supervisors)]
    everything = frozenset(project for _, projects in groups for project in projects) | {"nowhere"}
    students = [Student(f"s{i}", tuple(str(int(a) - 1) for a in listed)) for i, listed in enumerate(voted)]
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


def test_present_mentors_and_weights_are_for_wishes_alone():
    problem = town.full(60, 10, seed=4, weights=Weights(2, 1))
    plain = tuple(replace(row, present="") for row in problem.students)
    plain = network.compile_options(replace(problem, students=plain, weights=Weights()))
    both = network.compile_options(replace(problem, mode=Mode.TWO_SIDED))
    for name in ("student", "mentor", "rank", "tier", "pool", "held"):
        assert np.array_equal(getattr(plain, name), getattr(both, name))
    assert both.weights == Weights()


@pytest.mark.parametrize(
    "problem",
    [town.school(300, 24, seed=1), town.full(300, 24, seed=1, weights=Weights(100, 100))],
    ids=["wishes", "all features"],
)
def test_folding_keeps_far_inside_64_bits(problem):
    options = network.compile_options(problem)
    for aim in Aim:
        for costs in wishes.folds(wishes.levels(aim, options), options):
            largest = int(np.abs(costs.table).max()) + costs.even * options.most
            assert largest * (options.students + options.mentors + 2) ** 2 < 1 << 62
