"""Tiny two-sided problems, and what is right for them, spelt out from the definitions without the engine."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from liangshi.pairing import certify_two_sided, two_sided
from liangshi.pairing.admission import TwoSidedResult
from liangshi.pairing.problem import Mentor, Mode, Problem, Student
from tests.pairing import small


def problem(random_: random.Random, *, bans: bool, most: int = 6, mentors: int = 4) -> Problem:
    """Up to ``most`` students; quotas always admit n in sum; lists, groups and favours of any length."""
    n, m = random_.randint(1, most), random_.randint(1, mentors)
    keys, names = [f"m{j}" for j in range(m)], [f"s{i}" for i in range(n)]
    while True:
        lower = [random_.choice((0, 0, 1, 1, 2)) for _ in keys]
        upper = [low + random_.choice((0, 1, 1, 2, 6)) for low in lower]
        if sum(lower) <= n <= sum(upper):
            break
    students = []
    for name in names:
        banned = frozenset(key for key in keys if bans and random_.random() < 0.3)
        order = [key for key in random_.sample(keys, m) if key not in banned]
        groups = tuple(
            tuple(random_.sample(keys, random_.randint(0, min(2, m)))) for _ in range(random_.randint(0, 2))
        )
        students.append(Student(name, tuple(order[: random_.randint(0, m)]), banned, groups))
    rows = []
    for key, low, high in zip(keys, lower, upper, strict=True):
        welcome = random_.sample(names, random_.randint(0, n))
        cut = random_.randint(0, len(welcome))
        favours = (tuple(welcome[:cut]), tuple(welcome[cut:]))[: random_.randint(0, 2)]
        rows.append(Mentor(key, low, high, favours=favours))
    seed = str(random_.randint(0, 99))
    return Problem(tuple(students), tuple(rows), seed, Mode.TWO_SIDED)


def liking(problem: Problem, student: Student) -> list[str]:
    """All mentors whom the student accepts, the dearest first."""
    circle = sorted((m.key for m in problem.mentors), key=lambda key: (small.lot(problem, key), key))
    start = int(small.lot(problem, student.key).hex(), 16)

    def place(key: str) -> tuple[int, int, int]:
        if key in student.wishes:
            return 0, student.wishes.index(key), 0
        near = small.far_tier(problem, student, key)
        return 1, near, (circle.index(key) - start) % len(circle)

    return sorted((key for key in circle if key not in student.banned), key=place)


def priority(problem: Problem, mentor: Mentor, student: Student) -> tuple[int, int, bytes, str]:
    favour = next((i for i, g in enumerate(mentor.favours) if student.key in g), len(mentor.favours))
    near = small.far_tier(problem, student, mentor.key)
    return favour, near, small.lot(problem, student.key), student.key


def deferred_acceptance(problem: Problem) -> dict[str, str]:
    """Gale and Shapley's, students proposing, upper quotas alone: student key → mentor key."""
    rows, mentors = {s.key: s for s in problem.students}, {m.key: m for m in problem.mentors}
    lists = {key: liking(problem, row) for key, row in rows.items()}
    held: dict[str, list[str]] = {key: [] for key in mentors}
    free = list(rows)
    while free:
        key = free.pop()
        if not lists[key]:
            continue
        mentor = lists[key].pop(0)
        held[mentor].append(key)
        held[mentor].sort(key=lambda k: priority(problem, mentors[mentor], rows[k]))
        if len(held[mentor]) > mentors[mentor].upper:
            free.append(held[mentor].pop())
    return {key: mentor for mentor, keys in held.items() for key in keys}


def envy(problem: Problem, given: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(student, mentor, other): the student would rather have the mentor, who ranks the other lower."""
    mentors = {m.key: m for m in problem.mentors}
    pairs = []
    for student in problem.students:
        order = liking(problem, student)
        for key in order[: order.index(given[student.key])]:
            for other in problem.students:
                if given[other.key] == key and priority(problem, mentors[key], student) < priority(
                    problem, mentors[key], other
                ):
                    pairs.append((student.key, key, other.key))
    return sorted(pairs)


def stated(problem: Problem, choice: Sequence[str], right: TwoSidedResult) -> TwoSidedResult:
    """A result that tells the truth about another arrangement: figures, lines, moves, envy and hashes."""
    market = two_sided.Market(problem)
    given = dict(zip((s.key for s in problem.students), choice, strict=True))
    before = {**dict(right.pairs), **{s: old for s, old, _ in right.repaired}}
    place = {**market.place, "": -1}
    return market.report(
        [place[before[s.key]] for s in market.students], [place[given[s.key]] for s in market.students]
    )


def holds(problem: Problem, result: TwoSidedResult) -> bool:
    return certify_two_sided.certify(problem, result).holds


def with_wishes(problem: Problem, student: Student, wishes: tuple[str, ...]) -> Problem:
    """The same problem with another list of one student."""
    rows = tuple(replace(s, wishes=wishes) if s is student else s for s in problem.students)
    return replace(problem, students=rows)


def nearest(problem: Problem, before: Mapping[str, str]) -> tuple[str, ...] | None:
    """The repair by definition: fewest moved, least loss, then by lottery; None if nothing is feasible."""
    longest = max(len(s.wishes) for s in problem.students)
    by_lottery = sorted(problem.students, key=lambda s: (small.lot(problem, s.key), s.key))
    rows = [s.key for s in problem.students]

    def measure(choice: tuple[str, ...]) -> tuple[int, int, list[int]]:
        given, moved, loss, likes = dict(zip(rows, choice, strict=True)), 0, 0, []
        for student in by_lottery:
            key = given[student.key]
            stays = before.get(student.key) == key
            likes.append(-1 if stays else liking(problem, student).index(key))
            moved += not stays
            if not stays and key in student.wishes:
                loss += student.wishes.index(key) + 1
            elif not stays:
                loss += longest + 1 + small.far_tier(problem, student, key)
        return moved, loss, likes

    return min(small.arrangements(problem), key=measure, default=None)
