"""What students wished in the last round they filled in, for those who assign mentors by hand later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import RoundStudent


@dataclass(frozen=True, slots=True)
class Earlier:
    """Keys of staff: wishes, best first, and whom the student asked not to get."""

    wishes: tuple[UUID, ...] = ()
    avoided: frozenset[UUID] = frozenset()


def earlier_choices(students: Collection[UUID]) -> dict[UUID, Earlier]:
    """The last wishes of each student who ever filled some in. Three questions."""
    rows = (
        RoundStudent.objects.filter(student__in=students, submitted_at__isnull=False)
        .exclude(round__state=RoundState.VOID)
        .prefetch_related("wishes__mentor", "avoidances__mentor")
        .order_by("submitted_at")
    )
    return {
        row.student_id: Earlier(
            tuple(wish.mentor.staff_id for wish in row.wishes.all()),
            frozenset(each.mentor.staff_id for each in row.avoidances.all()),
        )
        for row in rows
    }
