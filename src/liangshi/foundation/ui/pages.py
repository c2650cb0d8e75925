"""What views share: the row or 404, a deed or its refusal, and whole pages that look the same everywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from liangshi.foundation.base.errors import DomainError

from .forms import ReasonForm
from .shell import Confirm, Progress

STOP_POLLING = 286  # htmx: swap the answer in and poll no more

T = TypeVar("T")


def found(row: T | None) -> T:
    """The row; 404 as if it did not exist where it is not visible."""
    if row is None:
        raise Http404("not visible")
    return row


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """It was done; `made` is what the deed gave back."""

    made: T


def attempt(request: HttpRequest, deed: Callable[[], T], said: str = "") -> Done[T] | None:
    """Do it and say so; a refusal becomes a message, and None."""
    try:
        result = Done(deed())
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return None
    if said:
        messages.success(request, said)
    return result


def accept(request: HttpRequest, form: BaseForm, deed: Callable[[], T], said: str = "") -> Done[T] | None:
    """If the form was sent and is valid, do the deed and say so; None where it was not, or the deed is refused.

    A refusal goes to the field that it names, or to the whole form where that has no such field; what was
    typed is kept.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        result = Done(deed())
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None
    if said:
        messages.success(request, said)
    return result


def form_page(
    request: HttpRequest,
    form: BaseForm,
    *,
    title: str,
    verb: str,
    back: str,
    back_label: str = "返回",
    sub: str = "",
    note: str = "",
    tone: str = "info",
    danger: bool = False,
    undo: tuple[str, str] | None = None,
    remove: tuple[str, str] | None = None,
    drafts: Any = None,
) -> HttpResponse:
    """A page that holds one form and nothing else.

    `note` stands above the form, as a notice in `tone` or, with "muted", as a quiet sentence on its card;
    `undo` is the label and the address of a button below it that takes back what the form sets; `remove` those of
    a link beside the title to a page that asks before the whole thing goes; `drafts` are those of a form that is
    kept as one types (`registry.access.drafts.Begun`).
    """
    context = {
        "form": form,
        "title": title,
        "verb": verb,
        "style": "danger" if danger else "",
        "back": back,
        "back_label": back_label,
        "sub": sub,
        "note": note,
        "tone": tone,
        "undo": undo,
        "remove": remove,
        "drafts": drafts,
    }
    return render(request, "ui/form_page.html", context)


def reason_page(
    request: HttpRequest,
    deed: Callable[[str], object],
    said: str,
    *,
    then: str = "",
    back: str,
    example: str = "",
    danger: bool = True,
    **page: Any,
) -> HttpResponse:
    """A page that asks why before something is withdrawn; `deed` gets the reason, and then it goes on to `then`.

    `page` is what `form_page` shows beside it; `example` helps with the reason.
    """
    form = ReasonForm(request.POST or None, help_text=f"比如「{example}」。" if example else "")
    if accept(request, form, lambda: deed(form.cleaned_data["reason"]), said):
        return redirect(then or back)
    return form_page(request, form, back=back, danger=danger, **page)


def confirm_page(request: HttpRequest, confirm: Confirm) -> HttpResponse:
    """Ask before acting; the button posts to `confirm.action_url`."""
    return render(request, "ui/confirm.html", {"confirm": confirm})


def progress_page(
    request: HttpRequest, progress: Progress, *, title: str, back: str, back_label: str = "返回"
) -> HttpResponse:
    """The page of a long job; to htmx's polling it answers with the changed part only."""
    if request.headers.get("HX-Request") != "true":
        context = {"progress": progress, "title": title, "back": back, "back_label": back_label}
        return render(request, "ui/progress.html", context)
    status = 200 if progress.running else STOP_POLLING
    return render(request, "ui/parts/job_progress.html", {"progress": progress}, status=status)
