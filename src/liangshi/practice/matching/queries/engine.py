"""The engine's question: a round as a frozen problem, and what makes it impossible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch

from liangshi.pairing import clubs, feasibility, lottery
from liangshi.pairing.certify import PLACED
from liangshi.pairing.clubs import Club, ClubProblem
from liangshi.pairing.feasibility import Obstacle
from liangshi.pairing.problem import Mentor as EngineMentor
from liangshi.pairing.problem import Mode as EngineMode
from liangshi.pairing.problem import Problem, ProblemError, Weights
from liangshi.pairing.problem import Student as EngineStudent
from liangshi.practice.matching.choices import Verdict
from liangshi.practice.matching.models import (
    Answer,
    Avoidance,
    Round,
    RoundMentor,
    RoundStudent,
    Run,
    Wish,
)
from liangshi.practice.matching.queries.places import ceilings
from liangshi.practice.matching.queries.programmes import ends_with
from liangshi.practice.matching.queries.rounds import STAYING, mentors_of, students_of
from liangshi.practice.plans.choices import Keep
from liangshi.registry.mentorships.choices import POLICY_CAP

PLACED_OR_NEXT = "每名学生恰有一位导师，或者转入下一轮"
NEXT_ROUND = "下一轮"  # no 工号 is written so: who is given this mentor falls on to the next round


def problem_for(row: Round, seed: str = "") -> Problem:
    """The round as the engine's problem. Reads only the round's own frozen rows, so it can be asked again.

    A round that need not place everybody has one more mentor, NEXT_ROUND, with room for all. Raises ProblemError
    when nobody or no mentor is left.
    """
    students, mentors = _students(row), list(mentors_of(row))
    refused = _refused(row)
    asked = [_engine_student(row, student, mentors, refused) for student in students]
    favours = _favours(row, students, asked) if row.way.engine is EngineMode.TWO_SIDED else {}
    names = _named(mentors)
    offered = [
        EngineMentor(
            mentor.code,
            mentor.lower if row.places_all else 0,
            mentor.upper,
            names[mentor.code],
            favours.get(mentor.code, ()),
        )
        for mentor in mentors
    ]
    if not row.places_all:
        asked = [_may_fall_on(student) for student in asked]
        offered.append(EngineMentor(NEXT_ROUND, 0, len(students), "下一轮"))
    problem = Problem(
        tuple(asked),
        tuple(offered),
        seed,
        row.way.engine,
        weights_of(row, places_all=row.places_all),
    )
    return _pseudonymous(problem, mentor_keys(mentors))


def weights_of(row: Round, *, places_all: bool) -> Weights:
    """What a round weighs beside the wishes: nothing in 双向选择, in clubs and in going on."""
    policy = row.weighs_by
    if policy is None or not row.way.weighs:
        return Weights()
    # Who falls on sits with NEXT_ROUND: 均衡 would spread them, so it waits for the round that places everybody.
    return Weights(policy.meet, policy.even if places_all else 0)


def told_weights(row: Round) -> Weights:
    """The weights for the page of rules: those that were used, before the end those that would be used now."""
    return weights_of(row, places_all=ends_with(row))


def told_promises(row: Round, kept: Iterable[str]) -> tuple[str, ...]:
    """The promises that were checked, in words that fit a round from which students fall on."""
    return tuple(PLACED_OR_NEXT if row.falls_on and one == PLACED else one for one in kept)


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
        .select_related("student__person", "class_group__cohort", "present", "club", "led_by")
        .order_by("number")
        .prefetch_related(
            Prefetch("wishes", Wish.objects.of(round_student__round=row).select_related("mentor"))
        )
        .prefetch_related(
            Prefetch("avoidances", Avoidance.objects.of(round_student__round=row).select_related("mentor"))
        )
    )


def _refused(row: Round) -> set[tuple[object, object]]:
    """(round student, mentor) that the mentor answered with 暂不合适."""
    if row.way.engine is not EngineMode.TWO_SIDED:
        return set()
    unfit = Answer.objects.of(mentor__round=row).filter(verdict=Verdict.UNFIT)
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
    if row.lists:
        return [wish.mentor.code for wish in student.wishes.all()]
    if row.way.by_club and student.led_by:
        return [student.led_by.code]
    if row.way.by_club and student.club:
        return [mentor.code for mentor in mentors if mentor.staff_id == student.club.adviser_id]
    return []


def _keeps_first(row: Round) -> bool:
    policy = row.weighs_by
    return row.way.keeps_first and (policy is None or policy.keep == Keep.FIRST)


def _favours(
    row: Round, students: list[RoundStudent], asked: list[EngineStudent]
) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Mentor → (those he is glad to take, silence included; those whom he answered with 一般)."""
    keys = {student.pk: student.key for student in students}
    fair = Answer.objects.of(mentor__round=row).filter(verdict=Verdict.FAIR, round_student__in=keys)
    doubted = {(keys[pk], code) for pk, code in fair.values_list("round_student_id", "mentor__code")}
    groups: dict[str, tuple[list[str], list[str]]] = {}
    for student in asked:
        for code in student.wishes:
            groups.setdefault(code, ([], []))[(student.key, code) in doubted].append(student.key)
    return {code: tuple(tuple(group) for group in both if group) for code, both in groups.items()}


