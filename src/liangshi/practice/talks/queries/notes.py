"""随手记: of the author, for the author."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from liangshi.practice.talks.models import ScratchNote
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.scopes import visible


def notes(actor: Actor) -> QuerySet[ScratchNote]:
    return ScratchNote.objects.filter(visible(actor, "note.write")).select_related("student__person")


def note_for(actor: Actor, pk: UUID) -> ScratchNote | None:
    return notes(actor).filter(pk=pk).first()
