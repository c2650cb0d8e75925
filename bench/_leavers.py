"""A mentor leaves a school that has been matched: the question that remains, and the one that forgets the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from liangshi.pairing.problem import Problem


def without(problem: Problem, given: Mapping[str, str], *, mentees: int) -> Problem:
    """The school without one mentor of so many mentees; everybody else would keep the mentor they have."""
    loads = Counter(given.values())
    leaver = min(key for key, load in loads.items() if load == mentees)
    students = tuple(
        replace(
            student,
            wishes=tuple(key for key in student.wishes if key != leaver),
            present="" if given[student.key] == leaver else given[student.key],
        )
        for student in problem.students
    )
    mentors = tuple(mentor for mentor in problem.mentors if mentor.key != leaver)
    return replace(problem, students=students, mentors=mentors)


def forgetting(problem: Problem) -> Problem:
    return replace(problem, students=tuple(replace(student, present="") for student in problem.students))


def needlessly_moved(problem: Problem, pairs: Iterable[tuple[str, str]]) -> int:
    """How many students lose a mentor who has not left."""
    given = dict(pairs)
    return sum(s.present not in {"", given[s.key]} for s in problem.students)
