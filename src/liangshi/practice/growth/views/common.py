"""What the pages of growth share: the student or 404, a deed or its refusal in the form, the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from liangshi.foundation.base.errors import DomainError
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.queries import students


def found(row: Any | None) -> Any:
    if row is None:
        raise Http404("not visible")
    return row


def student_or_404(request: ActorRequest, pk: UUID, permission: str) -> Any:
    return found(students(request.actor, permission).filter(pk=pk).first())


def own_or_404(request: ActorRequest, permission: str) -> Any:
    """The student who acts, about himself."""
    return found(students(request.actor, permission).first())


def accepted(request: ActorRequest, form: Form, deed: Callable[[], object], said: str) -> bool:
    """Do it and say so; a refusal goes to the form, which keeps what was typed."""
    try:
        deed()
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    messages.success(request, said)
    return True


def page_of(pk: UUID, part: str) -> str:
    """A part of the student's page."""
    return f"{reverse('dossier:student', args=[pk])}?part={part}"


def form_page(
    request: ActorRequest, form: Form, *, title: str, verb: str, back: str, sub: str = "", about: str = ""
) -> HttpResponse:
    """A page that holds one form and nothing else."""
    context = {"form": form, "title": title, "verb": verb, "back": back, "sub": sub, "about": about}
    return render(request, "growth/form.html", context)
