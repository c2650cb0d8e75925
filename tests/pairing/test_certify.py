"""The verifier accepts the right result and nothing else."""

from __future__ import annotations

import ast
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangshi.pairing import certificate, wishes
from liangshi.pairing import certify as module
from liangshi.pairing.certify import certify
from liangshi.pairing.problem import Aim, Mentor, Problem, Student, Weights
from tests.pairing import small, town


@pytest.mark.parametrize("aim", Aim)
@settings(max_examples=60, deadline=None)
@given(problem=st.one_of(small.problems(), small.full_problems()))
def test_of_all_arrangements_only_the_best_are_certified(aim, problem):
    every = list(small.arrangements(problem))
    if not every:
        return
    best = min(small.quality(problem, aim, choice) for choice in every)
    right = small.right_answer(problem, aim)
    for choice in [*every[:: max(1, len(every) // 60)], right]:
        result = small.stated(problem, aim, choice)
        certificate = certify(problem, result)
        assert certificate.holds == (small.quality(problem, aim, choice) == best), certificate
        assert certify(problem, result, canonical=True).holds == (choice == right)
        if not certificate.holds:
            check_chain(problem, aim, choice, certificate.violations[0])


def check_chain(problem, aim, choice, violation):
    """The printed chain of moves is real: it starts from the result, keeps all rules, and is better."""
    better = {student.key: mentor for student, mentor in zip(problem.students, choice, strict=True)}
    for student, now, then in violation.chain:
        assert better[student] == now
        better[student] = then
    after = tuple(better[student.key] for student in problem.students)
    assert after in set(small.arrangements(problem))
    before, now = small.quality(problem, aim, choice), small.quality(problem, aim, after)
    assert now < before
    assert (violation.promise == module.KEPT) == (now[0] < before[0])
    assert (violation.promise == module.UNLISTED) == (now[0] == before[0] and now[1] < before[1])


@pytest.fixture(scope="module", params=list(Aim))
def certified(request):
    problem = town.school(300, 24, seed=11)
    result = wishes.solve(problem, request.param)
    assert certify(problem, result, canonical=True).holds
    return problem, result


def test_what_holds_is_listed(certified):
    problem, result = certified
    kept = certify(problem, result, canonical=True).kept
    assert kept[:5] == (module.PLACED, module.QUOTAS, module.BANS, module.FIGURES, module.HASHES)
    assert kept[5] == module.UNLISTED
    assert kept[-2:] == (module.NEAREST, module.LOTTERY)


def test_every_altered_arrangement_is_refused(certified):
    """150 swaps and moves, each told truthfully with fresh figures and hashes: only the optimum survives."""
    problem, result = certified
    rng, given_ = random.Random(3), dict(result.pairs)
    order = [student.key for student in problem.students]
    for _ in range(150):
        altered = dict(given_)
        one, other = rng.sample(order, 2)
        if rng.random() < 0.5:
            altered[one], altered[other] = altered[other], altered[one]
        else:
            altered[one] = rng.choice(problem.mentors).key
        if altered == given_:
            continue
        changed = small.stated(problem, result.aim, tuple(altered[key] for key in order))
        certificate = certify(problem, changed, canonical=True)
        assert not certificate.holds
        assert certificate.violations[0].message


def test_a_swap_of_two_equally_good_students_is_refused():
    mentors = (Mentor("A", 0, 1), Mentor("B", 0, 1))
    problem = Problem((Student("1", ("A", "B")), Student("2", ("A", "B"))), mentors, "x")
    right = dict(wishes.solve(problem, Aim.SUM).pairs)
    swapped = small.stated(problem, Aim.SUM, (right["2"], right["1"]))
    assert certify(problem, swapped).holds
    certificate = certify(problem, swapped, canonical=True)
    assert [violation.promise for violation in certificate.violations] == [module.LOTTERY]


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        (lambda r: replace(r, profile=(r.profile[0] - 1, *r.profile[1:])), module.FIGURES),
        (lambda r: replace(r, profile=r.profile[:-1]), module.FIGURES),
        (lambda r: replace(r, unlisted=r.unlisted + 1), module.FIGURES),
        (lambda r: replace(r, total_rank=r.total_rank + 1), module.FIGURES),
        (lambda r: replace(r, kept=r.kept + 1), module.FIGURES),
        (lambda r: replace(r, moved=r.moved + 1), module.FIGURES),
        (lambda r: replace(r, seed=r.seed + "1"), module.HASHES),
        (lambda r: replace(r, commitment=r.commitment[::-1]), module.HASHES),
        (lambda r: replace(r, sha256=r.sha256[::-1]), module.HASHES),
        (lambda r: replace(r, pairs=r.pairs[1:]), module.PLACED),
        (lambda r: replace(r, pairs=(*r.pairs, r.pairs[0])), module.PLACED),
        (lambda r: replace(r, pairs=(("G99999", r.pairs[0][1]), *r.pairs[1:])), module.PLACED),
        (lambda r: replace(r, pairs=((r.pairs[0][0], "T999"), *r.pairs[1:])), module.PLACED),
    ],
)
def test_every_altered_statement_is_refused(certified, change, promise):
    problem, result = certified
    certificate = certify(problem, change(result))
    assert promise in {violation.promise for violation in certificate.violations}
    assert promise not in certificate.kept


def test_another_aim_is_another_claim(certified):
    problem, result = certified
    other = Aim.GREEDY if result.aim is not Aim.GREEDY else Aim.GENEROUS
    told = small.stated(
        problem, other, tuple(dict(result.pairs)[student.key] for student in problem.students)
    )
    assert not certify(problem, told).holds


def test_an_input_changed_afterwards_is_noticed(certified):
    problem, result = certified
    first = problem.students[0]
    forged = replace(problem, students=(replace(first, wishes=first.wishes[::-1]), *problem.students[1:]))
    assert not certify(forged, result).holds


def test_levels_too_many_for_64_bits_are_still_told_apart():
    """Ten wishes and 100 mentors: the folded costs need whole numbers of any size."""
    problem = town.school(250, 100, seed=2, wishes=10)
    problem = replace(problem, mentors=tuple(replace(mentor, lower=0, upper=3) for mentor in problem.mentors))
    result = wishes.solve(problem, Aim.GREEDY)
    assert certify(problem, result, canonical=True).holds
    choice = tuple(dict(result.pairs)[student.key] for student in problem.students)
    assert not certify(problem, small.stated(problem, Aim.GENEROUS, choice)).holds


def test_all_features_and_levels_too_many_for_64_bits():
    problem = town.full(250, 100, seed=2, weights=Weights(3, 2))
    mentors = tuple(replace(mentor, lower=0, upper=3) for mentor in problem.mentors)
    students = tuple(
        replace(row, wishes=long.wishes)
        for row, long in zip(problem.students, town.school(250, 100, seed=2, wishes=10).students, strict=True)
    )
    problem = replace(problem, mentors=mentors, students=students)
    result = wishes.solve(problem, Aim.GREEDY)
    certificate = certify(problem, result, canonical=True)
    assert certificate.holds, certificate.violations
    assert certificate.kept[5:7] == (module.KEPT, module.UNLISTED)
    assert certificate.kept[-4:] == (module.MET, module.EVEN, module.NEAREST, module.LOTTERY)
    choice = town.chosen(problem, result.pairs)
    assert not certify(problem, small.stated(problem, Aim.GENEROUS, choice)).holds


def test_the_promise_of_the_sum_names_what_is_summed():
    problem = town.full(120, 10, seed=3, weights=Weights(1, 1))
    kept = certify(problem, wishes.solve(problem, Aim.SUM)).kept
    assert "志愿名次、见面、均衡合计最小" in kept


def test_it_shares_nothing_with_the_solver():
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    own = {name for name in imported if name and name.startswith("liangshi")}
    assert own == {"liangshi.pairing.certificate", "liangshi.pairing.problem"}
    assert not any(name and name.startswith("ortools") for name in imported)
    assert "liangshi" not in Path(certificate.__file__).read_text(encoding="utf-8")
