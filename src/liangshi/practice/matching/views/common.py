"""What the pages of a round share: the row or 404, the tone of a state."""

from __future__ import annotations

from uuid import UUID

from liangshi.foundation.ui.pages import found
from liangshi.practice.matching.models import Programme, Round
from liangshi.practice.matching.queries.programmes import programme_for
from liangshi.practice.matching.queries.rounds import round_for
from liangshi.registry.access.actor import ActorRequest


def found_programme(request: ActorRequest, pk: UUID, permission: str = "round.read") -> Programme:
    return found(programme_for(request.actor, pk, permission))


def found_round(request: ActorRequest, pk: UUID, permission: str = "round.read") -> Round:
    return found(round_for(request.actor, pk, permission))
