"""One arrangement out of all the best ones, chosen by the public lottery alone.

The arrangement is defined by the input and the seed, not by how it is found:

1. Students are ordered by lottery number (``lottery.numbers``), equal numbers by key.
2. Mentors are ordered likewise, and stand in a circle in that order. A student's lottery number, read as a
   whole number modulo m, is the place in the circle from which that student counts.
3. A student prefers: the mentor they have and would keep; then listed mentors in the order of the list; then
   the affinity groups, nearest first; then all others; inside a group, and among the others, the mentor
   counted first.
4. Of all best arrangements, keep those in which the first student has the most preferred mentor possible; of
   these, those in which the second student has; and so on. One arrangement remains.

How it is found, without solving again:

1. Take the face of the best arrangements: the options and quotas that some of them use (``network.face``).
2. Collapse it to a graph of the mentors and the free seats: an arc from mentor a to mentor b where a student
   at a, not yet settled, may also have b; from a to the free seats where a may take one more; from the free
   seats to b where b may have one fewer. A student with one option has nothing to choose.
3. Settle the students in order. A more preferred mentor b can be had exactly if the graph leads from b to the
   mentor where the student stands: then everybody on that path moves one step. The settled student's arcs go.
4. If it does not lead there, the mentors found from b are a set that no arc leaves. Moves run along cycles,
   so nobody will ever enter or leave that set again: it is split off, and later searches stay inside the
   part of their mentor. There are at most m splits, so at most m searches without success in all.

A set of mentors is held as the bits of one number.
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
    flexible, row = np.unique(student, return_inverse=True)
    keys = [problem.students[s].key for s in flexible.tolist()]
    drawn = lottery.numbers(problem.seed, keys)
    turn = np.zeros(len(student), np.int64)
    fallback = face.rank[open_] == face.beyond
    if fallback.any():
        start = np.array([int.from_bytes(number, "big") % face.mentors for number in drawn])
        turn[fallback] = (_circle(problem)[mentor[fallback]] - start[row[fallback]]) % face.mentors
    shape = (len(keys), face.beyond + 1, face.far + 1, face.mentors)
    order = np.argsort(np.ravel_multi_index((row, face.rank[open_], face.tier[open_], turn), shape))
    bounds = [*np.searchsorted(row[order], np.arange(len(flexible))).tolist(), len(order)]
    listed = mentor[order].tolist()
    bit = [1 << j for j in range(face.mentors)]
    choices = {}
    for i in sorted(range(len(keys)), key=lambda i: (drawn[i], keys[i])):
        preferred = listed[bounds[i] : bounds[i + 1]]
        choices[int(flexible[i])] = (preferred, sum([bit[j] for j in preferred]))
    return choices


def _circle(problem: Problem) -> Ints:
    """The place of each mentor in the circle."""
    keys = [mentor.key for mentor in problem.mentors]
    drawn = lottery.numbers(problem.seed, keys)
    place = np.empty(len(keys), np.int64)
    place[sorted(range(len(keys)), key=lambda j: (drawn[j], keys[j]))] = np.arange(len(keys))
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
        self.arcs = [-1] * (face.mentors + 1)
        self.part = [0] * (face.mentors + 1)
        self.parts = [(1 << face.mentors + 1) - 1]

    def settle(self, student: int, preferred: list[int]) -> None:
        here = self.mentor[student]
        self.unsettled[here].discard(student)
        self.arcs[here] = -1
        for there in preferred:
            if there == here:
                return
            if self.part[there] != self.part[here]:
                continue
            path = self._path(there, here)
            if path:
                self._shift(path)
                self.mentor[student] = there
                return

    def _path(self, start: int, goal: int) -> list[int]:
        """A shortest path from start to goal, both included; if there is none, [], and the part is split."""
        arcs, queue = self.arcs, [start]
        came_from: dict[int, int] = {}
        wanted, unseen = 1 << goal, self.parts[self.part[start]] & ~(1 << start)
        for node in queue:
            ahead = arcs[node]
            if ahead < 0:
                ahead = self._arcs(node)
            if ahead & wanted:
                path = [goal, node]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return path[::-1]
            ahead &= unseen
            unseen ^= ahead
            while ahead:
                low = ahead & -ahead
                following = low.bit_length() - 1
                came_from[following] = node
                queue.append(following)
                ahead ^= low
        self._split(queue, unseen)
        return []

    def _split(self, closed: list[int], rest: int) -> None:
        """No arc leads from the closed nodes to the rest of their part: from now on they are a part."""
        old, new = self.part[closed[0]], len(self.parts)
        self.parts.append(self.parts[old] & ~rest)
        self.parts[old] = rest
        for node in closed:
            self.part[node] = new

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
