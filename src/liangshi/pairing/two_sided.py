"""双选录取: students propose, mentors admit, and every mentor's lower quota is filled (ESDA).

What each side wants:

1. A student wants the listed mentors in the order of the list; then the affinity groups, nearest first; then
   all others. Inside a group, and among the others, mentors stand in a circle in the order of their lottery
   numbers, and the student counts from the place that is the student's own lottery number modulo m (as in
   ``canonical``). A banned mentor is left out.
2. A mentor ranks the groups of ``favours``, the most welcome first, then everybody else; inside these the
   students who have the mentor in an affinity group, nearest group first, then the rest; and then by the
   students' lottery number, the same for all mentors. Equal numbers are ordered by key.

How seats are given (``admit``):

3. Each mentor has ``lower`` reserved seats (in the paper: the regular school) and ``upper - lower`` flexible
   ones (the extended school). A student asks for a reserved seat, then for a flexible one, and then moves on
   to the next mentor. Of all flexible seats together only n - Σ lower may be filled; then the reserved ones
   are all filled once everybody is placed.
4. A mentor keeps the best of those who ever asked. If too many flexible seats are asked for, they are dealt
   round by round, one to each mentor in the order of the circle, until the n - Σ lower are spent; so the
   seat to go is the last one of the mentor with the most flexible seats filled, of these the last in the
   circle. Whoever loses a seat asks the next mentor.
5. Both rules are substitutable, so the order in which students ask does not matter. Without bans: quotas hold,
   nobody has justified envy (everybody has the best mentor whose line they reach), no student gains by a false
   list, and if the student-optimal stable matching fills the lower quotas, that is the result.

Bans, of either side (``repair``):

6. A ban takes a mentor out of a student's order, and then somebody may ask everywhere in vain; exactly then a
   lower quota is missed too. The result is mended by min-cost flow: the fewest students change their mentor;
   of these arrangements the least loss (the sum of wish numbers; an unlisted mentor counts as the longest
   list plus 1, plus the number of nearer groups); of these the one that the lottery chooses (``canonical``).
7. Whoever then has justified envy is listed in ``envy``: student, mentor, and the student placed there who
   comes after them in that mentor's order.

Source: Fragiadakis, Iwasaki, Troyan, Ueda, Yokoo 2016, "Strategyproof matching with minimum quotas" (ESDA);
Hatfield and Milgrom 2005 (substitutable choices); Gale and Sotomayor 1985 (blocking lemma).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import heappop, heappush, heapreplace
from itertools import chain, count, repeat
from operator import attrgetter
from typing import TypeVar

import numpy as np

from liangshi.pairing import canonical, lottery, network
from liangshi.pairing.admission import Line, TwoSidedResult
from liangshi.pairing.network import Ints, Options
from liangshi.pairing.problem import Mentor, Problem, Student
from liangshi.pairing.wishes import InfeasibleError, folds

Row = TypeVar("Row", Student, Mentor)


def solve(problem: Problem) -> TwoSidedResult:
    """The one result of this problem. Raises ``InfeasibleError``."""
    lower = sum(mentor.lower for mentor in problem.mentors)
    if not lower <= len(problem.students) <= sum(mentor.upper for mentor in problem.mentors):
        raise InfeasibleError("名额、下限和回避同时成立的安排不存在。")
    market = Market(problem)
    admitted = market.admitted()
    final = admitted if -1 not in admitted else market.repaired(admitted)
    return market.report(admitted, final)


def commitment(problem: Problem) -> str:
    """SHA-256 in hex of the canonical text, as ``lottery.commitment``, with the mentors' side.

    ``[[[student, [wishes], [banned], [[affinity group], …]], …], [[mentor, lower, upper, [[favoured], …]],
    …], "two_sided"]``; students, mentors and all groups are sorted by code point, wishes keep their order.
    """
    students = [
        (s.key, s.wishes, sorted(s.banned), [sorted(group) for group in s.affinity])
        for s in sorted(problem.students, key=attrgetter("key"))
    ]
    mentors = [
        (m.key, m.lower, m.upper, [sorted(group) for group in m.favours])
        for m in sorted(problem.mentors, key=attrgetter("key"))
    ]
    return _sha256([students, mentors, "two_sided"])


def seal(commitment: str, seed: str, pairs: Sequence[tuple[str, str]]) -> str:
    """SHA-256 in hex of ``[commitment, "two_sided", seed, [[student, mentor], …]]``, sorted by student."""
    return _sha256([commitment, "two_sided", seed, pairs])


def admit(
    choices: Sequence[Iterator[int]],
    standing: Sequence[Mapping[int, int]],
    stranger: int,
    lower: Sequence[int],
    upper: Sequence[int],
) -> list[int]:
    """ESDA on row numbers: the mentor of each student, -1 for one who asked everywhere in vain.

    ``choices[s]`` yields the mentors that student s wants, the dearest first, and is used up as far as s has
    to ask. Mentor j ranks by ``standing[j].get(s, stranger)``, the smallest first, and then by s: students
    are numbered by their lottery, mentors by their place in the circle. Σ lower ≤ n.
    """
    n, m = len(choices), len(lower)
    held: list[list[int]] = [[] for _ in range(m)]
    bit = [1 << j for j in range(m)]
    # filled[k]: the mentors, as bits, with exactly k flexible seats filled (k > 0).
    filled = [0] * (max(upper) + 2)
    spare, most = n - sum(lower), 0
    for asking in range(n):
        s = asking
        for_s = choices[s]
        while (j := next(for_s, -1)) >= 0:
            heap = held[j]
            value = -standing[j].get(s, stranger) * n - s
            if len(heap) >= upper[j]:
                if heap and value > heap[0]:
                    s = -heapreplace(heap, value) % n
                    for_s = choices[s]
                continue
            heappush(heap, value)
            flexible = len(heap) - lower[j]
            if flexible <= 0:
                break
            filled[flexible] |= bit[j]
            filled[flexible - 1] &= ~bit[j]  # filled[0] stays empty
            most = max(most, flexible)
            if spare:
                spare -= 1
                break
            while not filled[most]:
                most -= 1
            last = filled[most].bit_length() - 1
            filled[most] ^= bit[last]
            if most > 1:
                filled[most - 1] |= bit[last]
            s = -heappop(held[last]) % n
            for_s = choices[s]
    mentor = [-1] * n
    for j, heap in enumerate(held):
        for value in heap:
            mentor[-value % n] = j
    return mentor


class Market:
    """Both sides in row numbers: students by their lottery, mentors by their place in the circle."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.students, self.numbers = _by_lottery(problem.seed, problem.students)
        self.mentors, _ = _by_lottery(problem.seed, problem.mentors)
        self.place = {mentor.key: j for j, mentor in enumerate(self.mentors)}
        self.groups = max(len(student.affinity) for student in self.students)
        self.favours = max(len(mentor.favours) for mentor in self.mentors)
        self.stranger = self._level(self.favours, self.groups)
        self.standing = self._standings()

    def admitted(self) -> list[int]:
        """The mentor of each student before any repair, -1 for none."""
        return admit(
            [self.choices(s) for s in range(len(self.students))],
            self.standing,
            self.stranger,
            [mentor.lower for mentor in self.mentors],
            [mentor.upper for mentor in self.mentors],
        )

    def choices(self, s: int) -> Iterator[int]:
        """The mentors whom a student accepts, the dearest first."""
        return chain(map(self.place.__getitem__, self.students[s].wishes), self._fallback(s))

    def value(self, s: int, j: int) -> int:
        """The smaller, the earlier the student comes in the mentor's order."""
        return self.standing[j].get(s, self.stranger) * len(self.students) + s

    def line(self, s: int, j: int) -> Line:
        """What the student has before this mentor."""
        favour, tier = divmod(self.standing[j].get(s, self.stranger), self.groups + 1)
        return Line(min(favour, len(self.mentors[j].favours)), tier, self.numbers[s].hex())

    def repaired(self, admitted: list[int]) -> list[int]:
        """The nearest arrangement that places everybody: step 6. Raises ``InfeasibleError``."""
        student_row = {student.key: s for s, student in enumerate(self.students)}
        row = {mentor.key: j for j, mentor in enumerate(self.problem.mentors)}
        before = [admitted[student_row[student.key]] for student in self.problem.students]
        had = np.array([row[self.mentors[j].key] if j >= 0 else -1 for j in before], np.int64)
        options = _staying(network.compile_options(self.problem), had)
        rank, tier = np.indices((options.beyond + 1, options.far + 1))
        moved = (rank > 0).astype(np.int64)
        loss = moved * (rank + np.where(rank == options.beyond, tier, 0))
        try:
            for table in folds([moved, loss], options):
                options, solution = network.optimum(options, table)
                options = network.face(options, table, solution)
        except network.NoArrangementError:
            raise InfeasibleError("名额、下限和回避同时成立的安排不存在。") from None
        final = canonical.settle(self.problem, options, solution.mentor).tolist()
        given = {student.key: j for student, j in zip(self.problem.students, final, strict=True)}
        return [self.place[self.problem.mentors[given[student.key]].key] for student in self.students]

    def report(self, admitted: list[int], final: list[int]) -> TwoSidedResult:
        """The arrangement in the words of the problem, with its figures and hashes."""
        keys = [mentor.key for mentor in self.mentors]
        pairs, places = [], []
        for student, j in zip(self.students, final, strict=True):
            pairs.append((student.key, keys[j]))
            places.append(student.wishes.index(keys[j]) + 1 if keys[j] in student.wishes else 0)
        pairs.sort()
        longest = max(len(student.wishes) for student in self.students)
        last: dict[int, int] = {}
        for s, j in enumerate(final):
            if j not in last or self.value(s, j) > self.value(last[j], j):
                last[j] = s
        lines = {keys[j]: self.line(s, j) for j, s in last.items()}
        moved = [
            (student.key, keys[old] if old >= 0 else "", keys[new])
            for student, old, new in zip(self.students, admitted, final, strict=True)
            if old != new
        ]
        committed = commitment(self.problem)
        return TwoSidedResult(
            seed=self.problem.seed,
            pairs=tuple(pairs),
            profile=tuple(places.count(place) for place in range(1, longest + 1)),
            unlisted=places.count(0),
            total_rank=sum(places),
            cutoffs=tuple((key, lines.get(key)) for key in sorted(keys)),
            repaired=tuple(sorted(moved)),
            envy=tuple(sorted(self._envy(final))) if moved else (),
            commitment=committed,
            sha256=seal(committed, self.problem.seed, pairs),
        )

    def _level(self, favour: int, tier: int) -> int:
        return favour * (self.groups + 1) + tier

    def _standings(self) -> list[dict[int, int]]:
        """Per mentor: student → level, for the students who are favoured or near."""
        near: list[dict[int, int]] = [{} for _ in self.mentors]
        for s, student in enumerate(self.students):
            for tier, group in enumerate(student.affinity):
                for key in group:
                    near[self.place[key]].setdefault(s, tier)
        row = {student.key: s for s, student in enumerate(self.students)}
        standings = []
        for mentor, tiers in zip(self.mentors, near, strict=True):
            favoured = list(map(row.get, chain.from_iterable(mentor.favours)))
            places = chain.from_iterable(map(repeat, count(), map(len, mentor.favours)))
            # Backwards, so that of several groups the first one counts.
            favour = dict(zip(reversed(favoured), reversed(list(places)), strict=True))
            favour.pop(None, None)  # favoured, but not a student of this problem
            standing = {s: self._level(place, self.groups) for s, place in favour.items()}
            for s, tier in tiers.items():
                standing[s] = self._level(favour.get(s, self.favours), tier)
            standings.append(standing)
        return standings

    def _fallback(self, s: int) -> Iterator[int]:
        """The mentors after the list: the affinity groups, then the rest of the circle."""
        student, m = self.students[s], len(self.mentors)
        start = int.from_bytes(self.numbers[s], "big") % m
        seen = {self.place[key] for key in chain(student.wishes, student.banned)}
        for group in student.affinity:
            near = {self.place[key] for key in group} - seen
            yield from sorted(near, key=lambda j: (j - start) % m)
            seen |= near
        for j in chain(range(start, m), range(start)):
            if j not in seen:
                yield j

    def _envy(self, final: list[int]) -> Iterator[tuple[str, str, str]]:
        at: list[list[int]] = [[] for _ in self.mentors]
        for s, j in enumerate(final):
            at[j].append(s)
        for s, own in enumerate(final):
            for j in self.choices(s):
                if j == own:
                    break
                mine = self.value(s, j)
                for other in at[j]:
                    if self.value(other, j) > mine:
                        yield self.students[s].key, self.mentors[j].key, self.students[other].key


def _staying(options: Options, had: Ints) -> Options:
    """The options with the mentor whom each student had (-1: none) at rank 0."""
    other = options.mentor != had[options.student]
    placed = np.flatnonzero(had >= 0)
    zero = np.zeros(len(placed), np.int64)
    return replace(
        options,
        student=np.concatenate([options.student[other], placed]),
        mentor=np.concatenate([options.mentor[other], had[placed]]),
        rank=np.concatenate([options.rank[other], zero]),
        tier=np.concatenate([options.tier[other], zero]),
    )


def _by_lottery(seed: str, rows: Sequence[Row]) -> tuple[list[Row], list[bytes]]:
    """The rows, and their numbers, in lottery order; equal numbers by key."""
    numbers = lottery.numbers(seed, [row.key for row in rows])
    order = sorted(range(len(rows)), key=lambda i: (numbers[i], rows[i].key))
    return [rows[i] for i in order], [numbers[i] for i in order]


def _sha256(value: object) -> str:
    text = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode(value)
    return hashlib.sha256(text.encode()).hexdigest()
