"""为什么是TA, for 双选录取: where the lines of the wishes were, and which was the first that the student reached.

1. The wishes are told in the student's own order, down to the mentor who admitted them. A wish above was
   missed at the first point in which the student comes after the last one admitted: what the mentor wishes,
   then whether the mentor teaches them, then the public lottery. Only that point is told.
2. A mentor who declined a student must not be found out. What the mentor wishes is therefore told without
   its degrees: 「老师更愿意指导的同学」 is true of a student who was welcome to a lesser degree and of one who
   was declined, and reads the same. A declined mentor is a ban and so no longer among ``Student.wishes``;
   ``asked`` gives the lists as the students handed them in.
3. Where a repair moved the student, or put somebody in front of them, the sentence says that there was one,
   and why there had to be one, without saying who could not be placed.

No sentence names another student. The lines themselves (``TwoSidedResult.cutoffs``) show the degrees: a
school that publishes them gives the declined away, so they belong to those who run the round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from liangshi.pairing.admission import Line, TwoSidedResult
from liangshi.pairing.explain import ORDINALS
from liangshi.pairing.problem import Problem, Student
from liangshi.pairing.two_sided import Market

WHY = "为使每名同学都有导师、每位导师都达到最低人数"


def explain(
    problem: Problem, result: TwoSidedResult, asked: Mapping[str, Sequence[str]] | None = None
) -> dict[str, str]:
    """Student key → the sentence, for a result that ``certify_two_sided`` accepts.

    ``asked`` maps a student key to the list handed in, with the mentors who have since declined; a student
    who is not in it handed in ``Student.wishes``.
    """
    told = _Lines(problem, result)
    lists = asked or {}
    return {
        student.key: told.sentence(s, lists.get(student.key, student.wishes))
        for s, student in enumerate(told.market.students)
    }


class _Lines:
    def __init__(self, problem: Problem, result: TwoSidedResult) -> None:
        self.market = Market(problem)
        self.labels = problem.mentor_labels()
        self.given = dict(result.pairs)
        self.lines = dict(result.cutoffs)
        self.moved = {student for student, _, _ in result.repaired}
        self.passed = {(student, mentor) for student, mentor, _ in result.envy}
        self.envious = {student for student, _ in self.passed}
        self.drawn = {number.hex(): place for place, number in enumerate(self.market.numbers, 1)}

    def sentence(self, s: int, asked: Sequence[str]) -> str:
        student = self.market.students[s]
        now = self.given[student.key]
        place = asked.index(now) if now in asked else len(asked)
        clauses = [self._missed(s, wish, key) for wish, key in enumerate(asked[:place])]
        return "；".join([*clauses, self._got(student, now, place, asked)]) + "。"

    def _got(self, student: Student, now: str, place: int, asked: Sequence[str]) -> str:
        name = f"{self.labels[now]}老师"
        listed = place < len(asked)
        if student.key in self.moved:
            which = f"你的{_wish(place)}" if listed else ""
            return f"{WHY}，学校作了尽量少的调整，由{which}{name}指导你"
        if listed and not place:
            return f"{name}是你的第一志愿，你达到了录取线，已如愿安排"
        # With a wish passed over in a repair, this mentor is the first of the others.
        first = f"{'此外' if student.key in self.envious else ''}你达到录取线的第一位"
        if listed:
            return f"{_wish(place)}{name}是{first}"
        start, rest = ("", "其余") if asked else ("你没有填报志愿，", "全体")
        if any(now in group for group in student.affinity):
            return f"{start}{name}是你的任课教师中{first}"
        return f"{start}{name}是{rest}导师中按公开抽签的次序{first}"

    def _missed(self, s: int, wish: int, key: str) -> str:
        """Why one wish was not met: the point at which the line lay above the student."""
        student = self.market.students[s]
        head, line = f"{_wish(wish)}{self.labels[key]}老师", self.lines[key]
        if line is None:
            return f"{head}这次没有录取学生"
        mine = None if key in student.banned else self.market.line(s, self.market.place[key])
        if (student.key, key) in self.passed:
            return f"{head}的录取线你达到了，但{WHY}，学校作了尽量少的调整，名额已经用完"
        return f"{head}的录取线是{self._where(line, mine)}"

    def _where(self, line: Line, mine: Line | None) -> str:
        """The line and the student, ``mine`` being None for one who was declined."""
        if mine is None or mine.favour > line.favour:
            return "老师更愿意指导的同学，你没有达到"
        if mine.tier > line.tier:
            near = "任教班级的同学" if line.tier == 0 else "任课的同学"
            return f"老师意向相同的同学中，老师{near}，你没有达到"
        return (
            f"老师意向和任教关系都相同的同学中，抽签第 {self.drawn[line.number]} 位，"
            f"你是第 {self.drawn[mine.number]} 位，没有达到"
        )


def _wish(place: int) -> str:
    return f"第{ORDINALS[place]}志愿" if place < len(ORDINALS) else f"第 {place + 1} 志愿"
