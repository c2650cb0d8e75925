"""随手记: of the author, for the author, while the student is in his care; and a last time beside his hand-over letter."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from liangshi.foundation.base.guard import hand_out
from liangshi.practice.talks.models import ScratchNote
from liangshi.practice.talks.policy import NOTE_WRITE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.parting import Line
from liangshi.registry.mentorships.models import Mentorship


def _notes(actor: Actor) -> QuerySet[ScratchNote]:
    return ScratchNote.objects.seen_by(actor, NOTE_WRITE).select_related("student__person")


def notes(actor: Actor) -> list[ScratchNote]:
    """The author's own, with their text."""
    return [hand_out(row, "text") for row in _notes(actor)]


def note_for(actor: Actor, pk: UUID) -> ScratchNote | None:
    row = _notes(actor).filter(pk=pk).first()
    return hand_out(row, "text") if row else None


def last_lines(bond: Mentorship) -> list[Line]:
    """What the mentor of an ended relation, which was handed out to him, has noted about its student, by paragraphs."""
    rows = ScratchNote.objects.of(student=bond.student).filter(author=bond.mentor_id).order_by("created_at")
    return [
        Line(f"{row.pk}:{number}", text.strip())
        for row in rows.opening("text")
        for number, text in enumerate(row.text.splitlines())
        if text.strip()
    ]
