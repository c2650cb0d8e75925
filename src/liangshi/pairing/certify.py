"""The independent check of a result: written apart from the solver, it shares only the data of ``problem``.

1. Everybody named is known, every student has exactly one mentor; quotas and bans hold.
2. The figures and the two hashes are worked out again and must agree.
3. The arrangement is optimal exactly if no chain of moves improves it. All chains at once: collapse the
   students to a matrix of mentors, entry (a, b) being the least cost of moving one student from a to b, with
   one more row and column for the free seats; the arrangement is optimal if and only if shortest distances
   exist, i.e. if Bellman–Ford comes to rest. Costs put the levels (mentors lost; unlisted; aim; weights;
   nearness) into one number, a unit of one level outweighing all that a chain of m moves can change in the
   later ones. Where a mentor's k-th student costs e·(k - 1), one more student costs e·count on the way to
   the free seats, and one fewer gives back e·(count - 1); these costs are convex, so chains still suffice. If
   there is an improving chain it is printed, and the first level it improves names the broken promise.
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
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from liangshi.pairing.certificate import Certificate, Violation, walk
from liangshi.pairing.problem import Aim, Problem, Result, Student

PLACED = "每名学生恰有一位导师"
QUOTAS = "每位导师的人数在下限与上限之间"
BANS = "没有学生被安排给回避的导师"
FIGURES = "公布的各项数字属实"
HASHES = "输入与结果的校验值相符"
KEPT = "尽量少的学生失去现在的导师"
UNLISTED = "没有志愿导师的学生最少"
NEAREST = "没有志愿导师的学生优先安排本班与任课教师"
MET = "同样合愿时优先安排见得到面的导师"
EVEN = "同样合愿时各位导师的人数尽量均衡"
LOTTERY = "同样好的安排由公开抽签决定"


def certify(problem: Problem, result: Result, *, canonical: bool = False) -> Certificate:
    """Check every promise of a result."""
    check = _Check(problem, result)
    steps = [
        ((PLACED,), check.placed),
        ((QUOTAS, BANS), check.allowed),
        ((FIGURES, HASHES), check.stated),
        (tuple(level.promise for level in check.levels), check.optimal),
    ]
    if canonical:
        steps.append(((LOTTERY,), check.canonical))
    return walk(steps)


class _Check:
    def __init__(self, problem: Problem, result: Result) -> None:
        self.problem, self.result = problem, result
        self.students, self.mentors = problem.students, problem.mentors
        self.given = dict(result.pairs)
        self.row = {mentor.key: j for j, mentor in enumerate(problem.mentors)}
        self.longest = max(len(student.wishes) for student in problem.students)
        self.groups = max(len(student.affinity) for student in problem.students)
        self.levels = _levels(problem, result.aim, self.longest, self.groups)
        largest = max(mentor.upper for mentor in self.mentors)
        self.largest = min(largest, len(self.students))

    def placed(self) -> Iterator[Violation]:
        known = {student.key for student in self.students}
        if len(self.result.pairs) == len(known) and self.given.keys() == known:
            strangers = set(self.given.values()) - self.row.keys()
            yield from (Violation(PLACED, f"导师 {mentor} 不在导师名单里。") for mentor in sorted(strangers))
            return
        times = Counter(student for student, _ in self.result.pairs)
        for student in times:
            if student not in known:
                yield Violation(PLACED, f"结果里的学生 {student} 不在名单里。")
        for row in self.students:
            if times.get(row.key) != 1:
                label = self.problem.student_label(row)
                how = "没有导师" if not times[row.key] else f"出现了 {times[row.key]} 次"
                yield Violation(PLACED, f"学生{label}在结果里{how}。")

    def allowed(self) -> Iterator[Violation]:
        labels = self.problem.mentor_labels()
        self.mine = [self.given[student.key] for student in self.students]
        self.at = np.array([self.row[mentor] for mentor in self.mine])
        self.count = np.bincount(self.at, minlength=len(self.mentors))
        for mentor, count in zip(self.mentors, self.count.tolist(), strict=True):
            if not mentor.lower <= count <= mentor.upper:
                name = labels[mentor.key]
                yield Violation(
                    QUOTAS, f"导师{name}有 {count} 人，应在 {mentor.lower} 到 {mentor.upper} 人之间。"
                )
        for student, mine in zip(self.students, self.mine, strict=True):
            if mine in student.banned:
                label, name = self.problem.student_label(student), labels[mine]
                yield Violation(BANS, f"学生{label}回避导师{name}，却被安排给了这位导师。")

    def stated(self) -> Iterator[Violation]:
        result = self.result
        kept = had = 0
        got: Counter[int] = Counter()
        for student, mine in zip(self.students, self.mine, strict=True):
            had += student.present != ""
            if mine == student.present:
                kept += 1
            else:
                got[student.wishes.index(mine) + 1 if mine in student.wishes else 0] += 1
        profile = tuple(got[wish] for wish in range(1, self.longest + 1))
        total = sum(wish * count for wish, count in got.items())
        for what, stated, real in (
            ("各志愿的人数", result.profile, profile),
            ("没有志愿导师的人数", result.unlisted, got[0]),
            ("志愿名次合计", result.total_rank, total),
            ("继续跟随现在的导师的人数", result.kept, kept),
            ("换了导师的人数", result.moved, had - kept),
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
        circle = {
            key: i for i, (_, key) in enumerate(sorted((self._lot(m.key), m.key) for m in self.mentors))
        }
        in_lottery_order = sorted(
            choices, key=lambda s: (self._lot(self.students[s].key), self.students[s].key)
        )
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
        """Costs as arrays: the listed, the kept and the near options one by one, the fallback per student."""
        n, m, row = len(self.students), len(self.mentors), self.row
        table, self.even, self.unit = _one_cost(self.levels, m, self.largest)
        wishes = [student.wishes for student in self.students]
        lengths = np.fromiter(map(len, wishes), np.int64, n)
        who = np.repeat(np.arange(n), lengths)
        whom = np.fromiter(map(row.__getitem__, chain.from_iterable(wishes)), np.int64, len(who))
        place = np.arange(len(who)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        price = table.listed[place]
        if self.problem.weights.meet:
            price = np.where(self._met(who, whom), price, table.remote[place])
        keeps = [(s, row[student.present]) for s, student in enumerate(self.students) if student.present]
        if keeps:
            present = np.full(n, -1)
            present[[s for s, _ in keeps]] = [j for _, j in keeps]
            other = present[who] != whom
            who, whom, price = who[other], whom[other], price[other]
        near = list(self._near())
        self.who = np.concatenate([who, np.array([s for s, *_ in (*keeps, *near)], np.int64)])
        self.whom = np.concatenate([whom, np.array([j for _, j, *_ in (*keeps, *near)], np.int64)])
        tiers = np.array([t for _, _, t in near], np.int64)
        free = np.zeros(len(keeps), price.dtype)
        self.price = np.concatenate([price, free, table.fallback[tiers]])
        self.far = table.fallback[self.groups]
        self.own = np.full(n, self.far, price.dtype)
        mine = self.whom == self.at[self.who]
        self.own[self.who[mine]] = self.price[mine]
        self.shy = np.array([s for s in range(n) if self.students[s].banned], np.int64)
        self.welcome = np.ones((len(self.shy), m), np.bool_)
        for i, s in enumerate(self.shy.tolist()):
            self.welcome[i, [row[key] for key in self.students[s].banned]] = False
        self.matrix = self._matrix()

    def _met(self, who: NDArray[np.int64], whom: NDArray[np.int64]) -> NDArray[np.bool_]:
        meets = [{self.row[key] for group in s.affinity for key in group} for s in self.students]
        return np.array([j in meets[s] for s, j in zip(who.tolist(), whom.tolist(), strict=True)], np.bool_)

    def _near(self) -> Iterator[tuple[int, int, int]]:
        for s, student in enumerate(self.students):
            if not student.affinity:
                continue
            used = {*student.wishes, *student.banned, student.present}
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
        more = self.count.astype(self.own.dtype) * self.even
        matrix[:m, m] = np.where(self.count < upper, more, never)
        matrix[m, :m] = np.where(self.count > lower, self.even - more, never)
        np.fill_diagonal(matrix, 0)
        return matrix

    def _improvement(self, cycle: Sequence[int]) -> Violation:
        """The violation that a cycle of mentors (m: the free seats) of negative length proves."""
        m, moves, change = len(self.mentors), [], np.zeros(len(self.levels), np.int64)
        labels = self.problem.mentor_labels()
        for here, there in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            if there == m:
                change += [level.even * int(self.count[here]) for level in self.levels]
                continue
            if here == m:
                change -= [level.even * (int(self.count[there]) - 1) for level in self.levels]
                continue
            now, then = self.mentors[here].key, self.mentors[there].key
            student = min(
                (
                    self.students[s]
                    for s in np.flatnonzero(self.at == here)
                    if then not in self.students[s].banned
                ),
                key=lambda student: self._costs(student, then) - self._costs(student, now),
            )
            moves.append((student, now, then))
            change += np.array(self._steps(student, then)) - np.array(self._steps(student, now))
        first = int(np.flatnonzero(change)[0])
        promise = self.levels[first].promise
        told = "，".join(
            f"{self.problem.student_label(student)}从{labels[now]}调到{labels[then]}"
            for student, now, then in moves
        )
        return Violation(
            promise,
            f"违反「{promise}」：{told}，就能好 {-int(change[first])}。",
            tuple((student.key, now, then) for student, now, then in moves),
        )

    def _steps(self, student: Student, mentor: str) -> list[int]:
        """The cost of a placement at each level."""
        if mentor == student.present:
            return [0] * len(self.levels)
        tier = next((i for i, group in enumerate(student.affinity) if mentor in group), self.groups)
        if mentor not in student.wishes:
            return [level.fallback[tier] for level in self.levels]
        place = student.wishes.index(mentor)
        return [level.listed[place] + (level.remote if tier == self.groups else 0) for level in self.levels]

    def _costs(self, student: Student, mentor: str) -> int:
        total = 0
        for level, cost in zip(self.levels, self._steps(student, mentor), strict=True):
            total = total * level.outweighing(len(self.mentors), self.largest) + cost
        return total

    def _closed_under_free_seats(self) -> list[int]:
        """For each node, the nodes reachable through the free seats alone, as bits."""
        m, distance = len(self.mentors), self.distance
        assert distance is not None
        gains = np.flatnonzero(np.add(distance, self.matrix[:, m]) == distance[m]).tolist()
        loses = np.flatnonzero(np.add(distance[m], self.matrix[m, :]) == distance).tolist()
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
        if mentor == student.present:
            return -1, 0, 0
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


@dataclass(frozen=True)
class _Level:
    """What one promise counts.

    ``listed[r]`` for wish r + 1, ``remote`` more if the student does not meet that mentor anyway, ``fallback[t]``
    for an unlisted mentor of group t, 0 for the mentor whom the student has and keeps; and for each mentor
    ``even`` * (k - 1) for the k-th student.
    """

    promise: str
    listed: list[int]
    fallback: list[int]
    remote: int = 0
    even: int = 0

    def outweighing(self, mentors: int, largest: int) -> int:
        """One more than a chain that enters each mentor at most once can change here."""
        costliest = max([*self.listed, *self.fallback]) + self.remote
        return mentors * costliest + self.even * largest + 1


def _levels(problem: Problem, aim: Aim, longest: int, groups: int) -> list[_Level]:
    """The promises about what is best, most important first."""
    wishes, meet, even = range(1, longest + 1), problem.weights.meet, problem.weights.even
    no_wish, no_far = [0] * longest, [0] * (groups + 1)
    one_wish, one_far = [1] * longest, [1] * (groups + 1)
    levels: list[_Level] = []
    if any(student.present for student in problem.students):
        levels.append(_Level(KEPT, one_wish, one_far))
    levels.append(_Level(UNLISTED, no_wish, one_far))
    if aim is Aim.SUM:
        parts = ["志愿名次", *(["见面"] if meet else []), *(["均衡"] if even else [])]
        promise = f"{'、'.join(parts)}合计最小"
        levels.append(_Level(promise, list(wishes), no_far, meet, even))
    elif aim is Aim.GREEDY:
        for best in wishes:
            levels.append(_Level(f"第 {best} 志愿的人数最多", [int(wish != best) for wish in wishes], no_far))
    else:
        for worst in reversed(wishes):
            levels.append(
                _Level(f"第 {worst} 志愿的人数最少", [int(wish == worst) for wish in wishes], no_far)
            )
    if meet and aim is not Aim.SUM:
        levels.append(_Level(MET, no_wish, no_far, remote=1))
    if even and aim is not Aim.SUM:
        levels.append(_Level(EVEN, no_wish, no_far, even=1))
    if groups:
        levels.append(_Level(NEAREST, no_wish, list(range(groups + 1))))
    return levels


@dataclass(frozen=True)
class _Table:
    """All levels in one number, of any size."""

    listed: NDArray[np.generic]
    remote: NDArray[np.generic]
    fallback: NDArray[np.generic]


def _one_cost(levels: list[_Level], mentors: int, largest: int) -> tuple[_Table, int, int]:
    """The table, the cost of a mentor's next student over that of the last, and a bound on all costs."""
    listed, fallback = [0] * len(levels[0].listed), [0] * len(levels[0].fallback)
    remote = even = 0
    for level in levels:
        base = level.outweighing(mentors, largest)
        listed = [old * base + new for old, new in zip(listed, level.listed, strict=True)]
        fallback = [old * base + new for old, new in zip(fallback, level.fallback, strict=True)]
        remote, even = remote * base + level.remote, even * base + level.even
    bound = max([*listed, *fallback]) + remote + even * (largest + 1)
    kind = np.int64 if bound * 8 * (mentors + 2) < 1 << 63 else np.object_
    far = [cost + remote for cost in listed]
    return _Table(np.array(listed, kind), np.array(far, kind), np.array(fallback, kind)), even, bound


def _distances(matrix: NDArray[np.generic]) -> NDArray[np.generic] | None:
    """Shortest distances from anywhere to each node; None if a negative cycle makes them endless."""
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
    """The hash of the text that ``lottery.commitment`` describes, written down independently."""
    students = []
    for student in sorted(problem.students, key=lambda student: student.key):
        avoided = sorted(student.banned) if student.banned else ()
        groups = [sorted(group) for group in student.affinity] if student.affinity else ()
        students.append([student.key, student.wishes, avoided, groups])
        if student.present:
            students[-1].append(student.present)
    mentors: list[list[object]] = []
    for mentor in sorted(problem.mentors, key=lambda mentor: mentor.key):
        mentors.append([mentor.key, mentor.lower, mentor.upper])
        if mentor.favours:
            mentors[-1].append([sorted(group) for group in mentor.favours])
    rules = [str(problem.mode), problem.weights.meet, problem.weights.even]
    return _sha256([students, mentors] if rules == ["wishes", 0, 0] else [students, mentors, rules])


def _sha256(value: object) -> str:
    text = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode(value)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
