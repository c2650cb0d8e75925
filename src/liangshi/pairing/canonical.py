"""One arrangement out of all the best ones, chosen by the public lottery alone.

The arrangement is defined by the input and the seed, not by how it is found:

1. Students are ordered by lottery number (``lottery.number``), equal numbers by key.
2. Mentors are ordered likewise, and stand in a circle in that order. A student's lottery number, read as a
   whole number modulo m, is the place in the circle from which that student counts.
3. A student prefers: listed mentors in the order of the list; then the affinity groups, nearest first; then
   all others; inside a group, and among the others, the mentor counted first.
4. Of all best arrangements, keep those in which the first student has the most preferred mentor possible; of
   these, those in which the second student has; and so on. One arrangement remains.

How it is found, without solving again:

1. Take the face of the best arrangements: the options and quotas that some of them use (``network.face``).
   A student with one option has nothing to choose.
2. Collapse it to a graph of the mentors and the free seats: an arc from mentor a to mentor b where a student
   at a, not yet settled, may also have b; from a to the free seats where a may take one more; from the free
   seats to b where b may have one fewer.
3. Settle the students in order. A more preferred mentor b can be had exactly if the graph leads from b to the
   student's present mentor: then everybody on that path moves one step. The settled student's arcs go.

Step 3 is one breadth-first search over at most m + 1 nodes for each more preferred mentor, with a set of
mentors held as the bits of one number.
"""

from __future__ import annotations

import numpy as np

from liangshi.pairing import lottery
from liangshi.pairing.network import Ints, Options
from liangshi.pairing.problem import Problem


def settle(problem: Problem, face: Options, mentor: Ints) -> Ints:
    """The canonical arrangement of a face, starting from any arrangement ``mentor`` of it."""
    choices = _choices(problem, face)
    if not choices:
        return mentor
    graph = _Exchange(face, mentor.tolist(), {student: bits for student, (_, bits) in choices.items()})
    for student, (preferred, _) in choices.items():
        graph.settle(student, preferred)
    return np.array(graph.mentor, np.int64)


def _choices(problem: Problem, face: Options) -> dict[int, tuple[list[int], int]]:
    """Student → (mentors, most preferred first; the same as bits), in lottery order, if there is a choice."""
    open_ = np.bincount(face.student, minlength=face.students)[face.student] > 1
    student, mentor = face.student[open_], face.mentor[open_]
    flexible = np.unique(student)
    drawn = {s: lottery.number(problem.seed, problem.students[s].key) for s in flexible.tolist()}
    turn = np.zeros(len(student), np.int64)
    fallback = face.rank[open_] == face.beyond
    if fallback.any():
        start = np.array([int.from_bytes(drawn[s], "big") % face.mentors for s in student[fallback].tolist()])
        turn[fallback] = (_circle(problem)[mentor[fallback]] - start) % face.mentors
    order = np.lexsort((turn, face.tier[open_], face.rank[open_], student))
    bounds = [*np.searchsorted(student[order], flexible).tolist(), len(order)]
    listed = mentor[order].tolist()
    rows = {s: listed[bounds[i] : bounds[i + 1]] for i, s in enumerate(flexible.tolist())}
    bit = [1 << j for j in range(face.mentors)]
    by_lot = sorted(rows, key=lambda s: (drawn[s], problem.students[s].key))
    return {s: (rows[s], sum(map(bit.__getitem__, rows[s]))) for s in by_lot}


def _circle(problem: Problem) -> Ints:
    """The place of each mentor in the circle."""
    numbers = [(lottery.number(problem.seed, mentor.key), mentor.key) for mentor in problem.mentors]
    place = np.empty(len(numbers), np.int64)
    place[sorted(range(len(numbers)), key=numbers.__getitem__)] = np.arange(len(numbers))
    return place


class _Exchange:
    """The collapsed graph; node m stands for the free seats. Arcs of a node are worked out when asked for."""

    def __init__(self, face: Options, mentor: list[int], bits: dict[int, int]) -> None:
        self.mentor = mentor
        self.bits = bits
        self.free = face.mentors
        self.lower = face.lower.tolist()
        self.upper = face.upper.tolist()
        self.count = np.bincount(mentor, minlength=face.mentors).tolist()
        self.unsettled: list[set[int]] = [set() for _ in range(face.mentors)]
        for student in bits:
            self.unsettled[mentor[student]].add(student)
        self.arcs: list[int] = [-1] * (face.mentors + 1)

    def settle(self, student: int, preferred: list[int]) -> None:
        here = self.mentor[student]
        self.unsettled[here].discard(student)
        self.arcs[here] = -1
        for there in preferred:
            if there == here:
                return
            path = self._path(there, here)
            if path:
                self._shift(path)
                self.mentor[student] = there
                return

    def _path(self, start: int, goal: int) -> list[int]:
        """A shortest path from start to goal, both included; empty if there is none."""
        arcs, came_from, queue = self.arcs, {}, [start]
        wanted, seen = 1 << goal, 1 << start
        for node in queue:
            ahead = arcs[node]
            if ahead < 0:
                ahead = self._arcs(node)
            if ahead & wanted:
                path = [goal, node]
                while node != start:
                    node = came_from[node]
                    path.append(node)
                return path[::-1]
            ahead &= ~seen
            seen |= ahead
            while ahead:
                low = ahead & -ahead
                following = low.bit_length() - 1
                came_from[following] = node
                queue.append(following)
                ahead ^= low
        return []

    def _arcs(self, node: int) -> int:
        bits = 0
        if node == self.free:
            for mentor, count in enumerate(self.count):
                if count > self.lower[mentor]:
                    bits |= 1 << mentor
        else:
            for student in self.unsettled[node]:
                bits |= self.bits[student]
            if self.count[node] < self.upper[node]:
                bits |= 1 << self.free
        self.arcs[node] = bits
        return bits

    def _shift(self, path: list[int]) -> None:
        """Move one unsettled student along every arc, from the end of the path to its start."""
        for here, there in zip(path[-2::-1], path[:0:-1], strict=True):
            self.arcs[here] = self.arcs[there] = -1
            if there == self.free:
                self.count[here] += 1
            elif here == self.free:
                self.count[there] -= 1
            else:
                student = next(s for s in self.unsettled[here] if self.bits[s] >> there & 1)
                self.unsettled[here].remove(student)
                self.unsettled[there].add(student)
                self.mentor[student] = there
        if self.free in path:
            self.arcs[self.free] = -1
