"""为什么是TA, for 双选录取: which of the student's own wishes it is, and what was weighed. Nothing else.

The sentence is a function of the list that the student handed in, of who teaches the student, and of the mentor
given. So it cannot change with what any mentor answered (愿意, 一般, 暂不合适 or nothing), with the places a mentor has
left, nor with a repair that somebody's ban made necessary. Every wish above is missed for the same stated reason: all
that the round weighs, together. A line or a lottery place would be true as well, but where a mentor is seen to have
places left, only a refusal explains it (decision 7).

A declined mentor is a ban and so no longer among ``Student.wishes``; ``asked`` gives the lists as handed in. No
sentence names another student.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from liangshi.pairing.admission import TwoSidedResult
from liangshi.pairing.explain import ORDINALS
from liangshi.pairing.problem import Problem, Student

WEIGHED = "双向选择把大家的志愿、老师的意向和名额、任教班级和公开抽签合在一起安排，没有排到不是对你的评价"


def explain(
    problem: Problem, result: TwoSidedResult, asked: Mapping[str, Sequence[str]] | None = None
) -> dict[str, str]:
    """Student key → the sentence, for a result that ``certify_two_sided`` accepts.

    ``asked`` maps a student key to the list handed in, with the mentors who have since declined; a student
    who is not in it handed in ``Student.wishes``.
    """
    names = {key: f"{label}老师" for key, label in problem.mentor_labels().items()}
    given, lists = dict(result.pairs), asked or {}
    return {
        student.key: _sentence(student, given[student.key], lists.get(student.key, student.wishes), names)
        for student in problem.students
    }


def _sentence(student: Student, now: str, asked: Sequence[str], names: Mapping[str, str]) -> str:
    place = asked.index(now) if now in asked else len(asked)
    got = _got(student, now, place, asked, names[now])
    if not place:
        return f"{got}。"
    above = "、".join(names[key] for key in asked[:place])
    which = "你排在前面的" if place < len(asked) else "你填的"
    return f"{got}；{which}{above}这次没有排到：{WEIGHED}。"


def _got(student: Student, now: str, place: int, asked: Sequence[str], name: str) -> str:
    if place < len(asked):
        return f"{name}是你的{_wish(place)}，{'已如愿安排' if not place else '安排给你'}"
    start = "" if asked else "你没有填报志愿，"
    if any(now in group for group in student.affinity):
        return f"{start}{name}是你的任课教师，安排给你"
    return f"{start}{name}由公开抽签的次序安排给你"


def _wish(place: int) -> str:
    return f"第{ORDINALS[place]}志愿" if place < len(ORDINALS) else f"第 {place + 1} 志愿"
