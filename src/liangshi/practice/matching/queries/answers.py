"""What mentors are asked in a round, and what a student's clubs are. Answers are read by their author alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.models import span_at
from liangshi.practice.matching.choices import RoundState, Verdict
from liangshi.practice.matching.models import Answer, Round, RoundMentor, RoundStudent
from liangshi.practice.matching.modes import MODES
from liangshi.practice.matching.modes.steps import Tally
from liangshi.practice.matching.policy import ANSWER_WRITE
from liangshi.practice.matching.queries.rounds import STAYING
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.care import in_care
from liangshi.registry.people.models import Club

ASKS = {mode: way.asks for mode, way in MODES.items() if way.asks}
NOW = reduce(or_, (Q(round__mode=mode, round__state=asked.state) for mode, asked in ASKS.items()))
EVER = reduce(
    or_, (Q(("round__mode", mode), (f"round__{asked.since}__isnull", False)) for mode, asked in ASKS.items())
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One student about whom a mentor is asked: name and class, nothing else. `held` is what he has said."""

    key: UUID
    student_id: UUID
    name: str
    class_name: str
    held: str


def my_mentoring(actor: Actor, pk: UUID) -> RoundMentor | None:
    """The actor as a mentor of a round that asks, or asked, mentors."""
    return (
        RoundMentor.objects.seen_by(actor, ANSWER_WRITE)
        .filter(EVER, round=pk)
        .exclude(round__state=RoundState.VOID)
        .select_related("round__programme", "staff__person")
        .first()
    )


def to_answer(actor: Actor) -> list[RoundMentor]:
    """The rounds that wait for the actor's answers now."""
    rows = RoundMentor.objects.seen_by(actor, ANSWER_WRITE).filter(NOW).select_related("round")
    return [row for row in rows if takes_answers(row.round)]


def takes_answers(row: Round) -> bool:
    """Whether the mentors of the round may answer now."""
    asked = row.way.asks
    if asked is None or row.state != asked.state:
        return False
    until: dt.datetime | None = getattr(row, asked.until)
    return until is not None and now() < until


def asked_of(mentor: RoundMentor) -> list[Asked]:
    """The students who ranked the mentor, or whom he has: by class and number, never by rank. Once it is published
    whom he gets, he reads nothing more of who ranked him; nor of whom he has no more."""
    if mentor.round.state == RoundState.PUBLISHED:
        return []
    if mentor.round.way.keeps:
        rows = RoundStudent.objects.of(present=mentor).filter(STAYING, in_care("present__staff"))
        held = {row.pk: "no" if row.mentor_objected_at else "" for row in rows}
    else:
        rows = RoundStudent.objects.of(wishes__mentor=mentor).filter(STAYING)
        held = dict(Answer.objects.of(mentor=mentor).values_list("round_student_id", "verdict"))
    listed = rows.select_related("student__person", "class_group__cohort").order_by("number")
    return [
        Asked(row.pk, row.student_id, str(row.student.person.name), row.class_name, held.get(row.pk, ""))
        for row in listed
    ]


def asked_student(mentor: RoundMentor, pk: UUID) -> RoundStudent | None:
    """One of the students whom the mentor has, in a round about going on together."""
    rows = RoundStudent.objects.of(present=mentor).filter(STAYING, in_care("present__staff"), pk=pk)
    return rows.select_related("round").first()


def tally(row: Round) -> Tally:
    """What the office may know of a mode's own phase: numbers over the whole round, never who or whom."""
    if row.way.keeps:
        return _pairs(row)
    if row.way.by_club:
        return _members(row)
    return _answers(row) if row.answers_until else Tally()


def _answers(row: Round) -> Tally:
    asked = RoundStudent.objects.of(round=row).filter(STAYING).aggregate(n=Count("wishes"))["n"]
    counts = dict(
        Answer.objects.of(mentor__round=row)
        .filter(round_student__left_at__isnull=True)
        .values_list("verdict")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return Tally(
        asked=asked,
        answered=sum(counts.values()),
        willing=counts.get(Verdict.WILLING.value, 0),
        fair=counts.get(Verdict.FAIR.value, 0),
        unfit=counts.get(Verdict.UNFIT.value, 0),
    )


def _pairs(row: Round) -> Tally:
    """How many pairs there are, and how many of them one of the two does not want to go on. Never which of the two."""
    pairs = RoundStudent.objects.of(round=row).filter(STAYING, present__isnull=False)
    objected = pairs.filter(Q(student_objected_at__isnull=False) | Q(mentor_objected_at__isnull=False))
    return Tally(pairs=pairs.count(), objected=objected.count())


def _members(row: Round) -> Tally:
    """How many students are proposed to an adviser, and how many are in several clubs and have not chosen."""
    members = RoundStudent.objects.of(round=row).filter(STAYING, club__isnull=False).count()
    return Tally(members=members, undecided=undecided_in(row).count())


def undecided_in(row: Round) -> QuerySet[RoundStudent]:
    """Who is in several clubs with a mentor of the round and has not chosen among them."""
    several = RoundStudent.objects.of(round=row).filter(STAYING, club__isnull=True, submitted_at__isnull=True)
    return (
        several.filter(span_at(today(), "student__clubs__"), student__clubs__club__year=row.year_id)
        .filter(student__clubs__club__adviser__in=row.mentors.values("staff"))
        .distinct()
    )


def clubs_of(mine: RoundStudent) -> QuerySet[Club]:
    """The student's clubs whose adviser is a mentor of the round."""
    return (
        Club.objects.as_system("the clubs of a student in hand")
        .filter(
            span_at(today(), "members__"),
            members__student=mine.student_id,
            year=mine.round.year_id,
            adviser__in=mine.round.mentors.values("staff"),
        )
        .select_related("adviser__person")
        .distinct()
    )
