"""交接信, and which half whom concerns."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from liangshi.foundation.base.guard import hand_out
from liangshi.practice.relations.choices import HandOverState
from liangshi.practice.relations.models import HandOver
from liangshi.practice.relations.policy import HANDOVER_WRITE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.parting import Line, lines_of
from liangshi.registry.people.choices import LEFT


def hand_overs(actor: Actor) -> QuerySet[HandOver]:
    """Those that concern the actor, newest first."""
    return HandOver.objects.seen_by(actor, HANDOVER_WRITE).select_related(
        "ended__student__person", "ended__mentor__person", "successor__person"
    )


def unwritten(school: UUID) -> int:
    """How many letters of a school wait for a mentor's half that only the office can write."""
    rows = HandOver.objects.as_system("whether the office has a letter to write")
    waits = {"state": HandOverState.OPEN, "mentor_writes": True, "mentor_done_at": None}
    return rows.filter(successor__school=school, ended__mentor__state__in=LEFT, **waits).count()


def hand_over_for(actor: Actor, pk: UUID) -> HandOver | None:
    return hand_overs(actor).filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Part:
    """What an actor may do with a letter. `half` is the one he writes: "mentor", "student" or ""."""

    half: str
    reads_mentor: bool
    reads_student: bool
    accepts: bool
    skips: bool
    asks: bool = False  # the student: whether his former mentor writes, too


def part_of(actor: Actor, row: HandOver) -> Part:
    """The student reads both halves and writes his; each mentor only what is his to write or to receive, and nothing
    once it is not his any more.

    The office writes for a mentor who is gone, and reads nothing that the two have written.
    """
    open_ = row.state == HandOverState.OPEN
    if actor.role == Role.STUDENT:
        asks = open_ and not row.mentor_writes
        return Part("student" if open_ else "", row.mentor_writes, True, False, False, asks)
    if actor.role == Role.CLERK:
        gone = row.ended.mentor.state in LEFT and row.mentor_writes
        return Part("mentor" if open_ and gone else "", row.by_office, False, False, open_)
    if not HandOver.objects.seen_by(actor, HANDOVER_WRITE).filter(pk=row.pk).exists():
        return Part("", False, False, False, False)
    if actor.staff_id == row.successor_id:
        return Part("", True, True, open_, False)
    return Part("mentor", True, False, False, False)


def finishes(actor: Actor, row: HandOver, part: Part) -> bool:
    """Whether it is the former mentor himself who writes his half."""
    return part.half == "mentor" and actor.hat.staff_id == row.ended.mentor_id


def kept_lines(actor: Actor, row: HandOver, part: Part) -> list[Line]:
    """What the former mentor has noted for himself about the student, while he writes his half; for nobody else."""
    return lines_of(row.ended) if finishes(actor, row, part) else []


def wrote_too_late(actor: Actor, pk: UUID) -> bool:
    """Whether this was the actor's to write, and is no more."""
    rows = HandOver.objects.as_system("whether he comes too late")
    return rows.filter(pk=pk, ended__mentor=actor.hat.staff_id).exists()


def opened(row: HandOver, part: Part) -> HandOver:
    """The letter, with the halves that its reader reads or writes."""
    may = {"mentor": part.reads_mentor, "student": part.reads_student}
    return hand_out(row, *(f"{half}_half" for half, reads in may.items() if reads or part.half == half))


def waiting_letters(actor: Actor) -> list[HandOver]:
    """Open letters in which the actor has a part to do: to write his half, or to read and accept."""
    rows = hand_overs(actor).filter(state=HandOverState.OPEN)
    if actor.role == Role.CLERK:
        rows = rows.filter(Q(ended__mentor__state__in=LEFT), mentor_writes=True)
    return list(rows)
