"""What the sentence says is true: prices are those of the best arrangement with the student forced."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangshi.pairing import explain, wishes
from liangshi.pairing.wishes import Kind
from liangshi.pairing.problem import Aim, Mentor, Problem, Student
from tests.pairing import small, town


@pytest.mark.parametrize("aim", Aim)
@settings(max_examples=80, deadline=None)
@given(problem=st.one_of(small.problems(), small.full_problems()))
def test_the_price_of_another_mentor_is_exact(aim, problem):
    if (right := small.right_answer(problem, aim)) is None:
        return
    prices = explain.Prices(problem, wishes.solve(problem, aim))
    every = [(small.quality(problem, aim, choice), choice) for choice in small.arrangements(problem)]
    best = small.quality(problem, aim, right)
    for s, student in enumerate(problem.students):
        for j, mentor in enumerate(problem.mentors):
            if mentor.key in student.banned or mentor.key == right[s]:
                continue
            forced = [(quality, choice) for quality, choice in every if choice[s] == mentor.key]
            instead = prices.instead(s, j)
            assert instead.possible == bool(forced)
            if not forced:
                continue
            cheapest = min(quality for quality, _ in forced)
            assert any(instead.worse) == (cheapest != best)
            worse = dict(zip((level.kind for level in prices.levels), instead.worse, strict=True))
            assert worse.get(Kind.KEEP, 0) == cheapest[0] - best[0]
            assert worse[Kind.LISTED] == cheapest[1] - best[1]
            if aim is Aim.SUM:
                assert worse.get(Kind.SUM, 0) == cheapest[2] - best[2]
            moved = min(
                sum(a != b for a, b in zip(choice, right, strict=True))
                for quality, choice in forced
                if quality == cheapest
            )
            assert instead.others == moved - 1


@pytest.mark.parametrize("aim", Aim)
def test_one_sentence_each_that_names_no_other_student(aim):
    problem = town.school(300, 24, seed=5)
    problem = replace(
        problem,
        students=tuple(replace(s, name=f"某某{s.key[1:]}") for s in problem.students),
        mentors=tuple(replace(m, name=f"师{m.key[1:]}") for m in problem.mentors),
    )
    result = wishes.solve(problem, aim)
    sentences = explain.explain(problem, result)
    names = {m.key: m.name for m in problem.mentors}
    assert set(sentences) == {s.key for s in problem.students}
    for student in problem.students:
        sentence, mentor = sentences[student.key], dict(result.pairs)[student.key]
        assert names[mentor] in sentence
        assert sentence.count("。") == 1
        assert sentence.endswith("。")
        assert not re.search(r"某某|G\d{5}", sentence)
        if mentor in student.wishes:
            above = student.wishes[: student.wishes.index(mentor)]
            assert all(names[key] in sentence for key in above)


def test_the_words():
    mentors = (Mentor("A", 0, 1, "安"), Mentor("B", 0, 1, "白"), Mentor("C", 1, 2, "陈"))
    students = (Student("1", ("A", "B")), Student("2", ("A",)), Student("3", ("B", "A")), Student("4"))
    problem = Problem(students, mentors, "w")
    told = explain.explain(problem, wishes.solve(problem, Aim.SUM))
    assert told["2"] == "安老师是你的第一志愿，已如愿安排。"
    assert told["3"] == "白老师是你的第一志愿，已如愿安排。"
    assert told["1"] == (
        "第一志愿安老师名额已满（1 人），把你安排过去，要另外调动 1 名同学，全校结果同样好，由公开抽签决定；"
        "第二志愿白老师名额已满（1 人），把你安排过去，要另外调动 1 名同学，全校志愿名次合计会增加 1；"
        "学校在保证没有志愿导师的学生最少（2 人）之后，按公开抽签为你安排陈老师。"
    )
    assert told["4"] == (
        "你没有填报志愿，学校在保证没有志愿导师的学生最少（2 人）之后，按公开抽签为你安排陈老师。"
    )


def test_a_seat_kept_for_a_lower_quota_is_told_as_such():
    mentors = (Mentor("A", 0, 5, "安"), Mentor("B", 1, 5, "白"))
    problem = Problem((Student("1", ("A", "B")), Student("2", ("A",))), mentors, "x")
    told = explain.explain(problem, wishes.solve(problem, Aim.SUM))
    assert told["1"].startswith("第一志愿安老师有空位，但你离开后白老师会不到最低人数（1 人）")
