"""社团整组 against trying every set of clubs, and its verifier against altered results."""

from __future__ import annotations

import ast
import hashlib
import random
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path

import pytest

from liangshi.pairing import certify_clubs, clubs, lottery
from liangshi.pairing.clubs import Club, ClubProblem, Split, Why
from liangshi.pairing.problem import Mentor, ProblemError


def tiny(rng: random.Random) -> ClubProblem:
    """Up to three advisers with up to five clubs each; empty clubs, too large ones and many ties."""
    mentors = tuple(Mentor(f"m{j}", 0, rng.randint(0, 15)) for j in range(rng.randint(1, 3)))
    number, rows = 0, []
    for mentor in mentors:
        for _ in range(rng.randint(0, 5)):
            size = rng.choice((0, 1, 2, 3, 3, 4, 5, 6, 8, 11))
            members = tuple(f"s{number + i}" for i in range(size))
            rows.append(Club(f"c{len(rows)}", f"社{len(rows)}", mentor.key, members))
            number += size
    return ClubProblem(tuple(rows), mentors, str(rng.randint(0, 99)))


def order(problem: ClubProblem, keys):
    numbers = dict(zip(keys, lottery.numbers(problem.seed, keys), strict=True))
    return sorted(keys, key=lambda key: (numbers[key], key))


def right_sets(problem: ClubProblem) -> set[str]:
    """By definition: of all sets that fit, most members; of these, the first clubs of the lottery."""
    whole: set[str] = set()
    for mentor in problem.mentors:
        own = {c.key: len(c.members) for c in problem.clubs if c.adviser == mentor.key}
        drawn = order(problem, list(own))
        every = chain.from_iterable(combinations(drawn, k) for k in range(len(drawn) + 1))
        fitting = [row for row in every if sum(own[key] for key in row) <= mentor.upper]
        whole |= set(min(fitting, key=lambda row: (-sum(own[k] for k in row), [k not in row for k in drawn])))
    return whole


def test_the_most_members_stay_together_and_the_lottery_decides_ties():
    rng, seen = random.Random(41), set()
    for _ in range(1_000):
        problem = tiny(rng)
        result = clubs.solve(problem)
        whole, given = right_sets(problem), dict(result.pairs)
        assert set(result.whole) == whole
        assert result.kept == sum(len(c.members) for c in problem.clubs if c.key in whole)
        for mentor in problem.mentors:
            own = [c for c in problem.clubs if c.adviser == mentor.key]
            left = mentor.upper - sum(len(c.members) for c in own if c.key in whole)
            others = order(problem, [c.key for c in own if c.key not in whole])
            for key in others:
                club = next(c for c in own if c.key == key)
                seated = order(problem, list(club.members))[:left]
                assert [s for s in order(problem, list(club.members)) if s in given] == seated
                assert len(seated) == left < len(club.members)
                left = 0
        assert sorted([*given, *result.rest]) == sorted(s for c in problem.clubs for s in c.members)
        assert {row.club for row in result.split} == {c.key for c in problem.clubs} - whole
        seen |= {(row.why, row.placed > 0) for row in result.split}
        assert certify_clubs.certify(problem, result).holds
    assert len(seen) == 6, "every reason, with and without seats left over"


def test_the_order_of_rows_means_nothing():
    rng = random.Random(42)
    for _ in range(100):
        problem = tiny(rng)
        turned = replace(
            problem,
            clubs=tuple(replace(c, members=c.members[::-1]) for c in problem.clubs[::-1]),
            mentors=problem.mentors[::-1],
        )
        assert clubs.solve(turned) == clubs.solve(problem)


def test_1000_alterations_are_refused():
    rng, done = random.Random(43), 0
    while done < 1_000:
        problem = tiny(rng)
        right = clubs.solve(problem)
        if not right.pairs or not right.rest:
            continue
        for change in CHANGES:
            altered = change(problem, right, rng)
            if altered == right:
                continue
            certificate = certify_clubs.certify(problem, altered)
            assert not certificate.holds, (problem, right, altered)
            assert not {violation.promise for violation in certificate.violations} & set(certificate.kept)
            done += 1


def retold(problem, result, seated: set[str]):
    """The truth about another seating, as far as figures and hashes go."""
    pairs = tuple(sorted((s, c.adviser) for c in problem.clubs for s in c.members if s in seated))
    whole = [c for c in problem.clubs if seated.issuperset(c.members)]
    rest = tuple(sorted(s for c in problem.clubs for s in c.members if s not in seated))
    splits = {row.club: row for row in result.split}
    split = tuple(
        Split(c.key, splits[c.key].why if c.key in splits else Why.FEWER, len(seated.intersection(c.members)))
        for c in sorted(problem.clubs, key=lambda c: c.key)
        if c not in whole
    )
    sealed = clubs._sha256([result.commitment, "clubs", result.seed, pairs])
    return replace(
        result,
        pairs=pairs,
        whole=tuple(sorted(c.key for c in whole)),
        kept=sum(len(c.members) for c in whole),
        rest=rest,
        split=split,
        sha256=sealed,
    )


