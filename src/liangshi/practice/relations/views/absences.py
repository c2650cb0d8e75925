"""The office's page of relations; absences from registration to the day when everybody has a successor."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.clock import today
from liangshi.foundation.ui.pages import accept, attempt, confirm_page, found
from liangshi.foundation.ui.shell import Confirm
from liangshi.practice.matching.rules import may_see_ranks
from liangshi.practice.relations.actions import absences as actions
from liangshi.practice.relations.choices import ABSENCE, AWAY_NOW, AbsenceKind, AbsenceState
from liangshi.practice.relations.forms.absences import AbsenceForm, DeputyForm, LongerForm, SuccessionForm
from liangshi.practice.relations.models import Absence
from liangshi.practice.relations.queries import absences as queries
from liangshi.practice.relations.queries import changes as requests
from liangshi.practice.relations.queries import concerns
from liangshi.practice.relations.views.changes import tone as change_tone
from liangshi.practice.relations.views.concerns import tone as concern_tone
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.faces import RELATIONS_ROWS
from liangshi.registry.access.links import address
from liangshi.registry.access.reads import reading
from liangshi.registry.people.models import Staff
from liangshi.registry.people.queries import classes_of

RECENT = 10


def tone(row: Absence) -> str:
    return ABSENCE.tone(row.state)


def _found(request: ActorRequest, pk: UUID) -> Absence:
    return found(queries.absence_for(request.actor, pk))


@require_safe
def office(request: ActorRequest) -> HttpResponse:
    """师生关系: what waits for the office, then what was done last."""
    actor = request.actor
    told, answered = list(concerns.standing(actor)), list(concerns.answered(actor)[:RECENT])
    changes = requests.changes_under_way(actor)
    done_ = list(requests.changes(actor).exclude(pk__in=[row.pk for row in changes])[:RECENT])
    named = [row.student_id for row in [*told, *answered]] + [
        row.mentorship.student_id for row in [*changes, *done_]
    ]
    groups = classes_of(named, today())
    rows = queries.absences(actor)
    reading(request, named)
    context = {
        "concerns": [(row, concern_tone(row), groups.get(row.student_id)) for row in told],
        "answered": [(row, concern_tone(row), groups.get(row.student_id)) for row in answered],
        "decides": requests.shows_changes(actor, changes),
        "changes": [(row, change_tone(row), groups.get(row.mentorship.student_id)) for row in changes],
        "done": [(row, change_tone(row), groups.get(row.mentorship.student_id)) for row in done_],
        "away": [(row, tone(row)) for row in rows.filter(state__in=AWAY_NOW)],
        "past": [(row, tone(row)) for row in rows.exclude(state__in=AWAY_NOW)[:RECENT]],
        "rows": [row for found in RELATIONS_ROWS for row in found(actor) if row.url],
        "counts_url": address(actor, "relations:counts"),
        "letters_url": address(actor, "relations:handovers"),
    }
    return render(request, "relations/office.html", context)


@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    form = AbsenceForm(
        request.POST or None,
        leavers=queries.may_leave(request.actor),
        deputies=queries.may_care(request.actor),
        initial={"staff": request.GET.get("staff", "")},
    )
    done = accept(
        request,
        form,
        lambda: actions.register(**form.cleaned_data, actor=request.actor),
        "已登记，学生今天起都有人负责。",
    )
    if done:
        row = done.made
        return redirect(
            "relations:succession" if row.state == AbsenceState.WAITING else "relations:absence", row.pk
        )
    return render(request, "relations/absence_new.html", {"form": form})


@require_safe
def absence(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One absence: who looks after whom."""
    row = _found(request, pk)
    bonds = queries.bonds_of(row.staff)
    groups = classes_of((bond.student_id for bond in bonds), today())
    held = queries.caretakers(bond.pk for bond in bonds)
    open_ = row.state in AWAY_NOW
    passed = queries.passed(row)
    reading(request, [bond.student_id for bond in (*bonds, *(each.mentorship for each in passed))], about=row)
    context = {
        "row": row,
        "students": [(bond, groups.get(bond.student_id), held.get(bond.pk)) for bond in bonds],
        "passed": passed,
        "may_return": queries.may_return(row),
        "longer_form": LongerForm() if row.state == AbsenceState.COVERED else None,
        "deputy_form": DeputyForm(None, deputies=_deputies(request, row)) if open_ else None,
    }
    return render(request, "relations/absence.html", context)


def _deputies(request: ActorRequest, row: Absence) -> list[Staff]:
    return list(queries.may_care(request.actor).exclude(pk=row.staff_id))


@require_POST
def deputy(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _found(request, pk)
    form = DeputyForm(request.POST, deputies=_deputies(request, row))
    if form.is_valid():
        chosen = form.cleaned_data["deputy"]
        attempt(
            request,
            lambda: actions.change_deputy(row, chosen, actor=request.actor),
            f"从今天起由{chosen}临时负责，学生和家长收到了通知。",
        )
    else:
        messages.error(request, "请选一位在岗的老师。")
    return redirect("relations:absence", pk)


@require_http_methods(["GET", "POST"])
def back(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _found(request, pk)
    wrong = row.kind == AbsenceKind.DIED  # nobody comes back: what was registered is taken back
    if request.method == "POST":
        said = f"登记已撤回，{row.staff}在岗。" if wrong else f"{row.staff}已返岗。"
        attempt(request, lambda: actions.come_back(row, actor=request.actor), said)
        return redirect("relations:absence", pk)
    return confirm_page(
        request,
        Confirm(
            f"撤回{row.staff}的登记？" if wrong else f"{row.staff}返岗？",
            "还在名下的学生从今天起由本人指导，代管随之结束。",
            "登记有误，撤回" if wrong else "登记返岗",
            reverse("relations:back", args=[pk]),
            reverse("relations:absence", args=[pk]),
            facts=[(str(len(queries.bonds_of(row.staff))), "名学生回到原来的导师")],
            undo="已经接任出去的学生留在新导师那里。",
        ),
    )


@require_POST
def longer(request: ActorRequest, pk: UUID) -> HttpResponse:
    row, form = _found(request, pk), LongerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选是哪一种情形。")
        return redirect("relations:absence", pk)
    if attempt(
        request,
        lambda: actions.stay_away(row, form.cleaned_data["kind"], actor=request.actor),
        "已登记，请看接下来要办的。",
    ):
        to_do = row.state == AbsenceState.WAITING
        return redirect("relations:succession" if to_do else "relations:absence", pk)
    return redirect("relations:absence", pk)


@require_http_methods(["GET", "POST"])
def succession(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The proposal for all students of one who is gone, each changeable, and one button."""
    row = _found(request, pk)
    if row.state != AbsenceState.WAITING:
        messages.error(request, f"现在不用安排接任：这次离岗是「{row.get_state_display()}」。")
        return redirect("relations:absence", pk)
    plan = queries.rematch(row)
    form = SuccessionForm(request.POST or None, plan=plan, may_see=may_see_ranks(request.actor))
    if accept(
        request,
        form,
        lambda: actions.succeed(
            row, form.picks, commitment=form.cleaned_data["commitment"], actor=request.actor
        ),
        f"{len(plan.lines)} 名学生今天都有了新导师，各方收到了通知。",
    ):
        return redirect("relations:absence", pk)
    if request.method == "POST":
        form.renew(plan)
    reading(request, [line.bond.student_id for line in plan.lines], about=row)
    return render(request, "relations/succession.html", {"row": row, "plan": plan, "form": form})
