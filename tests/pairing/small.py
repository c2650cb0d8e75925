"""Tiny problems, and the definition of the right answer spelt out by trying every arrangement."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import strategies as st

from liangshi.pairing import lottery
from liangshi.pairing.problem import Aim, Mentor, Problem, Result, Student, Weights

MENTORS = "ABCD"


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to six students and four mentors, with bans, lower quotas and affinity; often infeasible."""
    keys = MENTORS[: draw(st.integers(1, len(MENTORS)))]
    mentors = []
    for key in keys:
        lower = draw(st.integers(0, 2))
        mentors.append(Mentor(key, lower, lower + draw(st.integers(0, 4))))
    students = []
    for number in range(draw(st.integers(1, 6))):
        order = draw(st.permutations(keys))
        cut = draw(st.integers(0, len(keys)))
        banned = draw(st.sets(st.sampled_from(keys), max_size=2))
        groups = draw(st.lists(st.lists(st.sampled_from(keys), max_size=2).map(tuple), max_size=2))
        wishes = tuple(key for key in order[:cut] if key not in banned)
        students.append(Student(f"s{number}", wishes, frozenset(banned), tuple(groups)))
    return Problem(tuple(students), tuple(mentors), draw(st.sampled_from(["", "甲", "乙", "a1"])))


@st.composite
def full_problems(draw: st.DrawFn) -> Problem:
    """The same with mentors to keep and with weights."""
    problem = draw(problems())
    keys = [mentor.key for mentor in problem.mentors]
    students = []
    for student in problem.students:
        present = draw(st.sampled_from(["", *(key for key in keys if key not in student.banned)]))
        students.append(replace(student, present=present))
    weights = Weights(draw(st.integers(0, 3)), draw(st.integers(0, 2)))
    return replace(problem, students=tuple(students), weights=weights)


def arrangements(problem: Problem) -> Iterator[tuple[str, ...]]:
    """Every assignment of a mentor to each student that keeps quotas and bans."""
    keys = [mentor.key for mentor in problem.mentors]
    allowed = [[key for key in keys if key not in student.banned] for student in problem.students]
    for choice in product(*allowed):
        if all(m.lower <= choice.count(m.key) <= m.upper for m in problem.mentors):
            yield choice


def tier(student: Student, mentor: str) -> int:
    return next((i for i, group in enumerate(student.affinity) if mentor in group), len(student.affinity))


def far_tier(problem: Problem, student: Student, mentor: str) -> int:
    """A student without as many groups as others still has the far tier for everybody else."""
    near = tier(student, mentor)
    return near if near < len(student.affinity) else max(len(s.affinity) for s in problem.students)


def quality(problem: Problem, aim: Aim, choice: tuple[str, ...]) -> tuple[int, ...]:
    """What is minimised, most important first: moved, unlisted, the aim, the weights, distance."""
    longest = max(len(student.wishes) for student in problem.students)
    profile = [0] * longest
    moved = unlisted = unmet = tiers = 0
    for student, mentor in zip(problem.students, choice, strict=True):
        if mentor == student.present:
            continue
        moved += student.present != ""
        if mentor in student.wishes:
            profile[student.wishes.index(mentor)] += 1
            unmet += all(mentor not in group for group in student.affinity)
        else:
            unlisted += 1
            tiers += far_tier(problem, student, mentor)
    pairs = sum(choice.count(m.key) * (choice.count(m.key) - 1) // 2 for m in problem.mentors)
    meet, even = problem.weights.meet, problem.weights.even
    total = sum(place * count for place, count in enumerate(profile, 1))
    single = (unmet * (meet > 0), pairs * (even > 0))
    middle = {
        Aim.SUM: (total + meet * unmet + even * pairs,),
        Aim.GREEDY: (*(-count for count in profile), *single),
        Aim.GENEROUS: (*reversed(profile), *single),
    }[aim]
    return (moved, unlisted, *middle, tiers)


def lot(problem: Problem, key: str) -> bytes:
    return hmac.new(problem.seed.encode(), key.encode(), hashlib.sha256).digest()


def by_lottery(problem: Problem, choice: tuple[str, ...]) -> list[tuple[int, ...]]:
    """How each student, in lottery order, likes what they get: smaller is better."""
    circle = sorted((m.key for m in problem.mentors), key=lambda key: (lot(problem, key), key))
    rows = []
    for student, mentor in zip(problem.students, choice, strict=True):
        number = lot(problem, student.key)
        if mentor == student.present:
            liking = (-1, 0, 0)
        elif mentor in student.wishes:
            liking = (0, student.wishes.index(mentor), 0)
        else:
            turn = (circle.index(mentor) - int(number.hex(), 16)) % len(circle)
            liking = (1, far_tier(problem, student, mentor), turn)
        rows.append(((number, student.key), liking))
    return [liking for _, liking in sorted(rows)]


def right_answer(problem: Problem, aim: Aim) -> tuple[str, ...] | None:
    """The canonical arrangement by definition, or None where no arrangement exists."""
    return min(
        arrangements(problem),
        key=lambda choice: (quality(problem, aim, choice), by_lottery(problem, choice)),
        default=None,
    )


def stated(problem: Problem, aim: Aim, choice: tuple[str, ...]) -> Result:
    """A result that tells the truth about this arrangement, good or bad."""
    longest = max(len(student.wishes) for student in problem.students)
    places = [
        student.wishes.index(mentor) if mentor in student.wishes else None
        for student, mentor in zip(problem.students, choice, strict=True)
        if mentor != student.present
    ]
    kept = len(problem.students) - len(places)
    pairs = tuple(sorted(zip((s.key for s in problem.students), choice, strict=True)))
    commitment = lottery.commitment(problem)
    return Result(
        aim,
        problem.seed,
        pairs,
        tuple(places.count(place) for place in range(longest)),
        places.count(None),
        sum(place + 1 for place in places if place is not None),
        commitment,
        lottery.seal(commitment, aim, problem.seed, pairs),
        kept,
        sum(student.present != "" for student in problem.students) - kept,
    )
