"""换导师: the page to ask, one's own requests, the office's decision, the mentor who is asked, the leader's count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.clock import today
from liangshi.foundation.ui.pages import accept, attempt, found
from liangshi.practice.plans.queries import policy_now
from liangshi.practice.relations.actions import changes as actions
from liangshi.practice.relations.actions.requests import decline
from liangshi.practice.relations.choices import CHANGE, STANDS, UNDER_WAY, ChangeState
from liangshi.practice.relations.forms.changes import AgreeForm, AnswerForm, ChangeForm, MeetForm
from liangshi.practice.relations.models import ChangeRequest
from liangshi.practice.relations.queries import changes as queries
from liangshi.practice.relations.queries.concerns import of_safety, told
from liangshi.practice.relations.rules import addressed
from liangshi.practice.relations.views.concerns import HEARD
from liangshi.practice.relations.views.concerns import tone as concern_tone
from liangshi.registry.access.actor import Actor, ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.reads import reading
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.queries import classes_of

# What the asker reads; the student is addressed as 你 by the templates.
SAID = {
    ChangeState.ASKED: "已交给学校办公室，等着受理。",
    ChangeState.RECEIVED: "学校正在安排。",
    ChangeState.MEETING: "学校想当面聊聊。",
    ChangeState.AGREED: "正在等新导师答复，最多三天。",
    ChangeState.DONE: "导师已经换好。",
    ChangeState.REFUSED: "学校没有同意。",
    ChangeState.WITHDRAWN: "导师不变。",
    ChangeState.LAPSED: "导师已经另行调整，不用再办。",
}


def tone(row: ChangeRequest) -> str:
    return CHANGE.tone(row.state)


def _bond(request: ActorRequest, pk: UUID) -> Mentorship:
    return found(queries.bond_of(request.actor, pk))


@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Ask for another mentor for a student: oneself, one's child, one's mentee, or any of the school."""
    bond = _bond(request, pk)
    offered = queries.offered(bond)
    form = ChangeForm(
        request.POST or None,
        offered=offered,
        asker=request.actor,
        initial={"bond": bond.pk},
    )
    if asked := accept(request, form, lambda: _ask(request, bond, form)):
        messages.success(request, _said(asked.made, form.cleaned_data["safety"], request.actor))
        return redirect("relations:mine")
    reading(request, [bond.student_id])
    policy = policy_now(bond.mentor.school_id)
    context = {
        "bond": bond,
        "form": form,
        "open": queries.own_open(request.actor, bond),
        "trial": queries.in_trial(bond, policy.trial_weeks),
        "last": queries.trial_last(bond, policy.trial_weeks),
        "limit": policy.change_limit,
        "back": address(request.actor, "dossier:student", bond.student_id),
        "concern_url": address(request.actor, "relations:concern_new", bond.student_id),
    }
    return render(request, "relations/ask.html", context)


def _said(row: ChangeRequest, safety: bool, actor: Actor) -> str:
    said = f"已经换好了，从今天起是{row.target}。" if row.target else "已提出，有进展会收到通知。"
    return said + HEARD.format(addressed(actor)) if safety else said


def _ask(request: ActorRequest, bond: Mentorship, form: ChangeForm) -> ChangeRequest:
    return actions.ask(
        bond,
        wished=form.wished,
        reason=form.cleaned_data["reason"],
        safety=form.cleaned_data["safety"],
        actor=request.actor,
    )


@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    asked = list(queries.own_changes(request.actor))
    said = told(request.actor)
    rows = [
        {
            "row": row,
            "tone": tone(row),
            "said": SAID[ChangeState(row.state)],
            "open": row.state in UNDER_WAY and row.mentorship.ends_on is None,
        }
        for row in asked
    ]
    reading(request, [*(row.mentorship.student_id for row in asked), *(row.student_id for row in said)])
    context = {
        "rows": rows,
        "concerns": [(row, concern_tone(row), row.state in STANDS) for row in said],
        "you": addressed(request.actor),
    }
    return render(request, "relations/my_changes.html", context)


