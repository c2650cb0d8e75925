"""重大变故: report it, see how far it is, name the one who leads, go on step by step."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.ui.pages import accept, attempt, form_page, found
from liangshi.practice.talks.actions.events import advance, report, set_lead
from liangshi.practice.talks.forms import EventForm, LeadForm
from liangshi.practice.talks.models import Talk
from liangshi.practice.talks.policy import EVENT_FOLLOW, EVENT_LEAD, TALK_WRITE
from liangshi.practice.talks.queries import events as event_queries
from liangshi.practice.talks.queries.events import (
    accompanied,
    candidates,
    event_for,
    event_page,
    others_open,
    reportable,
    school_classes,
    wants_event,
)
from liangshi.practice.talks.queries.talks import talk_for
from liangshi.practice.talks.tables import EventTable
from liangshi.registry.access.actor import Actor, ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.lists import list_page
from liangshi.registry.access.policy import allows
from liangshi.registry.access.reads import reading


@require_safe
def events(request: ActorRequest) -> HttpResponse:
    table = EventTable(event_queries.events(request.actor))
    return list_page(
        request, "talks/events.html", table, {"new_url": address(request.actor, "talks:event_new")}
    )


def _student(form: EventForm, actor: Actor) -> UUID:
    """The chosen student, or the one who is named. Raises DomainError."""
    data = form.cleaned_data
    if data.get("student"):
        return UUID(data["student"])
    rows = reportable(actor, data["name"], data["group"].pk)
    if len(rows) != 1:
        words = "班里没有叫这个名字的学生" if not rows else "班里有同名的学生"
        raise DomainError(
            "student_not_told",
            f"{words}，分不清是谁。请核对，或者直接告诉班主任。",
            field="name",
        )
    return rows[0].pk


def _talk(request: ActorRequest) -> Talk | None:
    """His own talk from whose page he comes to report what it was about; no other one takes the event."""
    if "talk" not in request.GET or not allows(request.actor.role, TALK_WRITE):
        return None
    try:
        talk = talk_for(request.actor, UUID(request.GET["talk"]), TALK_WRITE)
    except ValueError:
        return None
    return talk if talk and wants_event(talk) else None


def _told(talk: Talk | None) -> dict[str, str]:
    return {"text": f"{talk.day.month} 月 {talk.day.day} 日谈话时得知。"} if talk else {}


@require_http_methods(["GET", "POST"])
def event_new(request: ActorRequest) -> HttpResponse:
    """Write-only: who reports learns nothing but that it has arrived."""
    actor = request.actor
    options = accompanied(actor)
    talk = _talk(request)
    form = EventForm(
        request.POST or None,
        options=[(row, f"{row.person.name} {group}") for row, group in options],
        classes=school_classes(actor),
        initial={"student": request.GET["student"], **_told(talk)} if "student" in request.GET else None,
    )

    def deed() -> None:
        data = form.cleaned_data
        row = report(
            student_id=_student(form, actor),
            kind=data["kind"],
            text=data["text"],
            key=data["key"],
            actor=actor,
            talk=talk,
        )
        messages.success(request, f"{row.student}的事已送到导师和班主任那里，他们今天就会看到。")

    if accept(request, form, deed):
        return redirect("home:home")
    reading(request, [row.pk for row, _ in options])
    note = "导师和班主任马上知道，三天内有人和学生谈。学校会定一位老师跟进，不会人人来问。"
    back = reverse("home:home")
    return form_page(request, form, title="上报重大变故", verb="上报", back=back, note=note)


@require_safe
def event(request: ActorRequest, pk: UUID) -> HttpResponse:
    actor = request.actor
    row = found(event_for(actor, pk))
    reading(request, [row.student_id], about=row)
    context = {
        "page": event_page(actor, row),
        "event": row,
        "others": others_open(actor, row),
        "list_url": address(actor, "talks:events"),
        "talk_url": address(actor, "talks:new", student=str(row.student_id), event=str(row.pk)),
    }
    return render(request, "talks/event.html", context)


@require_http_methods(["GET", "POST"])
def event_lead(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(event_for(request.actor, pk, EVENT_LEAD))
    form = LeadForm(request.POST or None, candidates=candidates(request.actor, row))

    if accept(request, form, lambda: set_lead(row, form.cleaned_data["lead"], actor=request.actor)):
        messages.success(request, f"主谈人是{row.lead}，已通知。别的老师看到的是「由{row.lead}跟进」。")
        return _back(request, pk)
    note = "一件事只由一位老师跟进，学生不用对很多人再说一遍。"
    back = reverse("talks:event", args=[pk])
    return form_page(request, form, title="定主谈人", verb="就定这位", back=back, note=note)


@require_POST
def event_move(request: ActorRequest, pk: UUID, step: str) -> HttpResponse:
    row = found(event_for(request.actor, pk, EVENT_FOLLOW))
    attempt(request, lambda: advance(row, step, actor=request.actor), "记下了。")
    return _back(request, pk)


def _back(request: ActorRequest, pk: UUID) -> HttpResponse:
    """To the event; whoever led it and has the student no more goes home."""
    if event_for(request.actor, pk):
        return redirect("talks:event", pk)
    messages.info(request, "这件事您跟进到这里为止，有关的页面和谈话不再显示。谢谢您。")
    return redirect("home:home")