def exchanged(problem, result, rng):
    """One student out, one in, with the same adviser if that can be."""
    out, adviser = rng.choice(result.pairs)
    waiting = [s for c in problem.clubs for s in c.members if c.adviser == adviser and s in result.rest]
    seated = set(dict(result.pairs)) - {out}
    return retold(problem, result, seated | set(waiting[:1]))


def one_more(problem, result, rng):
    return retold(problem, result, set(dict(result.pairs)) | {rng.choice(result.rest)})


CHANGES = [
    exchanged,
    one_more,
    lambda p, r, g: retold(p, r, set(dict(r.pairs[1:]))),
    lambda p, r, g: replace(r, pairs=r.pairs[1:]),
    lambda p, r, g: replace(r, pairs=(*r.pairs, r.pairs[0])),
    lambda p, r, g: replace(r, pairs=r.pairs[::-1]),
    lambda p, r, g: replace(r, pairs=((r.pairs[0][0], "nobody"), *r.pairs[1:])),
    lambda p, r, g: replace(r, rest=r.rest[1:]),
    lambda p, r, g: replace(r, rest=r.rest[::-1]),
    lambda p, r, g: replace(r, whole=r.whole[1:]),
    lambda p, r, g: replace(r, kept=r.kept + 1),
    lambda p, r, g: replace(r, split=r.split[1:]),
    lambda p, r, g: replace(r, split=(replace(r.split[0], placed=r.split[0].placed + 1), *r.split[1:])),
    lambda p, r, g: replace(r, split=(replace(r.split[0], why=g.choice(list(Why))), *r.split[1:])),
    lambda p, r, g: replace(r, seed=r.seed + "1"),
    lambda p, r, g: replace(r, commitment=r.commitment[::-1]),
    lambda p, r, g: replace(r, sha256=r.sha256[::-1]),
]


def test_what_is_wrong_is_refused():
    mentor = (Mentor("m", 0, 5),)
    club = Club("a", "围棋社", "m", ("1",))
    for rows, code in (
        ((club, Club("b", "合唱团", "m", ("2", "1"))), "two_clubs"),
        ((replace(club, members=("1", "1")),), "two_clubs"),
        ((club, replace(club, members=())), "club_twice"),
        ((replace(club, adviser="x"),), "unknown_mentor"),
    ):
        with pytest.raises(ProblemError) as refused:
            ClubProblem(rows, mentor, "")
        assert refused.value.code == code
        assert "围棋社" in refused.value.message


def test_the_words():
    mentors = (Mentor("m", 0, 6, "安"), Mentor("n", 0, 2, "白"), Mentor("o", 0, 3, "陈"))
    rows = (
        Club("a", "围棋社", "m", ("1", "2", "3", "4", "5")),
        Club("b", "合唱团", "m", ("6", "7")),
        Club("c", "天文社", "n", ("8", "9", "10")),
        Club("d", "书法社", "o", ("11", "12", "13")),
        Club("e", "诗社", "o", ("14", "15", "16")),
    )
    problem = ClubProblem(rows, mentors, "x")
    result = clubs.solve(problem)
    told, given = clubs.explain(problem, result), dict(result.pairs)
    why = clubs.reasons(problem, result)
    assert told["1"] == "围棋社整组由安老师指导。"
    assert why["b"] == (
        "安老师有 6 个名额，整组安排合唱团（2 人）会使整组的学生总数减少；"
        "余下 1 个名额按公开抽签安排本社团成员，其余 1 人进入下一轮。"
    )
    first, second = sorted("67", key=lambda key: key not in given)
    head = "安老师有 6 个名额，整组安排合唱团（2 人）会使整组的学生总数减少；余下的名额按公开抽签安排，"
    assert told[first] == f"{head}你抽签在前，由安老师指导。"
    assert told[second] == f"{head}你抽签在后，你进入下一轮。"
    assert why["c"].startswith("天文社有 3 人，超过白老师的 2 个名额，不能整组安排；余下 2 个名额")
    late = next(row for row in result.split if row.club in "de").club
    name = {"d": "书法社", "e": "诗社"}[late]
    head = f"陈老师有 3 个名额，整组安排{name}（3 人）或其他社团同样好，由公开抽签决定"
    assert why[late] == f"{head}，3 人一起进入下一轮。"
    assert told[{"d": "11", "e": "14"}[late]] == f"{head}，你进入下一轮。"
    assert told.keys() == {str(i) for i in range(1, 17)}


def test_the_commitment_is_the_hash_of_published_text():
    problem = ClubProblem((Club("乙", "名", "m", ("2", "1")),), (Mentor("m", 0, 5, "安"),), "s")
    text = '[[["乙","m",["1","2"]]],[["m",5]],"clubs"]'
    assert clubs.commitment(problem) == hashlib.sha256(text.encode()).hexdigest()


def test_the_verifier_shares_only_data_with_the_solver():
    tree = ast.parse(Path(certify_clubs.__file__).read_text(encoding="utf-8"))
    taken = {
        (node.module, name.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("liangshi")
        for name in node.names
    }
    assert taken == {
        *(("liangshi.pairing.clubs", name) for name in ("Club", "ClubProblem", "ClubResult", "Split", "Why")),
        *(("liangshi.pairing.certificate", name) for name in ("Certificate", "Violation", "walk")),
        ("liangshi.pairing.problem", "Mentor"),
    }
