"""Reads that leave a trace."""

from __future__ import annotations

from django.db import transaction

from liangshi.foundation.audit.actions import record
from liangshi.practice.matching import audit
from liangshi.practice.matching.models import Programme, Round, RoundStudent
from liangshi.registry.access.actor import Actor


def open_wishes(mine: RoundStudent, *, actor: Actor) -> None:
    """The office opens one student's wishes."""
    with transaction.atomic():
        record(audit.WISHES_READ, actor, obj=str(mine.round_id), subjects=[mine.student_id])


def note_reading(row: Round, *, actor: Actor) -> None:
    with transaction.atomic():
        record(audit.PROPOSAL_READ, actor, obj=str(row.pk))


def note_export(row: Round, *, way: str, actor: Actor) -> None:
    with transaction.atomic():
        record(audit.EXPORTED, actor, obj=str(row.pk), way=way)


def note_outcome_reading(programme: Programme, *, actor: Actor) -> None:
    with transaction.atomic():
        record(audit.PROPOSAL_READ, actor, obj=str(programme.pk))


def note_outcome_export(programme: Programme, *, way: str, actor: Actor) -> None:
    with transaction.atomic():
        record(audit.EXPORTED, actor, obj=str(programme.pk), way=way)
