"""Manual moves on a proposal: what was moved, what the computation gave, how far from the best it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.pairing.problem import Problem
from liangshi.practice.matching.choices import NEVER, TOLD_REASONS, MoveReason
from liangshi.practice.matching.models import (
    Avoidance,
    ManualMove,
    Placement,
    RoundMentor,
    RoundStudent,
    Run,
    Wish,
)
from liangshi.practice.matching.queries.engine import NEXT_ROUND, mentor_keys
from liangshi.practice.matching.queries.rounds import STAYING, mentors_of
from liangshi.practice.matching.queries.runs import placements
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.people.models import Person

STANDING = Q(undone_at__isnull=True)
PRIVATE_REASON = "个别调整"
Pairs = tuple[tuple[str, str], ...]


def moves_of(run: Run) -> QuerySet[ManualMove]:
    """All moves of a run, the newest first, those undone included."""
    return (
        ManualMove.objects.of(run=run)
        .select_related(
            "round_student__student__person",
            "round_student__class_group__cohort",
            "held__staff__person",
            "given__staff__person",
            "by",
        )
        .order_by("-seq")
    )


def standing_moves(run: Run) -> list[ManualMove]:
    """The moves that hold, in their order."""
    return list(moves_of(run).filter(STANDING).order_by("seq"))


def move_of(run: Run, pk: UUID) -> ManualMove | None:
    return moves_of(run).filter(pk=pk).first()


def placement_of(run: Run, student: UUID) -> Placement | None:
    """The placement of one student of the round, by the key of his `RoundStudent`."""
    return placements(run).filter(round_student_id=student).first()


def told_reason(reason: str) -> str:
    """A move's reason as anybody may read it."""
    return MoveReason(reason).label if reason in TOLD_REASONS else PRIVATE_REASON


def told_moves(run: Run) -> list[tuple[str, int]]:
    """How many moves for which reason, as everybody may know."""
    counted = (
        ManualMove.objects.of(run=run)
        .filter(STANDING)
        .values_list("reason")
        .annotate(n=Count("pk"))
        .order_by()
    )
    told: Counter[str] = Counter()
    for reason, count in counted:
        told[told_reason(reason)] += count
    return sorted(told.items(), key=lambda one: (one[0] == PRIVATE_REASON, one[0]))


def held_pairs(run: Run) -> Pairs:
    """The whole arrangement as it stands, in the engine's keys; who falls on has NEXT_ROUND."""
    row = run.round
    keys = mentor_keys(RoundMentor.objects.of(round=row))
    placed = Placement.objects.of(run=run).select_related("round_student", "mentor")
    pairs = {one.round_student.key: keys[one.mentor.code] for one in placed}
    if row.falls_on:
        staying = RoundStudent.objects.of(round=row).filter(STAYING)
        pairs = {student.key: NEXT_ROUND for student in staying} | pairs
    return tuple(sorted(pairs.items()))


def computed_pairs(run: Run) -> Pairs:
    """The pairs as they were computed: what stands, with every standing move taken back."""
    keys = mentor_keys(RoundMentor.objects.of(round=run.round))
    pairs = dict(held_pairs(run))
    for move in reversed(standing_moves(run)):
        pairs[move.round_student.key] = keys[move.held.code]
    return tuple(sorted(pairs.items()))


@dataclass(frozen=True, slots=True)
class Figures:
    """An arrangement counted as `pairing.problem.Result` counts it: `kept` keep the mentor they have; of all others
    `profile[r]` got wish r + 1 and `unlisted` none; `total_rank` sums those wishes; `moved` lose the mentor they had.
    """

    profile: tuple[int, ...]
    unlisted: int
    total_rank: int
    kept: int
    moved: int


