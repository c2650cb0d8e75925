"""What the pages of a round share: the row or 404, the tone of a state."""

from __future__ import annotations

from uuid import UUID

from liangshi.foundation.ui.pages import found
from liangshi.practice.matching.models import Programme, Round
from liangshi.practice.matching.queries.programmes import programme_for
from liangshi.practice.matching.queries.rounds import round_for
from liangshi.registry.access.actor import ActorRequest

TONES = {
    "draft": "quiet", "feasible": "info", "open": "info", "answering": "info", "closed": "warn", "running": "info",
    "proposed": "warn", "confirmed": "good", "published": "good", "void": "quiet", "ready": "warn", "trial": "good",
    "settled": "good", "aborted": "quiet",
}  # fmt: skip


def tone_of(state: str) -> str:
    """The tone of the badge of a round's or a programme's state."""
    return TONES.get(state, "quiet")


def found_programme(request: ActorRequest, pk: UUID, permission: str = "round.read") -> Programme:
    return found(programme_for(request.actor, pk, permission))


def found_round(request: ActorRequest, pk: UUID, permission: str = "round.read") -> Round:
    return found(round_for(request.actor, pk, permission))
