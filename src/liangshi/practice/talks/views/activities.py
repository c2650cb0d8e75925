"""小组活动: arrange, call the roll, call off."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.base.clock import today
from liangshi.foundation.ui.pages import accept, form_page, found, reason_page
from liangshi.practice.talks.actions.activities import arrange_activity, take_attendance, void_activity
from liangshi.practice.talks.forms import ActivityForm, AttendanceForm
from liangshi.practice.talks.queries import activities as activity_queries
from liangshi.practice.talks.queries.activities import activity_for, attending
from liangshi.practice.talks.queries.talks import mentee_options
from liangshi.practice.talks.tables import ActivityTable
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.lists import list_page
from liangshi.registry.access.reads import reading


@require_safe
def activities(request: ActorRequest) -> HttpResponse:
    table = ActivityTable(activity_queries.activities(request.actor))
    return list_page(request, "talks/activities.html", table)


@require_http_methods(["GET", "POST"])
def activity_new(request: ActorRequest) -> HttpResponse:
    options = mentee_options(request.actor)
    form = ActivityForm(request.POST or None, options=options)

    if accept(
        request,
        form,
        lambda: arrange_activity(**form.cleaned_data, actor=request.actor),
        "安排好了。还没到日子的，受邀的学生已收到通知；已经办过的，点开就能点名。",
    ):
        return redirect("talks:activities")
    reading(request, [row.pk for row, _ in options])
    back = reverse("talks:activities")
    return form_page(request, form, title="安排小组活动", verb="保存", back=back)


@require_http_methods(["GET", "POST"])
def activity(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The roll of one activity on one screen. Before it is called, everybody counts as there."""
    row = found(activity_for(request.actor, pk))
    held = attending(request.actor, row)
    called = any(each.present is not None for each in held.rows)
    form = AttendanceForm(
        request.POST if request.method == "POST" else None,
        options=[(each.student, str(each)) for each in held.rows],
        came=[each.student_id for each in held.rows if each.present or not called],
    )

    if accept(
        request,
        form,
        lambda: take_attendance(row, form.cleaned_data["present"], actor=request.actor),
        "点好名了，记在到的学生的互动里。",
    ):
        return redirect("talks:activities")
    reading(request, [each.student_id for each in held.rows], about=row)
    context = {
        "activity": row,
        "form": form,
        "held": held,
        "coming": row.day > today(),
        "called": called,
    }
    return render(request, "talks/activity.html", context)


@require_http_methods(["GET", "POST"])
def activity_void(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(activity_for(request.actor, pk))
    return reason_page(
        request,
        lambda reason: void_activity(row, reason=reason, actor=request.actor),
        "已取消。还没到日子的，受邀的学生已收到通知。",
        then=reverse("talks:activities"),
        back=reverse("talks:activity", args=[pk]),
        title=f"取消{row.name}",
        verb="取消活动",
        example="下雨",
    )
