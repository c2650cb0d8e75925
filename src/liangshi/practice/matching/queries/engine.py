"""The engine's question: a round as a frozen problem, and what makes it impossible."""

from __future__ import annotations

from django.db.models import Prefetch

from liangshi.pairing import feasibility, lottery
from liangshi.pairing.problem import Mentor as EngineMentor
from liangshi.pairing.problem import Problem, ProblemError
from liangshi.pairing.problem import Student as EngineStudent
from liangshi.practice.matching.models import (
    Avoidance,
    Round,
    RoundStudent,
    Wish,
)
from liangshi.practice.matching.queries.rounds import STAYING, mentors_of, students_of


def problem_for(row: Round, seed: str = "") -> Problem:
    """The round as the engine's problem. Reads only the round's own frozen rows, so it can be asked again.

    Raises ProblemError when nobody or no mentor is left.
    """
    students = list(
        students_of(row)
        .filter(STAYING)
        .order_by("number")
        .prefetch_related(
            Prefetch("wishes", Wish.objects.select_related("mentor")),
            Prefetch("avoidances", Avoidance.objects.select_related("mentor")),
        )
    )
    mentors = list(mentors_of(row))
    codes = {mentor.code for mentor in mentors}
    return Problem(
        tuple(_engine_student(student, codes) for student in students),
        tuple(EngineMentor(m.code, m.lower, m.upper, m.staff.person.name) for m in mentors),
        seed,
    )


def _engine_student(row: RoundStudent, codes: set[str]) -> EngineStudent:
    banned = frozenset(avoidance.mentor.code for avoidance in row.avoidances.all())
    near = tuple(code for code in row.near if code in codes)
    return EngineStudent(
        row.key,
        tuple(wish.mentor.code for wish in row.wishes.all() if wish.mentor.code not in banned),
        banned,
        (near,) if near else (),
        f"{row.student.person.name} {row.class_name}".strip(),
    )


def commitment_of(row: Round) -> str:
    """The fingerprint of the round's frozen input."""
    problem = problem_for(row)
    return lottery.commitment(problem)


def obstacles(row: Round) -> tuple[str, ...]:
    """What makes the round impossible, a sentence each with the smallest change that helps."""
    try:
        problem = problem_for(row)
    except ProblemError as empty:
        return (empty.message,)
    return tuple(obstacle.message for obstacle in feasibility.check(problem))
