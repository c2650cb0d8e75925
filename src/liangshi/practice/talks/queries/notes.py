"""随手记: of the author, for the author."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from liangshi.foundation.base.guard import hand_out
from liangshi.practice.talks.models import ScratchNote
from liangshi.practice.talks.policy import NOTE_WRITE
from liangshi.registry.access.actor import Actor


def _notes(actor: Actor) -> QuerySet[ScratchNote]:
    return ScratchNote.objects.seen_by(actor, NOTE_WRITE).select_related("student__person")


def has_notes(actor: Actor) -> bool:
    return _notes(actor).exists()


def notes(actor: Actor) -> list[ScratchNote]:
    """The author's own, with their text."""
    return [hand_out(row, "text") for row in _notes(actor)]


def note_for(actor: Actor, pk: UUID) -> ScratchNote | None:
    row = _notes(actor).filter(pk=pk).first()
    return hand_out(row, "text") if row else None
