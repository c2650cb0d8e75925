"""还没见过导师: the student tells the school, the office gets in touch."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.clock import today
from liangshi.foundation.ui.pages import attempt, form_page, found
from liangshi.practice.talks.actions.unmet import HEARD, MET_ALREADY, contacted, press
from liangshi.practice.talks.forms import UnmetForm
from liangshi.practice.talks.queries import unmet as unmet_queries
from liangshi.practice.talks.queries.unmet import contact_by, open_unmet, pressable, unmet_for
from liangshi.practice.talks.tables import BlindSpotTable
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.lists import list_page
from liangshi.registry.access.reads import reading


@require_http_methods(["GET", "POST"])
def unmet_new(request: ActorRequest) -> HttpResponse:
    """One tick and one button. Who has nothing to say here, or has said it, goes home with a word."""
    actor = request.actor
    form = UnmetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(request, lambda: press(may_tell=form.cleaned_data["may_tell"], actor=actor), f"{HEARD}。")
        return redirect("home:home")
    mine = pressable(actor)
    if mine is None or mine.held:
        messages.info(request, f"{HEARD}。" if mine else MET_ALREADY)
        return redirect("home:home")
    until = contact_by(mine.bond.student.school_id, today())
    note = (
        f"学校办公室两个教学日内（{until.month} 月 {until.day} 日前）联系你，帮你约一次见面。"
        "这不会记在导师头上，也不用说为什么。"
    )
    back = reverse("home:home")
    return form_page(request, form, title="还没见过导师", verb="告诉学校", back=back, note=note)


@require_safe
def unmet(request: ActorRequest) -> HttpResponse:
    rows = open_unmet(request.actor)
    reading(request, [each.row.student_id for each in rows])
    return render(request, "talks/unmet.html", {"rows": rows})


@require_POST
def unmet_done(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(unmet_for(request.actor, pk))
    attempt(request, lambda: contacted(row, actor=request.actor), f"记下了：已联系{row.student}。")
    return redirect("talks:unmet")


@require_safe
def blind_spots(request: ActorRequest) -> HttpResponse:
    table = BlindSpotTable(unmet_queries.blind_spots(request.actor))
    return list_page(request, "talks/unmet_blind_spots.html", table)
