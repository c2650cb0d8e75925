"""Whatever is changed in a result, and however truthfully the change is told, the verifier refuses it.

Each case is a random instance with mentors to keep, bans, groups, quotas and both weights. The count is that of
``LIANGSHI_MUTATIONS`` (3,000 unless told).
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from liangshi.pairing import lottery, wishes
from liangshi.pairing.certify import certify
from liangshi.pairing.problem import Aim, Mentor, Problem, Result, Student, Weights
from tests.pairing import small, town

MUTATIONS = int(os.environ.get("LIANGSHI_MUTATIONS", "3000"))


def instance(rng: random.Random, students: int, mentors: int) -> Problem:
    keys = [f"T{j}" for j in range(mentors)]
    rows = []
    for s in range(students):
        banned = frozenset(rng.sample(keys, rng.choice([0, 0, 1])))
        open_ = [key for key in keys if key not in banned]
        groups = tuple(tuple(rng.sample(keys, rng.randint(0, 2))) for _ in range(rng.randint(0, 2)))
        present = rng.choice(["", *open_]) if rng.random() < 0.6 else ""
        wishes_ = tuple(rng.sample(open_, rng.randint(0, len(open_))))
        rows.append(Student(f"S{s}", wishes_, banned, groups, present=present))
    each = students // mentors
    quotas = [(rng.randint(0, each), rng.randint(each, each + 2)) for _ in keys]
    weights = Weights(rng.randint(1, 3), rng.randint(1, 2))
    return Problem(
        tuple(rows),
        tuple(Mentor(key, *quota) for key, quota in zip(keys, quotas, strict=True)),
        "种",
        weights=weights,
    )


def instances(rng: random.Random) -> Iterator[tuple[Problem, Result]]:
    while True:
        problem = instance(rng, rng.randint(6, 12), rng.randint(2, 4))
        for aim in Aim:
            try:
                yield problem, wishes.solve(problem, aim)
            except wishes.InfeasibleError:
                break


def told(problem: Problem, result: Result, pairs: dict[str, str]) -> Result:
    """The changed pairs with fresh figures and hashes."""
    return small.stated(problem, result.aim, town.chosen(problem, tuple(pairs.items())))


def other_pairs(problem: Problem, result: Result) -> Iterator[tuple[str, dict[str, str]]]:
    given, keys = dict(result.pairs), [mentor.key for mentor in problem.mentors]
    for student, here in given.items():
        for mentor in keys:
            if mentor != here:
                yield "one pair", {**given, student: mentor}
        for other, there in given.items():
            if student < other and here != there:
                yield "a swap", {**given, student: there, other: here}


def mutations(problem: Problem, result: Result) -> Iterator[tuple[str, Problem, Result]]:
    """What was changed, the problem and the result to refuse."""
    for what, pairs in other_pairs(problem, result):
        yield f"{what}, told truthfully", problem, told(problem, result, pairs)
        yield f"{what}, nothing else", problem, replace(result, pairs=tuple(sorted(pairs.items())))
    for name in ("unlisted", "total_rank", "kept", "moved"):
        for step in (1, -1):
            yield name, problem, replace(result, **{name: getattr(result, name) + step})
    for wish, count in enumerate(result.profile):
        profile = (*result.profile[:wish], count + 1, *result.profile[wish + 1 :])
        yield "profile", problem, replace(result, profile=profile)
    yield "profile", problem, replace(result, profile=(*result.profile, 0))
    for name in ("commitment", "sha256"):
        digits = getattr(result, name)
        place = sum(map(ord, result.sha256)) % len(digits)
        flipped = "0" if digits[place] != "0" else "1"
        yield name, problem, replace(result, **{name: digits[:place] + flipped + digits[place + 1 :]})
    resealed = lottery.seal(result.commitment, result.aim, "另", result.pairs)
    yield "seed", problem, replace(result, seed="另")
    yield "seed, told truthfully", problem, replace(result, seed="另", sha256=resealed)
    for aim in Aim:
        if aim is not result.aim:
            yield "aim", problem, replace(result, aim=aim)
    weights = problem.weights
    yield "meet", replace(problem, weights=replace(weights, meet=weights.meet + 1)), result
    yield "even", replace(problem, weights=replace(weights, even=0)), result
    first = problem.students[0]
    other = next(mentor.key for mentor in problem.mentors if mentor.key not in (*first.banned, first.present))
    rows = (replace(first, present=other), *problem.students[1:])
    yield "present", replace(problem, students=rows), result


def test_every_mutation_is_refused():
    rng, done, best = random.Random(20), Counter[str](), Counter[str]()
    for problem, result in instances(rng):
        assert certify(problem, result, canonical=True).holds
        every = list(mutations(problem, result))
        for what, question, mutated in rng.sample(every, min(len(every), 60)):
            certificate = certify(question, mutated, canonical=True)
            assert not certificate.holds, (what, question, mutated)
            assert certificate.violations[0].message
            done[what] += 1
            best[certificate.violations[0].promise] += 1
        if done.total() >= MUTATIONS:
            break
    assert len(done) == 17, f"a kind of mutation never happened: {done}"
    assert len(best) >= 9, f"promises that refused: {best}"


@pytest.mark.parametrize("aim", Aim)
@pytest.mark.parametrize("weights", [Weights(), Weights(2, 0), Weights(0, 1), Weights(1, 2)], ids=str)
def test_swaps_and_moves_in_a_school_a_year_later(aim, weights):
    problem = town.full(150, 12, seed=31, weights=weights)
    result = wishes.solve(problem, aim)
    assert certify(problem, result, canonical=True).holds
    assert result.moved
    changed = list(other_pairs(problem, result))
    for _, pairs in random.Random(6).sample(changed, 40):
        assert not certify(problem, told(problem, result, pairs), canonical=True).holds
