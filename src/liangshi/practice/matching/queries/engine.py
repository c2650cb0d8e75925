"""The engine's question: a round as a frozen problem, and what makes it impossible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import Prefetch

from liangshi.pairing import feasibility, lottery
from liangshi.pairing.problem import Mentor as EngineMentor
from liangshi.pairing.problem import Problem, ProblemError
from liangshi.pairing.problem import Student as EngineStudent
from liangshi.practice.matching.models import (
    Avoidance,
    Round,
    RoundMentor,
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
    keys = mentor_keys(mentors)
    names = Counter(str(mentor.staff.person.name) for mentor in mentors)
    return Problem(
        tuple(_engine_student(student, keys) for student in students),
        tuple(
            EngineMentor(keys[m.code], m.lower, m.upper, _name(m, names[m.staff.person.name]))
            for m in mentors
        ),
        seed,
    )


def mentor_keys(mentors: Iterable[RoundMentor]) -> dict[str, str]:
    """工号 → M001, M002 …, in the order of the 工号 by code point, whatever the database thinks of it.

    These are the mentors' keys in the engine. So fingerprint and seal are over pseudonyms, and what is handed
    to a reviewer carries nobody's 工号.
    """
    codes = sorted(mentor.code for mentor in mentors)
    return {code: f"M{number:03d}" for number, code in enumerate(codes, 1)}


def _name(row: RoundMentor, bearers: int) -> str:
    """The name for the engine's sentences; homonyms carry their 工号."""
    name = row.staff.person.name
    return name if bearers == 1 else f"{name}（{row.code}）"


def _engine_student(row: RoundStudent, keys: Mapping[str, str]) -> EngineStudent:
    banned = frozenset(keys[avoidance.mentor.code] for avoidance in row.avoidances.all())
    wished = (keys[wish.mentor.code] for wish in row.wishes.all())
    near = tuple(keys[code] for code in row.near if code in keys)
    return EngineStudent(
        row.key,
        tuple(key for key in wished if key not in banned),
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
