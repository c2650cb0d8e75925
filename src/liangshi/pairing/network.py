"""Wishes as a sparse flow network, its prices, and the face of its optimal arrangements.

Everything here works on row numbers (students 0…n-1, mentors 0…m-1) in NumPy arrays. ``wishes.solve`` is the
way in; the numbered algorithm stands there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from liangshi.pairing.problem import Problem, Weights

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class NoArrangementError(Exception):
    """No arrangement keeps all quotas and bans; ``feasibility.check`` says why."""


@dataclass(frozen=True)
class Options:
    """Who may go where, and at what place in their order of choice.

    Option i lets student ``student[i]`` go to ``mentor[i]``: as wish number ``rank[i]``; at rank 0, because
    they have this mentor and keep them; or, where ``rank[i]`` is ``beyond``, as a fallback of nearness
    ``tier[i]``. The tier of a wish is ``far`` if ``weights.meet`` counts and the student does not meet the
    mentor anyway, 0 otherwise. A student in ``pool`` may also go to every mentor who is not banned, at rank
    ``beyond`` and tier ``far``. ``banned``: student * m + mentor, ascending. ``held`` counts the students
    whom a mentor has besides, outside the quotas given here.
    """

    student: Ints
    mentor: Ints
    rank: Ints
    tier: Ints
    pool: Bools
    lower: Ints
    upper: Ints
    banned: Ints
    held: Ints
    weights: Weights
    beyond: int
    far: int

    @property
    def students(self) -> int:
        return len(self.pool)

    @property
    def mentors(self) -> int:
        return len(self.upper)

    @property
    def keeping(self) -> bool:
        """Whether some student has a mentor to keep."""
        return not self.rank.all()

    @property
    def most(self) -> int:
        """A bound on the students that any one mentor can have."""
        return int(self.held.max()) + min(int(self.upper.max()), self.students)


@dataclass(frozen=True)
class Costs:
    """An option costs ``table[rank, tier]``, and the k-th student of a mentor ``even`` * (k - 1) besides."""

    table: Ints
    even: int = 0


@dataclass(frozen=True)
class Solution:
    """An optimal arrangement for given costs, and the prices that prove it.

    ``mentor[s]`` is the mentor of student s and ``cost[s]`` what that costs. ``price[j]`` is the length of
    the shortest chain of moves that ends at mentor j; ``open_price`` the same for the free seats.
    """

    mentor: Ints
    cost: Ints
    price: Ints
    open_price: int


def compile_options(problem: Problem) -> Options:
    """Rows of text → arrays. Affinity mentors who are listed, present or banned are left out of the groups."""
    students, mentors, weights = problem.students, problem.mentors, problem.weights
    index = {mentor.key: j for j, mentor in enumerate(mentors)}
    lengths = np.fromiter((len(s.wishes) for s in students), np.int64, len(students))
    flat = chain.from_iterable(s.wishes for s in students)
    mentor = np.fromiter(map(index.__getitem__, flat), np.int64, int(lengths.sum()))
    student = np.repeat(np.arange(len(students)), lengths)
    rank = np.arange(len(mentor)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
    tier = np.zeros(len(rank), np.int64)
    beyond, far = int(lengths.max()) + 1, max(len(s.affinity) for s in students)
    if weights.meet:
        tier[~_met(problem, index, student, mentor)] = far
    kept = _present(problem, index)
    rank[kept[student] == mentor] = 0
    unlisted = np.flatnonzero(kept >= 0)
    unlisted = np.setdiff1d(unlisted, student[rank == 0], assume_unique=True)
    near = _near(problem, index)
    banned = (s * len(mentors) + index[key] for s, row in enumerate(students) for key in row.banned)
    return Options(
        student=np.concatenate([student, unlisted, near[:, 0]]),
        mentor=np.concatenate([mentor, kept[unlisted], near[:, 1]]),
        rank=np.concatenate([rank, np.zeros(len(unlisted), np.int64), np.full(len(near), beyond)]),
        tier=np.concatenate([tier, np.zeros(len(unlisted), np.int64), near[:, 2]]),
        pool=np.ones(len(students), np.bool_),
        lower=np.array([mentor.lower for mentor in mentors], np.int64),
        upper=np.array([mentor.upper for mentor in mentors], np.int64),
        banned=np.array(sorted(banned), np.int64),
        held=np.zeros(len(mentors), np.int64),
        weights=weights,
        beyond=beyond,
        far=far,
    )


def _present(problem: Problem, index: dict[str, int]) -> Ints:
    """The row number of the mentor whom each student has and would keep, or -1."""
    kept = np.full(len(problem.students), -1)
    for s, student in enumerate(problem.students):
        if student.present:
            kept[s] = index[student.present]
    return kept


def _met(problem: Problem, index: dict[str, int], student: Ints, mentor: Ints) -> Bools:
    """Whether the mentor of each (student, mentor) is in one of the student's groups."""
    m = len(problem.mentors)
    met = [
        s * m + index[key]
        for s, row in enumerate(problem.students)
        for group in row.affinity
        for key in group
    ]
    return np.isin(student * m + mentor, np.array(met, np.int64))


