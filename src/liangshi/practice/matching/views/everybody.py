"""无导师学生: who has no mentor this year and why; the declaration that nobody is left out."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.ui.tables import arrange, excel_twin, wants_excel
from liangshi.practice.matching import actions, queries
from liangshi.practice.matching.choices import LeftCause
from liangshi.practice.matching.forms import LeaveForm
from liangshi.practice.matching.tables import UncoveredTable, workbook
from liangshi.practice.matching.views.common import accepted, done
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.policy import allows


@require_safe
def uncovered(request: ActorRequest) -> HttpResponse:
    policy = queries.own_policy(request.actor)
    if policy is None:
        return redirect("rounds:policy")
    year = policy.year
    may_manage = allows(request.actor.role, "round.manage")
    table = UncoveredTable(
        queries.without_mentor(year),
        classes=queries.classes_by_student(year),
        exclude=() if may_manage else ("edit",),
        empty_text="每名在校学生都有导师。",
    )
    if wants_excel(request):
        return excel_twin(request, table, title=f"{year.code} 无导师学生", workbook=workbook)
    context = {
        "year": year,
        "table": arrange(request, table),
        "left": queries.unexplained(year).count(),
        "implemented": queries.implementation(year),
        "may_declare": allows(request.actor.role, "policy.write"),
    }
    return render(request, "rounds/uncovered.html", context)


@require_http_methods(["GET", "POST"])
def exempt(request: ActorRequest, student: UUID) -> HttpResponse:
    policy = queries.own_policy(request.actor)
    held = queries.one_without_mentor(request.actor, policy.year, student) if policy else None
    if policy is None or held is None:
        raise Http404("student")
    form = LeaveForm(request.POST or None, initial={"cause": LeftCause.OTHER})
    if request.method == "POST" and form.is_valid():
        cause, note = form.cleaned_data["cause"], form.cleaned_data["reason"]
        if accepted(
            form, lambda: actions.exempt(held, policy.year, cause=cause, note=note, actor=request.actor)
        ):
            messages.success(request, f"{held.person.name}的原因已登记。")
            return redirect("rounds:uncovered")
    context = {
        "round": policy.year,
        "form": form,
        "title": f"{held.person.name}暂不配导师",
        "verb": "登记原因",
        "back": reverse("rounds:uncovered"),
        "note": "登记以后仍然可以随时配导师，有了导师，这条原因就不再起作用。",
    }
    return render(request, "rounds/form.html", context)


@require_POST
def implement(request: ActorRequest) -> HttpResponse:
    policy = queries.own_policy(request.actor)
    if policy:
        said = "已宣布：本学年全员导师制已实施。"
        done(request, lambda: actions.declare_implemented(policy.year, actor=request.actor), said)
    return redirect("rounds:uncovered")
