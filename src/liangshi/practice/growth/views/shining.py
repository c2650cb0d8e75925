"""闪光点: find a student, write one down, take one's own back, and who has none yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.ui.pages import accept, form_page, found, reason_page
from liangshi.practice.growth.actions import shining as shining_actions
from liangshi.practice.growth.actions.shining import drop
from liangshi.practice.growth.forms import ShineForm
from liangshi.practice.growth.queries import shining as shining_queries
from liangshi.practice.growth.queries.shining import (
    SHOWN,
    opens_page,
    own_shine,
    own_shines,
    pupil_for,
    pupils_found,
)
from liangshi.practice.growth.views.common import page_of
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.queries import class_of
from liangshi.registry.access.reads import reading

LATEST = 20


def _with_class(rows: list[Any]) -> list[tuple[Any, str]]:
    return [(row, class_of(row)) for row in rows]


@require_safe
def mine(request: ActorRequest) -> HttpResponse:
    """A search box over the whole school, and what one wrote oneself."""
    text = request.GET.get("q", "").strip()[:20]
    rows, own = pupils_found(request.actor, text), own_shines(request.actor, LATEST)
    reading(request, [row.pk for row in rows] + [shine.student_id for shine in own])
    context = {"q": text, "students": _with_class(rows), "shown": SHOWN, "mine": own}
    return render(request, "growth/shine.html", context)


@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, pk: UUID) -> HttpResponse:
    student = found(pupil_for(request.actor, pk))
    form = ShineForm(request.POST or None)
    opens = opens_page(request.actor, pk)
    back = page_of(pk, "shines") if opens else reverse("growth:shine")
    if accept(
        request,
        form,
        lambda: drop(student, **form.cleaned_data, actor=request.actor),
        f"给{student}的闪光点记下了。",
    ):
        return redirect(back)
    reading(request, [pk])
    return form_page(
        request, form, title="记一个闪光点", verb="记下", back=back, sub=f"{student} · {class_of(student)}"
    )


@require_http_methods(["GET", "POST"])
def void(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(own_shine(request.actor, pk))
    reading(request, [row.student_id])
    return reason_page(
        request,
        lambda reason: shining_actions.void(row, reason=reason, actor=request.actor),
        "已作废，谁都看不到了。",
        back=reverse("growth:shine"),
        title="作废这个闪光点",
        verb="作废",
        sub=str(row.student),
        note=f"“{row.text}”",
        tone="muted",
        example="记错了人",
        danger=False,
    )


@require_safe
def unnoticed(request: ActorRequest) -> HttpResponse:
    rows = shining_queries.unnoticed(request.actor)
    reading(request, [row.pk for row in rows])
    return render(request, "growth/unnoticed.html", {"rows": _with_class(rows)})
