"""The independent check of a two-sided result: written apart from ``two_sided``, it shares only data.

1. Everybody named is known, every student has exactly one mentor; quotas and bans hold.
2. The figures and the two hashes are worked out again and must agree.
3. Every mentor's published line is that of the last student admitted.
4. Each student has the best mentor whose line they reach. Whoever does not has justified envy; those pairs
   must be exactly the listed ones, and without a repair there must be none.
5. The admission is done again in the other way, in rounds: all students without a seat ask at once; all
   mentors look at everybody who asks, deal reserved seats, then flexible ones round by round. The result may
   differ from it only in the listed repairs.
6. A repair is the smallest: with the cost (moved, loss) of every student at every mentor, no closed chain of
   moves between mentors and free seats has a negative cost; and by the lottery: taking the students from the
   last to the first, none could have a dearer mentor at no cost without changing somebody earlier. Where
   nobody asked in vain this leaves no repair at all.

Sources: Fragiadakis, Iwasaki, Troyan, Ueda, Yokoo 2016 (ESDA in rounds); Ahuja, Magnanti, Orlin 1993, §9.3.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from liangshi.pairing.admission import Line, TwoSidedResult
from liangshi.pairing.certificate import Certificate, Violation, walk
from liangshi.pairing.problem import Problem, Student

PLACED = "每名学生恰有一位导师"
QUOTAS = "每位导师的人数在下限与上限之间"
BANS = "没有学生被安排给不合适的导师"
FIGURES = "公布的各项数字属实"
HASHES = "输入与结果的校验值相符"
LINES = "每位导师的录取线属实"
ENVY = "每名学生去了自己达到录取线的导师中最想去的一位，例外已逐一列出"
ADMISSION = "录取按学生依次申请、导师择优录取的规则进行"
REPAIR = "只在有人无处可去时调整，且调动的学生最少"

Order = tuple[int, int, bytes, str]


def certify(problem: Problem, result: TwoSidedResult) -> Certificate:
    """Check every promise of a result."""
    check = _Check(problem, result)
    return walk(
        (
            ((PLACED,), check.placed),
            ((QUOTAS, BANS), check.allowed),
            ((FIGURES, HASHES), check.stated),
            ((LINES,), check.lines),
            ((ENVY,), check.envy),
            ((ADMISSION, REPAIR), check.admission),
        )
    )


class _Check:
    def __init__(self, problem: Problem, result: TwoSidedResult) -> None:
        self.problem, self.result = problem, result
        self.given = dict(result.pairs)
        self.mentors = {mentor.key: mentor for mentor in problem.mentors}
        self.labels = problem.mentor_labels()
        self.longest = max(len(student.wishes) for student in problem.students)
        self.groups = max(len(student.affinity) for student in problem.students)
        self.lot = {row.key: _lot(problem.seed, row.key) for row in problem.students}
        circle = sorted((_lot(problem.seed, key), key) for key in self.mentors)
        self.circle = [key for _, key in circle]
        self.turn = {key: i for i, key in enumerate(self.circle)}
        self.wanted = {
            mentor.key: _first_place(mentor.favours) for mentor in problem.mentors if mentor.favours
        }
        self.near = {row.key: _first_place(row.affinity) for row in problem.students if row.affinity}

    def placed(self) -> Iterator[Violation]:
        times = Counter(student for student, _ in self.result.pairs)
        for student, mentor in self.result.pairs:
            if student not in self.lot:
                yield Violation(PLACED, f"结果里的学生 {student} 不在名单里。")
            if mentor not in self.mentors:
                yield Violation(PLACED, f"导师 {mentor} 不在导师名单里。")
        for row in self.problem.students:
            if times[row.key] != 1:
                how = f"出现了 {times[row.key]} 次" if times[row.key] else "没有导师"
                yield Violation(PLACED, f"学生{self.problem.student_label(row)}在结果里{how}。")

    def allowed(self) -> Iterator[Violation]:
        self.count = Counter(self.given.values())
        for mentor in self.problem.mentors:
            count = self.count[mentor.key]
            if not mentor.lower <= count <= mentor.upper:
                limits = f"应在 {mentor.lower} 到 {mentor.upper} 人之间"
                yield Violation(QUOTAS, f"导师{self.labels[mentor.key]}有 {count} 人，{limits}。")
        for row in self.problem.students:
            if self.given[row.key] in row.banned:
                label, name = self.problem.student_label(row), self.labels[self.given[row.key]]
                yield Violation(BANS, f"学生{label}不能由导师{name}指导，却被安排给了这位导师。")

    def stated(self) -> Iterator[Violation]:
        result = self.result
        got = Counter(self._wish(row, self.given[row.key]) for row in self.problem.students)
        for what, stated, real in (
            ("各志愿的人数", result.profile, tuple(got[wish] for wish in range(1, self.longest + 1))),
            ("没有志愿导师的人数", result.unlisted, got[0]),
            ("志愿名次合计", result.total_rank, sum(wish * count for wish, count in got.items())),
        ):
            if stated != real:
                yield Violation(FIGURES, f"{what}写的是 {stated}，实际是 {real}。")
        commitment = _commitment(self.problem)
        if result.commitment != commitment:
            yield Violation(HASHES, "输入的校验值与名单、志愿、意向不符：结果不是由这份输入算出的。")
        if result.seed != self.problem.seed:
            yield Violation(HASHES, "结果所用的抽签种子与输入的不同。")
        if result.sha256 != _sha256([commitment, "two_sided", result.seed, sorted(result.pairs)]):
            yield Violation(HASHES, "结果的校验值与各学生的安排不符：结果被改动过。")
        if list(result.pairs) != sorted(result.pairs):
            yield Violation(HASHES, "结果没有按学生编号排列。")

    def lines(self) -> Iterator[Violation]:
        self.members: dict[str, list[Order]] = {key: [] for key in self.mentors}
        for row in self.problem.students:
            mentor = self.given[row.key]
            self.members[mentor].append(self._order(mentor, row))
        real: list[tuple[str, Line | None]] = []
        for key in sorted(self.mentors):
            if members := self.members[key]:
                favour, tier, number, _ = max(members)
                real.append((key, Line(favour, tier, number.hex())))
            else:
                real.append((key, None))
        stated = dict(self.result.cutoffs)
        for key, line in real:
            if key not in stated or stated[key] != line:
                yield Violation(LINES, f"导师{self.labels[key]}的录取线与最后一名录取的学生不符。")
        if len(self.result.cutoffs) != len(real) or [key for key, _ in self.result.cutoffs] != sorted(stated):
            yield Violation(LINES, "录取线的导师名单与导师名单不同。")

    def envy(self) -> Iterator[Violation]:
        last = {key: max(members, default=None) for key, members in self.members.items()}
        real = []
        for row in self.problem.students:
            for mentor in self._liking(row):
                if mentor == self.given[row.key]:
                    break
                line, mine = last[mentor], self._order(mentor, row)
                if line is not None and mine < line:
                    real += [(row.key, mentor, other[3]) for other in self.members[mentor] if mine < other]
        if tuple(sorted(real)) == self.result.envy:
            return
        rows = {row.key: row for row in self.problem.students}
        unlisted = sorted({pair[:2] for pair in set(real).difference(self.result.envy)})
        for student, mentor in unlisted:
            label, name = self.problem.student_label(rows[student]), self.labels[mentor]
            yield Violation(
                ENVY,
                f"学生{label}达到了导师{name}的录取线，也更想去，却没有去，也没有列为例外。",
                ((student, self.given[student], mentor),),
            )
        if not unlisted:
            yield Violation(ENVY, "列出的例外与实际的例外不同。")

    def admission(self) -> Iterator[Violation]:
        admitted = self._rounds()
        moved = sorted(
            (key, admitted.get(key, ""), mentor)
            for key, mentor in self.given.items()
            if admitted.get(key) != mentor
        )
        if tuple(moved) != self.result.repaired:
            wrong = sorted(set(moved) ^ set(self.result.repaired)) or moved
            first = wrong[0]
            chain = tuple((key, self.given.get(key, ""), before) for key, before, _ in wrong[:1])
            yield Violation(ADMISSION, f"重新录取的结果与公布的不同，例如学生 {first[0]}。", chain)
        elif moved:
            yield from self._repair(admitted)

    def _rounds(self) -> dict[str, str]:
        """ESDA in rounds: student key → mentor key, for those who are not refused everywhere."""
        asks = {row.key: self._liking(row) for row in self.problem.students}
        spare = len(asks) - sum(mentor.lower for mentor in self.problem.mentors)
        regular: dict[str, list[Order]] = {key: [] for key in self.circle}
        extended: dict[str, list[Order]] = {key: [] for key in self.circle}
        wanted = np.zeros(len(self.circle), np.int64)
        rows = {row.key: row for row in self.problem.students}
        asking = list(asks)
        while asking:
            heard: dict[str, list[Order]] = {}
            for student in asking:
                mentor = next(asks[student], None)
                if mentor is not None:
                    heard.setdefault(mentor, []).append(self._order(mentor, rows[student]))
            refused: list[Order] = []
            for mentor, orders in heard.items():
                lower, upper = self.mentors[mentor].lower, self.mentors[mentor].upper
                everybody = sorted(regular[mentor] + extended[mentor] + orders)
                regular[mentor], extended[mentor] = everybody[:lower], everybody[lower:upper]
                refused += everybody[upper:]
                wanted[self.turn[mentor]] = len(extended[mentor])
            seats = _dealt(wanted, spare)
            for j in np.flatnonzero(seats < wanted).tolist():
                mentor = self.circle[j]
                refused += extended[mentor][seats[j] :]
                del extended[mentor][seats[j] :]
            wanted = seats
            asking = [order[3] for order in refused]
        return {order[3]: key for key in self.circle for order in regular[key] + extended[key]}

    def _repair(self, admitted: dict[str, str]) -> Iterator[Violation]:
        """Step 6. One number for (moved, loss): a simple chain moves at most m students."""
        rows = sorted(self.problem.students, key=lambda row: (self.lot[row.key], row.key))
        m = len(self.circle)
        unit = (self.longest + 1 + self.groups) * (m + 1) + 1
        costs = np.array([self._costs(row, admitted.get(row.key, ""), unit) for row in rows])
        here = np.array([self.turn[self.given[row.key]] for row in rows])
        never = unit * 4 * (m + 2)
        matrix = np.full((m + 1, m + 1), never)
        change = np.where(costs < 0, never, costs - costs[np.arange(len(rows)), here][:, None])
        np.minimum.at(matrix[:, :m], here, change)
        count = np.array([self.count[key] for key in self.circle])
        gains = count < np.array([self.mentors[key].upper for key in self.circle])
        loses = count > np.array([self.mentors[key].lower for key in self.circle])
        matrix[:m, m][gains] = 0
        matrix[m, :m][loses] = 0
        distance = np.zeros(m + 1, np.int64)
        for _ in range(m + 2):
            distance = np.minimum(distance, (matrix + distance[:, None]).min(axis=0))
        if ((matrix + distance[:, None]).min(axis=0) < distance).any():
            yield Violation(REPAIR, "有调动更少或名次损失更小的调整。")
            return
        equal = change == distance[:m] - distance[here][:, None]
        gains &= distance[:m] == distance[m]
        loses &= distance[:m] == distance[m]
        late = self._late(rows, here, equal, admitted, gains, loses)
        if late is not None:
            label = self.problem.student_label(late)
            yield Violation(REPAIR, f"同样好的调整中，按抽签次序学生{label}应得到更想去的导师。")

    def _late(
        self,
        rows: list[Student],
        here: NDArray[np.int64],
        equal: NDArray[np.bool_],
        admitted: dict[str, str],
        gains: NDArray[np.bool_],
        loses: NDArray[np.bool_],
    ) -> Student | None:
        """A student who could have a dearer mentor without changing anybody earlier, if there is one.

        ``reach[j]`` holds the nodes (m: the free seats) to which later students can carry a move from j.
        """
        m = len(self.circle)
        reach = np.eye(m + 1, dtype=np.bool_)
        reach[m, :m] = loses
        reach[:m][gains] |= reach[m]
        for s in range(len(rows) - 1, -1, -1):
            options = np.flatnonzero(equal[s]).tolist()
            if len(options) < 2:
                continue
            now, stay = int(here[s]), admitted.get(rows[s].key, "")
            dear = {self.turn[key]: i for i, key in enumerate(self._liking(rows[s]), 1)}
            if stay:
                dear[self.turn[stay]] = 0
            if any(dear[j] < dear[now] and reach[j, now] for j in options):
                return rows[s]
            for j in options:
                reach[reach[:, now]] |= reach[j]
        return None

    def _costs(self, row: Student, before: str, unit: int) -> list[int]:
        """The cost of each mentor of the circle, -1 for one who is banned."""
        near = self.near.get(row.key, {})
        costs = []
        for key in self.circle:
            if key in row.banned:
                costs.append(-1)
            elif key == before:
                costs.append(0)
            elif wish := self._wish(row, key):
                costs.append(unit + wish)
            else:
                costs.append(unit + self.longest + 1 + near.get(key, self.groups))
        return costs

    def _liking(self, row: Student) -> Iterator[str]:
        """The mentors whom a student accepts, the dearest first."""
        yield from row.wishes
        start = int.from_bytes(self.lot[row.key], "big") % len(self.circle)
        turned = self.circle[start:] + self.circle[:start]
        seen = {*row.wishes, *row.banned}
        near = self.near.get(row.key, {})
        # Sorting is stable: inside a group the circle decides.
        yield from sorted((key for key in turned if key in near and key not in seen), key=near.__getitem__)
        yield from (key for key in turned if key not in seen and key not in near)

    def _order(self, mentor: str, row: Student) -> Order:
        """The smaller, the earlier the student comes in the mentor's order."""
        favour = self.wanted.get(mentor, {}).get(row.key, len(self.mentors[mentor].favours))
        tier = self.near.get(row.key, {}).get(mentor, self.groups)
        return favour, tier, self.lot[row.key], row.key

    def _wish(self, row: Student, mentor: str) -> int:
        """The number of the wish, 0 for an unlisted mentor."""
        return row.wishes.index(mentor) + 1 if mentor in row.wishes else 0


