"""双选录取 against its definitions: quotas, no justified envy, truth pays, stable where that is possible."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from itertools import permutations

import pytest

from liangshi.pairing import certify_two_sided, two_sided, wishes
from liangshi.pairing.admission import Line
from liangshi.pairing.problem import Mentor, Mode, Problem, Student
from tests.pairing import small, town
from tests.pairing import small_two_sided as tiny


def asked(problem: Problem) -> dict[str, str]:
    """Student key → mentor key before any repair, by the engine; nobody for those who asked in vain."""
    market = two_sided.Market(problem)
    return {
        student.key: market.mentors[j].key
        for student, j in zip(market.students, market.admitted(), strict=True)
        if j >= 0
    }


def test_without_bans_quotas_hold_nobody_envies_and_stable_stays_stable():
    rng, stable = random.Random(11), 0
    for _ in range(3_000):
        problem = tiny.problem(rng, bans=False)
        given = dict(two_sided.solve(problem).pairs)
        count = {m.key: sum(mentor == m.key for mentor in given.values()) for m in problem.mentors}
        assert given.keys() == {s.key for s in problem.students}
        assert all(m.lower <= count[m.key] <= m.upper for m in problem.mentors)
        assert tiny.envy(problem, given) == []
        plain = tiny.deferred_acceptance(problem)
        if all(sum(v == m.key for v in plain.values()) >= m.lower for m in problem.mentors):
            assert plain == given
            stable += 1
    assert 1_000 < stable < 2_900, "both kinds must be among the instances"


def test_with_bans_the_repair_is_the_nearest_arrangement_and_every_envy_pair_is_listed():
    rng, repaired, impossible = random.Random(12), 0, 0
    for _ in range(2_000):
        problem = tiny.problem(rng, bans=True, most=5, mentors=3)
        before = asked(problem)
        right = tiny.nearest(problem, before)
        if right is None:
            impossible += 1
            with pytest.raises(wishes.InfeasibleError):
                two_sided.solve(problem)
            continue
        result = two_sided.solve(problem)
        given = dict(result.pairs)
        assert given == dict(zip((s.key for s in problem.students), right, strict=True))
        moved = [(s, before.get(s, ""), given[s]) for s in sorted(given) if before.get(s) != given[s]]
        assert list(result.repaired) == moved
        assert list(result.envy) == tiny.envy(problem, given)
        assert not moved or len(before) < len(given), "what works is not repaired"
        repaired += bool(moved)
    assert repaired > 20
    assert impossible > 20


def test_no_student_gains_by_a_false_list():
    """Every other list of every student, without bans: not one of some 20,000 lies pays."""
    rng, lies = random.Random(13), 0
    for _ in range(1_000):
        problem = tiny.problem(rng, bans=False, most=5, mentors=4)
        honest = asked(problem)
        for student in problem.students:
            order = tiny.liking(problem, student)
            truth = order.index(honest[student.key])
            if not truth:
                continue
            for length in range(1, len(order) + 1):
                for lie in permutations(order, length):
                    lies += 1
                    got = asked(tiny.with_wishes(problem, student, lie))[student.key]
                    assert order.index(got) >= truth, (problem, student, lie)
    assert lies > 15_000


def test_flexible_seats_are_dealt_round_by_round():
    """Four students want A, one wants B; C needs two: three flexible seats go A, B, A or B, A, A."""
    mentors = (Mentor("A", 0, 4), Mentor("B", 0, 4), Mentor("C", 2, 4))
    students = (*(Student(f"{i}", ("A", "C")) for i in range(4)), Student("4", ("B",)))
    for seed in "xyz":
        given = dict(two_sided.solve(Problem(students, mentors, seed, Mode.TWO_SIDED)).pairs)
        assert sorted(given.values()) == ["A", "A", "B", "C", "C"]
        assert given["4"] == "B"


def test_of_two_mentors_with_as_many_the_later_in_the_circle_gives_way():
    mentors = (Mentor("A", 0, 1), Mentor("B", 0, 1), Mentor("C", 1, 1))
    students = (Student("1", ("A",)), Student("2", ("B",)))
    firsts = set()
    for seed in map(str, range(8)):
        problem = Problem(students, mentors, seed, Mode.TWO_SIDED)
        circle = sorted("AB", key=lambda key: small.lot(problem, key))
        given = dict(two_sided.solve(problem).pairs)
        assert circle[0] in given.values()
        assert circle[1] not in given.values()
        firsts.add(circle[0])
    assert firsts == {"A", "B"}


def test_welcome_comes_before_class_and_class_before_the_lottery():
    near = Student("near", ("A",), affinity=(("A",),))
    welcome, other = Student("welcome", ("A",)), Student("other", ("A",))
    for seed in map(str, range(5)):
        mentors = (Mentor("A", 0, 2, favours=(("welcome", "gone"),)), Mentor("B", 0, 3))
        result = two_sided.solve(Problem((near, welcome, other), mentors, seed, Mode.TWO_SIDED))
        assert dict(result.pairs) == {"near": "A", "welcome": "A", "other": "B"}
        number = small.lot(Problem((near,), mentors, seed), "near").hex()
        assert dict(result.cutoffs)["A"] == Line(1, 0, number)
    mentors = (Mentor("A", 0, 1, favours=(("other",), ("welcome", "other"))), Mentor("B", 0, 3))
    result = two_sided.solve(Problem((near, welcome, other), mentors, "", Mode.TWO_SIDED))
    assert dict(result.pairs)["other"] == "A"
    assert dict(result.cutoffs)["A"].favour == 0


def test_a_mentor_without_anybody_has_no_line():
    mentors = (Mentor("A", 0, 0), Mentor("B", 1, 3))
    result = two_sided.solve(Problem((Student("1", ("A",)),), mentors, "", Mode.TWO_SIDED))
    assert dict(result.cutoffs)["A"] is None
    assert (result.profile, result.unlisted, result.total_rank) == ((0,), 1, 0)


@pytest.mark.parametrize("upper", [1, 4])
def test_quotas_that_cannot_hold_are_refused(upper):
    mentors = (Mentor("A", upper - 1, upper),)
    students = tuple(Student(str(i)) for i in range(2))
    with pytest.raises(wishes.InfeasibleError):
        two_sided.solve(Problem(students, mentors, "", Mode.TWO_SIDED))


def test_a_ban_in_the_way_is_repaired_and_told():
    """One flexible seat at A, one reserved at C. If 2 draws the seat at A, 1, declined by C, has none."""
    mentors = (Mentor("A", 0, 2), Mentor("C", 1, 2))
    students = (Student("1", ("A",), frozenset("C")), Student("2", ("A",)))
    seen = set()
    for seed in map(str, range(8)):
        problem = Problem(students, mentors, seed, Mode.TWO_SIDED)
        result = two_sided.solve(problem)
        assert dict(result.pairs) == {"1": "A", "2": "C"}
        late = small.lot(problem, "1") > small.lot(problem, "2")
        assert result.repaired == ((("1", "", "A"), ("2", "A", "C")) if late else ())
        assert result.envy == ((("2", "A", "1"),) if late else ())
        seen.add(late)
    assert seen == {True, False}


def test_the_order_of_rows_means_nothing():
    problem = school(200, 20, seed=3)
    shuffle, results = random.Random(3), set()
    for _ in range(10):
        students, mentors = list(problem.students), list(problem.mentors)
        shuffle.shuffle(students)
        shuffle.shuffle(mentors)
        results.add(two_sided.solve(replace(problem, students=tuple(students), mentors=tuple(mentors))))
    assert len(results) == 1
    assert results.pop().repaired, "the input must need a repair to prove anything about it"


def test_a_school_with_bans_is_certified():
    for seed in range(3):
        problem = school(400, 40, seed=seed)
        certificate = certify_two_sided.certify(problem, two_sided.solve(problem))
        assert certificate.holds, certificate


def school(students: int, mentors: int, *, seed: int) -> Problem:
    """``town.school`` with favours, and a class in which everybody is declined by most mentors."""
    rng = random.Random(seed)
    plain = town.school(students, mentors, seed=seed)
    keys = [m.key for m in plain.mentors]
    rows = [
        replace(s, banned=s.banned | (frozenset(keys[: mentors * 9 // 10]) - set(s.wishes)))
        if i < students // 10
        else s
        for i, s in enumerate(plain.students)
    ]
    listed: dict[str, list[str]] = {key: [] for key in keys}
    for row in rows:
        for key in row.wishes:
            listed[key].append(row.key)
    ranked = tuple(
        replace(m, favours=(tuple(rng.sample(listed[m.key], len(listed[m.key]) // 2)),))
        for m in plain.mentors
    )
    return replace(plain, students=tuple(rows), mentors=ranked, mode=Mode.TWO_SIDED)


def test_the_commitment_and_the_seal_are_hashes_of_published_text():
    students = (Student("乙", ("B", "A")), Student("甲", (), frozenset("BA"), (("B", "A"),)))
    mentors = (Mentor("B", 0, 3), Mentor("A", 1, 2, favours=(("甲", "乙"), ())))
    problem = Problem(students, mentors, "s", Mode.TWO_SIDED)
    text = (
        '[[["乙",["B","A"],[],[]],["甲",[],["A","B"],[["A","B"]]]],'
        '[["A",1,2,[["乙","甲"],[]]],["B",0,3,[]]],"two_sided"]'
    )
    assert two_sided.commitment(problem) == hashlib.sha256(text.encode()).hexdigest()
    sealed = hashlib.sha256('["c","two_sided","s",[["甲","A"]]]'.encode()).hexdigest()
    assert two_sided.seal("c", "s", [("甲", "A")]) == sealed
