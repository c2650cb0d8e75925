"""为什么是TA: one neutral sentence for each student, true to the last figure, never another student's name.

For a student s at mentor h who listed mentor b higher: with s moved from h to b, the cheapest arrangement
differs from the present one by a shortest chain of moves from b back to h in the collapsed graph of the
mentors. So one table of shortest distances between mentors answers for all students:

1. Lay out the least cost of a move between each two mentors (and the free seats), all levels in one number,
   and, as the last digit, the number of students moved.
2. Floyd–Warshall.
3. The price of b for s = cost(s, b) - cost(s, h) + distance(b, h). Split into levels again, the first level
   that is not 0 says what the school would lose; if all are 0, the public lottery decided.
4. ``imbalances`` asks the same graph without the free seats and without the cost of loads: the shortest chain
   from a mentor with more students to one with fewer is what an evener load would cost.

Source: Ahuja, Magnanti, Orlin 1993, §9.3 (residual cycles), §5.6 (Floyd–Warshall).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from liangshi.pairing import network, wishes
from liangshi.pairing.problem import Problem, Result
from liangshi.pairing.wishes import Kind, Level

ORDINALS = "一二三四五六七八九十"
SHOWN = 5
WISHED = {Kind.LISTED, Kind.SUM, Kind.MOST, Kind.FEWEST}


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
    return {student.key: _sentence(problem, result, prices, s) for s, student in enumerate(problem.students)}


def imbalances(problem: Problem, result: Result) -> tuple[str, ...]:
    """Why loads are uneven: a sentence for each mentor with at least two students more than another of equal quotas.

    Empty where ``weights.even`` is 0, because nothing was promised. For a result that ``certify`` accepts.
    """
    if not problem.weights.even:
        return ()
    prices = Prices(problem, result, loads=False)
    peers: dict[tuple[int, int], list[int]] = {}
    for j, mentor in enumerate(problem.mentors):
        peers.setdefault((mentor.lower, mentor.upper), []).append(j)
    sentences = []
    for group in peers.values():
        for heavy in sorted(group, key=lambda j: (-prices.count[j], problem.mentors[j].key)):
            fewer = [j for j in group if prices.count[j] < prices.count[heavy] - 1]
            if fewer:
                fewer.sort(key=lambda j: (prices.count[j], problem.mentors[j].key))
                sentences.append(_imbalance(prices, heavy, fewer))
    return tuple(sentences)


class Prices:
    """All pairs of mentors priced once, for a result that ``certify`` accepts.

    Without ``loads`` mentors only exchange students among themselves, and how many each has costs nothing.
    """

    def __init__(self, problem: Problem, result: Result, *, loads: bool = True) -> None:
        self.problem = problem
        self.options = options = network.compile_options(problem)
        self.levels = wishes.levels(result.aim, options)
        if not loads:
            self.levels = [replace(level, even=0) for level in self.levels]
        self.labels = problem.mentor_labels()
        self.row = {mentor.key: j for j, mentor in enumerate(problem.mentors)}
        given = dict(result.pairs)
        self.at = np.array([self.row[given[student.key]] for student in problem.students])
        self.count = np.bincount(self.at, minlength=options.mentors)
        self._fold()
        self._lay_out(loads)
        for through in range(options.mentors + 1):
            np.minimum(
                self.distance,
                self.distance[:, through, None] + self.distance[through],
                out=self.distance,
            )

    def instead(self, student: int, mentor: int) -> Instead:
        """What it would cost to move this student (row number) to this mentor, whom they do not avoid."""
        rank, tier = self.place(student, mentor)
        here = int(self.at[student])
        back = int(self.distance[mentor, here])
        if 2 * back >= self.never:
            return Instead(False, 0, ())
        return self._split(int(self.table[rank, tier]) - int(self.own[student]) + back)

    def shifted(self, here: int, there: int) -> Instead:
        """What it would cost to have one student fewer here and one more there, all chains considered."""
        price = int(self.distance[here, there])
        return Instead(False, 0, ()) if 2 * price >= self.never else self._split(price)

    def _split(self, price: int) -> Instead:
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
        self.bases = [2 * wishes.span(level, moves, self.options.most + 1) + 1 for level in self.levels]
        bound = self.digit
        for base in self.bases:
            bound *= base
        kind = np.int64 if bound * 8 * (moves + 1) < 1 << 63 else np.object_
        table, even = np.zeros(self.levels[0].table.shape, kind), 0
        for base, level in zip(self.bases, self.levels, strict=True):
            table = table * base + level.table.astype(kind)
            even = even * base + level.even
        self.table, self.even = table * self.digit, even * self.digit
        self.never = bound * 2 * (moves + 1)

    def _lay_out(self, loads: bool) -> None:
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
        if loads:
            more = self.count.astype(self.table.dtype) * self.even
            distance[:m, m] = np.where(self.count < options.upper, more, self.never)
            distance[m, :m] = np.where(self.count > options.lower, self.even - more, self.never)
        np.fill_diagonal(distance, 0)
        self.distance = distance

    def place(self, student: int, mentor: int) -> tuple[int, int]:
        """Rank and tier of this mentor for this student, as in ``network.Options``."""
        row, key = self.problem.students[student], self.problem.mentors[mentor].key
        if key == row.present:
            return 0, 0
        tier = next((i for i, group in enumerate(row.affinity) if key in group), self.options.far)
        if key not in row.wishes:
            return self.options.beyond, tier
        remote = self.options.weights.meet and tier == self.options.far
        return row.wishes.index(key) + 1, tier if remote else 0


def _sentence(problem: Problem, result: Result, prices: Prices, s: int) -> str:
    student, here = problem.students[s], int(prices.at[s])
    labels = prices.labels
    now = problem.mentors[here].key
    if now == student.present:
        return f"{labels[now]}老师一直是你的导师，这次继续。"
    lost = f"{_unkept(result, prices, s)}；" if student.present else ""
    place = student.wishes.index(now) if now in student.wishes else len(student.wishes)
    refused = [_refused(prices, s, wish) for wish in range(place) if student.wishes[wish] != student.present]
    if place == len(student.wishes):
        near = any(now in group for group in student.affinity)
        why = "在本班和任课教师中" if near else ""
        reasons = "；".join(refused) + "；" if refused else "" if student.wishes else "你没有填报志愿，"
        fewest = f"学校在保证没有志愿导师的学生最少（{result.unlisted} 人）之后"
        return f"{lost}{reasons}{fewest}，{why}按公开抽签为你安排{labels[now]}老师。"
    if not refused:
        met = "，已如愿安排" if place == 0 else ""
        return f"{lost}{labels[now]}老师是你的{_wish(place)}{met}。"
    return f"{lost}{'；'.join(refused)}；{labels[now]}老师是你的{_wish(place)}。"


def _unkept(result: Result, prices: Prices, s: int) -> str:
    """Why the student could not keep their mentor: a clause."""
    mentor = prices.row[prices.problem.students[s].present]
    label, upper = prices.labels[prices.problem.students[s].present], prices.problem.mentors[mentor].upper
    full = f"名额已满（{upper} 人）" if int(prices.count[mentor]) == upper else "有空位"
    fewest = f"这次要换导师的学生最少是 {result.moved} 人"
    price = _price(prices, prices.instead(s, mentor), "让你继续跟随")
    return f"你原来的导师{label}老师{full}，{price}；{fewest}"


def _refused(prices: Prices, s: int, wish: int) -> str:
    """Why one wish was not met: a clause with the mentor's state and the price."""
    problem, labels = prices.problem, prices.labels
    key, here = problem.students[s].wishes[wish], problem.mentors[int(prices.at[s])]
    mentor = prices.row[key]
    upper = problem.mentors[mentor].upper
    if int(prices.count[mentor]) == upper:
        state = f"{_wish(wish)}{labels[key]}老师名额已满（{upper} 人）"
    elif int(prices.count[prices.row[here.key]]) > here.lower:
        state = f"{_wish(wish)}{labels[key]}老师有空位，但学校还要兼顾{_weighed(prices, s, mentor)}"
    else:
        below = f"你离开后{labels[here.key]}老师会不到最低人数（{here.lower} 人）"
        state = f"{_wish(wish)}{labels[key]}老师有空位，但{below}"
    return f"{state}，{_price(prices, prices.instead(s, mentor))}"


