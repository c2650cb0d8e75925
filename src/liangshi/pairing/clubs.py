"""社团整组: clubs stay together with their adviser, as many members as possible.

1. Every adviser by itself, with ``upper`` seats. Of all sets of clubs that fit, take those with the most
   members (a knapsack in which value and weight are the same).
2. Of these sets the lottery chooses: clubs are ordered by lottery number, equal numbers by key; keep the sets
   with the first club if there are any, otherwise those without it; then look at the second; and so on.
3. Seats left over are fewer than the members of any other club, or that club would be in the set. All of them
   go to the first of the other clubs in lottery order, to its members in lottery order, so that one club at
   most is split and the others go on together.
4. Whoever has no seat goes on to the next round.

How it is found: ``most[i][seats]`` is the greatest number of members that the clubs i, i + 1, … can place; a
club is in the set exactly if the number is still reached with it.

Source: Kellerer, Pferschy, Pisinger 2004, "Knapsack Problems", ch. 4 (subset sum by dynamic programming).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from liangshi.pairing import lottery
from liangshi.pairing.problem import Mentor, ProblemError


@dataclass(frozen=True)
class Club:
    """A club, the mentor who advises it, and its members' student keys."""

    key: str
    name: str
    adviser: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class ClubProblem:
    """Clubs, mentors and the seed of the public lottery. The order of the rows means nothing.

    A student is in one club; whoever is in two has to choose before. Lower quotas are left to later rounds.
    """

    clubs: tuple[Club, ...]
    mentors: tuple[Mentor, ...]
    seed: str

    def __post_init__(self) -> None:
        known, keys = {mentor.key for mentor in self.mentors}, set()
        home: dict[str, Club] = {}
        for club in self.clubs:
            if club.key in keys:
                raise ProblemError("club_twice", f"社团{club.name}（{club.key}）出现了两次，请只保留一行。")
            keys.add(club.key)
            if club.adviser not in known:
                raise ProblemError(
                    "unknown_mentor",
                    f"社团{club.name}的指导教师（{club.adviser}）不在导师名单里，请核对。",
                    mentor=club.adviser,
                )
            for student in club.members:
                if student in home:
                    names = "、".join(dict.fromkeys((home[student].name, club.name)))
                    raise ProblemError(
                        "two_clubs",
                        f"学生 {student} 在社团名单里出现了两次（{names}），请先确定一个社团。",
                        student=student,
                    )
                home[student] = club


class Why(StrEnum):
    """Why a club is not together."""

    SIZE = "size"  # more members than the adviser has seats
    FEWER = "fewer"  # every set with this club keeps fewer members together
    LOTTERY = "lottery"  # a set with this club is as good, and the lottery chose another


@dataclass(frozen=True)
class Split:
    """A club that is not together: why, and how many of its members have a seat all the same."""

    club: str
    why: Why
    placed: int


@dataclass(frozen=True)
class ClubResult:
    """``pairs`` holds (student key, mentor key) of those who have a seat, ``rest`` the keys of the others.

    ``whole`` holds the keys of the clubs that stay together and ``kept`` counts their members. Everything is
    sorted by key. The hashes are as in ``problem.Result``.
    """

    seed: str
    pairs: tuple[tuple[str, str], ...]
    whole: tuple[str, ...]
    split: tuple[Split, ...]
    rest: tuple[str, ...]
    kept: int
    commitment: str
    sha256: str


def solve(problem: ClubProblem) -> ClubResult:
    """The one result of this problem; there always is one."""
    advised: dict[str, list[Club]] = {}
    for club in _by_lottery(problem.seed, problem.clubs):
        advised.setdefault(club.adviser, []).append(club)
    pairs: list[tuple[str, str]] = []
    whole: list[Club] = []
    split: list[Split] = []
    for mentor in problem.mentors:
        clubs = advised.get(mentor.key, [])
        chosen = _chosen(clubs, mentor.upper)
        left = mentor.upper - sum(len(club.members) for club in chosen)
        for club in clubs:
            if club in chosen:
                whole.append(club)
                seated = list(club.members)
            else:
                numbers = dict(zip(club.members, lottery.numbers(problem.seed, club.members), strict=True))
                seated = sorted(club.members, key=lambda key: (numbers[key], key))[:left]
                split.append(Split(club.key, _why(club, clubs, chosen, mentor.upper), len(seated)))
                left = 0
            pairs += [(student, mentor.key) for student in seated]
    pairs.sort()
    placed = {student for student, _ in pairs}
    committed = commitment(problem)
    return ClubResult(
        seed=problem.seed,
        pairs=tuple(pairs),
        whole=tuple(sorted(club.key for club in whole)),
        split=tuple(sorted(split, key=lambda row: row.club)),
        rest=tuple(sorted(s for club in problem.clubs for s in club.members if s not in placed)),
        kept=sum(len(club.members) for club in whole),
        commitment=committed,
        sha256=_sha256([committed, "clubs", problem.seed, pairs]),
    )


