"""The student's own pages: portrait and career strand."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from liangshi.foundation.ui.pages import confirm_page
from liangshi.foundation.ui.shell import Confirm
from liangshi.practice.growth import actions, queries
from liangshi.practice.growth.forms import ActivityForm, CareerForm, PortraitForm
from liangshi.practice.growth.views.common import accepted, form_page, own_or_404, page_of
from liangshi.registry.access.actor import ActorRequest


@require_http_methods(["GET", "POST"])
def portrait(request: ActorRequest) -> HttpResponse:
    student = own_or_404(request, "portrait.write")
    held = queries.own_portrait(student)
    form = PortraitForm(
        request.POST or None, initial={name: getattr(held, name) for name in PortraitForm.base_fields}
    )
    back = page_of(student.pk, "portrait")
    if (
        request.method == "POST"
        and form.is_valid()
        and accepted(
            request,
            form,
            lambda: actions.write_portrait(student, form.changes(), actor=request.actor),
            "已保存。",
        )
    ):
        return redirect(back)
    form.renew({name: getattr(queries.own_portrait(student), name) for name in form.fields})
    return form_page(
        request, form, title="我的自画像", verb="保存", back=back,
        about="想填哪项填哪项，都可以空着。只有你的导师看得到；班主任、学校领导和家长都看不到。",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def portrait_clear(request: ActorRequest) -> HttpResponse:
    student = own_or_404(request, "portrait.write")
    back = page_of(student.pk, "portrait")
    if request.method == "POST":
        actions.clear_portrait(student, actor=request.actor)
        messages.success(request, "自画像已清空。")
        return redirect(back)
    question = Confirm(
        "清空自画像？",
        "你写的每一项都会删去，导师也看不到了。",
        "清空自画像",
        reverse("growth:portrait_clear"),
        back,
        undo="清空后找不回来，可以重新写。",
        danger=True,
    )
    return confirm_page(request, question)


@require_http_methods(["GET", "POST"])
def career(request: ActorRequest) -> HttpResponse:
    student = own_or_404(request, "career.write")
    held = queries.career_of(request.actor, student)
    form = CareerForm(
        request.POST or None, initial={name: getattr(held, name) for name in CareerForm.base_fields}
    )
    back = page_of(student.pk, "aims")
    if (
        request.method == "POST"
        and form.is_valid()
        and accepted(
            request,
            form,
            lambda: actions.write_career(student, form.changes(), actor=request.actor),
            "已保存。",
        )
    ):
        return redirect(back)
    form.renew({name: getattr(queries.career_of(request.actor, student), name) for name in form.fields})
    return form_page(
        request,
        form,
        title="我的生涯",
        verb="保存",
        back=back,
        about="都可以空着，随时可以改。你和你的导师看得到。",
    )


@require_http_methods(["GET", "POST"])
def activity_new(request: ActorRequest) -> HttpResponse:
    student = own_or_404(request, "career.write")
    form = ActivityForm(request.POST or None)
    back = page_of(student.pk, "aims")
    if (
        request.method == "POST"
        and form.is_valid()
        and accepted(
            request,
            form,
            lambda: actions.add_activity(student, **form.cleaned_data, actor=request.actor),
            "已记下。",
        )
    ):
        return redirect(back)
    return form_page(request, form, title="记一次生涯活动", verb="记下", back=back)


@require_POST
def activity_remove(request: ActorRequest, pk: UUID) -> HttpResponse:
    student = own_or_404(request, "career.write")
    actions.remove_activity(student, pk, actor=request.actor)
    messages.success(request, "已删去。")
    return redirect(page_of(student.pk, "aims"))
