"""The sentence is a function of the student's own list and of the mentor given, whatever any mentor answered."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from liangshi.pairing import two_sided, wishes
from liangshi.pairing.explain_two_sided import WEIGHED, explain
from liangshi.pairing.problem import Mentor, Mode, Problem, Student
from tests.pairing import small_two_sided as tiny
from tests.pairing.test_two_sided import school

JARGON = re.compile(r"录取线|达到|抽签第|更愿意|调整|暂不|拒|一般")


def market(*students: Student, welcome: tuple[tuple[str, ...], ...] = (), seed: str = "x", uppers=(1, 1)):
    mentors = (
        Mentor("A", 0, uppers[0], "安", favours=welcome),
        Mentor("B", 0, uppers[1], "白"),
        Mentor("C", 0, 9, "陈"),
    )
    return Problem(students, mentors, seed, Mode.TWO_SIDED)


def told(problem: Problem, asked=None) -> dict[str, str]:
    return explain(problem, two_sided.solve(problem), asked)


def test_a_first_and_a_second_wish():
    problem = market(Student("1", ("A", "B")), Student("2", ("A",)), welcome=(("2",),))
    assert told(problem) == {
        "2": "安老师是你的第一志愿，已如愿安排。",
        "1": f"白老师是你的第二志愿，安排给你；你排在前面的安老师这次没有排到：{WEIGHED}。",
    }


def test_none_of_the_list_and_no_list():
    problem = market(Student("1", ("A",), affinity=(("B",),)), uppers=(0, 1))
    assert told(problem)["1"] == f"白老师是你的任课教师，安排给你；你填的安老师这次没有排到：{WEIGHED}。"
    problem = Problem((Student("1"),), (Mentor("C", 0, 1, "陈"),), "", Mode.TWO_SIDED)
    assert told(problem)["1"] == "你没有填报志愿，陈老师由公开抽签的次序安排给你。"


def test_declined_with_places_left_reads_like_full():
    """The tester's case: the mentor has many places and took one; the other listed him first and was declined."""
    asked = {"1": ("A", "B"), "2": ("A",)}
    full = market(Student("1", ("A", "B")), Student("2", ("A",)), welcome=(("2",), ("1",)), uppers=(1, 1))
    declined = market(Student("1", ("B",), frozenset("A")), Student("2", ("A",)), uppers=(14, 1))
    assert told(declined, asked)["1"] == told(full, asked)["1"]


def answered(problem: Problem, student: Student, key: str) -> Iterator[Problem]:
    """The same market with each answer that mentor ``key`` can give to this student; silence is 愿意."""
    for verdict in ("willing", "fair", "unfit"):
        row = student
        if verdict == "unfit":
            row = replace(
                student,
                wishes=tuple(one for one in student.wishes if one != key),
                banned=student.banned | {key},
            )
        mentors = []
        for mentor in problem.mentors:
            if mentor.key != key:
                mentors.append(mentor)
                continue
            groups = [[one for one in group if one != student.key] for group in (*mentor.favours, (), ())[:2]]
            if verdict != "unfit":
                groups[verdict == "fair"].append(student.key)
            mentors.append(replace(mentor, favours=tuple(map(tuple, groups))))
        students = tuple(row if one is student else one for one in problem.students)
        yield replace(problem, students=students, mentors=tuple(mentors))


def test_no_answer_shows_in_the_sentence():
    """Instances that differ only in one answer: where the same mentor comes out, the student reads the same."""
    rng, pairs = random.Random(46), 0
    for _ in range(1500):
        problem = tiny.problem(rng, bans=rng.random() < 0.3)
        student = rng.choice(problem.students)
        if not student.wishes:
            continue
        key = rng.choice(student.wishes)
        asked = {one.key: one.wishes for one in problem.students}
        found: dict[str, set[str]] = {}
        for market_ in answered(problem, student, key):
            try:
                result = two_sided.solve(market_)
            except wishes.InfeasibleError:
                continue
            sentence = explain(market_, result, asked)[student.key]
            mentor = dict(result.pairs)[student.key]
            pairs += mentor in found and mentor != key
            found.setdefault(mentor, set()).add(sentence)
        assert all(len(sentences) == 1 for sentences in found.values()), found
    assert pairs > 300


def test_a_function_of_list_teachers_and_mentor():
    """Over all random markets, repaired ones among them, quotas and lots of every kind."""
    rng, found, repaired = random.Random(47), {}, 0
    for _ in range(1500):
        problem = tiny.problem(rng, bans=rng.random() < 0.5)
        try:
            result = two_sided.solve(problem)
        except wishes.InfeasibleError:
            continue
        repaired += bool(result.repaired)
        given, sentences = dict(result.pairs), explain(problem, result)
        for student in problem.students:
            now = given[student.key]
            near = any(now in group for group in student.affinity)
            known = student.wishes, now, near
            assert found.setdefault(known, sentences[student.key]) == sentences[student.key]
            assert not JARGON.search(sentences[student.key])
    assert repaired > 20
    assert len(found) > 300


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


@pytest.mark.parametrize("uppers", [(0, 1), (14, 1)])
def test_a_mentor_who_takes_nobody_is_told_like_any_other(uppers):
    banned = frozenset("A") if uppers[0] else frozenset()
    problem = market(Student("1", ("A", "B")[bool(banned) :], banned), uppers=uppers)
    assert told(problem, {"1": ("A", "B")})["1"].startswith(
        "白老师是你的第二志愿，安排给你；你排在前面的安老师"
    )
