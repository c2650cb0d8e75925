"""双选录取 against `matching` (the two-sided matching of PyPI), on the same lists, with equal results.

Every mentor ranks all who listed him in an order of his own; places 15, no lower quota, so that the answer of
both is the student-optimal stable matching. The peer begins with lists of names, the only way in that it has; the
engine with row numbers, as in the other measurements; beside it, the engine from names, lottery included.
"""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench import _peers
from bench._schools import UPPER, taste
from liangshi.pairing import two_sided
from liangshi.pairing.problem import Mentor, Mode, Problem, Student

STACK = 1 << 29  # bytes: the peer copies its players recursively, and dies of a usual stack
Lists = dict[str, list[str]]


def lists(students: int, mentors: int, length: int, seed: int) -> tuple[Lists, Lists]:
    """Student → mentors, dearest first; mentor → those who listed him, most welcome first."""
    wanted = np.argsort(-taste(students, mentors, seed), axis=1)[:, :length]
    names = [f"T{j:04d}" for j in range(mentors)]
    wishes = {f"G{s:06d}": [names[j] for j in row] for s, row in enumerate(wanted.tolist())}
    answers: Lists = {name: [] for name in names}
    keys = list(wishes)
    for s in np.random.default_rng(seed + 1).permutation(students).tolist():
        for name in wishes[keys[s]]:
            answers[name].append(keys[s])
    return wishes, answers


def problem_of(wishes: Lists, answers: Lists) -> Problem:
    return Problem(
        tuple(Student(key, tuple(row)) for key, row in wishes.items()),
        tuple(Mentor(key, 0, UPPER, "", tuple((one,) for one in row)) for key, row in answers.items()),
        "seed",
        Mode.TWO_SIDED,
    )


def ours(problem: Problem) -> dict[str, str]:
    """Student → mentor, for the students who got one whom they had listed: from names, with the public lottery."""
    market = two_sided.Market(problem)
    given = zip(market.students, market.admitted(), strict=True)
    names = [mentor.key for mentor in market.mentors]
    return {student.key: names[j] for student, j in given if names[j] in student.wishes}


@dataclass(frozen=True)
class Numbered:
    """The same lists as row numbers: mentors wanted by each student, and each student's place with each mentor."""

    wanted: list[list[int]]
    standing: list[dict[int, int]]

    def admitted(self) -> list[int]:
        """The engine's own part: the mentor's row of each student, -1 for none."""
        mentors = len(self.standing)
        return two_sided.admit(
            [iter(row) for row in self.wanted],
            self.standing,
            len(self.wanted),
            [0] * mentors,
            [UPPER] * mentors,
        )


def numbered(wishes: Lists, answers: Lists) -> Numbered:
    students = {key: s for s, key in enumerate(wishes)}
    mentors = {key: j for j, key in enumerate(answers)}
    return Numbered(
        [[mentors[name] for name in row] for row in wishes.values()],
        [{students[name]: place for place, name in enumerate(row)} for row in answers.values()],
    )


def named(wishes: Lists, answers: Lists, rows: list[int]) -> dict[str, str]:
    names = list(answers)
    return {key: names[j] for key, j in zip(wishes, rows, strict=True) if j >= 0}


def peer(wishes: Lists, answers: Lists) -> dict[str, str]:
    """The same by the peer."""
    from matching.games import HospitalResident

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        game = HospitalResident.create_from_dictionaries(
            wishes, {key: row for key, row in answers.items() if row}, dict.fromkeys(answers, UPPER)
        )
        solved = game.solve(optimal="resident")
    return {str(student): str(mentor) for mentor, students in solved.items() for student in students}


def with_room(job: Callable[[], object]) -> None:
    """Run a job on a stack on which the peer survives 3,000 students."""
    _peers.install()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=job)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
        sys.setrecursionlimit(limit)
