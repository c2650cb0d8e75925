"""The independent check of a club result: it shares only the data of ``clubs`` with the solver.

1. Everybody is known, has one seat or is in the rest, and a seat is with the own club's adviser; upper quotas
   hold; exactly the clubs called whole are together.
2. The figures and the two hashes are worked out again and must agree.
3. Per adviser: the sums of members that sets of clubs can reach, as the bits of one number (bit k: some set
   has k members). The highest bit within the seats is the most that can be kept together. Looking at the
   clubs in lottery order, each must be whole exactly if the sums of the later ones reach the rest of it.
4. A split club's reason is right, and seats left over went by lottery to the first club that is not whole.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Iterator

from liangshi.pairing.certificate import Certificate, Violation, walk
from liangshi.pairing.clubs import Club, ClubProblem, ClubResult, Split, Why
from liangshi.pairing.problem import Mentor

PLACED = "每名社团成员由本社团的指导教师指导，或进入下一轮"
QUOTAS = "每位指导教师的人数不超过上限"
FIGURES = "公布的整组社团、人数属实"
HASHES = "输入与结果的校验值相符"
WHOLE = "整组安排的学生最多，同样多时由公开抽签决定"
LEFT = "余下的名额由公开抽签决定，拆分的原因属实"


def certify(problem: ClubProblem, result: ClubResult) -> Certificate:
    """Check every promise of a result."""
    check = _Check(problem, result)
    return walk(
        (
            ((PLACED, QUOTAS), check.placed),
            ((FIGURES, HASHES), check.stated),
            ((WHOLE,), check.whole),
            ((LEFT,), check.left),
        )
    )


class _Check:
    def __init__(self, problem: ClubProblem, result: ClubResult) -> None:
        self.problem, self.result = problem, result
        self.given = dict(result.pairs)
        self.together = set(result.whole)
        self.seats = {mentor.key: mentor.upper for mentor in problem.mentors}
        self.advised: dict[str, list[Club]] = {mentor.key: [] for mentor in problem.mentors}
        for club in sorted(problem.clubs, key=lambda club: self._lot(club.key)):
            self.advised[club.adviser].append(club)

    def placed(self) -> Iterator[Violation]:
        home = {student: club.adviser for club in self.problem.clubs for student in club.members}
        everybody = [*(student for student, _ in self.result.pairs), *self.result.rest]
        if sorted(everybody) != sorted(home):
            yield Violation(PLACED, "有社团成员缺漏、重复，或结果里有名单以外的学生。")
            return
        for student, adviser in self.result.pairs:
            if home[student] != adviser:
                yield Violation(PLACED, f"学生 {student} 不是由本社团的指导教师指导。")
        count = Counter(self.given.values())
        for mentor in self.problem.mentors:
            if count[mentor.key] > mentor.upper:
                name = mentor.name or mentor.key
                yield Violation(QUOTAS, f"导师{name}有 {count[mentor.key]} 人，上限是 {mentor.upper} 人。")

    def stated(self) -> Iterator[Violation]:
        result, clubs = self.result, self.problem.clubs
        together = [club for club in clubs if all(student in self.given for student in club.members)]
        if result.whole != tuple(sorted(club.key for club in together)):
            yield Violation(FIGURES, "整组社团的名单与各学生的安排不符。")
        if result.kept != sum(len(club.members) for club in together):
            yield Violation(FIGURES, f"整组的学生写的是 {result.kept} 人，与各学生的安排不符。")
        if list(result.rest) != sorted(result.rest) or list(result.pairs) != sorted(result.pairs):
            yield Violation(FIGURES, "结果没有按学生编号排列。")
        rows = sorted([club.key, club.adviser, sorted(club.members)] for club in clubs)
        commitment = _sha256([rows, sorted([key, seats] for key, seats in self.seats.items()), "clubs"])
        if result.commitment != commitment:
            yield Violation(HASHES, "输入的校验值与社团名单不符：结果不是由这份输入算出的。")
        if result.seed != self.problem.seed:
            yield Violation(HASHES, "结果所用的抽签种子与输入的不同。")
        if result.sha256 != _sha256([commitment, "clubs", result.seed, sorted(result.pairs)]):
            yield Violation(HASHES, "结果的校验值与各学生的安排不符：结果被改动过。")

    def whole(self) -> Iterator[Violation]:
        for mentor in self.problem.mentors:
            clubs = self.advised[mentor.key]
            most = rest = _highest(_sums(clubs), mentor.upper)
            kept = sum(len(club.members) for club in clubs if club.key in self.together)
            name = mentor.name or mentor.key
            if kept != most:
                yield Violation(WHOLE, f"导师{name}的社团整组了 {kept} 人，可以整组 {most} 人。")
                continue
            for i, club in enumerate(clubs):
                size = len(club.members)
                possible = size <= rest and bool(_sums(clubs[i + 1 :]) >> (rest - size) & 1)
                if possible != (club.key in self.together):
                    yield Violation(WHOLE, f"同样好的安排中，按抽签次序社团{club.name}的去留不对。")
                    break
                rest -= size if possible else 0

    def left(self) -> Iterator[Violation]:
        right = [row for mentor in self.problem.mentors for row in self._splits(mentor)]
        if tuple(sorted((row for row, _ in right), key=lambda row: row.club)) != self.result.split:
            yield Violation(LEFT, "拆分的社团、原因或人数不属实。")
        for row, first in right:
            club = next(club for club in self.problem.clubs if club.key == row.club)
            if {student for student in club.members if student in self.given} != set(first):
                yield Violation(LEFT, f"社团{club.name}的余下名额没有按抽签次序安排。")

    def _splits(self, mentor: Mentor) -> Iterator[tuple[Split, list[str]]]:
        """The clubs of a mentor that are not whole, each with the members who have a seat."""
        clubs = self.advised[mentor.key]
        kept = sum(len(club.members) for club in clubs if club.key in self.together)
        free = mentor.upper - kept
        for club in clubs:
            if club.key in self.together:
                continue
            size = len(club.members)
            others = _sums(other for other in clubs if other.key != club.key)
            if size > mentor.upper:
                why = Why.SIZE
            else:
                as_good = size <= kept and others >> (kept - size) & 1
                why = Why.LOTTERY if as_good else Why.FEWER
            yield Split(club.key, why, free), sorted(club.members, key=self._lot)[:free]
            free = 0

    def _lot(self, key: str) -> tuple[bytes, str]:
        return hmac.digest(self.problem.seed.encode(), key.encode(), "sha256"), key


def _sums(clubs: Iterable[Club]) -> int:
    """Bit k is set where some set of the clubs has k members in all."""
    sums = 1
    for club in clubs:
        sums |= sums << len(club.members)
    return sums


def _highest(sums: int, seats: int) -> int:
    return (sums & ((1 << (seats + 1)) - 1)).bit_length() - 1


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