def figures(problem: Problem, pairs: Iterable[tuple[str, str]]) -> Figures:
    given = dict(pairs)
    staying = [one for one in problem.students if one.present and given.get(one.key) == one.present]
    kept = {one.key for one in staying}
    got = Counter(
        one.wishes.index(given[one.key]) + 1 if given[one.key] in one.wishes else 0
        for one in problem.students
        if one.key in given and one.key not in kept
    )
    longest = max(len(one.wishes) for one in problem.students)
    return Figures(
        tuple(got[wish] for wish in range(1, longest + 1)),
        got[0],
        sum(wish * count for wish, count in got.items()),
        len(kept),
        sum(1 for one in problem.students if one.present) - len(kept),
    )


def distance(now: Figures, best: Figures) -> str:
    """How far an arrangement is from another, in words; "" where the figures are the same."""
    parts = []
    if unlisted := now.unlisted - best.unlisted:
        parts.append(f"{'多' if unlisted > 0 else '少'} {abs(unlisted)} 名同学落到志愿外")
    for wish, (here, there) in enumerate(zip(now.profile, best.profile, strict=True), 1):
        if here != there:
            parts.append(f"第 {wish} 志愿{'多' if here > there else '少'} {abs(here - there)} 人")
    if moved := now.moved - best.moved:
        parts.append(f"{'多' if moved > 0 else '少'} {abs(moved)} 名同学换了原来的导师")
    if total := now.total_rank - best.total_rank:
        parts.append(f"志愿名次合计 {total:+d}")
    return "，".join(parts)


@dataclass(frozen=True, slots=True)
class Column:
    """A mentor on the board, with those whom the proposal gives him."""

    mentor: RoundMentor
    students: list[Placement]

    @property
    def count(self) -> int:
        return len(self.students)

    @property
    def full(self) -> bool:
        return self.count >= self.mentor.upper

    @property
    def places(self) -> str:
        """「12/15」."""
        return f"{self.count}/{self.mentor.upper}"

    @property
    def key(self) -> str:
        return str(self.mentor.pk)


def board(run: Run) -> list[Column]:
    """Every mentor who has places in the round, by 工号, with his students by class and number."""
    by_mentor: dict[UUID, list[Placement]] = {}
    for row in placements(run):
        by_mentor.setdefault(row.mentor_id, []).append(row)
    columns = [Column(mentor, by_mentor.get(mentor.pk, [])) for mentor in mentors_of(run.round)]
    return [one for one in columns if one.mentor.upper or one.students]


def matches(person: Person, words: Iterable[str]) -> bool:
    """Whether one of the words is in the name or its pinyin."""
    keys = f"{person.name} {person.search}".lower()
    return any(word in keys for word in words)


def found_first(columns: Sequence[Column], text: str) -> tuple[list[Column], set[UUID]]:
    """Whom the words of `text` name, mentors or students, comes first; also the keys of those found."""
    words = text.lower().split()
    found = {one.mentor.pk for one in columns if matches(one.mentor.staff.person, words)}
    found |= {
        held.round_student_id
        for one in columns
        for held in one.students
        if matches(held.round_student.student.person, words)
    }

    def elsewhere(one: Column) -> bool:
        return one.mentor.pk not in found and all(held.round_student_id not in found for held in one.students)

    return sorted(columns, key=elsewhere), found


def marks_for(placement: Placement) -> dict[UUID, str]:
    """Mentor → 「第 2 志愿」, 「回避」 or `NEVER` of one student. For those who may see wishes."""
    wishes = Wish.objects.of(round_student__placements=placement)
    avoidances = Avoidance.objects.of(round_student__placements=placement)
    marks = {mentor: f"第 {rank} 志愿" for mentor, rank in wishes.values_list("mentor_id", "rank")}
    marks |= {
        mentor: NEVER if barred else "回避"
        for mentor, barred in avoidances.values_list("mentor_id", "barred")
    }
    student = placement.round_student.student_id
    never = RoundMentor.objects.of(round__runs__placements=placement).filter(
        staff__in=barred_of([student], today())[student]
    )
    return marks | dict.fromkeys(never.values_list("pk", flat=True), NEVER)
