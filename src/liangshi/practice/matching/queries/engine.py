"""The engine's question: a round as a frozen problem, and what makes it impossible."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch

from liangshi.pairing import clubs, feasibility, lottery
from liangshi.pairing.clubs import Club, ClubProblem
from liangshi.pairing.problem import Mentor as EngineMentor
from liangshi.pairing.problem import Mode as EngineMode
from liangshi.pairing.problem import Problem, ProblemError, Weights
from liangshi.pairing.problem import Student as EngineStudent
from liangshi.practice.matching.choices import LISTING, Keep, Mode, Verdict
from liangshi.practice.matching.models import (
    Answer,
    Avoidance,
    Round,
    RoundMentor,
    RoundStudent,
    Run,
    Wish,
)
from liangshi.practice.matching.queries.rounds import STAYING, mentors_of, students_of

NEXT_ROUND = "下一轮"  # no 工号 is written so: who is given this mentor falls on to the next round


def problem_for(row: Round, seed: str = "") -> Problem:
    """The round as the engine's problem. Reads only the round's own frozen rows, so it can be asked again.

    A round that need not place everybody has one more mentor, NEXT_ROUND, with room for all. Raises ProblemError
    when nobody or no mentor is left.
    """
    students, mentors = _students(row), list(mentors_of(row))
    refused = _refused(row)
    asked = [_engine_student(row, student, mentors, refused) for student in students]
    favours = _favours(row, students, asked) if row.mode == Mode.TWO_SIDED else {}
    offered = [
        EngineMentor(
            mentor.code,
            mentor.lower if row.places_all else 0,
            mentor.upper,
            mentor.staff.person.name,
            favours.get(mentor.code, ()),
        )
        for mentor in mentors
    ]
    if not row.places_all:
        asked = [_may_fall_on(row, student) for student in asked]
        offered.append(EngineMentor(NEXT_ROUND, 0, len(students), "下一轮"))
    policy = row.programme.policy
    # Who falls on sits with NEXT_ROUND: 均衡 would spread them, so it waits for the round that places everybody.
    even = policy.even if policy and row.places_all else 0
    weighs = policy is not None and row.mode in {Mode.WISHES, Mode.ASSIGN}
    return Problem(
        tuple(asked),
        tuple(offered),
        seed,
        EngineMode.TWO_SIDED if row.mode == Mode.TWO_SIDED else EngineMode.WISHES,
        Weights(policy.meet, even) if policy and weighs else Weights(),
    )


def proof_for(row: Round) -> Problem:
    """The question whether everybody left can be given a mentor by this round and the later ones together."""
    mentors = list(mentors_of(row))
    return Problem(
        tuple(_engine_student(row, student, mentors, set()) for student in _students(row)),
        tuple(EngineMentor(m.code, m.lower, m.upper, m.staff.person.name) for m in mentors),
        "",
    )


def _students(row: Round) -> list[RoundStudent]:
    return list(
        students_of(row)
        .filter(STAYING)
        .select_related("student__person", "class_group__cohort", "present", "club")
        .order_by("number")
        .prefetch_related(
            Prefetch("wishes", Wish.objects.select_related("mentor")),
            Prefetch("avoidances", Avoidance.objects.select_related("mentor")),
        )
    )


def _refused(row: Round) -> set[tuple[object, object]]:
    """(round student, mentor) that the mentor answered with 暂不合适."""
    if row.mode != Mode.TWO_SIDED:
        return set()
    unfit = Answer.objects.filter(mentor__round=row, verdict=Verdict.UNFIT)
    return set(unfit.values_list("round_student_id", "mentor_id"))


def takes(mentor: RoundMentor, student: RoundStudent) -> bool:
    """Whether the mentor's own limits (one cohort, one gender) let him have this student."""
    cohort = student.class_group.cohort_id if student.class_group else None
    return mentor.only_cohort_id in {None, cohort} and mentor.only_gender in {"", student.gender}


def _engine_student(
    row: Round, student: RoundStudent, mentors: list[RoundMentor], refused: set[tuple[object, object]]
) -> EngineStudent:
    codes = {mentor.code for mentor in mentors}
    present = student.present.code if student.present else ""
    banned = {avoidance.mentor.code for avoidance in student.avoidances.all()}
    banned |= {
        mentor.code for mentor in mentors if not takes(mentor, student) or (student.pk, mentor.pk) in refused
    }
    if student.released and present:
        banned.add(present)
    near = tuple(code for code in student.near if code in codes)
    return EngineStudent(
        student.key,
        tuple(code for code in listed(row, student, mentors) if code not in banned),
        frozenset(banned),
        (near,) if near else (),
        f"{student.student.person.name} {student.class_name}".strip(),
        present if _keeps_first(row) and present not in banned and present in codes else "",
    )