@require_POST
def withdraw(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Withdraw one's own request about a student."""
    row = queries.own_open(request.actor, _bond(request, pk))
    if row is None:
        messages.error(request, "没有正在办理的申请，不用撤回。")
    else:
        attempt(request, lambda: actions.withdraw(row, actor=request.actor), "已撤回，导师不变。")
    return redirect("relations:mine")


@require_http_methods(["GET", "POST"])
def change(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One request, as the office decides it. Small forms on one page; `act` names the one that was sent."""
    row = found(queries.change_for(request.actor, pk))
    sent = request.POST.get("act", "")
    offered = queries.eligible(row.mentorship)
    deeds: dict[str, tuple[forms.Form, Callable[[dict[str, Any]], None], str]] = {
        "receive": (
            forms.Form(_of(request, sent, "receive")),
            lambda data: actions.receive(row, actor=request.actor),
            "已受理，申请人收到了通知。",
        ),
        "meet": (
            MeetForm(_of(request, sent, "meet"), prefix="meet"),
            lambda data: actions.meet(row, data["on"], actor=request.actor),
            "已约面谈，申请人收到了通知。",
        ),
        "agree": (
            AgreeForm(
                _of(request, sent, "agree"),
                prefix="agree",
                offered=offered,
                wished=row.wished_id,
                declined=row.declined_by_id,
            ),
            lambda data: actions.agree(row, data["target"], actor=request.actor),
            "已同意。新导师收到了通知，三天内不答复就算接受。",
        ),
        "refuse": (
            AnswerForm(_of(request, sent, "refuse"), prefix="refuse", label="不同意的说明"),
            lambda data: actions.refuse(row, data["answer"], actor=request.actor),
            "已答复，申请人看得到说明。",
        ),
    }
    if sent in deeds:
        form, deed, said = deeds[sent]
        if accept(request, form, lambda: deed(form.cleaned_data), said):
            return redirect("relations:change", pk)
        if not form.fields:
            messages.error(request, "、".join(map(str, form.non_field_errors())))
            return redirect("relations:change", pk)
    reading(request, [row.mentorship.student_id], about=row)
    group = classes_of([row.mentorship.student_id], today()).get(row.mentorship.student_id)
    context = {
        "row": row,
        "tone": tone(row),
        "group": group.name() if group else "未分班",
        "waiting": queries.waits_for_office(row),
        "ended": row.mentorship.ends_on is not None,
        "concern": of_safety(request.actor, [row]).get(row.mentorship_id),
        "nobody": not offered,
        **{f"{name}_form": form for name, (form, _, _) in deeds.items()},
    }
    return render(request, "relations/change.html", context)


def _of(request: ActorRequest, sent: str, act: str) -> Any:
    return request.POST if sent == act else None


@require_safe
def offers(request: ActorRequest) -> HttpResponse:
    """The students whom the school asks this mentor to take. Why is not said."""
    rows = queries.offers(request.actor)
    groups = classes_of((row.mentorship.student_id for row in rows), today())
    reading(request, [row.mentorship.student_id for row in rows])
    shown = [(row, groups.get(row.mentorship.student_id)) for row in rows]
    return render(request, "relations/offers.html", {"rows": shown})


@require_POST
def offer(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.offer_for(request.actor, pk))
    if request.POST.get("answer") == "no":
        attempt(request, lambda: decline(row, actor=request.actor), "已告诉学校，学校会另外安排。")
    else:
        said = f"谢谢您。从今天起，您是{row.mentorship.student}的导师。"
        attempt(request, lambda: actions.accept(row, actor=request.actor), said)
    return redirect("relations:offers")


@require_safe
def counts(request: ActorRequest) -> HttpResponse:
    """How many requests each mentor has had this year: for leaders only, and each reading is logged."""
    reading(request)
    return render(
        request,
        "relations/counts.html",
        {"rows": queries.counts(request.actor), "back": reverse("relations:office")},
    )
