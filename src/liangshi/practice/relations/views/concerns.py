"""What concerns safety: the page to tell the school, and the page on which the school deals with it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from liangshi.foundation.base.clock import today
from liangshi.foundation.ui.pages import accept, attempt, found
from liangshi.practice.relations.actions import concerns as actions
from liangshi.practice.relations.choices import CONCERN, STANDS
from liangshi.practice.relations.forms.changes import AnswerForm
from liangshi.practice.relations.forms.concerns import ConcernForm
from liangshi.practice.relations.models import Concern
from liangshi.practice.relations.queries import concerns as queries
from liangshi.practice.relations.rules import addressed
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.reads import reading
from liangshi.registry.people.queries import classes_of

HEARD = "已收到。学校会有一位老师来找{}，说到的人什么都不会看到。"


def tone(row: Concern) -> str:
    return CONCERN.tone(row.state)


@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Tell the school something that concerns the safety of a student, also about somebody who is his mentor no more."""
    student = found(queries.child_of(request.actor, pk))
    form = ConcernForm(request.POST or None, beside=queries.beside(student), asker=request.actor)
    if accept(
        request,
        form,
        lambda: actions.raise_concern(
            student, form.named_one, reason=form.cleaned_data["reason"], actor=request.actor
        ),
        HEARD.format(addressed(request.actor)),
    ):
        return redirect("relations:mine")
    reading(request, [student.pk])
    context = {"student": student, "form": form, "open": queries.own_standing(request.actor, student.pk)}
    return render(request, "relations/concern_new.html", context)


@require_POST
def withdraw(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take one's own concern back; the school looks all the same."""
    row = found(queries.own_concerns(request.actor).filter(pk=pk).first())
    said = "记下了。学校还是会了解一下，再给一个答复。"
    attempt(request, lambda: actions.withdraw_concern(row, actor=request.actor), said)
    return redirect("relations:mine")


@require_http_methods(["GET", "POST"])
def concern(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One concern, as the school deals with it. `act` names the form that was sent."""
    row = found(queries.concern_for(request.actor, pk))
    sent = request.POST.get("act", "")
    form = AnswerForm(request.POST if sent == "close" else None, prefix="close", label="怎么处理的")
    if sent == "take":
        attempt(request, lambda: actions.take(row, actor=request.actor), "记下了，提出的人收到了通知。")
        return redirect("relations:concern", pk)
    if accept(
        request,
        form,
        lambda: actions.close(row, form.cleaned_data["answer"], actor=request.actor),
        "已答复，提出的人看得到。",
    ):
        return redirect("relations:concern", pk)
    reading(request, [row.student_id], about=row)
    group = classes_of([row.student_id], today()).get(row.student_id)
    requested = queries.requests_beside(request.actor, row).first()
    context = {
        "row": row,
        "tone": tone(row),
        "group": group.name() if group else "未分班",
        "stands": row.state in STANDS,
        "late": row.state in STANDS and row.due_on < today(),
        "mentor": queries.mentor_now(row),
        "request_url": reverse("relations:change", args=[requested.pk]) if requested else "",
        "close_form": form,
    }
    return render(request, "relations/concern.html", context)