def listed(row: Round, student: RoundStudent, mentors: list[RoundMentor]) -> list[str]:
    """The codes of the mentors whom a student asks for: his wishes, or the adviser of his club."""
    if row.mode in LISTING:
        return [wish.mentor.code for wish in student.wishes.all()]
    if row.mode == Mode.CLUBS and student.club:
        adviser = student.club.adviser_id
        return [mentor.code for mentor in mentors if mentor.staff_id == adviser]
    return []


def _keeps_first(row: Round) -> bool:
    policy = row.programme.policy
    return row.mode not in {Mode.TWO_SIDED, Mode.CLUBS} and (policy is None or policy.keep == Keep.FIRST)


def _favours(
    row: Round, students: list[RoundStudent], asked: list[EngineStudent]
) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Mentor → (those he is glad to take, silence included; those whom he answered with 一般)."""
    keys = {student.pk: student.key for student in students}
    fair = Answer.objects.filter(mentor__round=row, verdict=Verdict.FAIR, round_student__in=keys)
    doubted = {(keys[pk], code) for pk, code in fair.values_list("round_student_id", "mentor__code")}
    groups: dict[str, tuple[list[str], list[str]]] = {}
    for student in asked:
        for code in student.wishes:
            groups.setdefault(code, ([], []))[(student.key, code) in doubted].append(student.key)
    return {code: tuple(tuple(group) for group in both if group) for code, both in groups.items()}


def _may_fall_on(row: Round, student: EngineStudent) -> EngineStudent:
    """In 双向选择 the next round comes right after the last wish, so that nobody stands in the way of another."""
    if row.mode != Mode.TWO_SIDED:
        return student
    return EngineStudent(
        student.key,
        (*student.wishes, NEXT_ROUND),
        student.banned,
        student.affinity,
        student.name,
        student.present,
    )


def clubs_for(row: Round, seed: str = "") -> ClubProblem:
    """A round of clubs as the engine's problem: each student is in at most one, none whose adviser he may not have."""
    mentors = list(mentors_of(row))
    advisers = {mentor.staff_id: mentor.code for mentor in mentors}
    members: dict[str, list[str]] = {}
    found: dict[str, tuple[str, str]] = {}
    for student in _students(row):
        asked = _engine_student(row, student, mentors, set())
        if student.club and asked.wishes:
            key = str(student.club.pk)
            found[key] = (student.club.name, advisers[student.club.adviser_id])
            members.setdefault(key, []).append(student.key)
    return ClubProblem(
        tuple(Club(key, name, adviser, tuple(members[key])) for key, (name, adviser) in found.items()),
        tuple(EngineMentor(m.code, 0, m.upper, m.staff.person.name) for m in mentors),
        seed,
    )


def input_of(row: Round, seed: str = "") -> Problem | ClubProblem:
    """What the round is computed from. Raises ProblemError."""
    return clubs_for(row, seed) if row.mode == Mode.CLUBS else problem_for(row, seed)


def fingerprint(problem: Problem | ClubProblem) -> str:
    return clubs.commitment(problem) if isinstance(problem, ClubProblem) else lottery.commitment(problem)


def seal_of(row: Round, run: Run, pairs: Sequence[tuple[str, str]]) -> str:
    """The seal of what a run gives: (student key, mentor code), sorted by student. Where nobody falls on, the engine's
    own.
    """
    rule = row.mode if row.mode in {Mode.TWO_SIDED, Mode.CLUBS} else run.aim
    return lottery.seal(run.commitment, rule, run.seed, pairs)


def asked_of_mentors(row: Round) -> dict[str, list[str]]:
    """Student key → the mentors he asked for, as he handed them in, those who declined among them."""
    mentors = list(mentors_of(row))
    return {student.key: listed(row, student, mentors) for student in _students(row)}


def commitment_of(row: Round) -> str:
    """The fingerprint of the round's frozen input."""
    return fingerprint(input_of(row))


def obstacles(row: Round) -> tuple[str, ...]:
    """What keeps the students of the round from all having a mentor, a sentence each with the smallest change."""
    try:
        problem = proof_for(row)
    except ProblemError as empty:
        return (empty.message,)
    return tuple(obstacle.message for obstacle in feasibility.check(problem))
