"""The student's own pages: portrait and career strand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from liangshi.foundation.ui.pages import accept, attempt, confirm_page, form_page, found
from liangshi.foundation.ui.shell import Confirm
from liangshi.practice.growth.actions.portraits import (
    Changes,
    add_activity,
    clear_portrait,
    remove_activity,
    write_career,
    write_portrait,
)
from liangshi.practice.growth.forms import ActivityForm, CareerForm, FieldByField, PortraitForm
from liangshi.practice.growth.policy import CAREER_WRITE, PORTRAIT_WRITE
from liangshi.practice.growth.queries.portraits import career_of, own_activity, own_portrait
from liangshi.practice.growth.views.common import own_or_404, page_of
from liangshi.registry.access.actor import ActorRequest


def _field_by_field(
    request: ActorRequest,
    kind: type[FieldByField],
    held: Callable[[], Any],
    write: Callable[[Changes], None],
    *,
    title: str,
    back: str,
    note: str,
) -> HttpResponse:
    """A form over what is kept; only what was changed on this page is saved.

    After a refusal the page is compared with what is kept by then, so that sending it again is a decision.
    """

    def kept() -> dict[str, Any]:
        row = held()
        return {name: getattr(row, name) for name in kind.base_fields}

    form = kind(request.POST or None, initial=kept())
    if request.method == "POST" and form.is_valid():
        if accept(request, form, lambda: write(form.changes()), "已保存。"):
            return redirect(back)
        form.renew(kept())
    return form_page(request, form, title=title, verb="保存", back=back, note=note, tone="muted")


@require_http_methods(["GET", "POST"])
def portrait(request: ActorRequest) -> HttpResponse:
    student = own_or_404(request, PORTRAIT_WRITE)
    return _field_by_field(
        request,
        PortraitForm,
        lambda: own_portrait(request.actor, student),
        lambda changes: write_portrait(student, changes, actor=request.actor),
        title="我的自画像",
        back=page_of(student.pk, "portrait"),
        note="想填哪项填哪项，都可以空着。只有你的导师看得到；班主任、学校领导和家长都看不到。",
    )


@require_http_methods(["GET", "POST"])
def portrait_clear(request: ActorRequest) -> HttpResponse:
    student = own_or_404(request, PORTRAIT_WRITE)
    back = page_of(student.pk, "portrait")
    if request.method == "POST":
        attempt(request, lambda: clear_portrait(student, actor=request.actor), "自画像已清空。")
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
    student = own_or_404(request, CAREER_WRITE)
    return _field_by_field(
        request,
        CareerForm,
        lambda: career_of(request.actor, student),
        lambda changes: write_career(student, changes, actor=request.actor),
        title="我的生涯",
        back=page_of(student.pk, "aims"),
        note="都可以空着，随时可以改。你和你的导师看得到。",
    )


@require_http_methods(["GET", "POST"])
def activity_new(request: ActorRequest) -> HttpResponse:
    student = own_or_404(request, CAREER_WRITE)
    form = ActivityForm(request.POST or None)
    back = page_of(student.pk, "aims")
    if accept(
        request,
        form,
        lambda: add_activity(student, **form.cleaned_data, actor=request.actor),
        "已记下。",
    ):
        return redirect(back)
    return form_page(request, form, title="记一次生涯活动", verb="记下", back=back)


@require_POST
def activity_remove(request: ActorRequest, pk: UUID) -> HttpResponse:
    student = own_or_404(request, CAREER_WRITE)
    row = found(own_activity(request.actor, pk))
    attempt(request, lambda: remove_activity(row, actor=request.actor), "已删去。")
    return redirect(page_of(student.pk, "aims"))