def _near(problem: Problem, index: dict[str, int]) -> Ints:
    """Rows of (student, mentor, tier) for the affinity groups; a mentor counts in the nearest group."""
    rows: list[tuple[int, int, int]] = []
    for s, student in enumerate(problem.students):
        if student.affinity:
            seen = {*student.wishes, *student.banned, student.present}
            for tier, group in enumerate(student.affinity):
                rows += [(s, index[key], tier) for key in set(group) - seen]
                seen.update(group)
    return np.array(rows, np.int64).reshape(-1, 3)


def all_kept(options: Options) -> tuple[Ints, Ints, Options]:
    """What is left to decide when every student who has a mentor keeps theirs.

    Returns the mentor of each student, or -1; the row numbers of the students without one; and their
    options, with the quotas and ``held`` as they then stand. Raises ``NoArrangementError`` where quotas do
    not allow it.
    """
    n, m = options.students, options.mentors
    keeps = options.rank == 0
    mentor = np.full(n, -1)
    mentor[options.student[keeps]] = options.mentor[keeps]
    rest = np.flatnonzero(mentor < 0)
    held = np.bincount(options.mentor[keeps], minlength=m)
    lower = np.maximum(options.lower - held, 0)
    if (held > options.upper).any() or lower.sum() > len(rest):
        raise NoArrangementError
    row = np.full(n, -1)
    row[rest] = np.arange(len(rest))
    left, shy = row[options.student] >= 0, row[options.banned // m]
    smaller = replace(
        options,
        student=row[options.student[left]],
        mentor=options.mentor[left],
        rank=options.rank[left],
        tier=options.tier[left],
        pool=options.pool[rest],
        lower=lower,
        upper=options.upper - held,
        banned=(shy * m + options.banned % m)[shy >= 0],
        held=options.held + held,
    )
    return mentor, rest, smaller


def _argsort(values: Ints, bound: int) -> Ints:
    """Stable order of small numbers; NumPy sorts 16-bit numbers by radix, many times faster."""
    return np.argsort(values.astype(np.uint16 if bound < 1 << 16 else np.int64), kind="stable")


def optimum(options: Options, costs: Costs) -> tuple[Options, Solution]:
    """The cheapest arrangement.

    The pool hides bans, so it is opened lazily: solve; give each student whom the pool served although they
    ban somebody their explicit fallback options instead of the pool; again, until there is none. Every step
    relaxes the true problem, so the last answer, which keeps the bans, is optimal for it. The options as they
    then stand are returned with the answer.
    """
    bans = np.zeros(options.students, np.bool_)
    bans[options.banned // options.mentors] = True
    while True:
        mentor, pooled = _flow(options, costs)
        hidden = bans & pooled
        if not hidden.any():
            return options, _priced(options, costs, mentor)
        options = _without_pool(options, np.flatnonzero(hidden))


def _flow(options: Options, costs: Costs) -> tuple[Ints, Bools]:
    """One call of the solver: the mentor of each student, and whether the pool served them.

    Nodes are students, mentors, the pool and the free seats: n·k + n + 2m arcs. A lower quota is a demand
    of the mentor's own node; what is over it flows on to the free seats, over one arc, or, where each
    further student costs more than the last, over one arc for each.
    """
    table = costs.table
    n, m, k = options.students, options.mentors, len(options.student)
    pool, seats = n + m, n + m + 1
    pooling = np.flatnonzero(options.pool)
    mentors = np.arange(n, n + m)
    seat, seat_room, seat_price = _seats(options, costs.even)
    tails = np.concatenate([options.student, pooling, np.full(m, pool), seat + n])
    heads = np.concatenate(
        [options.mentor + n, np.full(len(pooling), pool), mentors, np.full(len(seat), seats)]
    )
    room = np.concatenate([np.ones(k + len(pooling), np.int64), options.upper, seat_room])
    fallback = table[options.beyond, options.far]
    price = table[options.rank, options.tier]
    prices = np.concatenate([price, np.full(len(pooling), fallback), np.zeros(m, np.int64), seat_price])
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tails.astype(np.int32), heads.astype(np.int32), room, prices)
    supplies = np.concatenate([np.ones(n, np.int64), -options.lower, [0, options.lower.sum() - n]])
    solver.set_nodes_supplies(np.arange(n + m + 2, dtype=np.int32), supplies)
    status = solver.solve()
    if status == SimpleMinCostFlow.Status.INFEASIBLE:
        raise NoArrangementError
    if status != SimpleMinCostFlow.Status.OPTIMAL:
        raise RuntimeError(f"min-cost flow ended as {status.name}")
    flows = np.asarray(solver.flows(np.arange(k + len(pooling) + m, dtype=np.int32)), np.int64)
    mentor = np.full(n, -1)
    used = np.flatnonzero(flows[:k])
    mentor[options.student[used]] = options.mentor[used]
    pooled = mentor < 0
    mentor[pooled] = np.repeat(np.arange(m), flows[k + len(pooling) :])
    return mentor, pooled


def _seats(options: Options, even: int) -> tuple[Ints, Ints, Ints]:
    """The arcs for students over the lower quotas: mentor, capacity, cost."""
    m, over = options.mentors, options.upper - options.lower
    if not even:
        return np.arange(m), over, np.zeros(m, np.int64)
    over = np.minimum(over, max(0, options.students - int(options.lower.sum())))
    mentor = np.repeat(np.arange(m), over)
    nth = np.arange(len(mentor)) - np.repeat(np.cumsum(over) - over, over)
    return mentor, np.ones(len(mentor), np.int64), even * ((options.held + options.lower)[mentor] + nth)


def _without_pool(options: Options, students: Ints) -> Options:
    """The same choices with explicit fallback options in the place of the pool for these students."""
    m = options.mentors
    codes = _untaken(options, students, np.arange(m))
    pool = options.pool.copy()
    pool[students] = False
    return replace(
        options,
        student=np.concatenate([options.student, codes // m]),
        mentor=np.concatenate([options.mentor, codes % m]),
        rank=np.concatenate([options.rank, np.full(len(codes), options.beyond)]),
        tier=np.concatenate([options.tier, np.full(len(codes), options.far)]),
        pool=pool,
    )


def _untaken(options: Options, students: Ints, mentors: Ints) -> Ints:
    """student * m + mentor for these students and mentors, but bans and what has an option already."""
    m = options.mentors
    concerned = np.zeros(options.students, np.bool_)
    concerned[students] = True
    explicit = concerned[options.student]
    banned = options.banned[concerned[options.banned // m]]
    taken = np.concatenate([banned, options.student[explicit] * m + options.mentor[explicit]])
    codes = (students[:, None] * m + mentors).ravel()
    return codes[~np.isin(codes, taken)]


def _priced(options: Options, costs: Costs, mentor: Ints) -> Solution:
    """Prices by Bellman–Ford on the collapsed mentor graph; that they exist proves the arrangement optimal.

    The graph has the mentors as nodes, a student's other option as an arc from their mentor, the pool, and
    the free seats: a mentor below the upper quota leads there, at the cost of one student more, and it leads
    to every mentor above the lower, at the gain of one student fewer.
    """
    m, table = options.mentors, costs.table
    weight = table[options.rank, options.tier]
    fallback = table[options.beyond, options.far]
    cost = np.full(options.students, fallback)
    own = options.mentor == mentor[options.student]
    cost[options.student[own]] = weight[own]
    order = _argsort(options.mentor, m)
    starts = np.flatnonzero(np.diff(options.mentor[order], prepend=-1))
    heads = options.mentor[order][starts]
    tail = mentor[options.student][order]
    weight = (weight - cost[options.student])[order]
    leave = np.full(m, np.iinfo(np.int64).max >> 2)
    np.minimum.at(leave, mentor[options.pool], fallback - cost[options.pool])
    count = np.bincount(mentor, minlength=m)
    gains, loses = count < options.upper, count > options.lower
    more = costs.even * (options.held + count)
    fewer = more[loses] - costs.even
    more = more[gains]
    price = np.zeros(m, np.int64)
    open_price = 0
    for _ in range(m + 3):
        best = np.full(m, min(0, int((price + leave).min())))
        if len(heads):
            best[heads] = np.minimum(best[heads], np.minimum.reduceat(price[tail] + weight, starts))
        if len(more):
            open_price = min(open_price, int((price[gains] + more).min()))
        best[loses] = np.minimum(best[loses], open_price - fewer)
        if not (best < price).any():
            return Solution(mentor, cost, price, open_price)
        price = np.minimum(price, best)
    raise RuntimeError("the flow is not optimal: a chain of moves improves it without end")


def face(options: Options, costs: Costs, solution: Solution) -> Options:
    """Exactly the optimal arrangements: only the options and the quotas that some of them use.

    By complementary slackness, with any optimal prices: a student uses only options without loss, and a
    mentor whose price differs from that of the free seats keeps the present number of students. Where each
    further student costs more than the last, at most one number more or one fewer is as good as the present
    one, so that the face still is told by quotas.
    """
    m, price, table = options.mentors, solution.price, costs.table
    value = solution.cost - price[solution.mentor]
    tight = table[options.rank, options.tier] - price[options.mentor] == value[options.student]
    fallback = table[options.beyond, options.far]
    drawn = np.flatnonzero(options.pool & (fallback - price.max() == value))
    cheap = np.flatnonzero(price == price.max())
    codes = _untaken(options, drawn, cheap)
    lower, upper = _free_quotas(options, costs.even, solution)
    return replace(
        options,
        student=np.concatenate([options.student[tight], codes // m]),
        mentor=np.concatenate([options.mentor[tight], codes % m]),
        rank=np.concatenate([options.rank[tight], np.full(len(codes), options.beyond)]),
        tier=np.concatenate([options.tier[tight], np.full(len(codes), options.far)]),
        pool=np.zeros(options.students, np.bool_),
        lower=lower,
        upper=upper,
    )


def _free_quotas(options: Options, even: int, solution: Solution) -> tuple[Ints, Ints]:
    """The least and the largest number of students of each mentor in optimal arrangements."""
    count = np.bincount(solution.mentor, minlength=options.mentors)
    margin = solution.open_price - solution.price
    if not even:
        fixed = margin != 0
        return np.where(fixed, count, options.lower), np.where(fixed, count, options.upper)
    marginal = even * (options.held + count)
    more = (count < options.upper) & (marginal == margin)
    fewer = (count > options.lower) & (marginal - even == margin)
    return count - fewer, count + more