def _dealt(wanted: NDArray[np.int64], spare: int) -> NDArray[np.int64]:
    """Flexible seats of the mentors in the circle: dealt round by round to those who want one more."""
    if wanted.sum() <= spare:
        return wanted
    seats = np.zeros_like(wanted)
    while spare:
        served = np.flatnonzero(seats < wanted)[:spare]
        seats[served] += 1
        spare -= len(served)
    return seats


def _first_place(groups: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, group in enumerate(groups):
        for key in group:
            places.setdefault(key, place)
    return places


def _lot(seed: str, key: str) -> bytes:
    return hmac.digest(seed.encode(), key.encode(), "sha256")


def _commitment(problem: Problem) -> str:
    students = {
        row.key: [
            *(row.key, row.wishes, sorted(row.banned), [sorted(group) for group in row.affinity]),
            *([row.present] if row.present else []),
        ]
        for row in problem.students
    }
    mentors = {
        row.key: [
            *(row.key, row.lower, row.upper),
            *([[sorted(group) for group in row.favours]] if row.favours else []),
        ]
        for row in problem.mentors
    }
    by_key = [[rows[key] for key in sorted(rows)] for rows in (students, mentors)]
    return _sha256([*by_key, ["two_sided", problem.weights.meet, problem.weights.even]])


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
