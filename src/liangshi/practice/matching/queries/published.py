"""For portal: what others see once a result is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from liangshi.foundation.base.guard import hand_out
from liangshi.foundation.jobs import State
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import (
    Placement,
    Round,
    rank_label,
)
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import STUDENT_READ
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from liangshi.registry.people.models import Staff, Student


@dataclass(frozen=True, slots=True)
class Published:
    """A published placement. `rank` and `reason` are for the student alone and empty for everybody else."""

    round: Round
    student: Student
    mentor: Staff
    rank: int | None = None
    reason: str = ""

    @property
    def rank_label(self) -> str:
        return rank_label(self.round, self.rank) if self.reason else ""


def published_placement(actor: Actor, student_id: UUID) -> Published | None:
    """The newest published placement of a student whom the actor may see."""
    return next(iter(_published(actor, Q(round_student__student_id=student_id)).values()), None)


def other_mentor_now(placement: Published) -> Staff | None:
    """The mentor whom the student has today, if it is no longer the one of the placement."""
    bond = (
        Mentorship.objects.as_system("whether he still has the mentor of the placement")
        .filter(ACTIVE_PRIMARY, student=placement.student)
        .exclude(mentor=placement.mentor)
        .select_related("mentor__person")
        .first()
    )
    return bond.mentor if bond else None


def published_placements(actor: Actor) -> list[Published]:
    """The newest published placement of every student the actor may see (own, child's, mentees', class's)."""
    return list(_published(actor, Q()).values())


def _own(actor: Actor, row: Placement) -> dict[str, Any]:
    """What a student alone learns of his own placement."""
    if actor.role != Role.STUDENT:
        return {}
    return {"rank": row.rank, "reason": hand_out(row, "reason").reason}


def _published(actor: Actor, which: Q) -> dict[UUID, Published]:
    seen = Student.objects.seen_by(actor, STUDENT_READ)
    rows = (
        Placement.objects.of(round_student__student=seen)
        .filter(
            which,
            run__round__state=RoundState.PUBLISHED,
            run__state=State.DONE,
            withheld="",
        )
        .select_related("run__round", "round_student__student__person", "mentor__staff__person")
        .order_by("-run__round__published_at", "-run__round__seq", "round_student__number")
    )
    newest: dict[UUID, Published] = {}
    for row in rows:
        student = row.round_student.student
        if student.pk not in newest:
            newest[student.pk] = Published(row.run.round, student, row.mentor.staff, **_own(actor, row))
    return newest