def commitment(problem: ClubProblem) -> str:
    """SHA-256 in hex of ``[[[club, adviser, [members]], …], [[mentor, upper], …], "clubs"]``.

    Compact JSON in UTF-8; everything is sorted by code point, and names are not part of it.
    """
    clubs = sorted((club.key, club.adviser, sorted(club.members)) for club in problem.clubs)
    mentors = sorted((mentor.key, mentor.upper) for mentor in problem.mentors)
    return _sha256([clubs, mentors, "clubs"])


def reasons(problem: ClubProblem, result: ClubResult) -> dict[str, str]:
    """Club key → why it is not together, and where its members go: one sentence."""
    clubs = {club.key: club for club in problem.clubs}
    return {row.club: f"{_reason(problem, clubs[row.club], row)}。" for row in result.split}


def explain(problem: ClubProblem, result: ClubResult) -> dict[str, str]:
    """Student key → one sentence; it names no other student."""
    labels, given = _labels(problem), dict(result.pairs)
    splits = {row.club: row for row in result.split}
    sentences = {}
    for club in problem.clubs:
        row, adviser = splits.get(club.key), f"{labels[club.adviser]}老师"
        for student in club.members:
            if row is None:
                sentences[student] = f"{club.name}整组由{adviser}指导。"
            elif student in given:
                reason = _cause(problem, club, row)
                sentences[student] = f"{reason}；余下的名额按公开抽签安排，你抽签在前，由{adviser}指导。"
            else:
                late = "；余下的名额按公开抽签安排，你抽签在后" if row.placed else ""
                sentences[student] = f"{_cause(problem, club, row)}{late}，你进入下一轮。"
    return sentences


def _chosen(clubs: list[Club], seats: int) -> list[Club]:
    """Of the clubs, in lottery order, the set that stays together: steps 1 and 2."""
    most = _most(clubs, seats)
    chosen = []
    for i, club in enumerate(clubs):
        size = len(club.members)
        if size <= seats and size + most[i + 1][seats - size] == most[i][seats]:
            chosen.append(club)
            seats -= size
    return chosen


def _most(clubs: list[Club], seats: int) -> list[list[int]]:
    """``most[i][s]``: the greatest number of members that clubs i, i + 1, … keep together on s seats."""
    most = [[0] * (seats + 1)]
    for club in reversed(clubs):
        size, without = len(club.members), most[-1]
        with_ = [size + without[s - size] if size <= s else 0 for s in range(seats + 1)]
        most.append([max(pair) for pair in zip(without, with_, strict=True)])
    return most[::-1]


def _why(club: Club, clubs: list[Club], chosen: list[Club], seats: int) -> Why:
    size = len(club.members)
    if size > seats:
        return Why.SIZE
    others = [other for other in clubs if other is not club]
    best = size + _most(others, seats - size)[0][-1]
    return Why.LOTTERY if best == sum(len(other.members) for other in chosen) else Why.FEWER


def _reason(problem: ClubProblem, club: Club, row: Split) -> str:
    size = len(club.members)
    cause = _cause(problem, club, row)
    if not row.placed:
        return f"{cause}，{size} 人一起进入下一轮"
    return f"{cause}；余下 {row.placed} 个名额按公开抽签安排本社团成员，其余 {size - row.placed} 人进入下一轮"


def _cause(problem: ClubProblem, club: Club, row: Split) -> str:
    seats = next(mentor.upper for mentor in problem.mentors if mentor.key == club.adviser)
    adviser, size = f"{_labels(problem)[club.adviser]}老师", len(club.members)
    if row.why is Why.SIZE:
        return f"{club.name}有 {size} 人，超过{adviser}的 {seats} 个名额，不能整组安排"
    if row.why is Why.FEWER:
        return f"{adviser}有 {seats} 个名额，整组安排{club.name}（{size} 人）会使整组的学生总数减少"
    return f"{adviser}有 {seats} 个名额，整组安排{club.name}（{size} 人）或其他社团同样好，由公开抽签决定"


def _labels(problem: ClubProblem) -> dict[str, str]:
    return {mentor.key: mentor.name or mentor.key for mentor in problem.mentors}


def _by_lottery(seed: str, clubs: Iterable[Club]) -> list[Club]:
    rows = list(clubs)
    numbers = lottery.numbers(seed, [club.key for club in rows])
    return [rows[i] for i in sorted(range(len(rows)), key=lambda i: (numbers[i], rows[i].key))]


def _sha256(value: object) -> str:
    text = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode(value)
    return hashlib.sha256(text.encode()).hexdigest()
