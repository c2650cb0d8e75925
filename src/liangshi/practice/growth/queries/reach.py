"""The one question behind the others: whether an actor has a permission for this student."""

from __future__ import annotations

from uuid import UUID

from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import Permission
from liangshi.registry.people.models import Student


def reaches(actor: Actor, permission: Permission[Student], student_id: UUID) -> bool:
    return Student.objects.seen_by(actor, permission).filter(pk=student_id).exists()
