"""教师人人是导师: who has no mentee and why."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.ui.pages import accept, form_page, found
from liangshi.practice.relations.forms.exceptions import ReasonForm
from liangshi.practice.relations.queries import exceptions as queries
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.queries import acting_person
from liangshi.registry.mentorships.actions import leave_out


@require_safe
def exceptions(request: ActorRequest) -> HttpResponse:
    bare, told = queries.teachers_without(request.actor)
    context = {"bare": bare, "told": told, "staff_url": address(request.actor, "dossier:staff")}
    return render(request, "relations/exceptions.html", context)


@require_http_methods(["GET", "POST"])
def reason(request: ActorRequest, pk: UUID) -> HttpResponse:
    staff = found(queries.teacher_for(request.actor, pk))
    form = ReasonForm(request.POST or None)
    back = reverse("relations:exceptions")

    def deed() -> None:
        by = acting_person(request.actor)
        leave_out(staff, **form.cleaned_data, decided_by=by, actor=request.actor)

    if accept(request, form, deed, f"已登记{staff}暂不担任导师的原因。"):
        return redirect(back)
    return form_page(
        request,
        form,
        title=f"{staff}为什么不担任导师",
        verb="登记",
        back=back,
        sub="登记以后，下一轮匹配不再有这位老师；现有的学生不变。",
    )
