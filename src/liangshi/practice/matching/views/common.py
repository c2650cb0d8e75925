"""What the pages of a round share: the row or 404."""

from __future__ import annotations

from uuid import UUID

from liangshi.foundation.ui.pages import found
from liangshi.practice.matching.models import Programme, Round
from liangshi.practice.matching.policy import ROUND_READ
from liangshi.practice.matching.queries.programmes import programme_for
from liangshi.practice.matching.queries.rounds import round_for
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.policy import Permission


def found_programme(request: ActorRequest, pk: UUID, permission: Permission[Round] = ROUND_READ) -> Programme:
    return found(programme_for(request.actor, pk, permission))


def found_round(request: ActorRequest, pk: UUID, permission: Permission[Round] = ROUND_READ) -> Round:
    return found(round_for(request.actor, pk, permission))
