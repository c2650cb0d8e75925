"""``liangshi bench pairing``: the engine against bare OR-tools, HiGHS and first come, first served.

Everything is measured in one run on the same synthetic schools, alternating between the two sides of a ratio;
a time is the least of several repetitions, because other work on the machine can only add to it. Results are
compared before times are: a faster wrong answer stops the run. Exit code 0 only when every target is met.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from bench import _leavers, _nation, _two_sided
from bench._schools import LOWER, SCHOOL, UPPER, WISHES, Ints, Line, least_times, ratio, school
from liangshi.pairing import network, wishes
from liangshi.pairing.certify import certify
from liangshi.pairing.problem import Aim

SIZES = ((300, 23), (1_000, 77), (3_000, 230), (10_000, 767))


def bare_ortools(matrix: Ints, mentors: int) -> tuple[int, int]:
    """(unlisted, total rank) the way one would write it by hand: arcs, solve, read the flows."""
    n, k = matrix.shape
    pool, sink = n + mentors, n + mentors + 1
    student, mentor = np.arange(n, dtype=np.int32), np.arange(n, n + mentors, dtype=np.int32)
    rank = np.tile(np.arange(1, k + 1), n)
    outside = mentors * k + 1
    flow = SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([np.repeat(student, k), student, np.full(mentors, pool, np.int32), mentor]),
        np.concatenate(
            [
                (matrix.ravel() + n).astype(np.int32),
                np.full(n, pool, np.int32),
                mentor,
                np.full(mentors, sink, np.int32),
            ]
        ),
        np.concatenate(
            [np.ones(n * k + n, np.int64), np.full(mentors, UPPER), np.full(mentors, UPPER - LOWER)]
        ),
        np.concatenate([rank, np.full(n, outside), np.zeros(2 * mentors, np.int64)]),
    )
    supply = np.concatenate([np.ones(n), np.full(mentors, -LOWER), [0, LOWER * mentors - n]])
    flow.set_nodes_supplies(np.arange(n + mentors + 2, dtype=np.int32), supply.astype(np.int64))
    assert flow.solve() == SimpleMinCostFlow.Status.OPTIMAL
    used = np.asarray(flow.flows(np.arange(n * k + n, dtype=np.int32)))
    return int(used[n * k :].sum()), int(rank @ used[: n * k])


def highs(matrix: Ints, mentors: int) -> tuple[int, int]:
    """(least unlisted, least total rank) by linear programming, level by level: the proof of the minimum."""
    n, k = matrix.shape
    listed = n * k
    student = np.concatenate([np.repeat(np.arange(n), k), np.arange(n)])
    rows = coo_array((np.ones(listed + n), (student, np.arange(listed + n))), shape=(n, listed + n + mentors))
    # Seats: listed students and a number of unlisted ones, which together are those of the pool.
    pooled = np.arange(listed + n, listed + n + mentors)
    seats = coo_array(
        (
            np.ones(listed + mentors),
            (
                np.concatenate([matrix.ravel(), np.arange(mentors)]),
                np.concatenate([np.arange(listed), pooled]),
            ),
        ),
        shape=(mentors, listed + n + mentors),
    )
    balance = np.zeros((1, listed + n + mentors))
    balance[0, listed : listed + n], balance[0, pooled] = 1, -1
    a_eq, b_eq = vstack([rows, balance], format="csr"), np.append(np.ones(n), 0)
    a_ub, b_ub = vstack([seats, -seats], format="csr"), np.repeat([UPPER, -LOWER], mentors)
    outside = np.zeros(listed + n + mentors)
    outside[listed : listed + n] = 1
    least = linprog(outside, a_ub, b_ub, a_eq, b_eq, (0, None), method="highs")
    rank = np.concatenate([np.tile(np.arange(1, k + 1), n), np.zeros(n + mentors)])
    a_eq = vstack([a_eq, outside[None, :]], format="csr")
    best = linprog(rank, a_ub, b_ub, a_eq, np.append(b_eq, round(least.fun)), (0, None), method="highs")
    return round(least.fun), round(best.fun)


def first_come(matrix: Ints, mentors: int, seed: int) -> int:
    """抢导师: students in random order, each takes the first of their wishes with a free seat."""
    free, nobody = [UPPER] * mentors, 0
    for student in np.random.default_rng(seed).permutation(len(matrix)).tolist():
        mentor = next((j for j in matrix[student].tolist() if free[j]), None)
        if mentor is None:
            nobody += 1
        else:
            free[mentor] -= 1
    return nobody


def against_ortools() -> list[Line]:
    """Bare solver, solver with proof, and with the canonical pass; all three from arrays to an answer."""
    bare = proved = canonical = 0.0
    for seed in (1, 2, 3):
        problem, matrix = school(*SCHOOL, seed)
        options = network.compile_options(problem)
        result = wishes.solve(problem, Aim.SUM)
        assert (result.unlisted, result.total_rank) == bare_ortools(matrix, SCHOOL[1])
        times = least_times(
            15,
            lambda matrix=matrix: bare_ortools(matrix, SCHOOL[1]),
            lambda options=options: wishes.best(Aim.SUM, options),
            lambda problem=problem, options=options: wishes.arrange(problem, Aim.SUM, options),
        )
        bare, proved, canonical = bare + times[0], proved + times[1], canonical + times[2]
    return [
        Line("只用 OR-tools 求解（对照）", "", f"{bare / 3 * 1e3:.1f} 毫秒", None),
        ratio("志愿优配：求解＋最优性证明 ÷ OR-tools", proved / bare, 1.3),
        ratio("志愿优配：再加抽签定案 ÷ OR-tools", canonical / bare, 2.5),
    ]


def verification() -> list[Line]:
    """The independent check against solving, both from rows to the last hash."""
    check = full = solve = 0.0
    for seed in (1, 2, 3):
        problem, _ = school(*SCHOOL, seed)
        result = wishes.solve(problem, Aim.SUM)
        assert certify(problem, result, canonical=True).holds
        times = least_times(
            9,
            lambda problem=problem: wishes.solve(problem, Aim.SUM),
            lambda problem=problem, result=result: certify(problem, result),
            lambda problem=problem, result=result: certify(problem, result, canonical=True),
        )
        solve, check, full = solve + times[0], check + times[1], full + times[2]
    return [
        ratio("独立核验 ÷ 求解（从名单到校验值）", check / solve, 0.25),
        Line("独立核验，连抽签次序一起 ÷ 求解", "", f"{full / solve:.2f} 倍", None),
    ]


def scaling() -> list[Line]:
    times = []
    for students, mentors in SIZES:
        problem, _ = school(students, mentors, 1)
        times += least_times(5, lambda problem=problem: wishes.solve(problem, Aim.SUM))
    exponent = math.log(times[-1] / times[0]) / math.log(SIZES[-1][0] / SIZES[0][0])
    told = "，".join(f"{n} 人 {t * 1e3:.0f} 毫秒" for (n, _), t in zip(SIZES, times, strict=True))
    return [
        Line("规模指数，300 → 10000 名学生", "≤ 1.30", f"{exponent:.2f}", exponent <= 1.3),
        Line("　其中", "", told, None),
    ]


def relabellings() -> list[Line]:
    problem, _ = school(600, 46, 1)
    random = np.random.default_rng(0)
    results, raw = set(), set()
    for _ in range(100):
        students = [problem.students[i] for i in random.permutation(len(problem.students)).tolist()]
        mentors = [problem.mentors[j] for j in random.permutation(len(problem.mentors)).tolist()]
        turned = replace(problem, students=tuple(students), mentors=tuple(mentors))
        results.add(wishes.solve(turned, Aim.SUM).sha256)
        _, solution = wishes.best(Aim.SUM, network.compile_options(turned))
        keys = (mentors[j].key for j in solution.mentor.tolist())
        raw.add(tuple(sorted(zip((s.key for s in students), keys, strict=True))))
    return [
        Line("100 次打乱行序后的结果", "1 种", f"{len(results)} 种", len(results) == 1),
        Line("　求解器自己给出", "", f"{len(raw)} 种", None),
    ]


def nobody_listed() -> list[Line]:
    lines = []
    for seed in (1, 2, 3):
        problem, matrix = school(*SCHOOL, seed)
        result = wishes.solve(problem, Aim.SUM)
        least, rank = highs(matrix, SCHOOL[1])
        rush = sorted(first_come(matrix, SCHOOL[1], order) for order in range(20))
        met = result.unlisted == least and result.total_rank == rank and result.unlisted <= rush[0]
        told = f"{result.unlisted} 人；先到先得 {rush[0]}–{rush[-1]} 人"
        lines.append(Line(f"志愿全落空的学生，第 {seed} 所 3000 人学校", f"{least} 人（HiGHS）", told, met))
    return lines


def nation() -> list[Line]:
    """A stream of schools on one process and on two; flatness and memory, and what the nation would take."""
    sizes = _nation.sizes(_nation.LENGTHS[-1])
    runs = [_nation.alone(list(range(n)), sizes[:n]) for n in _nation.LENGTHS]
    each = [run.solving / run.students * 1e6 for run in runs]
    flat = max(each) / min(each)
    largest = max(range(len(sizes)), key=sizes.__getitem__)
    memory = runs[-1].peak / _nation.alone([largest], [sizes[largest]]).peak
    two = max(run.whole for run in _nation.together(_nation.halves(sizes)))
    gain = runs[-1].whole / two
    told = "，".join(f"{n} 所 {cost:.1f}" for n, cost in zip(_nation.LENGTHS, each, strict=True))
    minutes = each[-1] * _nation.NATION[1] / 1e6 / 60
    return [
        Line("全国流水：每名学生的微秒数，最大 ÷ 最小", "≤ 1.20", f"{flat:.2f}", flat <= 1.2),
        Line("　其中", "", told, None),
        ratio("　内存峰值 ÷ 只算最大的一所", memory, 1.5),
        Line("　两个进程比一个快", "≥ 1.70 倍", f"{gain:.2f} 倍", gain >= 1.7),
        Line(
            f"　推算 {_nation.NATION[0]} 所学校、{_nation.NATION[1]} 名学生",
            "",
            f"一个进程 {minutes:.1f} 分钟，两个 {minutes / gain:.1f} 分钟",
            None,
        ),
    ]


def leaving() -> list[Line]:
    """A mentor of 14 leaves: who has to move, and what it costs against matching everybody."""
    moved, times, afresh = 0, [0.0, 0.0], []
    for seed in (1, 2, 3):
        problem, _ = school(*SCHOOL, seed)
        given = dict(wishes.solve(problem, Aim.SUM).pairs)
        left = _leavers.without(problem, given, mentees=14)
        kept, solved = wishes.solve(left, Aim.SUM), wishes.solve(_leavers.forgetting(left), Aim.SUM)
        assert certify(left, kept, canonical=True).holds
        moved += kept.moved
        afresh.append(_leavers.needlessly_moved(left, solved.pairs))
        one = least_times(
            9,
            lambda problem=problem: wishes.solve(problem, Aim.SUM),
            lambda left=left: wishes.solve(left, Aim.SUM),
        )
        times = [a + b for a, b in zip(times, one, strict=True)]
    return [
        Line(
            "导师离岗：无关学生被调动",
            "0 人",
            f"{moved} 人（重新匹配要动 {min(afresh)}–{max(afresh)} 人）",
            moved == 0,
        ),
        ratio("　续配 ÷ 全校重新匹配", times[1] / times[0], 0.5),
    ]


def two_sided() -> list[Line]:
    """双选录取 against `matching` on lists of 5 and on full lists, results compared first."""
    lines: list[Line] = []

    def measure() -> None:
        for name, length, target, repetitions in (
            ("5 个志愿", WISHES, 150, 5),
            ("排满全部导师", SCHOOL[1], 500, 1),
        ):
            wanted, answers = _two_sided.lists(*SCHOOL, length, 1)
            asked = _two_sided.problem_of(wanted, answers)
            rows = _two_sided.numbered(wanted, answers)
            assert (
                _two_sided.ours(asked)
                == _two_sided.named(wanted, answers, rows.admitted())
                == _two_sided.peer(wanted, answers)
            )
            ours, whole = least_times(
                9, lambda rows=rows: rows.admitted(), lambda asked=asked: _two_sided.ours(asked)
            )
            peer = least_times(
                repetitions, lambda wanted=wanted, answers=answers: _two_sided.peer(wanted, answers)
            )[0]
            told = f"{peer / ours:.0f} 倍（{ours * 1e3:.1f} 毫秒对 {peer:.2f} 秒）"
            lines.append(
                Line(f"双选录取比 matching 快：{name}", f"≥ {target} 倍", told, peer / ours >= target)
            )
            lines.append(Line("　从姓名名单算起，连公开抽签", "", f"{peer / whole:.0f} 倍", None))

    _two_sided.with_room(measure)
    return lines


MEASURES = (
    against_ortools,
    verification,
    scaling,
    relabellings,
    nobody_listed,
    leaving,
    two_sided,
    nation,
)


def main(argv: Sequence[str]) -> int:
    """Print the table; 0 when every target is met, 1 otherwise, 2 on wrong usage."""
    if argv:
        print("用法：liangshi bench pairing（不带参数）", file=sys.stderr)
        return 2
    print(
        f"志愿优配引擎：{SCHOOL[0]} 名学生 × {SCHOOL[1]} 位导师，每人 {WISHES} 个志愿，名额 {LOWER}–{UPPER}"
    )
    print("| 项目 | 目标 | 实测 | |\n|---|---|---|---|")
    met = True
    for measure in MEASURES:
        for line in measure():
            mark = "" if line.met is None else "达到" if line.met else "未达到"
            print(f"| {line.name} | {line.target} | {line.measured} | {mark} |", flush=True)
            met = met and line.met is not False
    print("全部达到。" if met else "有目标没有达到。")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
