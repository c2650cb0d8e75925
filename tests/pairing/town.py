"""Problems the size of a school, and what an unrelated solver says about them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, milp

from liangshi.pairing.problem import Aim, Mentor, Problem, Student, Weights
from tests.pairing import small


def school(students: int, mentors: int, *, seed: int, shy: float = 0.1, wishes: int = 5) -> Problem:
    """Skewed wishes, quotas 8 to 15 in proportion, some students who avoid two mentors, some with a class."""
    random = np.random.default_rng(seed)
    fame = random.normal(0, 0.7, mentors)
    order = np.argsort(-(fame + random.gumbel(size=(students, mentors))), axis=1).tolist()
    keys = [f"T{j:03d}" for j in range(mentors)]
    each = students / mentors
    lower, upper = int(each * 0.7), int(np.ceil(each * 1.15))
    rows = []
    for s, liking in enumerate(order):
        length = int(random.integers(0, wishes + 1)) if random.random() < 0.1 else wishes
        avoided = frozenset(keys[j] for j in liking[-2:]) if random.random() < shy else frozenset()
        class_group = (keys[s % mentors], keys[(s * 7 + 3) % mentors])
        near = (class_group,) if s % 2 else ()
        rows.append(Student(f"G{s:05d}", tuple(keys[j] for j in liking[:length]), avoided, near))
    return Problem(tuple(rows), tuple(Mentor(key, lower, upper) for key in keys), f"种子{seed}")


def full(students: int, mentors: int, *, seed: int, weights: Weights) -> Problem:
    """Such a school a year later: most students have a mentor, and some mentors have fewer seats than students."""
    random = np.random.default_rng(seed)
    problem = school(students, mentors, seed=seed)
    keys = [mentor.key for mentor in problem.mentors]
    each = int(np.ceil(students / mentors))
    rows, held = [], Counter[str]()
    for student in problem.students:
        present = keys[int(random.integers(mentors))]
        if random.random() < 0.3 or present in student.banned or held[present] > each:
            present = ""
        held[present] += 1
        rows.append(replace(student, present=present))
    smaller = (
        replace(mentor, upper=max(mentor.lower, held[mentor.key] - 2)) if j % 6 == 0 else mentor
        for j, mentor in enumerate(problem.mentors)
    )
    return replace(problem, students=tuple(rows), mentors=tuple(smaller), weights=weights)


def shuffled(problem: Problem, random: Random) -> Problem:
    students, mentors = list(problem.students), list(problem.mentors)
    random.shuffle(students)
    random.shuffle(mentors)
    return replace(problem, students=tuple(students), mentors=tuple(mentors))


def chosen(problem: Problem, pairs: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The mentors of a result, in the order of the problem's students."""
    given = dict(pairs)
    return tuple(given[student.key] for student in problem.students)


def highs_optimum(problem: Problem, aim: Aim) -> tuple[int, ...]:
    """What ``small.quality`` says of a best arrangement, level by level by HiGHS.

    Variables: one for each allowed (student, mentor), then one for each mentor and k: "has a k-th student".
    """
    pairs = [
        (s, j)
        for s, student in enumerate(problem.students)
        for j, mentor in enumerate(problem.mentors)
        if mentor.key not in student.banned
    ]
    student, mentor = np.array(pairs).T
    upper = np.array([row.upper for row in problem.mentors])
    nth = np.concatenate([np.arange(count) for count in upper])
    n, m, size = len(problem.students), len(problem.mentors), len(pairs) + len(nth)

    def of_pairs(values: list[int]) -> NDArray[np.float64]:
        return np.concatenate([np.array(values, float), np.zeros(len(nth))])

    once, seats = np.zeros((n, size)), np.zeros((m, size))
    once[student, np.arange(len(pairs))] = 1
    seats[mentor, np.arange(len(pairs))] = 1
    loads = seats.copy()
    loads[np.repeat(np.arange(m), upper), np.arange(len(pairs), size)] = -1
    limits = [
        LinearConstraint(once, 1, 1),
        LinearConstraint(seats, [row.lower for row in problem.mentors], upper),
        LinearConstraint(loads, 0, 0),
    ]
    rank, listed, kept, met, tier = [], [], [], [], []
    for s, j in pairs:
        row, key = problem.students[s], problem.mentors[j].key
        kept.append(key == row.present)
        listed.append(key in row.wishes and not kept[-1])
        rank.append(row.wishes.index(key) + 1 if listed[-1] else 0)
        met.append(any(key in group for group in row.affinity))
        tier.append(0 if listed[-1] or kept[-1] else small.far_tier(problem, row, key))
    has = [problem.students[s].present != "" for s, _ in pairs]
    moved = of_pairs([int(h and not k) for h, k in zip(has, kept, strict=True)])
    unlisted = of_pairs([int(not (a or b)) for a, b in zip(listed, kept, strict=True)])
    unmet = of_pairs([int(a and not b) for a, b in zip(listed, met, strict=True)])
    even = np.concatenate([np.zeros(len(pairs)), nth])
    weights, longest = problem.weights, max(len(row.wishes) for row in problem.students)
    single = [unmet * (weights.meet > 0), even * (weights.even > 0)]
    wish = {r: of_pairs([int(place == r) for place in rank]) for r in range(1, longest + 1)}
    middle = {
        Aim.SUM: [of_pairs(rank) + weights.meet * unmet + weights.even * even],
        Aim.GREEDY: [*(-wish[r] for r in range(1, longest + 1)), *single],
        Aim.GENEROUS: [*(wish[r] for r in range(longest, 0, -1)), *single],
    }[aim]
    found = []
    for level in [moved, unlisted, *middle, of_pairs(tier)]:
        answer = milp(level, constraints=limits, bounds=(0, 1))
        assert answer.success, answer.message
        found.append(round(answer.fun))
        limits.append(LinearConstraint(level[None, :], found[-1] - 0.01, found[-1] + 0.01))
    return tuple(found)
