"""What the sentence says is true: prices are those of the best arrangement with the student forced."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liangshi.pairing import explain, wishes
from liangshi.pairing.problem import Aim, Mentor, Problem, Student, Weights
from liangshi.pairing.wishes import Kind
from tests.pairing import small, town


@pytest.mark.parametrize("aim", Aim)
@settings(max_examples=80, deadline=None)
@given(problem=st.one_of(small.problems(), small.full_problems()))
def test_the_price_of_another_mentor_is_exact(aim, problem):
    if (right := small.right_answer(problem, aim)) is None:
        return
    result = wishes.solve(problem, aim)
    assert not any("兼顾，" in sentence for sentence in explain.explain(problem, result).values())
    prices = explain.Prices(problem, result)
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
@pytest.mark.parametrize(
    "problem",
    [town.school(300, 24, seed=5), town.full(300, 24, seed=5, weights=Weights(2, 1))],
    ids=["wishes", "all features"],
)
def test_one_sentence_each_that_names_no_other_student(aim, problem):
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
        if mentor == student.present:
            assert sentence == f"{names[mentor]}老师一直是你的导师，这次继续。"
        elif student.present:
            assert sentence.startswith(f"你原来的导师{names[student.present]}老师")
        if mentor in student.wishes and mentor != student.present:
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


@pytest.mark.parametrize(
    ("aim", "digest"),
    [
        (Aim.SUM, "e2d5ccfc246c6df2a3f2a31eb3c3810e75ee7e1e70bc59b76883a50fe9e97a10"),
        (Aim.GREEDY, "1562f89f76320206e932ae90ee3b50adfce411480a0fceeda7bfc0d48aeabc55"),
        (Aim.GENEROUS, "aaa5cf7748df07578646d711cb0dcd8ae802ba86f22fe8903b73f4bbf0dd44a6"),
    ],
)
def test_sentences_are_those_from_before_weights_and_keeping_existed(aim, digest):
    problem = town.school(120, 10, seed=3)
    told = explain.explain(problem, wishes.solve(problem, aim))
    assert hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest() == digest


def test_the_words_for_those_who_have_a_mentor():
    """A has one seat fewer than students; the lottery lets 2 and 3 stay."""
    mentors = (Mentor("A", 0, 2, "安"), Mentor("B", 0, 3, "白"))
    students = tuple(
        Student(key, wishes_, present="A") for key, wishes_ in (("1", ("A", "B")), ("2", ()), ("3", ()))
    )
    problem = Problem(students, mentors, "x")
    told = explain.explain(problem, wishes.solve(problem, Aim.SUM))
    assert told["2"] == told["3"] == "安老师一直是你的导师，这次继续。"
    assert told["1"] == (
        "你原来的导师安老师名额已满（2 人），让你继续跟随，要另外调动 1 名同学，没有志愿导师的学生会增加 1 人；"
        "这次要换导师的学生最少是 1 人；白老师是你的第二志愿。"
    )


def test_the_words_where_a_weight_decided():
    mentors = (Mentor("A", 0, 4, "安"), Mentor("B", 0, 4, "白"))
    students = tuple(Student(f"s{i}", ("A", "B"), affinity=(("B",),) if i == 0 else ()) for i in range(4))
    problem = Problem(students, mentors, "x")

    def told(aim, weights):
        question = replace(problem, weights=weights)
        return explain.explain(question, wishes.solve(question, aim))

    assert told(Aim.SUM, Weights(3, 0))["s0"] == (
        "第一志愿安老师有空位，但学校还要兼顾平时见得到面，"
        "把你安排过去，全校志愿名次、见面合计会增加 2；白老师是你的第二志愿。"
    )
    even = told(Aim.SUM, Weights(0, 3))
    assert sorted(even.values())[:2] == ["安老师是你的第一志愿，已如愿安排。"] * 2
    assert (
        sorted(even.values())[2:]
        == [
            "第一志愿安老师有空位，但学校还要兼顾人数均衡，把你安排过去，"
            "要另外调动 1 名同学，全校结果同样好，由公开抽签决定；白老师是你的第二志愿。"
        ]
        * 2
    )
    full = replace(problem, mentors=(Mentor("A", 0, 3, "安"), Mentor("B", 0, 1, "白")))
    question = replace(full, weights=Weights(1, 0))
    assert explain.explain(question, wishes.solve(question, Aim.GREEDY))["s0"] == (
        "第一志愿安老师名额已满（3 人），把你安排过去，要另外调动 1 名同学，"
        "跟随平时见不到面的导师的学生会增加 1 人；白老师是你的第二志愿。"
    )


@pytest.mark.parametrize("aim", Aim)
@settings(max_examples=150, deadline=None)
@given(problem=small.full_problems())
def test_uneven_loads_are_explained_exactly(aim, problem):
    """For each mentor with two more than another of equal quotas: the cheapest shift of one student."""
    problem = replace(problem, weights=replace(problem.weights, even=max(1, problem.weights.even)))
    if (right := small.right_answer(problem, aim)) is None:
        return
    told = explain.imbalances(problem, wishes.solve(problem, aim))
    unweighted = replace(problem, weights=replace(problem.weights, even=0))
    best = small.quality(unweighted, aim, right)
    load = {m.key: right.count(m.key) for m in problem.mentors}
    heavy = 0
    for one in problem.mentors:
        peers = [m for m in problem.mentors if (m.lower, m.upper) == (one.lower, one.upper)]
        fewer = {m.key: load[m.key] for m in peers if load[m.key] < load[one.key] - 1}
        if not fewer:
            continue
        heavy += 1
        [sentence] = [text for text in told if text.startswith(f"{one.key}老师带 {load[one.key]} 人、")]
        shifts = []
        for other in fewer:
            after = {**load, one.key: load[one.key] - 1, other: load[other] + 1}
            costs = [
                small.quality(unweighted, aim, choice)
                for choice in small.arrangements(problem)
                if all(choice.count(key) == count for key, count in after.items())
            ]
            gain = problem.weights.even * (load[one.key] - 1 - load[other])
            if costs:
                shifts.append(([a - b for a, b in zip(min(costs), best, strict=True)], gain))
        if not shifts:
            assert "都回避了" in sentence
            continue
        assert "都会让" in sentence
        worse, gain = min(
            shifts, key=lambda s: [n - s[1] * (aim is Aim.SUM and i == 2) for i, n in enumerate(s[0])]
        )
        first = next(i for i, n in enumerate(worse) if n)
        assert worse[first] > 0
        if first == 0:
            assert f"要换导师的学生会增加 {worse[0]} 人" in sentence
        elif first == 1:
            assert f"没有志愿导师的学生会增加 {worse[1]} 人" in sentence
        elif aim is Aim.SUM:
            assert f"合计会增加 {worse[2]}，人数均衡的好处是 {gain}）" in sentence
            assert worse[2] >= gain
    assert len(told) == heavy


def test_loads_differ_by_at_most_one_unless_a_wish_explains_it():
    nobody = tuple(Student(f"s{i}") for i in range(20))
    mentors = tuple(Mentor(key, 1, 15, f"{key}师") for key in "ABC")
    problem = Problem(nobody, mentors, "x", weights=Weights(0, 1))
    assert explain.imbalances(problem, wishes.solve(problem, Aim.SUM)) == ()
    fans = tuple(Student(f"s{i}", ("A",)) for i in range(12))
    problem = Problem(fans, mentors[:2], "x", weights=Weights(0, 1))
    assert explain.imbalances(problem, wishes.solve(problem, Aim.GREEDY)) == (
        "A师老师带 11 人、B师老师带 1 人：把任何一名学生从A师老师调给B师老师，"
        "都会让志愿结果变差（最少的一种：没有志愿导师的学生会增加 1 人）。",
    )
    assert explain.imbalances(replace(problem, weights=Weights()), wishes.solve(problem, Aim.SUM)) == ()


def test_numbers_beyond_64_bits_are_priced_too():
    problem = town.full(250, 60, seed=2, weights=Weights(3, 2))
    problem = replace(problem, mentors=tuple(replace(m, lower=0, upper=6) for m in problem.mentors))
    wide = town.school(250, 60, seed=2, wishes=12).students
    rows = (replace(row, wishes=long.wishes) for row, long in zip(problem.students, wide, strict=True))
    problem = replace(problem, students=tuple(rows))
    result = wishes.solve(problem, Aim.GREEDY)
    prices = explain.Prices(problem, result)
    assert prices.table.dtype == object
    for s in range(0, 250, 25):
        for j, mentor in enumerate(problem.mentors[::9]):
            if mentor.key not in problem.students[s].banned:
                worse = prices.instead(s, 9 * j).worse
                assert next((n for n in worse if n), 0) >= 0
