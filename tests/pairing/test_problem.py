"""Contradictions in the input are refused with a sentence that names who and what."""

from __future__ import annotations

import pytest

from liangshi.pairing.problem import Aim, Mentor, Problem, ProblemError, Student, Weights, without

A, B = Mentor("A", 0, 2, "安老师"), Mentor("B", 0, 2)


@pytest.mark.parametrize(
    ("students", "mentors", "code", "words"),
    [
        ((Student("1"),), (), "no_mentors", "没有导师"),
        ((), (A,), "no_students", "没有学生"),
        ((Student("1"),), (Mentor("", 0, 1, "安"),), "mentor_key", "安"),
        ((Student("1"),), (A, A), "mentor_twice", "安老师"),
        ((Student("1"),), (Mentor("A", 3, 2),), "quota", "下限 3"),
        ((Student("1"),), (Mentor("A", -1, 2),), "quota", "下限 -1"),
        ((Student("", name="王"),), (A,), "student_key", "王"),
        ((Student("1", name="王"), Student("1")), (A,), "student_twice", "1"),
        ((Student("1", ("A", "B", "A")),), (A, B), "wish_twice", "A"),
        ((Student("1", ("A", "B"), frozenset("B")),), (A, B), "wish_banned", "B"),
        ((Student("1", ("A", "C")),), (A, B), "unknown_mentor", "C"),
        ((Student("1", ("A",), frozenset("C")),), (A, B), "unknown_mentor", "C"),
        ((Student("1", affinity=(("C",),)),), (A, B), "unknown_mentor", "C"),
        ((Student("1", present="C"),), (A, B), "unknown_mentor", "C"),
        ((Student("1", (), frozenset("B"), present="B"),), (A, B), "present_banned", "又回避了"),
    ],
)
def test_refused(students, mentors, code, words):
    with pytest.raises(ProblemError) as error:
        Problem(students, mentors, "")
    assert error.value.code == code
    assert words in error.value.message


@pytest.mark.parametrize(
    ("weights", "words"),
    [(Weights(-1, 0), "「见得到面」的权重 -1"), (Weights(0, 101), "「人数均衡」的权重 101")],
)
def test_a_weight_out_of_range_is_refused(weights, words):
    with pytest.raises(ProblemError) as error:
        Problem((Student("1"),), (A,), "", weights=weights)
    assert error.value.code == "weight"
    assert words in error.value.message


def test_without_a_mentor_all_others_keep_theirs():
    students = (
        Student("1", ("A", "B"), frozenset("C"), (("A", "B"),)),
        Student("2", ("B",), frozenset("A"), (("A",),)),
        Student("3", ("A",)),
    )
    problem = Problem(students, (A, B, Mentor("C", 0, 2)), "x")
    left = without(problem, "A", {"1": "A", "2": "B"})
    assert [mentor.key for mentor in left.mentors] == ["B", "C"]
    assert left.students == (
        Student("1", ("B",), frozenset("C"), (("B",),)),
        Student("2", ("B",), frozenset(), ((),), present="B"),
        Student("3"),
    )
    with pytest.raises(ProblemError) as error:
        without(problem, "A", {"2": "D"})
    assert error.value.code == "unknown_mentor"


def test_names_the_student_and_the_mentor_for_the_caller():
    with pytest.raises(ProblemError) as error:
        Problem((Student("1", ("A", "A")),), (A,), "")
    assert (error.value.student, error.value.mentor) == ("1", "A")


def test_homonyms_carry_their_key():
    problem = Problem((Student("1"),), (Mentor("T1", 0, 1, "李明"), Mentor("T2", 0, 1, "李明"), A), "")
    assert problem.mentor_labels() == {"T1": "李明（T1）", "T2": "李明（T2）", "A": "安老师"}


def test_aims_have_names_a_school_understands():
    assert [aim.label for aim in Aim] == ["总体最优", "第一志愿最多", "兜底最稳"]
