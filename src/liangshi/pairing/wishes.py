"""志愿优配: the best arrangement by the students' wishes.

1. Level by level: first as few students as possible who lose the mentor they have (稳定续配); then as few
   as possible outside their lists; then the aim (``sum``: the least sum of wish numbers; ``greedy``: most first
   wishes, of those most second wishes, …; ``generous``: fewest last wishes, of those fewest last but one, …);
   then nearest fallback mentors for those outside their lists. A student who keeps their mentor costs
   nothing on any level, whether that mentor is listed or not.
2. Two weights join in (``Weights``; w the weight). ``meet``: a listed mentor outside the student's affinity
   groups costs w; ``even``: the k-th student of a mentor costs w·(k - 1), so that the sum over a mentor grows
   like the square of the load. For ``sum`` both are added to the wish numbers, on the level of the aim; for
   the other aims each is a level of its own after the aim, ``meet`` first, where only w > 0 matters.
3. Neighbouring levels are folded into one cost as long as the numbers stay small. Two arrangements differ by
   simple chains of moves in the graph of the mentors and the free seats, of at most m moves each, and at
   most one mentor of a chain ends with one student more, and one with one fewer. So if a later level
   changes by at most ``c`` with one move and its k-th student costs ``e``·(k - 1), a chain changes it by at
   most m·c + e·(U - 1), U being the largest load; one unit of the earlier level outweighs that exactly
   from m·c + e·(U - 1) + 1 on. (With parallel arcs of one seat each, the network is linear: the difference of
   two flows that fill the cheap seats first is a sum of simple cycles, and costs add up over them.)
4. Solve a fold by min-cost flow; take prices by Bellman–Ford on the collapsed mentor graph (they prove the
   optimum); keep only the options and quotas that some optimal arrangement uses; go on with the next fold on
   what is left.
5. Of the arrangements then left, the public lottery chooses one (``canonical.settle``).
6. If some students have a mentor, first try with all of these pairs fixed and the others' options alone. If
   that can be done, nobody moves, which nothing can beat on the first level; and as every arrangement
   without a move fixes the same pairs, the best of what is left is the best of all. Only otherwise is the
   whole problem solved.

Sources: Kwanashie, Irving, Manlove, Sng 2014 (profile-optimal matchings by flow); Ahuja, Magnanti, Orlin
1993, chapters 9–10 (optimality by reduced costs, cost scaling) and 14 (convex costs as parallel arcs);
OR-tools ``SimpleMinCostFlow``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from liangshi.pairing import canonical, lottery, network
from liangshi.pairing.network import Bools, Costs, Ints, Options, Solution
from liangshi.pairing.problem import Aim, Problem, Result

# The solver multiplies costs by the number of nodes and adds them up along a path: this fits into 64 bits.
BEARABLE = 1 << 61


class InfeasibleError(Exception):
    """No arrangement keeps all quotas and bans; ``feasibility.check`` names who, and what would help."""


class MoveLimitError(Exception):
    """More students than allowed would lose their mentor; ``least`` is the number that no arrangement beats."""

    def __init__(self, least: int, limit: int) -> None:
        self.least = least
        self.message = (
            f"至少有 {least} 名学生要换导师，超过了允许的 {limit} 名。"
            f"请把允许更换的人数放宽到 {least} 名，或增加名额、降低下限后再算。"
        )
        super().__init__(self.message)


class Kind(StrEnum):
    """What a level counts."""

    KEEP = "keep"
    LISTED = "listed"
    SUM = "sum"
    MOST = "most"
    FEWEST = "fewest"
    MEET = "meet"
    EVEN = "even"
    NEAR = "near"


@dataclass(frozen=True)
class Level(Costs):
    """One thing that is made least. ``wish`` is the wish number of MOST and FEWEST."""

    kind: Kind = Kind.SUM
    wish: int = 0


def solve(problem: Problem, aim: Aim, *, move_limit: int | None = None) -> Result:
    """The one canonical result of this problem and aim.

    Raises ``InfeasibleError``, and ``MoveLimitError`` if more than ``move_limit`` students must lose the
    mentor they have.
    """
    options = network.compile_options(problem)
    try:
        result = report(problem, aim, options, arrange(problem, aim, options))
    except network.NoArrangementError:
        raise InfeasibleError("名额、下限和回避同时成立的安排不存在。") from None
    if move_limit is not None and result.moved > move_limit:
        raise MoveLimitError(result.moved, move_limit)
    return result


def arrange(problem: Problem, aim: Aim, options: Options) -> Ints:
    """The mentor's row number of each student: all steps. Raises ``network.NoArrangementError``."""
    if options.keeping:
        try:
            return _all_kept(problem, aim, options)
        except network.NoArrangementError:
            pass  # somebody has to move, or there is no arrangement at all
    face, solution = best(aim, options)
    return canonical.settle(problem, face, solution.mentor)


