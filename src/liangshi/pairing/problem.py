"""What the engine is asked, and what it answers: plain frozen data, checked on construction.

Keys are opaque text: the engine never looks inside a student number. Names serve only the sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

HEAVIEST = 100


class ProblemError(Exception):
    """The input contradicts itself. ``message`` is a Chinese sentence, ``student`` and ``mentor`` keys."""

    def __init__(self, code: str, message: str, *, student: str = "", mentor: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.student = student
        self.mentor = mentor


class Aim(StrEnum):
    """What is made best once as few students as possible stay without a listed mentor."""

    SUM = "sum"
    GREEDY = "greedy"
    GENEROUS = "generous"

    @property
    def label(self) -> str:
        return {"sum": "总体最优", "greedy": "第一志愿最多", "generous": "兜底最稳"}[self.value]


class Mode(StrEnum):
    """Who chooses: students alone (their wishes as a whole), or students and mentors (双向选择)."""

    WISHES = "wishes"
    TWO_SIDED = "two_sided"


@dataclass(frozen=True)
class Weights:
    """The school's two visible weights, whole numbers from 0 to ``HEAVIEST``; 0 switches one off without a trace.

    ``meet``: a listed mentor whom the student meets anyway (one of their ``affinity`` groups) is worth so many
    places of a wish list. ``even``: a mentor's second student costs so many places, the third twice as
    many, and so on. Only ``Aim.SUM`` trades places; in the other aims each decides, in this order and
    whatever its size, among arrangements that are equally good by the aim.
    """

    meet: int = 0
    even: int = 0


@dataclass(frozen=True)
class Mentor:
    """A mentor who takes at least ``lower`` and at most ``upper`` students.

    ``favours`` (mode TWO_SIDED only) holds groups of student keys, the most welcome group first; students in
    no group come after them. A student who is not welcome at all bans the mentor instead.
    """

    key: str
    lower: int
    upper: int
    name: str = ""
    favours: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Student:
    """A student's wishes, best first; the mentors to avoid; and whom to prefer if no wish can be met.

    ``affinity`` is a tuple of groups of mentor keys, nearest first (own class, then own subjects).
    A mentor who is also avoided or listed is left out of the groups without complaint. ``present`` is the
    mentor whom the student has and would keep, listed or not: as few students as possible lose theirs
    (稳定续配), and who keeps theirs costs nothing in anything else that is made best.
    """

    key: str
    wishes: tuple[str, ...] = ()
    banned: frozenset[str] = frozenset()
    affinity: tuple[tuple[str, ...], ...] = ()
    name: str = ""
    present: str = ""


@dataclass(frozen=True)
class Problem:
    """Students, mentors and the seed of the public lottery. The order of the rows means nothing."""

    students: tuple[Student, ...]
    mentors: tuple[Mentor, ...]
    seed: str
    mode: Mode = Mode.WISHES
    weights: Weights = Weights()

    def __post_init__(self) -> None:
        _check_mentors(self.mentors)
        _check_students(self.students, {mentor.key for mentor in self.mentors})
        _check_weights(self.weights)

    def student_label(self, student: Student) -> str:
        return f"{student.name}（{student.key}）" if student.name else student.key

    def mentor_labels(self) -> dict[str, str]:
        """Mentor key → name to print; homonyms carry their key."""
        homonyms = Counter(mentor.name for mentor in self.mentors)
        return {
            mentor.key: (mentor.name if homonyms[mentor.name] == 1 else f"{mentor.name}（{mentor.key}）")
            if mentor.name
            else mentor.key
            for mentor in self.mentors
        }


@dataclass(frozen=True)
class Result:
    """One arrangement, with everything it claims about itself.

    ``pairs`` holds (student key, mentor key), sorted by student key. Every student is counted once:
    ``kept`` counts those who keep the mentor they have, listed or not; of all others ``profile[r]`` counts
    those who got wish r + 1, and ``unlisted`` those who got none of their wishes. ``total_rank`` sums the
    wish numbers of those in ``profile``. ``moved`` counts those, among ``profile`` and ``unlisted``, who lose
    the mentor they had. ``commitment`` is the hash of the canonical input, ``sha256`` the hash that seals the
    whole result.
    """

    aim: Aim
    seed: str
    pairs: tuple[tuple[str, str], ...]
    profile: tuple[int, ...]
    unlisted: int
    total_rank: int
    commitment: str
    sha256: str
    kept: int = 0
    moved: int = 0


def without(problem: Problem, leaver: str, pairs: Mapping[str, str]) -> Problem:
    """The question when a mentor leaves: all others keep theirs where they can, the leaver's students choose anew.

    ``pairs`` maps student keys to the mentor they have; who is not in it has none. The leaver goes from the
    mentors and from everybody's wishes, bans and groups. Raises ``ProblemError`` as ``Problem`` does.
    """
    students = []
    for student in problem.students:
        present = pairs.get(student.key, "")
        students.append(
            replace(
                student,
                wishes=tuple(key for key in student.wishes if key != leaver),
                banned=student.banned - {leaver},
                affinity=tuple(tuple(key for key in group if key != leaver) for group in student.affinity),
                present="" if present == leaver else present,
            )
        )
    mentors = tuple(mentor for mentor in problem.mentors if mentor.key != leaver)
    return replace(problem, students=tuple(students), mentors=mentors)


def _check_weights(weights: Weights) -> None:
    for name, weight in (("见得到面", weights.meet), ("人数均衡", weights.even)):
        if not 0 <= weight <= HEAVIEST:
            raise ProblemError("weight", f"「{name}」的权重 {weight} 不成立：要是 0 到 {HEAVIEST} 的整数。")


def _check_mentors(mentors: tuple[Mentor, ...]) -> None:
    if not mentors:
        raise ProblemError("no_mentors", "没有导师，请先确定导师名单。")
    seen: set[str] = set()
    for mentor in mentors:
        label = mentor.name or mentor.key
        if not mentor.key:
            raise ProblemError("mentor_key", f"导师{label}没有编号，请补上。")
        if mentor.key in seen:
            raise ProblemError(
                "mentor_twice", f"导师{label}（{mentor.key}）出现了两次，请只保留一行。", mentor=mentor.key
            )
        seen.add(mentor.key)
        if not 0 <= mentor.lower <= mentor.upper:
            raise ProblemError(
                "quota",
                f"导师{label}的下限 {mentor.lower}、上限 {mentor.upper} 不成立：要满足 0 ≤ 下限 ≤ 上限。",
                mentor=mentor.key,
            )


def _check_students(students: tuple[Student, ...], known: set[str]) -> None:
    if not students:
        raise ProblemError("no_students", "没有学生，请先导入学生名单。")
    seen: set[str] = set()
    for student in students:
        label = student.name or student.key
        if not student.key:
            raise ProblemError("student_key", f"学生{label}没有编号，请补上。")
        if student.key in seen:
            raise ProblemError(
                "student_twice",
                f"学生{label}（{student.key}）出现了两次，请只保留一行。",
                student=student.key,
            )
        seen.add(student.key)
        _check_choices(student, label, known)


def _check_choices(student: Student, label: str, known: set[str]) -> None:
    wishes = set(student.wishes)
    if len(wishes) < len(student.wishes):
        twice = _first(key for key, count in Counter(student.wishes).items() if count > 1)
        raise ProblemError(
            "wish_twice",
            f"学生{label}把同一位导师（{twice}）填了两次，请改成不同的导师。",
            student=student.key,
            mentor=twice,
        )
    if not wishes.isdisjoint(student.banned):
        both = _first(key for key in student.wishes if key in student.banned)
        raise ProblemError(
            "wish_banned",
            f"学生{label}既填报又回避了同一位导师（{both}），请二选一。",
            student=student.key,
            mentor=both,
        )
    if not (wishes <= known and student.banned <= known):
        stranger = _first(key for key in (*student.wishes, *sorted(student.banned)) if key not in known)
        raise ProblemError(
            "unknown_mentor",
            f"学生{label}填的导师（{stranger}）不在导师名单里，请核对。",
            student=student.key,
            mentor=stranger,
        )
    if student.present and student.present not in known:
        raise ProblemError(
            "unknown_mentor",
            f"学生{label}现在的导师（{student.present}）不在导师名单里，请核对；导师已离任的，请把现在的导师留空。",
            student=student.key,
            mentor=student.present,
        )
    if student.present and student.present in student.banned:
        raise ProblemError(
            "present_banned",
            f"学生{label}既要继续跟随又回避了同一位导师（{student.present}），请二选一。",
            student=student.key,
            mentor=student.present,
        )
    for group in student.affinity:
        for key in group:
            if key not in known:
                raise ProblemError(
                    "unknown_mentor",
                    f"学生{label}的任课教师（{key}）不在导师名单里，请核对。",
                    student=student.key,
                    mentor=key,
                )


def _first(keys: Iterable[str]) -> str:
    return next(iter(keys))
