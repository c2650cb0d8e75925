"""What the pages of a round share: the row or 404, and what the log says of a list of students."""

from __future__ import annotations

from uuid import UUID

from liangshi.foundation.ui.pages import found
from liangshi.foundation.ui.tables import Table, records
from liangshi.practice.matching.audit import EXPORTED
from liangshi.practice.matching.models import Programme, Round
from liangshi.practice.matching.policy import ROUND_READ
from liangshi.practice.matching.queries.programmes import programme_for
from liangshi.practice.matching.queries.rounds import round_for
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.policy import Permission
from liangshi.registry.access.reads import reading


def found_programme(request: ActorRequest, pk: UUID, permission: Permission[Round] = ROUND_READ) -> Programme:
    return found(programme_for(request.actor, pk, permission))


def found_round(request: ActorRequest, pk: UUID, permission: Permission[Round] = ROUND_READ) -> Round:
    return found(round_for(request.actor, pk, permission))


def reading_list(request: ActorRequest, table: Table, about: Round | Programme, way: str = "") -> None:
    """A list of students is handed out, as a page or (`way`: which) as a file."""
    students = [student for row in records(table) for student in row.named]
    if way:
        reading(request, students, entry=EXPORTED, about=about, way=way)
    else:
        reading(request, students, about=about)
