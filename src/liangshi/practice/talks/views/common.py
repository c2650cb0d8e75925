"""What the pages share: a row or 404, a deed or its refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from liangshi.foundation.base.errors import DomainError

T = TypeVar("T")


def found(row: T | None) -> T:
    if row is None:
        raise Http404("not visible")
    return row


def accepted(form: Form, deed: Callable[[], object]) -> bool:
    """Do it; a refusal goes to the form, which keeps what was typed."""
    try:
        deed()
    except DomainError as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, refusal.message)
        return False
    return True


def done(request: HttpRequest, deed: Callable[[], object], said: str) -> bool:
    """Do it and say so; a refusal becomes a message."""
    try:
        deed()
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, said)
    return True


def form_page(
    request: HttpRequest,
    form: Form,
    *,
    title: str,
    verb: str,
    back: str,
    note: str = "",
    danger: bool = False,
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "verb": verb,
        "back_url": back,
        "note": note,
        "danger": danger,
    }
    return render(request, "talks/form.html", context)
