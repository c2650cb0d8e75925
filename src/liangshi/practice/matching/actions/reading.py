"""Reads that leave a trace."""

from __future__ import annotations

from liangshi.foundation.deeds import noted
from liangshi.practice.matching import audit
from liangshi.practice.matching.models import Programme, Round, RoundStudent
from liangshi.registry.access.actor import Actor


def open_wishes(mine: RoundStudent, *, actor: Actor) -> None:
    """The office opens one student's wishes."""
    noted(audit.WISHES_READ, actor, about=str(mine.round_id), subjects=[mine.student_id])


def note_reading(row: Round, *, actor: Actor) -> None:
    noted(audit.PROPOSAL_READ, actor, about=row)


def note_outcome_reading(programme: Programme, *, actor: Actor) -> None:
    noted(audit.PROPOSAL_READ, actor, about=programme)
