"""Co-mentors as a second layer of matching (多师加配): every declared strategy is covered, or it is proved why not.

1. A row of the engine is one strategy that one student lacks; a mentor's upper quota is what he can still
   accompany (five less those he does). Banned for a row: whoever is not good at the strategy, the student's
   present mentors, and family. Nobody wishes anything; teachers of the class come first, then the least busy.
2. One teacher must not serve one student twice, which a flow cannot say. Where an answer does it, the problem
   is asked twice more, each time with the teacher banned from one of the two rows: one of the branches holds
   every arrangement that is allowed, so what all branches prove impossible is impossible.
3. An answer counts only when the independent verifier accepts it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from uuid import UUID

from liangshi.foundation.base.errors import DomainError
from liangshi.pairing import feasibility
from liangshi.pairing.certify import certify
from liangshi.pairing.feasibility import Obstacle
from liangshi.pairing.problem import Aim, Mentor, Problem
from liangshi.pairing.problem import Student as EngineStudent
from liangshi.pairing.wishes import InfeasibleError, solve
from liangshi.practice.needs.models import NeedStrategy
from liangshi.practice.needs.queries.needs import CoTeacher
from liangshi.registry.mentorships.choices import MAX_CO_MENTEES

SEARCHES = 200  # asked at most; a school's needs take one, rarely three
SHOWN = 6

Bans = frozenset[tuple[str, str]]  # (row, teacher)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whom the engine suggests per row, and, for the rows it leaves out, why nobody can."""

    chosen: Mapping[UUID, UUID] = field(default_factory=dict)
    obstacles: tuple[str, ...] = ()


def suggest(
    lines: Sequence[NeedStrategy],
    teachers: Sequence[CoTeacher],
    *,
    banned: Mapping[UUID, AbstractSet[UUID]],
    near: Mapping[UUID, AbstractSet[UUID]],
    seed: str,
) -> Suggestion:
    """Cover all rows, or name the rows and teachers in the way and cover the others.

    `banned` and `near` are keys of staff by key of student.
    """
    sentences: list[str] = []
    left = list(lines)
    while left:
        if not teachers:
            return Suggestion({}, ("学校还没有可以担任协同导师的老师，请先导入教职工名册。",))
        search = _Search(left, teachers, banned, near, seed)
        found = search.run(frozenset())
        if found is not None:
            staff = {each.staff.staff_no: each.staff.pk for each in teachers}
            rows = {line.pk.hex: line.pk for line in left}
            return Suggestion({rows[row]: staff[no] for row, no in found.items()}, tuple(sentences))
        stuck: set[str] = set()
        for obstacle in search.obstacles:
            sentences.append(search.words(obstacle))
            stuck.update(obstacle.students)
        left = [line for line in left if line.pk.hex not in stuck]
    return Suggestion({}, tuple(sentences))


class _Search:
    def __init__(
        self,
        lines: Sequence[NeedStrategy],
        teachers: Sequence[CoTeacher],
        banned: Mapping[UUID, AbstractSet[UUID]],
        near: Mapping[UUID, AbstractSet[UUID]],
        seed: str,
    ) -> None:
        self.lines = {line.pk.hex: line for line in lines}
        self.teachers = {each.staff.staff_no: each for each in teachers}
        self.banned, self.near, self.seed = banned, near, seed
        self.asked = 0
        self.obstacles: tuple[Obstacle, ...] = ()

    def run(self, bans: Bans) -> dict[str, str] | None:
        """Row → teacher, nobody twice for one student; None when there is no such arrangement."""
        self.asked += 1
        if self.asked > SEARCHES:
            raise DomainError(
                "too_many_needs", "一次要配的方面太多，互相牵连，系统没有算完。请先手工选定其中几项再试。"
            )
        problem = self._problem(bans)
        try:
            result = solve(problem, Aim.SUM)
        except InfeasibleError:
            # The first proof is shown: it has the fewest bans that only this search has made.
            self.obstacles = self.obstacles or feasibility.check(problem)
            return None
        if not certify(problem, result, canonical=True).holds:
            raise DomainError("not_certified", "结果没有通过独立核验，因此没有采用。请联系管理员。")
        given = dict(result.pairs)
        twice = self._twice(given)
        if twice is None:
            return given
        for row in twice:
            found = self.run(bans | {(row, given[row])})
            if found is not None:
                return found
        return None

    def _problem(self, bans: Bans) -> Problem:
        busy = max(each.free for each in self.teachers.values())
        idle = frozenset(no for no, each in self.teachers.items() if each.free == busy)
        return Problem(
            tuple(self._row(key, line, bans, idle) for key, line in self.lines.items()),
            tuple(
                Mentor(no, 0, min(each.free, MAX_CO_MENTEES), each.staff.person.name)
                for no, each in self.teachers.items()
            ),
            self.seed,
        )

    def _row(self, key: str, line: NeedStrategy, bans: Bans, idle: frozenset[str]) -> EngineStudent:
        student = line.need.student_id
        mine, near = self.banned.get(student, set()), self.near.get(student, set())
        banned = {
            no
            for no, each in self.teachers.items()
            if line.strategy not in each.strategies or each.staff.pk in mine or (key, no) in bans
        }
        teaching = {no for no, each in self.teachers.items() if each.staff.pk in near}
        groups = tuple(tuple(sorted(group - banned)) for group in (teaching, idle - teaching))
        name = f"{line.need.student}（{line}）"
        return EngineStudent(key, (), frozenset(banned), tuple(group for group in groups if group), name)

    def _twice(self, given: Mapping[str, str]) -> tuple[str, str] | None:
        """Two rows of one student that one teacher got."""
        seen: dict[tuple[UUID, str], str] = {}
        for row, teacher in given.items():
            other = seen.setdefault((self.lines[row].need.student_id, teacher), row)
            if other != row:
                return other, row
        return None

    def words(self, obstacle: Obstacle) -> str:
        """A Hall set as the office understands it."""
        rows = [self.lines[key] for key in obstacle.students]
        who = _names([f"{row.need.student}（{row}）" for row in rows])
        if not obstacle.mentors:
            return f"没有勾选了这一方面、又能再带的老师：{who}。{_HELP}"
        names = _names([str(self.teachers[no].staff) for no in obstacle.mentors])
        seats = sum(self.teachers[no].free for no in obstacle.mentors)
        return (
            f"{who}，一共 {len(rows)} 项，勾选了的只有{names}，他们合计还能带 {seats} 名，"
            f"还差 {obstacle.shortfall} 名。{_HELP}"
        )


_HELP = (
    "可以在下面直接选一位老师，请更多老师在导师介绍的「擅长陪伴」里勾选这一方面，或者结束已经不需要的协同。"
)


def _names(names: Sequence[str]) -> str:
    shown = "、".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown}等"