def _may_fall_on(student: EngineStudent) -> EngineStudent:
    """The next round comes right after the last wish, nearer than any mentor not asked for: who gets none of his
    wishes falls on, and stands in nobody's way.
    """
    return replace(student, affinity=((NEXT_ROUND,), *student.affinity))


def clubs_for(row: Round, seed: str = "") -> ClubProblem:
    """A round of clubs as the engine's problem: each student is in at most one, none whose adviser he may not have."""
    mentors = list(mentors_of(row))
    keys, names = mentor_keys(mentors), _named(mentors)
    members: dict[str, list[str]] = {}
    found: dict[str, tuple[str, str]] = {}
    for student in _students(row):
        asked = _engine_student(row, student, mentors, set())
        if student.club and asked.wishes:
            key = str(student.club.pk)
            found[key] = (student.club.name, keys[asked.wishes[0]])
            members.setdefault(key, []).append(student.key)
    return ClubProblem(
        tuple(Club(key, name, adviser, tuple(members[key])) for key, (name, adviser) in found.items()),
        tuple(EngineMentor(keys[m.code], 0, m.upper, names[m.code]) for m in mentors),
        seed,
    )


def input_of(row: Round, seed: str = "") -> Problem | ClubProblem:
    """What the round is computed from. Raises ProblemError."""
    return clubs_for(row, seed) if row.way.by_club else problem_for(row, seed)


def fingerprint(problem: Problem | ClubProblem) -> str:
    return clubs.commitment(problem) if isinstance(problem, ClubProblem) else lottery.commitment(problem)


def seal_of(row: Round, run: Run, pairs: Sequence[tuple[str, str]]) -> str:
    """The seal of an arrangement: (student key, mentor key), sorted by student. Of what was computed, the engine's own."""
    rule = row.mode if row.way.seals_itself else run.aim
    return lottery.seal(run.commitment, rule, run.seed, pairs)


def asked_of_mentors(row: Round) -> dict[str, list[str]]:
    """Student key → the mentors he asked for, as he handed them in, those who declined among them."""
    mentors = list(mentors_of(row))
    keys = mentor_keys(mentors)
    return {student.key: [keys[code] for code in listed(row, student, mentors)] for student in _students(row)}


def mentor_keys(mentors: Iterable[RoundMentor]) -> dict[str, str]:
    """工号 → M001, M002 …, in the order of the 工号 by code point, whatever the database thinks of it.

    These are the mentors' keys in the engine. So fingerprint and seal are over pseudonyms, and what is handed
    to a reviewer carries nobody's 工号.
    """
    codes = sorted(mentor.code for mentor in mentors)
    return {code: f"M{number:03d}" for number, code in enumerate(codes, 1)}


def _named(mentors: Iterable[RoundMentor]) -> dict[str, str]:
    """工号 → the name for the engine's sentences; homonyms carry their 工号."""
    rows = list(mentors)
    bearers = Counter(str(row.staff.person.name) for row in rows)
    return {
        row.code: row.staff.person.name
        if bearers[row.staff.person.name] == 1
        else f"{row.staff.person.name}（{row.code}）"
        for row in rows
    }


def _pseudonymous(problem: Problem, keys: Mapping[str, str]) -> Problem:
    """The same question with the mentors' keys in place of their 工号. NEXT_ROUND stays what it is."""

    def key(code: str) -> str:
        return keys.get(code, code)

    return replace(
        problem,
        students=tuple(
            replace(
                one,
                wishes=tuple(map(key, one.wishes)),
                banned=frozenset(map(key, one.banned)),
                affinity=tuple(tuple(map(key, group)) for group in one.affinity),
                present=key(one.present) if one.present else "",
            )
            for one in problem.students
        ),
        mentors=tuple(replace(mentor, key=key(mentor.key)) for mentor in problem.mentors),
    )


def commitment_of(row: Round) -> str:
    """The fingerprint of the round's frozen input."""
    return fingerprint(input_of(row))


