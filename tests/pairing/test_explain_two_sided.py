"""What the sentence says of lines is true, names nobody else, and does not give a declined student away."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from liangshi.pairing import two_sided, wishes
from liangshi.pairing.explain_two_sided import WHY, explain
from liangshi.pairing.problem import Mentor, Mode, Problem, Student
from tests.pairing import small
from tests.pairing import small_two_sided as tiny
from tests.pairing.test_two_sided import school


def market(*students: Student, welcome: tuple[tuple[str, ...], ...] = (), seed: str = "x", uppers=(1, 1)):
    mentors = (
        Mentor("A", 0, uppers[0], "安", favours=welcome),
        Mentor("B", 0, uppers[1], "白"),
        Mentor("C", 0, 9, "陈"),
    )
    return Problem(students, mentors, seed, Mode.TWO_SIDED)


def told(problem: Problem, asked=None) -> dict[str, str]:
    return explain(problem, two_sided.solve(problem), asked)


def test_the_first_line_reached():
    problem = market(Student("1", ("A", "B")), Student("2", ("A",)), welcome=(("2",),))
    assert told(problem) == {
        "2": "安老师是你的第一志愿，你达到了录取线，已如愿安排。",
        "1": "第一志愿安老师的录取线是老师更愿意指导的同学，你没有达到；第二志愿白老师是你达到录取线的第一位。",
    }


def test_class_and_lottery():
    near = Student("1", ("A",), affinity=(("A",),))
    sentence = told(market(near, Student("2", ("A", "B"))))["2"]
    assert sentence.startswith(
        "第一志愿安老师的录取线是老师意向相同的同学中，老师任教班级的同学，你没有达到；"
    )
    problem = market(*(Student(str(i), ("A", "B")) for i in range(2)))
    late = max("01", key=lambda key: small.lot(problem, key))
    assert told(problem)[late] == (
        "第一志愿安老师的录取线是老师意向和任教关系都相同的同学中，抽签第 1 位，你是第 2 位，没有达到；"
        "第二志愿白老师是你达到录取线的第一位。"
    )


def test_nobody_listed_and_nobody_admitted():
    problem = market(Student("1", ("A",), affinity=(("B",),)), uppers=(0, 1))
    assert (
        told(problem)["1"] == "第一志愿安老师这次没有录取学生；白老师是你的任课教师中你达到录取线的第一位。"
    )
    problem = Problem((Student("1"),), (Mentor("C", 0, 1, "陈"),), "", Mode.TWO_SIDED)
    assert told(problem)["1"] == "你没有填报志愿，陈老师是全体导师中按公开抽签的次序你达到录取线的第一位。"


@pytest.mark.parametrize("early", [True, False])
def test_a_declined_student_reads_what_a_less_welcome_one_reads(early):
    """However early in the lottery, and whatever the line: the words are those of a line of favour."""
    for seed in map(str, range(40)):
        rows = (Student("1", ("B",), frozenset("A")), Student("2", ("A",)))
        declined = market(*rows, seed=seed)
        if early != (small.lot(declined, "1") < small.lot(declined, "2")):
            continue
        less = market(Student("1", ("A", "B")), rows[1], welcome=(("2",),), seed=seed)
        assert told(declined, {"1": ("A", "B")})["1"] == told(less)["1"]
    empty = market(Student("1", ("B",), frozenset("A")), uppers=(0, 1))
    assert told(empty, {"1": ("A", "B")})["1"].startswith("第一志愿安老师这次没有录取学生；第二志愿")


def test_a_repair_is_told_without_the_reason_that_lies_with_somebody():
    mentors = (Mentor("A", 0, 2, "安"), Mentor("C", 1, 2, "陈"))
    students = (Student("1", ("A",), frozenset("C")), Student("2", ("A", "C")))
    for seed in map(str, range(8)):
        problem = Problem(students, mentors, seed, Mode.TWO_SIDED)
        result = two_sided.solve(problem)
        if not result.repaired:
            continue
        sentences = explain(problem, result)
        assert sentences["1"] == f"{WHY}，学校作了尽量少的调整，由你的第一志愿安老师指导你。"
        assert sentences["2"] == (
            f"第一志愿安老师的录取线你达到了，但{WHY}，学校作了尽量少的调整，名额已经用完；"
            f"{WHY}，学校作了尽量少的调整，由你的第二志愿陈老师指导你。"
        )
        return
    pytest.fail("no seed needs a repair")


def test_what_is_said_of_each_line_is_true():
    """Against the definitions: each clause names the first point at which the student comes too late."""
    rng, seen = random.Random(31), set()
    for _ in range(600):
        problem = tiny.problem(rng, bans=rng.random() < 0.5)
        try:
            result = two_sided.solve(problem)
        except wishes.InfeasibleError:
            continue
        given, sentences = dict(result.pairs), explain(problem, result)
        for student in problem.students:
            *clauses, last = sentences[student.key].rstrip("。").split("；")
            above = student.wishes
            if given[student.key] in above:
                above = above[: above.index(given[student.key])]
            assert len(clauses) == len(above)
            for clause, key in zip(clauses, above, strict=True):
                seen.add(kind := check_clause(problem, given, student, key, clause))
                assert key in clause, kind
            assert given[student.key] in last
    assert seen == {"nobody", "repair", "favour", "class", "lottery"}


def check_clause(problem: Problem, given, student: Student, key: str, clause: str) -> str:
    mentor = next(m for m in problem.mentors if m.key == key)
    there = [tiny.priority(problem, mentor, s) for s in problem.students if given[s.key] == key]
    mine = tiny.priority(problem, mentor, student)
    if not there:
        assert "没有录取学生" in clause
        return "nobody"
    last = max(there)
    if mine < last:
        assert "达到了" in clause
        return "repair"
    if mine[0] != last[0]:
        assert "更愿意" in clause
        return "favour"
    if mine[1] != last[1]:
        assert "任教班级" in clause if last[1] == 0 else "任课的同学" in clause
        return "class"
    order = sorted(small.lot(problem, s.key) for s in problem.students)
    assert f"抽签第 {order.index(last[2]) + 1} 位，你是第 {order.index(mine[2]) + 1} 位" in clause
    return "lottery"


def test_one_sentence_each_that_names_no_other_student():
    problem = school(300, 30, seed=1)
    problem = replace(
        problem,
        students=tuple(replace(s, name=f"某某{s.key[1:]}") for s in problem.students),
        mentors=tuple(replace(m, name=f"师{m.key[1:]}") for m in problem.mentors),
    )
    result = two_sided.solve(problem)
    assert result.repaired
    sentences = explain(problem, result)
    names = {m.key: m.name for m in problem.mentors}
    for student in problem.students:
        sentence = sentences[student.key]
        assert names[dict(result.pairs)[student.key]] in sentence
        assert sentence.count("。") == 1
        assert not re.search(r"某某|G\d{5}", sentence)
