"""What the pages of growth share: the student or 404, the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.ui.pages import found
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.policy import Permission
from liangshi.registry.access.queries import students
from liangshi.registry.people.models import Student


def student_or_404(request: ActorRequest, pk: UUID, permission: Permission[Student]) -> Any:
    return found(students(request.actor, permission).filter(pk=pk).first())


def own_or_404(request: ActorRequest, permission: Permission[Student]) -> Any:
    """The student who acts, about himself."""
    return found(students(request.actor, permission).first())


def page_of(pk: UUID, part: str) -> str:
    """A part of the student's page."""
    return f"{reverse('dossier:student', args=[pk])}?part={part}"
