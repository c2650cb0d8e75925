"""What the pages of a round share: the row or 404, a deed or its refusal as a message."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest

from liangshi.foundation.base.errors import DomainError
from liangshi.practice.matching import queries
from liangshi.practice.matching.models import Programme, Round
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
    row = queries.programme_for(request.actor, pk, permission)
    if row is None:
        raise Http404("programme")
    return row


def found_round(request: ActorRequest, pk: UUID, permission: str = "round.read") -> Round:
    row = queries.round_for(request.actor, pk, permission)
    if row is None:
        raise Http404("round")
    return row


def done(request: HttpRequest, deed: Callable[[], object], said: str) -> bool:
    """Do it and say so; a refusal becomes a message."""
    try:
        deed()
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, said)
    return True


def accepted(form: Form, deed: Callable[[], object]) -> bool:
    """Do it; a refusal goes to the form, which keeps what was typed."""
    try:
        deed()
    except DomainError as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, refusal.message)
        return False
    return True