def _weighed(prices: Prices, s: int, mentor: int) -> str:
    """Which weights kept a student from a better wish with a free seat; one of them must have."""
    options, here = prices.options, int(prices.at[s])
    near, far = prices.place(s, here)[1] < options.far, prices.place(s, mentor)[1] == options.far
    uneven = options.weights.even and prices.count[mentor] >= prices.count[here]
    reasons = ["平时见得到面"] if options.weights.meet and near and far else []
    return "和".join([*reasons, *(["人数均衡"] if uneven else [])])


def _price(prices: Prices, instead: Instead, what: str = "把你安排过去") -> str:
    if not instead.possible:
        return "没有办法在不违反名额和回避的前提下安排你"
    moved = f"，要另外调动 {instead.others} 名同学" if instead.others else ""
    step = next(((level, n) for level, n in zip(prices.levels, instead.worse, strict=True) if n), None)
    worse = _worse(prices.problem, *step) if step else "全校结果同样好，由公开抽签决定"
    return f"{what}{moved}，{worse}"


def _worse(problem: Problem, level: Level, n: int) -> str:
    """A clause for one level that gets worse by n."""
    if level.kind is Kind.SUM:
        weights = problem.weights
        counted = "".join(
            [*(["、见面"] if weights.meet else []), *(["、均衡"] if weights.even and level.even else [])]
        )
        return f"全校志愿名次{counted}合计会增加 {n}"
    return {
        Kind.KEEP: f"要换导师的学生会增加 {n} 人",
        Kind.LISTED: f"没有志愿导师的学生会增加 {n} 人",
        Kind.MOST: f"全校得到{_wish(level.wish - 1)}的学生会减少 {n} 人",
        Kind.FEWEST: f"全校落到{_wish(level.wish - 1)}的学生会增加 {n} 人",
        Kind.MEET: f"跟随平时见不到面的导师的学生会增加 {n} 人",
        Kind.EVEN: "各位导师的人数会更不均衡",
        Kind.NEAR: "没有志愿导师的学生会离本班和任课教师更远",
    }[level.kind]