def _all_kept(problem: Problem, aim: Aim, options: Options) -> Ints:
    mentor, rest, smaller = network.all_kept(options)
    if len(rest):
        students = tuple(problem.students[s] for s in rest.tolist())
        mentor[rest] = arrange(replace(problem, students=students), aim, smaller)
    return mentor


def best(aim: Aim, options: Options) -> tuple[Options, Solution]:
    """Steps 1 to 4: the face of all best arrangements, and one of them with its proof."""
    for costs in folds(levels(aim, options), options):
        options, solution = network.optimum(options, costs)
        options = network.face(options, costs, solution)
    return options, solution


def levels(aim: Aim, options: Options) -> list[Level]:
    """The costs of an option by rank (0 … beyond) and tier (0 … far), most important level first."""
    beyond, far, weights = options.beyond, options.far, options.weights
    rank, tier = np.indices((beyond + 1, far + 1))
    outside = rank == beyond
    listed = (rank > 0) & ~outside
    remote = listed & (tier == far) if weights.meet else np.zeros_like(listed)
    order = [_level(Kind.KEEP, rank > 0)] if options.keeping else []
    order.append(_level(Kind.LISTED, outside))
    if aim is Aim.SUM:
        order.append(_level(Kind.SUM, np.where(listed, rank, 0) + weights.meet * remote, weights.even))
    else:
        if aim is Aim.GREEDY:
            for wish in range(1, beyond - 1):
                order.append(_level(Kind.MOST, (rank > 0) & (rank != wish), wish=wish))
        else:
            for wish in range(beyond - 1, 1, -1):
                order.append(_level(Kind.FEWEST, rank == wish, wish=wish))
        order.append(_level(Kind.MEET, remote))
        order.append(_level(Kind.EVEN, np.zeros_like(rank), min(weights.even, 1)))
    order.append(_level(Kind.NEAR, np.where(outside, tier, 0)))
    return [level for level in order if level.even or level.table.any()]


def _level(kind: Kind, table: Ints | Bools, even: int = 0, wish: int = 0) -> Level:
    return Level(table.astype(np.int64), even, kind, wish)


def folds(levels: list[Level], options: Options) -> list[Costs]:
    """Neighbouring levels as one each, as long as the solver can bear it."""
    bound = BEARABLE // (options.students + options.mentors + 2) ** 2
    folded = [Costs(levels[0].table, levels[0].even)]
    for level in levels[1:]:
        base = span(level, options.mentors, options.most) + 1
        earlier = folded[-1]
        wider = Costs(earlier.table * base + level.table, earlier.even * base + level.even)
        if wider.table.max() + wider.even * options.most <= bound:
            folded[-1] = wider
        else:
            folded.append(Costs(level.table, level.even))
    return folded


def span(level: Level, moves: int, most: int) -> int:
    """The most that a simple chain of so many moves can change a level."""
    return moves * int(level.table.max()) + level.even * (most - 1)


def report(problem: Problem, aim: Aim, options: Options, mentor: Ints) -> Result:
    """The arrangement in the words of the problem, with its figures and hashes."""
    rank = np.full(options.students, options.beyond)
    own = options.mentor == mentor[options.student]
    rank[options.student[own]] = options.rank[own]
    profile = np.bincount(rank, minlength=options.beyond + 1)
    kept, *listed = profile[:-1].tolist()
    keys = [row.key for row in problem.mentors]
    pairs = tuple(
        sorted((student.key, keys[j]) for student, j in zip(problem.students, mentor.tolist(), strict=True))
    )
    commitment = lottery.commitment(problem)
    return Result(
        aim=aim,
        seed=problem.seed,
        pairs=pairs,
        profile=tuple(listed),
        unlisted=int(profile[-1]),
        total_rank=sum(wish * count for wish, count in enumerate(listed, 1)),
        commitment=commitment,
        sha256=lottery.seal(commitment, aim, problem.seed, pairs),
        kept=kept,
        moved=int((options.rank == 0).sum()) - kept,
    )
