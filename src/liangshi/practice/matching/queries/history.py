"""For relations: what students wished in the round that was published last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.models import Avoidance, RoundStudent, Wish

COMPUTED = "whom a student is proposed to is computed from them"


@dataclass(frozen=True, slots=True)
class LastWishes:
    """Keys of staff: wishes best first, and whom the student is not to be given."""

    wishes: tuple[UUID, ...] = ()
    avoid: frozenset[UUID] = frozenset()


def last_wishes(student_ids: Iterable[UUID]) -> dict[UUID, LastWishes]:
    """Per student, the wishes of his last published round; who took part in none is missing. Three questions."""
    taking_part = RoundStudent.objects.as_system(COMPUTED)
    rows = (
        taking_part.filter(student__in=list(student_ids), round__state=RoundState.PUBLISHED)
        .order_by("round__published_at")
        .prefetch_related(Prefetch("wishes", Wish.objects.as_system(COMPUTED).select_related("mentor")))
        .prefetch_related(
            Prefetch("avoidances", Avoidance.objects.as_system(COMPUTED).select_related("mentor"))
        )
    )
    return {
        row.student_id: LastWishes(
            tuple(wish.mentor.staff_id for wish in row.wishes.all()),
            frozenset(avoidance.mentor.staff_id for avoidance in row.avoidances.all()),
        )
        for row in rows
    }
