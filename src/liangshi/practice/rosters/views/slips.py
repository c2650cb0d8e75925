"""Exports and activation slips."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.clock import today
from liangshi.foundation.documents.writing import Table, workbook_bytes
from liangshi.foundation.ui.pages import accept, confirm_page, found
from liangshi.foundation.ui.shell import Confirm
from liangshi.practice.rosters.actions import slips as actions
from liangshi.practice.rosters.forms import ReasonForm, SlipsForm
from liangshi.practice.rosters.policy import STAFF_WRITE
from liangshi.practice.rosters.queries import exports, people
from liangshi.practice.rosters.queries import slips as queries
from liangshi.practice.rosters.queries.slips import Recipient
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.lists import workbook_response
from liangshi.registry.access.permissions import STUDENT_WRITE
from liangshi.registry.access.queries import student_for
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


@require_http_methods(["GET", "POST"])
def slips(request: ActorRequest) -> HttpResponse:
    """Choose a class or the staff; posting issues the codes and shows them this once."""
    form = SlipsForm(request.POST or None, classes=people.classes_for(request.actor))

    def deed() -> HttpResponse:
        waiting = queries.dormant(request.actor)
        group = form.cleaned_data["class_group"]
        recipients = {
            SlipsForm.STAFF: lambda: queries.of_staff(request.actor, waiting),
            SlipsForm.STUDENTS: lambda: queries.of_students(group, waiting),
            SlipsForm.GUARDIANS: lambda: queries.of_guardians(group, waiting),
        }[form.cleaned_data["whom"]]()
        return _print(request, recipients, back=request.path)

    if printed := accept(request, form, deed):
        return printed.made
    return render(request, "rosters/slips.html", {"form": form})


def _print(request: ActorRequest, recipients: list[Recipient], *, back: str) -> HttpResponse:
    made = actions.issue_slips(recipients, actor=request.actor)
    address = request.build_absolute_uri(reverse("home:activate"))
    return render(request, "rosters/print_slips.html", {"slips": made, "address": address, "back": back})


def _one(
    request: ActorRequest, name: str, person_id: UUID, recipient: tuple[str, UUID | None], back: str
) -> HttpResponse:
    """A new slip for one person: asked first, because his present code stops working."""
    account = queries.account_of(request.actor, person_id)
    if account is None:
        messages.error(
            request,
            f"{name}的字条不能由本校办公室打印：他还有校领导、教育局或外校的身份。请由授予那个身份的单位给他换。",
        )
        return redirect(back)
    group, student = recipient
    if request.method == "POST":
        return _print(request, [Recipient(account, name, group, student)], back=back)
    if student:
        reading(request, [student])
    confirm = Confirm(
        f"给{name}换一张启用字条？",
        "会生成一个新的启用码，只显示这一次。他用新码可以重新设密码。",
        "换一张字条",
        request.path,
        back,
        undo="以前发的、还没用的字条马上失效；已设的密码在他用新码之前照常有效。",
    )
    return confirm_page(request, confirm)


@require_http_methods(["GET", "POST"])
def student_slip(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(student_for(request.actor, pk, STUDENT_WRITE))
    back = reverse("rosters:student", args=[row.pk])
    return _one(request, row.person.name, row.person_id, ("学生", row.pk), back)


@require_http_methods(["GET", "POST"])
def guardian_slip(request: ActorRequest, pk: UUID) -> HttpResponse:
    link = found(people.link_for(request.actor, pk))
    if link.ends_on or link.restricted:
        raise Http404("guardian")
    back = reverse("rosters:student", args=[link.student_id])
    about = f"{link.student.person.name}的{link.get_relation_display()}"
    return _one(request, link.person.name, link.person_id, (about, link.student_id), back)


@require_http_methods(["GET", "POST"])
def staff_slip(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(people.staff_for(request.actor, pk, STAFF_WRITE))
    back = reverse("rosters:mentor", args=[row.pk])
    return _one(request, row.person.name, row.person_id, (row.subject or row.get_post_display(), None), back)
