"""The tree of bureaus and schools."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.ui.pages import accept, form_page
from liangshi.portal.dashboards import queries
from liangshi.portal.dashboards.forms import BureauForm, SchoolForm
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.schools.actions import make_bureau, make_school


@require_safe
def tree(request: ActorRequest) -> HttpResponse:
    return render(request, "dashboards/org.html", {"branches": queries.org_tree()})


@require_http_methods(["GET", "POST"])
def bureau_new(request: ActorRequest) -> HttpResponse:
    form = BureauForm(request.POST or None)
    if done := accept(request, form, lambda: make_bureau(**form.cleaned_data, actor=request.actor)):
        messages.success(request, f"已建立「{done.made}」。下一步：提出由谁来管理。")
        return redirect("dashboards:bureau_grants", done.made.pk)
    return form_page(request, form, title="建立县区教育局", verb="建立", back=reverse("dashboards:org"))


@require_http_methods(["GET", "POST"])
def school_new(request: ActorRequest) -> HttpResponse:
    form = SchoolForm(request.POST or None)
    if done := accept(request, form, lambda: make_school(**form.cleaned_data, actor=request.actor)):
        messages.success(request, f"已建立「{done.made}」。下一步：授予首位管理员，由他导入名册。")
        return redirect("dashboards:school_grants", done.made.pk)
    return form_page(request, form, title="建立学校", verb="建立", back=reverse("dashboards:org"))
