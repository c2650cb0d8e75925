"""志愿优配: the best arrangement by the students' wishes.

1. Level by level: first as few students as possible outside their lists; then the aim (``sum``: the least sum
   of wish numbers; ``greedy``: most first wishes, of those most second wishes, …; ``generous``: fewest last
   wishes, of those fewest last but one, …); then nearest fallback mentors for those outside their lists.
2. Neighbouring levels are folded into one cost as long as the numbers stay small. Two arrangements differ by
   simple chains of moves in the graph of the mentors, of at most m moves each; so if a later level changes
   by at most ``c`` with one move, one unit of the earlier level outweighs it exactly from m·c + 1 on.
3. Solve a fold by min-cost flow; take prices by Bellman–Ford on the collapsed mentor graph (they prove the
   optimum); keep only the options and quotas that some optimal arrangement uses; go on with the next fold on
   what is left.
4. Of the arrangements then left, the public lottery chooses one (``canonical.settle``).

Sources: Kwanashie, Irving, Manlove, Sng 2014 (profile-optimal matchings by flow); Ahuja, Magnanti, Orlin 1993,
chapters 9–10 (optimality by reduced costs, cost scaling); OR-tools ``SimpleMinCostFlow``.
"""

from __future__ import annotations

import numpy as np

from liangshi.pairing import canonical, lottery, network
from liangshi.pairing.network import Ints, Options, Solution
from liangshi.pairing.problem import Aim, Problem, Result

# The solver multiplies costs by the number of nodes, and adds them up along a path: this stays inside 64 bits.
BEARABLE = 1 << 61


class Infeasible(Exception):
    """No arrangement keeps all quotas and bans; ``feasibility.check(problem)`` names who and what would help."""


def solve(problem: Problem, aim: Aim) -> Result:
    """The one canonical result of this problem and aim. Raises ``Infeasible``."""
    options = network.compile_options(problem)
    try:
        return report(problem, aim, options, arrange(problem, aim, options))
    except network.NoArrangement:
        raise Infeasible("名额、下限和回避同时成立的安排不存在。") from None


def arrange(problem: Problem, aim: Aim, options: Options) -> Ints:
    """The mentor's row number of each student: steps 1 to 4."""
    face, solution = best(aim, options)
    return canonical.settle(problem, face, solution.mentor)


def best(aim: Aim, options: Options) -> tuple[Options, Solution]:
    """Steps 1 to 3: the face of all best arrangements, and one of them with its proof."""
    for table in folds(levels(aim, options.beyond, options.far), options):
        options, solution = network.optimum(options, table)
        options = network.face(options, table, solution)
    return options, solution


def levels(aim: Aim, beyond: int, far: int) -> list[Ints]:
    """The costs of an option by rank (0 … beyond) and tier (0 … far), most important level first."""
    rank, tier = np.indices((beyond + 1, far + 1))
    outside = rank == beyond
    if aim is Aim.SUM:
        middle = [np.where(outside, 0, rank)]
    elif aim is Aim.GREEDY:
        middle = [rank != wish for wish in range(1, beyond - 1)]
    else:
        middle = [rank == wish for wish in range(beyond - 1, 1, -1)]
    return [level.astype(np.int64) for level in (outside, *middle, np.where(outside, tier, 0)) if level.any()]


def folds(levels: list[Ints], options: Options) -> list[Ints]:
    """Neighbouring levels as one table each, as long as the solver can bear it."""
    bound = BEARABLE // (options.students + options.mentors + 2) ** 2
    folded = [levels[0]]
    for level in levels[1:]:
        wider = folded[-1] * (options.mentors * int(level.max()) + 1) + level
        if wider.max() <= bound:
            folded[-1] = wider
        else:
            folded.append(level)
    return folded


def report(problem: Problem, aim: Aim, options: Options, mentor: Ints) -> Result:
    """The arrangement in the words of the problem, with its figures and hashes."""
    rank = np.full(options.students, options.beyond)
    own = options.mentor == mentor[options.student]
    rank[options.student[own]] = options.rank[own]
    profile = np.bincount(rank, minlength=options.beyond + 1)
    keys = [row.key for row in problem.mentors]
    pairs = tuple(
        sorted((student.key, keys[j]) for student, j in zip(problem.students, mentor.tolist(), strict=True))
    )
    commitment = lottery.commitment(problem.students, problem.mentors)
    return Result(
        aim=aim,
        seed=problem.seed,
        pairs=pairs,
        profile=tuple(profile[1:-1].tolist()),
        unlisted=int(profile[-1]),
        total_rank=int(profile[1:-1] @ np.arange(1, options.beyond)),
        commitment=commitment,
        sha256=lottery.seal(commitment, aim, problem.seed, pairs),
    )
