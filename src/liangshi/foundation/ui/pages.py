"""Whole pages that every feature shows the same way: the confirm page and the page of a long job."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .shell import Confirm, Progress

STOP_POLLING = 286  # htmx: swap the answer in and poll no more


def confirm_page(request: HttpRequest, confirm: Confirm) -> HttpResponse:
    """Ask before acting; the button posts to `confirm.action_url`."""
    return render(request, "ui/confirm.html", {"confirm": confirm})


def progress_page(request: HttpRequest, progress: Progress, *, title: str) -> HttpResponse:
    """The page of a long job; to htmx's polling it answers with the changed part only."""
    if request.headers.get("HX-Request") != "true":
        return render(request, "ui/progress.html", {"progress": progress, "title": title})
    status = 200 if progress.running else STOP_POLLING
    return render(request, "ui/parts/job_progress.html", {"progress": progress}, status=status)
