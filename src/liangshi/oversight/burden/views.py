"""负担预算: what is asked, what it costs, what it really takes."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.ui.pages import accept, attempt, form_page
from liangshi.oversight.burden import actions, queries
from liangshi.oversight.burden.choices import MENTEES
from liangshi.oversight.burden.forms import CapForm
from liangshi.oversight.burden.policy import BURDEN_CAP, BURDEN_WRITE
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.policy import allows


@require_safe
def show(request: ActorRequest) -> HttpResponse:
    role = request.actor.role
    context = {
        "budget": queries.budget_for(request.actor),
        "mentees": MENTEES,
        "caps": queries.caps(),
        "may_require": allows(role, BURDEN_WRITE),
        "may_cap": allows(role, BURDEN_CAP),
    }
    return render(request, "burden/budget.html", context)


def _change(request: ActorRequest, deed: Callable[..., None], said: str) -> HttpResponse:
    form, field = request.POST.get("form", ""), request.POST.get("field", "")
    attempt(request, lambda: deed(form, field, actor=request.actor), said)
    return redirect("burden:budget")


@require_POST
def require(request: ActorRequest) -> HttpResponse:
    return _change(request, actions.require_field, "已改为必填，本校教师下次填写时生效。")


@require_POST
def release(request: ActorRequest) -> HttpResponse:
    return _change(request, actions.release_field, "已改回选填。")


@require_http_methods(["GET", "POST"])
def cap(request: ActorRequest) -> HttpResponse:
    form = CapForm(request.POST or None, initial={"hours": queries.cap()})
    back = reverse("burden:budget")
    if accept(
        request,
        form,
        lambda: actions.set_cap(**form.cleaned_data, actor=request.actor),
        "上限已调整，说明已公开。",
    ):
        return redirect(back)
    return form_page(
        request,
        form,
        title="调整填写时间上限",
        verb="调整上限",
        back=back,
        back_label="负担预算",
        sub="说明会公开给全市教师",
    )
