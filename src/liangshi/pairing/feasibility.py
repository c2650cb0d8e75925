"""Can all quotas and bans hold at once? Proved before a round opens; if not, who and what is in the way.

1. By Mendelsohn and Dulmage (1958) two questions may be asked apart: can every student be seated within the
   upper quotas, and can every lower quota be filled? If both can, both can at once. (Take upper[j] seats of
   mentor j, lower[j] of them required: a matching that covers all students and one that covers all required
   seats give one that covers both.)
2. Each is a maximum flow between groups of students with the same bans and the mentors.
3. If it falls short by d, the nodes on the source's side of the smallest minimum cut are a Hall set: students
   who accept only mentors with too few seats, or mentors who need more students than accept them. It falls
   into independent parts, each reported by itself with its own shortfall.
4. The smallest change that helps: each student whom the flow leaves out gets one more seat at a mentor of the
   part, spread over as many mentors as will do (each missing seat of a lower quota: one less), and then the
   flow is complete; d is the least number.
5. Where mentors may not have any number of seats (``most``), the change stays below that. If the seats cannot be
   dealt out so directly, others of the part move up: a min-cost flow of the part with the further seats, the
   k-th of a mentor at cost k, uses every old seat it can (seats that can be filled at once form a matroid, and a
   cheapest basis takes the free ones first), so it adds no seat too many. Who is left out even so is
   ``beyond``: no change within ``most`` seats him.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.max_flow import SimpleMaxFlow
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from liangshi.pairing.problem import Problem, Student

Ints = NDArray[np.int64]
MANY = 8


@dataclass(frozen=True)
class Obstacle:
    """A Hall set. ``kind`` is "upper" (too few seats) or "lower" (too few students).

    ``change`` maps mentor keys to seats to add (upper) or to take off the lower quota (lower): together
    with the other obstacles' changes the smallest that makes an arrangement possible, but for ``beyond``
    students, whom no seats that the mentors may have can help. ``spare`` counts the seats of the mentors whom
    these students do not accept; ``finding`` is the first sentence of ``message``.
    """

    kind: str
    students: tuple[str, ...]
    mentors: tuple[str, ...]
    shortfall: int
    change: dict[str, int]
    message: str
    beyond: int = 0
    spare: int = 0
    finding: str = ""


def check(problem: Problem, most: Mapping[str, int] | None = None) -> tuple[Obstacle, ...]:
    """The obstacles in the way of any arrangement; empty if and only if there is one.

    ``most`` maps mentor keys to the most seats that a change may give them; who is not in it may have any number.
    """
    groups: dict[frozenset[str], list[Student]] = {}
    for student in problem.students:
        groups.setdefault(student.banned, []).append(student)
    accepts = np.array([[m.key not in banned for m in problem.mentors] for banned in groups])
    return (
        *_too_few_seats(problem, list(groups.values()), accepts, most or {}),
        *_too_few_students(problem, list(groups.values()), accepts),
    )


def _too_few_seats(
    problem: Problem, groups: list[list[Student]], accepts: NDArray[np.bool_], most: Mapping[str, int]
) -> list[Obstacle]:
    seats = np.array([mentor.upper for mentor in problem.mentors])
    sizes = np.array([len(group) for group in groups])
    more = np.array(
        [max(0, most.get(m.key, m.upper + len(problem.students)) - m.upper) for m in problem.mentors]
    )
    obstacles = []
    for rows, columns, missing in _shortfalls(accepts, sizes, seats):
        students = [student for i in rows for student in groups[i]]
        change = _dealt(accepts, columns, missing, more)
        if change is None:
            change = _moving_up(accepts, rows, columns, sizes, seats, more)
        short = sum(missing.values())
        spare = int(seats.sum() - seats[columns].sum())
        obstacles.append(_seats_obstacle(problem, students, columns, short, change, spare))
    return obstacles


def _dealt(
    accepts: NDArray[np.bool_], columns: list[int], missing: Mapping[int, int], more: Ints
) -> Counter[int] | None:
    """One more seat for each student who is left out, at a mentor whom he accepts; None where that fails."""
    change: Counter[int] = Counter()
    for i, count in missing.items():
        for _ in range(count):
            open_ = [j for j in columns if accepts[i, j] and change[j] < more[j]]
            if not open_:
                return None
            change[min(open_, key=lambda j: change[j])] += 1
    return change


def _moving_up(
    accepts: NDArray[np.bool_], rows: list[int], columns: list[int], sizes: Ints, seats: Ints, more: Ints
) -> Counter[int]:
    """The fewest further seats with which as many students of a part as can be are seated: step 5."""
    n, m, total = len(rows), len(columns), int(sizes[rows].sum())
    source, sink = n + m, n + m + 1
    solver = SimpleMinCostFlow()
    for i, row in enumerate(rows):
        solver.add_arc_with_capacity_and_unit_cost(source, i, int(sizes[row]), 0)
        for j, column in enumerate(columns):
            if accepts[row, column]:
                solver.add_arc_with_capacity_and_unit_cost(i, n + j, int(sizes[row]), 0)
    further = {}
    for j, column in enumerate(columns):
        solver.add_arc_with_capacity_and_unit_cost(n + j, sink, int(seats[column]), 0)
        for k in range(1, min(int(more[column]), total) + 1):
            further[solver.add_arc_with_capacity_and_unit_cost(n + j, sink, 1, k)] = column
    solver.set_node_supply(source, total)
    solver.set_node_supply(sink, -total)
    solver.solve_max_flow_with_min_cost()
    change: Counter[int] = Counter()
    for arc, column in further.items():
        if solver.flow(arc):
            change[column] += 1
    return change


def _too_few_students(
    problem: Problem, groups: list[list[Student]], accepts: NDArray[np.bool_]
) -> list[Obstacle]:
    needs = np.array([mentor.lower for mentor in problem.mentors])
    sizes = np.array([len(group) for group in groups])
    obstacles = []
    for columns, rows, missing in _shortfalls(accepts.T, needs, sizes):
        students = [student for i in rows for student in groups[i]]
        obstacles.append(_needs_obstacle(problem, students, columns, missing))
    return obstacles


def _shortfalls(
    accepts: NDArray[np.bool_], supply: Ints, room: Ints
) -> list[tuple[list[int], list[int], dict[int, int]]]:
    """Parts of the smallest Hall set of supplies against rooms: (supply rows, room columns, left over)."""
    rows, columns = accepts.shape
    source, sink = rows + columns, rows + columns + 1
    tail, head = np.nonzero(accepts)
    flow = SimpleMaxFlow()
    into = flow.add_arcs_with_capacity(
        np.full(rows, source, np.int32), np.arange(rows, dtype=np.int32), supply
    )
    flow.add_arcs_with_capacity(
        tail.astype(np.int32), (head + rows).astype(np.int32), np.full(len(tail), supply.sum())
    )
    flow.add_arcs_with_capacity(
        np.arange(rows, rows + columns, dtype=np.int32), np.full(columns, sink, np.int32), room
    )
    flow.solve(source, sink)
    left = supply - np.asarray(flow.flows(into))
    reached = set(flow.get_source_side_min_cut())
    todo = {i for i in range(rows) if i in reached and supply[i]}
    parts = []
    while todo:
        part: set[int] = set()
        joined = {min(todo)}
        while not joined <= part:
            part |= joined
            seen = accepts[sorted(part)].any(axis=0)
            joined = {i for i in todo if (accepts[i] & seen).any()}
        todo -= part
        missing = {i: int(left[i]) for i in sorted(part) if left[i]}
        parts.append((sorted(part), np.flatnonzero(seen).tolist(), missing))
    return parts


def _seats_obstacle(
    problem: Problem,
    students: list[Student],
    columns: list[int],
    short: int,
    change: Counter[int],
    spare: int,
) -> Obstacle:
    labels = problem.mentor_labels()
    mentors = [problem.mentors[j] for j in columns]
    seats, beyond = sum(mentor.upper for mentor in mentors), short - change.total()
    names = _list([labels[mentor.key] for mentor in mentors], "位")
    who = _list([problem.student_label(student) for student in students], "名")
    ways = []
    if change:
        where = _list([f"{labels[problem.mentors[j].key]} {n} 个" for j, n in change.items()], "处")
        ways.append(f"再增加 {change.total()} 个名额（{where}）")
    if spare:
        ways.append(
            f"请这几位同学中至少 {min(short, spare)} 人减少回避" + ("" if spare >= short else "，并另加名额")
        )
    if not mentors:
        finding = f"这 {len(students)} 名学生回避了全部导师，无处可去"
    elif len(mentors) == len(problem.mentors):
        finding = f"{len(students)} 名学生，{len(mentors)} 位导师一共只有 {seats} 个名额，还差 {short} 个"
    else:
        finding = (
            f"这 {len(students)} 名学生只接受这 {len(mentors)} 位导师，共 {seats} 个名额，还差 {short} 个"
        )
    about = f"学生：{who}；导师：{names}" if mentors else f"学生：{who}"
    helps = "，或".join(ways) or "请增加导师"
    if mentors and beyond and ways:
        helps += f"；其中 {beyond} 个在这几位导师的上限以内加不出来，请增加导师"
    return Obstacle(
        "upper",
        tuple(student.key for student in students),
        tuple(mentor.key for mentor in mentors),
        short,
        {problem.mentors[j].key: n for j, n in change.items()},
        f"{finding}。{about}。办法：{helps}。",
        beyond,
        spare,
        finding,
    )


def _needs_obstacle(
    problem: Problem, students: list[Student], columns: list[int], missing: dict[int, int]
) -> Obstacle:
    labels = problem.mentor_labels()
    mentors = [problem.mentors[j] for j in columns]
    needed, short = sum(mentor.lower for mentor in mentors), sum(missing.values())
    names = _list([labels[mentor.key] for mentor in mentors], "位")
    cuts = _list([f"{labels[problem.mentors[j].key]} {n} 人" for j, n in missing.items()], "处")
    ways = [f"把下限合计降低 {short} 人（{cuts}）"]
    refusing = [s for s in problem.students if any(mentor.key in s.banned for mentor in mentors)]
    if len(students) == len(problem.students):
        finding = f"这 {len(mentors)} 位导师的下限合计 {needed} 人，学生一共只有 {len(students)} 名"
    else:
        finding = f"这 {len(mentors)} 位导师至少要带 {needed} 人，但只有 {len(students)} 名学生没有回避他们"
        who = _list([problem.student_label(student) for student in refusing], "名")
        ways.append(f"请回避他们的同学中至少 {short} 人减少回避（{who}）")
    return Obstacle(
        "lower",
        tuple(student.key for student in students),
        tuple(mentor.key for mentor in mentors),
        short,
        {problem.mentors[j].key: n for j, n in missing.items()},
        f"{finding}，还差 {short} 名。导师：{names}。办法：{'，或'.join(ways)}。",
        finding=f"{finding}，还差 {short} 名",
    )


def _list(names: Sequence[str], measure: str) -> str:
    shown = "、".join(names[:MANY])
    return shown if len(names) <= MANY else f"{shown}等 {len(names)} {measure}"
