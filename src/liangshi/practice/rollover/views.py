"""学年结转: rehearsed by the office, run and undone by a leader."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.ui.pages import attempt, confirm_page, found
from liangshi.foundation.ui.shell import Confirm
from liangshi.practice.rollover import actions, queries
from liangshi.practice.rollover.forms import OptionsForm
from liangshi.practice.rollover.policy import ROLLOVER_REHEARSE, ROLLOVER_REVERSE, ROLLOVER_RUN
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.policy import Permission
from liangshi.registry.access.queries import acting_person
from liangshi.registry.access.reads import reading
from liangshi.registry.schools.models import SchoolYear


def _year(request: ActorRequest, pk: UUID, permission: Permission[SchoolYear]) -> SchoolYear:
    return found(queries.year_of_rollover(request.actor, pk, permission))


def _form(year: SchoolYear, data: QueryDict | None) -> OptionsForm:
    initial = {"graduated_on": queries.default_graduation(year)}
    return OptionsForm(data or None, kinds=queries.copyable_kinds(year), initial=initial)


@require_safe
def rollover(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The options; once sent, what would happen. Nothing is written."""
    year = _year(request, pk, ROLLOVER_REHEARSE)
    form = _form(year, request.GET)
    plan = None
    if form.is_bound and form.is_valid():
        try:
            plan = queries.rehearse(year, form.options())
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    reading(request, (*plan.graduates, *plan.stayers) if plan else ())
    standing = queries.standing_rollover(year)
    runs_from = queries.runs_from(year, plan.options) if plan else None
    context = {
        "year": year,
        "form": form,
        "plan": plan,
        "history": queries.rollovers_of(year),
        "standing": standing,
        "run_url": address(request.actor, "rollover:run", pk),
        "reverse_url": address(request.actor, "rollover:reverse", standing.pk)
        if standing and queries.reversible(standing)
        else "",
        "earliest": queries.earliest(year),
        "runs_from": runs_from,
        "waits": runs_from is not None and today() < runs_from,
    }
    return render(request, "rollover/rollover.html", context)


@require_POST
def run(request: ActorRequest, pk: UUID) -> HttpResponse:
    year = _year(request, pk, ROLLOVER_RUN)
    form = _form(year, request.POST)
    here = reverse("rollover:rollover", args=[pk])
    if not form.is_valid():
        messages.error(request, "日期没有看懂，还没有结转。请重新预演。")
        return redirect(here)
    by = acting_person(request.actor)
    ran = attempt(
        request,
        lambda: actions.run_rollover(
            year, form.options(), seen=request.POST.get("seen", ""), by=by, actor=request.actor
        ),
        f"{year} 学年已结转。7 天内可以撤回。",
    )
    if ran:
        return redirect(here)
    kept = request.POST.copy()
    for name in ("seen", "csrfmiddlewaretoken"):
        kept.pop(name, None)
    return redirect(f"{here}?{kept.urlencode()}")


@require_http_methods(["GET", "POST"])
def reverse_it(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.rollover_for(request.actor, pk, ROLLOVER_REVERSE))
    back = reverse("rollover:rollover", args=[row.year_id])
    if request.method == "POST":
        by = acting_person(request.actor)
        attempt(
            request,
            lambda: actions.reverse_rollover(row, by=by, actor=request.actor),
            f"{row.year} 学年的结转已撤回，学生、导师关系和校历都回到结转以前。",
        )
        return redirect(back)
    confirm = Confirm(
        f"撤回 {row.year} 学年的结转？",
        "学生回到在读，导师关系恢复，新建的学年和抄过去的校历删去，和结转以前一样。",
        "撤回结转",
        request.path,
        back,
        facts=[
            (str(row.report["graduates"]), "名学生回到在读"),
            (str(row.report["bonds"]), "段导师关系恢复"),
        ],
        undo="撤回后可以重新结转。结转以后又有新变动的，系统会先指出来，不会覆盖。",
        danger=True,
    )
    return confirm_page(request, confirm)
