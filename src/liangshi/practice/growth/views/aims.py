"""Goals and subjects."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.ui.pages import accept, form_page, found
from liangshi.practice.growth import rules
from liangshi.practice.growth.actions.goals import close_goal, set_goal
from liangshi.practice.growth.actions.subjects import choose, set_window
from liangshi.practice.growth.forms import GoalCloseForm, GoalForm, SubjectsForm, WindowForm
from liangshi.practice.growth.policy import GOAL_WRITE, SUBJECT_WRITE
from liangshi.practice.growth.queries.goals import goals_of
from liangshi.practice.growth.queries.subjects import choice_of, cohorts, window_of
from liangshi.practice.growth.views.common import page_of, student_or_404
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.reads import reading
from liangshi.registry.schools.grades import current_year_start


@require_http_methods(["GET", "POST"])
def goal_new(request: ActorRequest, pk: UUID) -> HttpResponse:
    student = student_or_404(request, pk, GOAL_WRITE)
    form = GoalForm(request.POST or None)
    back = page_of(pk, "aims")
    if accept(
        request,
        form,
        lambda: set_goal(student, **form.cleaned_data, actor=request.actor),
        "目标定下来了。",
    ):
        return redirect(back)
    reading(request, [pk])
    return form_page(request, form, title="定一个目标", verb="定下来", back=back, sub=str(student))


@require_http_methods(["GET", "POST"])
def goal_close(request: ActorRequest, pk: UUID, goal: UUID) -> HttpResponse:
    student = student_or_404(request, pk, GOAL_WRITE)
    row = found(goals_of(request.actor, pk).filter(pk=goal).first())
    form = GoalCloseForm(request.POST or None)
    back = page_of(pk, "aims")
    if accept(
        request,
        form,
        lambda: close_goal(row, **form.cleaned_data, actor=request.actor),
        "已收尾。",
    ):
        return redirect(back)
    reading(request, [pk])
    return form_page(
        request,
        form,
        title="回头看这个目标",
        verb="收尾",
        back=back,
        sub=str(student),
        note=f"目标：{row.text}",
        tone="muted",
    )


@require_http_methods(["GET", "POST"])
def subjects(request: ActorRequest, pk: UUID) -> HttpResponse:
    student = student_or_404(request, pk, SUBJECT_WRITE)
    held = choice_of(request.actor, student)
    initial = {"first": held.first, "seconds": [held.second_one, held.second_two]} if held else {}
    form = SubjectsForm(request.POST or None, initial=initial)
    back = page_of(pk, "aims")
    if accept(
        request,
        form,
        lambda: choose(student, **form.cleaned_data, actor=request.actor),
        "选科已登记。",
    ):
        return redirect(back)
    reading(request, [pk])
    note = "每次变动都留有记录，并提醒导师和学生聊一聊。"
    if rules.may_choose_in_window_only(request.actor):
        window = window_of(student)
        note = f"学校开放填报的日子：{window.days}。这期间可以改。" if window else "学校还没有开放选科填报。"
    return form_page(
        request, form, title="选科", verb="登记", back=back, sub=str(student), note=note, tone="muted"
    )


@require_safe
def windows(request: ActorRequest) -> HttpResponse:
    start = current_year_start()
    rows = [
        (row, f"{row.grade(start)}（{row}）", getattr(row, "subject_window", None))
        for row in cohorts(request.actor)
    ]
    return render(request, "growth/windows.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def window(request: ActorRequest, pk: UUID) -> HttpResponse:
    cohort = found(cohorts(request.actor).filter(pk=pk).first())
    held = getattr(cohort, "subject_window", None)
    form = WindowForm(
        request.POST or None,
        initial={"opens_on": held.opens_on, "last_on": held.last_on} if held else {},
    )
    back = reverse("growth:windows")
    if accept(
        request,
        form,
        lambda: set_window(cohort, **form.cleaned_data, actor=request.actor),
        f"{cohort}的填报时间已设好。",
    ):
        return redirect(back)
    return form_page(
        request, form, title="开放选科填报", verb="保存", back=back, sub=str(cohort),
        note="这几天里学生自己填、自己改。其他时候由班主任或办公室登记。", tone="muted",
    )  # fmt: skip