def _imbalance(prices: Prices, heavy: int, fewer: list[int]) -> str:
    problem, count = prices.problem, prices.count
    shown = [f"{prices.labels[problem.mentors[j].key]}老师带 {count[j]} 人" for j in fewer[:SHOWN]]
    others = f"等 {len(fewer)} 位导师" if len(fewer) > SHOWN else ""
    name, heavy_load = prices.labels[problem.mentors[heavy].key], int(count[heavy])
    loads = f"{name}老师带 {count[heavy]} 人、{'、'.join(shown)}{others}"
    whom = f"{prices.labels[problem.mentors[fewer[0]].key]}老师" if len(fewer) == 1 else "其中任何一位"
    ways = [
        (way, heavy_load - 1 - int(count[j])) for j in fewer if (way := prices.shifted(heavy, j)).possible
    ]
    if not ways:
        return f"{loads}：{name}老师的学生都回避了{whom}，没有办法调出一名学生。"
    gains = [problem.weights.even * (level.kind is Kind.SUM) for level in prices.levels]
    way, evener = min(
        ways,
        key=lambda one: [n - gain * one[1] for n, gain in zip(one[0].worse, gains, strict=True)],
    )
    i = next(i for i, n in enumerate(way.worse) if n)
    cost = _worse(problem, prices.levels[i], way.worse[i])
    against = f"，人数均衡的好处是 {gains[i] * evener}" if gains[i] else ""
    subject = "志愿" if prices.levels[i].kind in WISHED else ""
    return (
        f"{loads}：把任何一名学生从{name}老师调给{whom}，"
        f"都会让{subject}结果变差（最少的一种：{cost}{against}）。"
    )


def _wish(place: int) -> str:
    return f"第{ORDINALS[place]}志愿" if place < len(ORDINALS) else f"第 {place + 1} 志愿"
