"""The tree of bureaus and schools, and who holds which role there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.ui.pages import accept, attempt, form_page, found
from liangshi.portal.dashboards import queries
from liangshi.portal.dashboards.forms import BureauForm, GrantForm, SchoolForm
from liangshi.portal.dashboards.policy import GRANT_WRITE
from liangshi.registry.access import actions as access
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.choices import Role
from liangshi.registry.schools.actions import make_bureau, make_school
from liangshi.registry.schools.choices import BureauKind
from liangshi.registry.schools.models import Bureau, School

SCHOOL_ROLES = [Role.CLERK, Role.LEADER, Role.GRADE_HEAD]


@require_safe
def tree(request: ActorRequest) -> HttpResponse:
    return render(request, "dashboards/org.html", {"branches": queries.org_tree()})


@require_http_methods(["GET", "POST"])
def bureau_new(request: ActorRequest) -> HttpResponse:
    form = BureauForm(request.POST or None)
    if done := accept(request, form, lambda: make_bureau(**form.cleaned_data, actor=request.actor)):
        messages.success(request, f"已建立「{done.made}」。下一步：给它授予管理身份。")
        return redirect("dashboards:bureau_grants", done.made.pk)
    return form_page(request, form, title="建立县区教育局", verb="建立", back=reverse("dashboards:org"))


@require_http_methods(["GET", "POST"])
def school_new(request: ActorRequest) -> HttpResponse:
    form = SchoolForm(request.POST or None)
    if done := accept(request, form, lambda: make_school(**form.cleaned_data, actor=request.actor)):
        messages.success(request, f"已建立「{done.made}」。下一步：给它的办公室授予身份，由他们导入名册。")
        return redirect("dashboards:school_grants", done.made.pk)
    return form_page(request, form, title="建立学校", verb="建立", back=reverse("dashboards:org"))


def _grants(
    request: ActorRequest, *, school: School | None, bureau: Bureau | None, roles: list[Role], back: str
) -> HttpResponse:
    form = GrantForm(request.POST or None, school=school, roles=roles)

    def deed() -> access.Appointment:
        data: dict[str, Any] = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        by = request.actor.person_id
        return access.appoint(**data, school=school, bureau=bureau, approver_id=by, actor=request.actor)

    done = accept(request, form, deed)
    context = {
        "place": school or bureau,
        "grants": queries.grants_at(school=school, bureau=bureau),
        "form": form,
        "made": done.made if done else None,
        "back_url": back,
    }
    return render(request, "dashboards/grants.html", context)


@require_http_methods(["GET", "POST"])
def school_grants(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who holds which role at a school; give one. The activation code is shown this once."""
    row = found(queries.school_for(request.actor, pk, GRANT_WRITE))
    back = reverse("dashboards:school", args=[pk])
    return _grants(request, school=row, bureau=None, roles=SCHOOL_ROLES, back=back)


@require_http_methods(["GET", "POST"])
def bureau_grants(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.bureau_for(pk))
    roles = [Role.CITY if row.kind == BureauKind.CITY else Role.COUNTY]
    return _grants(request, school=None, bureau=row, roles=roles, back=reverse("dashboards:org"))


@require_POST
def revoke(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take a role back, from now on. Nobody takes his own: another must be left who can."""
    row = found(queries.grant_for(request.actor, pk))
    if row.person_id == request.actor.person_id:
        messages.error(request, "不能收回自己的身份，请由另一位负责人来收回。")
    else:
        said = f"已收回{row.person}的「{row.get_role_display()}」身份，现在起不再有效。"
        attempt(request, lambda: access.revoke(row, actor=request.actor), said)
    if row.school_id:
        return redirect("dashboards:school_grants", row.school_id)
    return redirect("dashboards:bureau_grants", row.bureau_id)
