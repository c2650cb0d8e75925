"""为什么是TA: one neutral sentence for each student, true to the last figure, never another student's name.

For a student s at mentor h who listed mentor b higher: with s moved from h to b, the cheapest arrangement
differs from the present one by a shortest chain of moves from b back to h in the collapsed graph of the
mentors. So one table of shortest distances between mentors answers for all students:

1. Lay out the least cost of a move between each two mentors (and the free seats), all levels in one number,
   and, as the last digit, the number of students moved.
2. Floyd–Warshall.
3. The price of b for s = cost(s, b) - cost(s, h) + distance(b, h). Split into levels again, the first level
   that is not 0 says what the school would lose; if all are 0, the public lottery decided.

Source: Ahuja, Magnanti, Orlin 1993, §9.3 (residual cycles), §5.6 (Floyd–Warshall).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liangshi.pairing import network, wishes
from liangshi.pairing.problem import Aim, Problem, Result

ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Instead:
    """What it would cost to give a student another mentor.

    ``others`` counts the other students who would have to move, ``worse[i]`` is the change of level i of
    ``wishes.levels``; ``possible`` is false where quotas and bans leave no such arrangement.
    """

    possible: bool
    others: int
    worse: tuple[int, ...]


def explain(problem: Problem, result: Result) -> dict[str, str]:
    """Student key → the sentence."""
    prices = Prices(problem, result)
    return {
        student.key: _sentence(problem, result, prices, s) for s, student in enumerate(problem.students)
    }


class Prices:
    """All pairs of mentors priced once, for a result that ``certify`` accepts."""

    def __init__(self, problem: Problem, result: Result) -> None:
        self.problem = problem
        self.options = options = network.compile_options(problem)
        self.levels = wishes.levels(result.aim, options.beyond, options.far)
        self.labels = problem.mentor_labels()
        self.row = {mentor.key: j for j, mentor in enumerate(problem.mentors)}
        given = dict(result.pairs)
        self.at = np.array([self.row[given[student.key]] for student in problem.students])
        self.count = np.bincount(self.at, minlength=options.mentors)
        self._fold()
        self._lay_out()
        for through in range(options.mentors + 1):
            np.minimum(
                self.distance,
                self.distance[:, through, None] + self.distance[through],
                out=self.distance,
            )

    def instead(self, student: int, mentor: int) -> Instead:
        """What it would cost to move this student (row number) to this mentor, whom they do not avoid."""
        rank, tier = self._place(student, mentor)
        here = int(self.at[student])
        back = int(self.distance[mentor, here])
        if back >= self.never:
            return Instead(False, 0, ())
        price = int(self.table[rank, tier]) - int(self.own[student]) + back
        price, others = divmod(price, self.digit)
        worse = []
        for base in reversed(self.bases):
            step = (price + base // 2) % base - base // 2
            worse.append(step)
            price = (price - step) // base
        return Instead(True, others, tuple(reversed(worse)))

    def _fold(self) -> None:
        """All levels and the count of students in one number: a chain moves at most m + 1 students."""
        moves = self.options.mentors + 1
        self.digit = moves + 1
        self.bases = [2 * moves * int(level.max()) + 1 for level in self.levels]
        bound = self.digit
        for base in self.bases:
            bound *= base
        kind = np.int64 if bound * 8 * (moves + 1) < 1 << 63 else np.object_
        table = np.zeros(self.levels[0].shape, kind)
        for base, level in zip(self.bases, self.levels, strict=True):
            table = table * base + level.astype(kind)
        self.table = table * self.digit
        self.never = bound * 2 * (moves + 1)

    def _lay_out(self) -> None:
        options, m = self.options, self.options.mentors
        far = self.table[options.beyond, options.far]
        cost = self.table[options.rank, options.tier]
        own = np.full(options.students, far, self.table.dtype)
        mine = options.mentor == self.at[options.student]
        own[options.student[mine]] = cost[mine]
        self.own: NDArray[np.generic] = own
        distance = np.full((m + 1, m + 1), self.never, self.table.dtype)
        shy = np.unique(options.banned // m)
        open_ = np.ones(options.students, np.bool_)
        open_[shy] = False
        leave = np.full(m, self.never, self.table.dtype)
        np.minimum.at(leave, self.at[open_], far - own[open_] + 1)
        distance[:m, :m] = leave[:, None]
        for s in shy.tolist():
            line = distance[self.at[s], :m]
            welcome = np.ones(m, np.bool_)
            welcome[options.banned[options.banned // m == s] % m] = False
            line[welcome] = np.minimum(line[welcome], far - own[s] + 1)
        np.minimum.at(distance, (self.at[options.student], options.mentor), cost - own[options.student] + 1)
        distance[:m, m][self.count < options.upper] = 0
        distance[m, :m][self.count > options.lower] = 0
        np.fill_diagonal(distance, 0)
        self.distance = distance

    def _place(self, student: int, mentor: int) -> tuple[int, int]:
        row, key = self.problem.students[student], self.problem.mentors[mentor].key
        if key in row.wishes:
            return row.wishes.index(key) + 1, 0
        tier = next((i for i, group in enumerate(row.affinity) if key in group), self.options.far)
        return self.options.beyond, tier


def _sentence(problem: Problem, result: Result, prices: Prices, s: int) -> str:
    student, here = problem.students[s], int(prices.at[s])
    labels = prices.labels
    now = problem.mentors[here].key
    place = student.wishes.index(now) if now in student.wishes else len(student.wishes)
    refused = [
        _refused(result, prices, s, wish) for wish in range(place)
    ]
    if place == len(student.wishes):
        near = any(now in group for group in student.affinity)
        why = "在本班和任课教师中" if near else ""
        reasons = "；".join(refused) + "；" if refused else "你没有填报志愿，"
        return f"{reasons}学校在保证没有志愿导师的学生最少（{result.unlisted} 人）之后，{why}按公开抽签为你安排{labels[now]}老师。"
    if not refused:
        return f"{labels[now]}老师是你的第一志愿，已如愿安排。"
    return f"{'；'.join(refused)}；{labels[now]}老师是你的{_wish(place)}。"


def _refused(result: Result, prices: Prices, s: int, wish: int) -> str:
    """Why one wish was not met: a clause with the mentor's state and the price."""
    problem, labels = prices.problem, prices.labels
    key, here = problem.students[s].wishes[wish], problem.mentors[int(prices.at[s])]
    mentor = prices.row[key]
    upper = problem.mentors[mentor].upper
    if int(prices.count[mentor]) == upper:
        state = f"{_wish(wish)}{labels[key]}老师名额已满（{upper} 人）"
    else:
        state = f"{_wish(wish)}{labels[key]}老师有空位，但你离开后{labels[here.key]}老师会不到最低人数（{here.lower} 人）"
    instead = prices.instead(s, mentor)
    if not instead.possible:
        return f"{state}，没有办法在不违反名额和回避的前提下安排你"
    moved = f"，要另外调动 {instead.others} 名同学" if instead.others else ""
    return f"{state}，把你安排过去{moved}，{_loss(result.aim, instead, prices.options.beyond)}"


def _loss(aim: Aim, instead: Instead, beyond: int) -> str:
    outside, *rest = instead.worse
    if outside:
        return f"没有志愿导师的学生会增加 {outside} 人"
    first = next((i for i, worse in enumerate(rest) if worse), None)
    if first is None:
        return "全校结果同样好，由公开抽签决定"
    if aim is Aim.SUM and first == 0:
        return f"全校志愿名次合计会增加 {rest[0]}"
    if aim is Aim.GREEDY and first < beyond - 2:
        return f"全校得到{_wish(first)}的学生会减少 {rest[first]} 人"
    if aim is Aim.GENEROUS and first < beyond - 2:
        return f"全校落到{_wish(beyond - 2 - first)}的学生会增加 {rest[first]} 人"
    return "没有志愿导师的学生会离本班和任课教师更远"


def _wish(place: int) -> str:
    return f"第{ORDINALS[place]}志愿" if place < len(ORDINALS) else f"第 {place + 1} 志愿"
