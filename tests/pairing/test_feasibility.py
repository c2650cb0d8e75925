"""Feasible or not against brute force; the Hall sets are real, and the change that is named helps."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangshi.pairing import feasibility
from liangshi.pairing.problem import Aim, Mentor, Problem, Student
from liangshi.pairing.wishes import InfeasibleError, solve
from tests.pairing import small


def feasible(problem):
    return next(small.arrangements(problem), None) is not None


def changed(problem, obstacles):
    """The problem with the named seats added and lower quotas lowered."""
    more = {key: n for o in obstacles if o.kind == "upper" for key, n in o.change.items()}
    less = {key: n for o in obstacles if o.kind == "lower" for key, n in o.change.items()}
    mentors = (
        replace(m, upper=m.upper + more.get(m.key, 0), lower=m.lower - less.get(m.key, 0))
        for m in problem.mentors
    )
    return replace(problem, mentors=tuple(mentors))


@settings(max_examples=250, deadline=None)
@given(problem=small.problems())
def test_against_brute_force(problem):
    obstacles = feasibility.check(problem)
    assert (not obstacles) == feasible(problem)
    mentors = {mentor.key: mentor for mentor in problem.mentors}
    for obstacle in obstacles:
        inside = [mentors[key] for key in obstacle.mentors]
        students = [student for student in problem.students if student.key in obstacle.students]
        if obstacle.kind == "upper":
            accepted = {key for s in students for key in mentors if key not in s.banned}
            assert accepted == set(obstacle.mentors)
            assert len(students) - sum(m.upper for m in inside) == obstacle.shortfall > 0
        else:
            takers = {s.key for s in problem.students if any(m.key not in s.banned for m in inside)}
            assert takers == set(obstacle.students)
            assert sum(m.lower for m in inside) - len(takers) == obstacle.shortfall > 0
        assert sum(obstacle.change.values()) == (obstacle.shortfall if obstacle.mentors else 0)
    if all(obstacle.mentors for obstacle in obstacles):
        assert feasible(changed(problem, obstacles))


@settings(max_examples=250, deadline=None)
@given(problem=small.problems(), data=st.data())
def test_the_change_stays_within_what_mentors_may_have(problem, data):
    """As much as possible, never too much; and whom it leaves out nothing within the ceilings would seat."""
    most = {
        m.key: m.upper + data.draw(st.integers(-1, 2)) for m in problem.mentors if data.draw(st.booleans())
    }
    free = feasibility.check(problem)
    obstacles = feasibility.check(problem, most)
    assert [(o.kind, o.students, o.shortfall) for o in obstacles] == [
        (o.kind, o.students, o.shortfall) for o in free
    ]
    upper = {m.key: m.upper for m in problem.mentors}
    for obstacle in obstacles:
        if obstacle.kind == "upper":
            assert sum(obstacle.change.values()) + obstacle.beyond == obstacle.shortfall
            for key, more in obstacle.change.items():
                assert more > 0
                assert key not in most or upper[key] + more <= most[key]
    ceiling = {m.key: max(m.upper, most.get(m.key, m.upper + len(problem.students))) for m in problem.mentors}
    raised = replace(
        problem, mentors=tuple(replace(m, lower=0, upper=ceiling[m.key]) for m in problem.mentors)
    )
    beyond = sum(obstacle.beyond for obstacle in obstacles)
    assert beyond == sum(o.shortfall for o in feasibility.check(raised) if o.kind == "upper")
    if not beyond:
        assert feasible(changed(problem, obstacles))


def test_others_move_up_where_the_left_out_have_nobody_with_places():
    """Both who avoid C are left with the full A and B; C may have more, so one who has A or B moves up to C."""
    mentors = tuple(Mentor(key, 0, 1, f"{key}师") for key in "ABC")
    problem = Problem((*crowd(2, "C"), *crowd(2, "", "t")), mentors, "")
    [obstacle] = feasibility.check(problem, {"A": 1, "B": 1, "C": 5})
    assert (obstacle.change, obstacle.beyond) == ({"C": 1}, 0)
    [obstacle] = feasibility.check(problem, {"A": 1, "B": 1, "C": 1})
    assert (obstacle.change, obstacle.beyond) == ({}, 1)
    assert "办法：请增加导师。" in obstacle.message


def test_many_bans_with_ceilings_are_answered_in_time():
    problem = gendered(13, 2)
    most = {mentor.key: 13 for mentor in problem.mentors} | {"T0": 15, "T1": 15, "T50": 15}
    start = time.perf_counter()
    obstacles = feasibility.check(problem, most)
    assert time.perf_counter() - start < 20, "a few seconds on an idle machine"
    assert sum(o.beyond for o in obstacles) == 4
    assert not any(key not in {"T0", "T1", "T50"} for o in obstacles for key in o.change)


def crowd(n, banned, prefix="s"):
    return tuple(Student(f"{prefix}{i}", banned=frozenset(banned), name=f"学生{prefix}{i}") for i in range(n))


def test_students_who_accept_only_two_mentors():
    mentors = tuple(Mentor(key, 0, 15, f"{key}师") for key in "ABCD")
    problem = Problem(crowd(31, "CD") + crowd(10, "", "t"), mentors, "")
    [obstacle] = feasibility.check(problem)
    assert obstacle.message == (
        "这 31 名学生只接受这 2 位导师，共 30 个名额，还差 1 个。"
        "学生：" + "、".join(f"学生s{i}（s{i}）" for i in range(8)) + "等 31 名；导师：A师、B师。"
        "办法：再增加 1 个名额（A师 1 个），或请这几位同学中至少 1 人减少回避。"
    )
    assert set(obstacle.students) == {f"s{i}" for i in range(31)}
    with pytest.raises(InfeasibleError):
        solve(problem, Aim.SUM)


def test_independent_obstacles_are_told_apart():
    mentors = tuple(Mentor(key, 0, 2) for key in "ABC")
    problem = Problem(crowd(3, "BC", "a") + crowd(4, "AC", "b"), mentors, "")
    one, other = sorted(feasibility.check(problem), key=lambda obstacle: obstacle.mentors)
    assert (one.mentors, one.shortfall) == (("A",), 1)
    assert (other.mentors, other.shortfall) == (("B",), 2)


def test_too_few_seats_in_all():
    problem = Problem(crowd(10, ""), (Mentor("A", 0, 4), Mentor("B", 0, 4)), "")
    [obstacle] = feasibility.check(problem)
    assert "10 名学生，2 位导师一共只有 8 个名额，还差 2 个" in obstacle.message
    assert "减少回避" not in obstacle.message


def test_a_student_who_avoids_everybody():
    problem = Problem((*crowd(1, "AB"), Student("t")), (Mentor("A", 0, 4), Mentor("B", 0, 4)), "")
    [obstacle] = feasibility.check(problem)
    assert "这 1 名学生回避了全部导师" in obstacle.message
    assert "学生s0（s0）" in obstacle.message


def test_mentors_whom_too_few_accept():
    mentors = (Mentor("A", 8, 15, "甲师"), Mentor("B", 8, 15, "乙师"), Mentor("C", 0, 30, "丙师"))
    problem = Problem(crowd(9, "C", "a") + crowd(20, "AB", "b"), mentors, "")
    [obstacle] = feasibility.check(problem)
    assert "这 2 位导师至少要带 16 人，但只有 9 名学生没有回避他们，还差 7 名" in obstacle.message
    assert "请回避他们的同学中至少 7 人减少回避" in obstacle.message


def test_fewer_students_than_the_lower_quotas():
    problem = Problem(crowd(10, ""), (Mentor("A", 8, 15), Mentor("B", 8, 15)), "")
    [obstacle] = feasibility.check(problem)
    assert "这 2 位导师的下限合计 16 人，学生一共只有 10 名，还差 6 名" in obstacle.message
    assert sum(obstacle.change.values()) == 6


def gendered(upper, personal):
    """3,000 students, 230 mentors: 20 accept girls only, 20 boys only, and everybody avoids some by themselves."""
    rng, keys = random.Random(1), [f"T{j}" for j in range(230)]
    closed = frozenset(keys[:20]), frozenset(keys[20:40])
    students = tuple(
        Student(f"s{i}", banned=closed[i % 2] | frozenset(rng.sample(keys, personal))) for i in range(3000)
    )
    return Problem(students, tuple(Mentor(key, 8, upper) for key in keys), "")


@pytest.mark.parametrize("personal", [0, 2])
@pytest.mark.parametrize(("upper", "short"), [(15, 0), (13, 10)])
def test_many_bans_are_answered_at_once(upper, short, personal):
    problem = gendered(upper, personal)
    start = time.perf_counter()
    obstacles = feasibility.check(problem)
    assert time.perf_counter() - start < 5, "a fraction of a second on an idle machine"
    assert sum(obstacle.shortfall for obstacle in obstacles) == short
    assert all(len(obstacle.message) < 500 for obstacle in obstacles)
    assert not feasibility.check(changed(problem, obstacles))


def test_more_seats_are_spread_over_the_mentors():
    mentors = tuple(Mentor(key, 0, 10, f"{key}师") for key in "ABC")
    problem = Problem(crowd(24, "C") + crowd(10, "", "t"), mentors, "")
    [obstacle] = feasibility.check(problem)
    assert obstacle.change == {"A": 2, "B": 2}
    assert "再增加 4 个名额（A师 2 个、B师 2 个）" in obstacle.message
