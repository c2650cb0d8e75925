"""Problems the size of a school, and what an unrelated solver says about them."""

from __future__ import annotations

import numpy as np
from scipy.optimize import LinearConstraint, milp

from liangshi.pairing.problem import Aim, Mentor, Problem, Student


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


def highs_optimum(problem: Problem, aim: Aim) -> tuple[int, ...]:
    """(unlisted, total rank) or (unlisted, profile in the aim's order), level by level by HiGHS."""
    pairs = [
        (s, j)
        for s, student in enumerate(problem.students)
        for j, mentor in enumerate(problem.mentors)
        if mentor.key not in student.banned
    ]
    student, mentor = np.array(pairs).T
    rank = np.array(
        [
            problem.students[s].wishes.index(problem.mentors[j].key) + 1
            if problem.mentors[j].key in problem.students[s].wishes
            else 0
            for s, j in pairs
        ]
    )
    n, m = len(problem.students), len(problem.mentors)
    once = (student == np.arange(n)[:, None]).astype(float)
    seats = (mentor == np.arange(m)[:, None]).astype(float)
    limits = [
        LinearConstraint(once, 1, 1),
        LinearConstraint(seats, [row.lower for row in problem.mentors], [row.upper for row in problem.mentors]),
    ]
    longest = int(rank.max())
    levels = {
        Aim.SUM: [rank],
        Aim.GREEDY: [-(rank == wish).astype(int) for wish in range(1, longest)],
        Aim.GENEROUS: [(rank == wish).astype(int) for wish in range(longest, 1, -1)],
    }[aim]
    found = []
    for level in [(rank == 0).astype(int), *levels]:
        answer = milp(level, constraints=limits, bounds=(0, 1))
        assert answer.success, answer.message
        found.append(round(answer.fun))
        limits.append(LinearConstraint(level[None, :].astype(float), found[-1], found[-1]))
    return tuple(abs(value) for value in found)
