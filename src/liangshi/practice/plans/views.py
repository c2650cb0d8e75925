"""学年匹配办法: what the school has decided for the year, and the leader's form for it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.ui.pages import accept, form_page
from liangshi.practice.plans import actions, queries
from liangshi.practice.plans.forms import PolicyForm
from liangshi.practice.plans.policy import POLICY_WRITE
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.policy import allows


@require_safe
def show(request: ActorRequest) -> HttpResponse:
    policy = queries.own_policy(request.actor)
    context = {
        "policy": policy,
        "versions": list(queries.policies(request.actor, policy.year)) if policy else [],
        "may_edit": allows(request.actor.role, POLICY_WRITE),
    }
    return render(request, "plans/policy.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest) -> HttpResponse:
    policy = queries.own_policy(request.actor)
    if policy is None:
        return redirect("plans:policy")
    school, year = policy.school, policy.year
    form = PolicyForm(request.POST or None, initial=PolicyForm.initial_of(policy))
    if request.method == "POST" and form.is_valid():
        fields = form.fields_of_policy
        seen = form.cleaned_data["seen"]
        if accept(
            request,
            form,
            lambda: actions.change_policy(school, year, seen=seen, actor=request.actor, **fields),
            "已保存，从现在起按新的办法开启轮次。已经开启的轮次不受影响。",
        ):
            return redirect("plans:policy")
        form.renew(queries.policy_in_force(school, year).version)
    return form_page(
        request,
        form,
        title="改学年匹配办法",
        verb="保存为新的一版",
        back=reverse("plans:policy"),
        back_label="学年匹配办法",
        sub=f"{year.code} 学年",
    )
