"""The independent check of a result: written apart from the solver, it shares only the data of ``problem``.

1. Everybody named is known, every student has exactly one mentor; quotas and bans hold.
2. The figures and the two hashes are worked out again and must agree.
3. The arrangement is optimal exactly if no chain of moves improves it. All chains at once: collapse the
   students to a matrix of mentors, entry (a, b) being the least cost of moving one student from a to b, with
   one more row and column for the free seats; the arrangement is optimal if and only if shortest distances
   exist, i.e. if Bellman–Ford comes to rest. Costs put the levels (unlisted; aim; nearness) into one number, a
   unit of one level outweighing all that a chain of m moves can change in the later ones. If there is an
   improving chain it is printed, and the first level it improves names the broken promise.
4. With ``canonical``: no student could have a more preferred mentor in an equally good arrangement without
   changing somebody earlier in the lottery. Students are taken from the last to the first; what is reachable
   by equally good moves of the later ones is kept as a transitive closure, to which arcs are only added.

Source: Ahuja, Magnanti, Orlin 1993, §9.3 (negative cycle optimality); step 4 is the definition in
``canonical`` read backwards.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile

import numpy as np
from numpy.typing import NDArray

from liangshi.pairing.problem import Aim, Problem, Result, Student

PLACED = "每名学生恰有一位导师"
QUOTAS = "每位导师的人数在下限与上限之间"
BANS = "没有学生被安排给回避的导师"
FIGURES = "公布的各项数字属实"
HASHES = "输入与结果的校验值相符"
UNLISTED = "没有志愿导师的学生最少"
NEAREST = "没有志愿导师的学生优先安排本班与任课教师"
LOTTERY = "同样好的安排由公开抽签决定"


@dataclass(frozen=True)
class Violation:
    """A promise that the result breaks, a sentence that shows where, and the chain of moves that proves it.

    ``chain`` holds (student key, present mentor, better mentor).
    """

    promise: str
    message: str
    chain: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Certificate:
    """The promises that were checked and hold, and those that do not."""

    kept: tuple[str, ...]
    violations: tuple[Violation, ...]

    @property
    def holds(self) -> bool:
        return not self.violations


def certify(problem: Problem, result: Result, *, canonical: bool = False) -> Certificate:
    """Check every promise of a result; later steps need the earlier ones, so the first failing step is last."""
    check = _Check(problem, result)
    steps = [
        ((PLACED,), check.placed),
        ((QUOTAS, BANS), check.allowed),
        ((FIGURES, HASHES), check.stated),
        (tuple(promise for promise, _ in check.levels), check.optimal),
    ]
    if canonical:
        steps.append(((LOTTERY,), check.canonical))
    kept: list[str] = []
    for promises, step in steps:
        violations = tuple(step())
        if violations:
            broken = {violation.promise for violation in violations}
            return Certificate((*kept, *takewhile(lambda p: p not in broken, promises)), violations)
        kept += promises
    return Certificate(tuple(kept), ())


class _Check:
    def __init__(self, problem: Problem, result: Result) -> None:
        self.problem, self.result = problem, result
        self.students, self.mentors = problem.students, problem.mentors
        self.row = {mentor.key: j for j, mentor in enumerate(problem.mentors)}
        self.longest = max(len(student.wishes) for student in problem.students)
        self.groups = max(len(student.affinity) for student in problem.students)
        self.levels = _levels(result.aim, self.longest, self.groups)

    def placed(self) -> Iterator[Violation]:
        known = {student.key for student in self.students}
        times = Counter(student for student, _ in self.result.pairs)
        for student, mentor in self.result.pairs:
            if student not in known:
                yield Violation(PLACED, f"结果里的学生 {student} 不在名单里。")
            if mentor not in self.row:
                yield Violation(PLACED, f"学生 {student} 的导师 {mentor} 不在导师名单里。")
        for row in self.students:
            if times[row.key] != 1:
                label = self.problem.student_label(row)
                how = "没有导师" if not times[row.key] else f"出现了 {times[row.key]} 次"
                yield Violation(PLACED, f"学生{label}在结果里{how}。")

    def allowed(self) -> Iterator[Violation]:
        given = dict(self.result.pairs)
        labels = self.problem.mentor_labels()
        self.at = np.array([self.row[given[student.key]] for student in self.students])
        self.count = np.bincount(self.at, minlength=len(self.mentors))
        for mentor, count in zip(self.mentors, self.count.tolist(), strict=True):
            if not mentor.lower <= count <= mentor.upper:
                name = labels[mentor.key]
                yield Violation(QUOTAS, f"导师{name}有 {count} 人，应在 {mentor.lower} 到 {mentor.upper} 人之间。")
        for student in self.students:
            if student.banned and given[student.key] in student.banned:
                label, name = self.problem.student_label(student), labels[given[student.key]]
                yield Violation(BANS, f"学生{label}回避导师{name}，却被安排给了这位导师。")

    def stated(self) -> Iterator[Violation]:
        result, given = self.result, dict(self.result.pairs)
        got = Counter(
            student.wishes.index(given[student.key]) + 1 if given[student.key] in student.wishes else 0
            for student in self.students
        )
        profile = tuple(got[wish] for wish in range(1, self.longest + 1))
        total = sum(wish * count for wish, count in got.items())
        for what, stated, real in (
            ("各志愿的人数", result.profile, profile),
            ("没有志愿导师的人数", result.unlisted, got[0]),
            ("志愿名次合计", result.total_rank, total),
        ):
            if stated != real:
                yield Violation(FIGURES, f"{what}写的是 {stated}，实际是 {real}。")
        commitment = _commitment(self.problem)
        if result.commitment != commitment:
            yield Violation(HASHES, "输入的校验值与名单、志愿不符：结果不是由这份输入算出的。")
        if result.seed != self.problem.seed:
            yield Violation(HASHES, "结果所用的抽签种子与输入的不同。")
        if result.sha256 != _sha256([commitment, result.aim.value, result.seed, sorted(result.pairs)]):
            yield Violation(HASHES, "结果的校验值与各学生的安排不符：结果被改动过。")

    def optimal(self) -> Iterator[Violation]:
        self._lay_out()
        self.distance = _distances(self.matrix)
        if self.distance is None:
            yield self._improvement(_negative_cycle(self.matrix))

    def canonical(self) -> Iterator[Violation]:
        reach, choices = self._closed_under_free_seats(), self._equal_choices()
        circle = {key: i for i, (_, key) in enumerate(sorted((self._lot(m.key), m.key) for m in self.mentors))}
        in_lottery_order = sorted(choices, key=lambda s: (self._lot(self.students[s].key), self.students[s].key))
        for s in reversed(in_lottery_order):
            student, here = self.students[s], int(self.at[s])
            start = int.from_bytes(self._lot(student.key), "big")
            liking = {j: self._liking(student, self.mentors[j].key, circle, start) for j in choices[s]}
            better = [j for j in choices[s] if liking[j] < liking[here] and reach[j] >> here & 1]
            if better:
                yield self._unlucky(student, here, min(better, key=liking.__getitem__))
                return
            for there in choices[s]:
                if not reach[here] >> there & 1:
                    ahead = reach[there]
                    reach = [seen | ahead if seen >> here & 1 else seen for seen in reach]

    def _lay_out(self) -> None:
        """Costs as arrays: the listed and the near options one by one, everybody else's fallback per student."""
        n, m, row = len(self.students), len(self.mentors), self.row
        cost, self.unit = _one_cost(self.levels, m)
        wishes = [student.wishes for student in self.students]
        lengths = np.array([len(keys) for keys in wishes])
        who = np.repeat(np.arange(n), lengths)
        whom = np.array([row[key] for key in chain.from_iterable(wishes)], np.int64)
        place = np.arange(len(who)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        near = list(self._near())
        self.who = np.concatenate([who, np.array([s for s, _, _ in near], np.int64)])
        self.whom = np.concatenate([whom, np.array([j for _, j, _ in near], np.int64)])
        self.price = np.concatenate([cost[0][place], cost[1][np.array([t for _, _, t in near], np.int64)]])
        self.far = cost[1][self.groups]
        self.own = np.full(n, self.far, cost[0].dtype)
        mine = self.whom == self.at[self.who]
        self.own[self.who[mine]] = self.price[mine]
        self.shy = np.array([s for s in range(n) if self.students[s].banned], np.int64)
        self.welcome = np.ones((len(self.shy), m), np.bool_)
        for i, s in enumerate(self.shy.tolist()):
            self.welcome[i, [row[key] for key in self.students[s].banned]] = False
        self.matrix = self._matrix()

    def _near(self) -> Iterator[tuple[int, int, int]]:
        for s, student in enumerate(self.students):
            used = {*student.wishes, *student.banned}
            for tier, group in enumerate(student.affinity):
                for key in group:
                    if key not in used:
                        used.add(key)
                        yield s, self.row[key], tier

    def _matrix(self) -> NDArray[np.generic]:
        m = len(self.mentors)
        never = self.unit * 4 * (m + 2)
        matrix = np.full((m + 1, m + 1), never, self.own.dtype)
        open_minded = np.ones(len(self.students), np.bool_)
        open_minded[self.shy] = False
        leave = np.full(m, never, self.own.dtype)
        np.minimum.at(leave, self.at[open_minded], self.far - self.own[open_minded])
        matrix[:m, :m] = leave[:, None]
        for s, welcome in zip(self.shy.tolist(), self.welcome, strict=True):
            line = matrix[self.at[s], :m]
            line[welcome] = np.minimum(line[welcome], self.far - self.own[s])
        np.minimum.at(matrix, (self.at[self.who], self.whom), self.price - self.own[self.who])
        lower = np.array([mentor.lower for mentor in self.mentors])
        upper = np.array([mentor.upper for mentor in self.mentors])
        matrix[:m, m][self.count < upper] = 0
        matrix[m, :m][self.count > lower] = 0
        np.fill_diagonal(matrix, 0)
        return matrix

    def _improvement(self, cycle: Sequence[int]) -> Violation:
        """The violation that a cycle of mentors (m: the free seats) of negative length proves."""
        m, moves, change = len(self.mentors), [], np.zeros(len(self.levels), np.int64)
        labels = self.problem.mentor_labels()
        for here, there in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            if m in (here, there):
                continue
            now, then = self.mentors[here].key, self.mentors[there].key
            student = min(
                (self.students[s] for s in np.flatnonzero(self.at == here) if then not in self.students[s].banned),
                key=lambda student: self._costs(student, then) - self._costs(student, now),
            )
            moves.append((student, now, then))
            change += np.array(self._steps(student, then)) - np.array(self._steps(student, now))
        first = int(np.flatnonzero(change)[0])
        promise = self.levels[first][0]
        told = "，".join(
            f"{self.problem.student_label(student)}从{labels[now]}调到{labels[then]}" for student, now, then in moves
        )
        return Violation(
            promise,
            f"违反「{promise}」：{told}，就能好 {-int(change[first])}。",
            tuple((student.key, now, then) for student, now, then in moves),
        )

    def _steps(self, student: Student, mentor: str) -> list[int]:
        """The cost of a placement at each level."""
        if mentor in student.wishes:
            return [int(listed[student.wishes.index(mentor)]) for _, (listed, _) in self.levels]
        tier = next((i for i, group in enumerate(student.affinity) if mentor in group), self.groups)
        return [int(fallback[tier]) for _, (_, fallback) in self.levels]

    def _costs(self, student: Student, mentor: str) -> int:
        total = 0
        for (_, (listed, fallback)), cost in zip(self.levels, self._steps(student, mentor), strict=True):
            total = total * (len(self.mentors) * max([*listed, *fallback]) + 1) + cost
        return total

    def _closed_under_free_seats(self) -> list[int]:
        """For each node, the nodes reachable through the free seats alone, as bits."""
        m, distance = len(self.mentors), self.distance
        assert distance is not None
        level = distance == distance[m]
        gains = np.flatnonzero(level & (self.matrix[:, m] == 0)).tolist()
        loses = np.flatnonzero(level & (self.matrix[m, :] == 0)).tolist()
        reach = [1 << node for node in range(m + 1)]
        reach[m] = sum(1 << node for node in {*loses, m})
        for node in gains:
            reach[node] |= reach[m]
        return reach

    def _equal_choices(self) -> dict[int, list[int]]:
        """Student → the mentors they have in some equally good arrangement or other, if more than one."""
        m, distance = len(self.mentors), self.distance
        assert distance is not None
        value = self.own - distance[self.at]
        tight = np.zeros((len(self.students), m), np.bool_)
        tight[:] = (self.far - value)[:, None] == distance[:m]
        tight[self.shy] &= self.welcome
        tight[self.who, self.whom] = self.price - distance[self.whom] == value[self.who]
        many = np.flatnonzero(tight.sum(axis=1) > 1)
        return {s: np.flatnonzero(tight[s]).tolist() for s in many.tolist()}

    def _liking(
        self, student: Student, mentor: str, circle: dict[str, int], start: int
    ) -> tuple[int, int, int]:
        """The smaller, the more the student prefers the mentor."""
        if mentor in student.wishes:
            return 0, student.wishes.index(mentor), 0
        tier = next((i for i, group in enumerate(student.affinity) if mentor in group), self.groups)
        return 1, tier, (circle[mentor] - start) % len(circle)

    def _unlucky(self, student: Student, here: int, there: int) -> Violation:
        labels = self.problem.mentor_labels()
        now, then = self.mentors[here].key, self.mentors[there].key
        return Violation(
            LOTTERY,
            f"违反「{LOTTERY}」：在同样好的安排中，按抽签次序学生{self.problem.student_label(student)}"
            f"应去{labels[then]}，而不是{labels[now]}。",
            ((student.key, now, then),),
        )

    def _lot(self, key: str) -> bytes:
        return hmac.new(self.problem.seed.encode(), key.encode(), hashlib.sha256).digest()


Level = tuple[str, tuple[list[int], list[int]]]


def _levels(aim: Aim, longest: int, groups: int) -> list[Level]:
    """(promise, (cost of wish 1, 2, …; cost of a fallback in group 0, 1, …)), most important first."""
    wishes, far = range(1, longest + 1), [0] * (groups + 1)
    levels: list[Level] = [(UNLISTED, ([0] * longest, [1] * (groups + 1)))]
    if aim is Aim.SUM:
        levels.append(("志愿名次合计最小", (list(wishes), far)))
    elif aim is Aim.GREEDY:
        for best in wishes:
            levels.append((f"第 {best} 志愿的人数最多", ([int(wish != best) for wish in wishes], far)))
    else:
        for worst in reversed(wishes):
            levels.append((f"第 {worst} 志愿的人数最少", ([int(wish == worst) for wish in wishes], far)))
    if groups:
        levels.append((NEAREST, ([0] * longest, list(range(groups + 1)))))
    return levels


def _one_cost(levels: list[Level], mentors: int) -> tuple[tuple[NDArray[np.generic], NDArray[np.generic]], int]:
    """All levels in one number, for wishes and for fallbacks, and a bound on it; whole numbers of any size."""
    listed, fallback = [0] * len(levels[0][1][0]), [0] * len(levels[0][1][1])
    for _, (more_listed, more_fallback) in levels:
        base = mentors * max([*more_listed, *more_fallback]) + 1
        listed = [old * base + new for old, new in zip(listed, more_listed, strict=True)]
        fallback = [old * base + new for old, new in zip(fallback, more_fallback, strict=True)]
    bound = max([*listed, *fallback])
    kind = np.int64 if bound * 8 * (mentors + 2) < 1 << 63 else np.object_
    return (np.array(listed, kind), np.array(fallback, kind)), bound


def _distances(matrix: NDArray[np.generic]) -> NDArray[np.generic] | None:
    """Shortest distances from anywhere to each node; None if a cycle of negative length makes them endless."""
    distance = np.zeros(len(matrix), matrix.dtype)
    for _ in range(len(matrix) + 1):
        shorter = (matrix + distance[:, None]).min(axis=0)
        if (shorter == distance).all():
            return distance
        distance = shorter
    return None


def _negative_cycle(matrix: NDArray[np.generic]) -> list[int]:
    """The nodes of a cycle of negative length, in order of travel."""
    size = len(matrix)
    distance, parent = np.zeros(size, matrix.dtype), np.full(size, -1)
    for _ in range(size + 1):
        through = matrix + distance[:, None]
        shorter = through.min(axis=0)
        improved = shorter < distance
        parent[improved] = through.argmin(axis=0)[improved]
        distance = shorter
    node = int(np.flatnonzero(improved)[0])
    for _ in range(size):
        node = int(parent[node])
    cycle = [node]
    while (node := int(parent[node])) != cycle[0]:
        cycle.append(node)
    return cycle[::-1]


def _commitment(problem: Problem) -> str:
    students = [
        [row.key, list(row.wishes), sorted(row.banned), [sorted(group) for group in row.affinity]]
        for row in sorted(problem.students, key=lambda row: row.key)
    ]
    mentors = [[row.key, row.lower, row.upper] for row in sorted(problem.mentors, key=lambda row: row.key)]
    return _sha256([students, mentors])


def _sha256(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
