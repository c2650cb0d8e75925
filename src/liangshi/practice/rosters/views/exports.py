"""Rosters to take away."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from liangshi.foundation.base.clock import today
from liangshi.foundation.documents.writing import Table, workbook_bytes
from liangshi.practice.rosters.forms import ReasonForm
from liangshi.practice.rosters.queries import exports
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.lists import workbook_response
from liangshi.registry.access.reads import reading

STUDENTS, STAFF = "students", "staff"


@require_safe
def export(request: ActorRequest) -> HttpResponse:
    return render(request, "rosters/export.html", {"form": ReasonForm()})


def _download(request: ActorRequest, what: str, *, full: bool = False, reason: str = "") -> HttpResponse:
    """A roster to take away; `full`: numbers as they are, for a reason, which the log keeps."""
    sheet = (
        exports.staff(request.actor, full=full)
        if what == STAFF
        else exports.students(request.actor, full=full)
    )
    students = None if what == STAFF else sheet.subjects
    reading(request, students, what=what, rows=len(sheet.rows), reason=reason)
    data = workbook_bytes([Table(sheet.title, sheet.headings, sheet.rows)])
    return workbook_response(f"{sheet.title}-{today():%Y%m%d}", data)


@require_safe
def export_students(request: ActorRequest) -> HttpResponse:
    return _download(request, STUDENTS)


@require_safe
def export_staff(request: ActorRequest) -> HttpResponse:
    return _download(request, STAFF)


@require_POST
def export_full(request: ActorRequest) -> HttpResponse:
    """Numbers as they are: with a reason, into the log, for every student in the file."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render(request, "rosters/export.html", {"form": form})
    what = STAFF if request.POST.get("what") == STAFF else STUDENTS
    return _download(request, what, full=True, reason=form.cleaned_data["reason"])