def obstacles(row: Round) -> tuple[str, ...]:
    """What keeps the students of the round from all having a mentor, a sentence each with the smallest change."""
    try:
        return tuple(hurdle.sentence for hurdle in hurdles(row))
    except ProblemError as empty:
        return (empty.message,)


@dataclass(frozen=True, slots=True)
class Hurdle:
    """One obstacle as the office reads it: what is short, who is concerned, and the way out.

    `lead` sums up `changes`, the places to give or to take, a phrase each; `decisions` say whose decision is missing
    for the rest.
    """

    finding: str
    people: tuple[str, ...]
    lead: str
    changes: tuple[str, ...]
    decisions: tuple[str, ...]

    @property
    def sentence(self) -> str:
        about = "".join(f"{line}。" for line in self.people)
        first = [f"{self.lead}（{'、'.join(self.changes)}）"] if self.changes else []
        ways = "；".join([*first, *self.decisions])
        return f"{self.finding}。{about}办法：{ways}。"


def hurdles(row: Round) -> tuple[Hurdle, ...]:
    """The same, each in parts. No change goes over what policy, roster and 1:15 let a mentor have. Raises ProblemError."""
    problem = proof_for(row)
    if not feasibility.check(problem):
        return ()
    staff = {mentor.code: mentor.staff_id for mentor in mentors_of(row)}
    within, beyond = ceilings(row), ceilings(row, by_policy=False)
    found = feasibility.check(problem, {code: within[key] for code, key in staff.items()})
    return tuple(
        _hurdle(row, problem, obstacle, {code: beyond[key] - within[key] for code, key in staff.items()})
        for obstacle in found
    )


def _hurdle(row: Round, problem: Problem, found: Obstacle, withheld: Mapping[str, int]) -> Hurdle:
    """`withheld`: places that only the policy keeps a mentor from having."""
    mentors = {mentor.key: mentor for mentor in problem.mentors}
    labels = problem.mentor_labels()
    bearers = Counter(student.name for student in problem.students)
    names = {  # homonyms of one class carry their number in the lottery
        one.key: one.name if bearers[one.name] == 1 else f"{one.name}（抽签号 {one.key}）"
        for one in problem.students
    }
    people = []
    if len(found.students) < len(names):
        people.append(f"学生：{_few([names[key] for key in found.students], '名')}")
    if 0 < len(found.mentors) < len(mentors):
        people.append(f"导师：{_few([labels[key] for key in found.mentors], '位')}")
    if found.kind == "lower":
        changes = [
            f"{labels[key]}的「至少」由 {mentors[key].lower} 改成 {mentors[key].lower - less}"
            for key, less in found.change.items()
        ]
        lead = f"把「至少」合计降低 {found.shortfall} 人"
        return Hurdle(found.finding, tuple(people), lead, tuple(changes), ())
    changes = [
        f"{labels[key]}的「至多」由 {mentors[key].upper} 改成 {mentors[key].upper + more}"
        for key, more in found.change.items()
    ]
    lead = f"再增加 {sum(found.change.values())} 个名额"
    return Hurdle(found.finding, tuple(people), lead, tuple(changes), tuple(_decisions(row, found, withheld)))


def _decisions(row: Round, found: Obstacle, withheld: Mapping[str, int]) -> list[str]:
    """Who has to decide what for those whom no place within the limits can seat; and whose avoiding may be reduced."""
    said = []
    if found.beyond:
        more = sum(max(0, withheld[key]) for key in found.mentors)
        rest = f"{'其余 ' if found.change else ''}{found.beyond} 个名额"
        if more:
            said.append(
                f"{rest}要请校领导决定：《{row.year} 学年匹配办法》给这些导师的名额用完了，改办法最多还能多出 {more} 个。"
                "改好以后点「更新名单」，没有单独改过名额的导师就照新办法"
            )
        if more < found.beyond:
            still = found.beyond - more
            what = f"还有 {still} 个" if more else rest
            ratio = -(-still // POLICY_CAP)
            said.append(
                f"{what}超出了导师现有的名额和 1:15，改数字不行：请在教职工名册里增加导师（至少 {ratio} 位），"
                "或者给部分学生登记原因、不参加这一轮"
            )
    if found.spare:
        said.append(f"也可以减少这些学生的回避、「只带」的范围，至少 {min(found.shortfall, found.spare)} 人")
    return said


def _few(names: Sequence[str], measure: str) -> str:
    shown = "、".join(names[: feasibility.MANY])
    return shown if len(names) <= feasibility.MANY else f"{shown}等 {len(names)} {measure}"
