"""The office prepares a round, opens it, follows it and closes it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.clock import now
from liangshi.foundation.ui.pages import confirm_page
from liangshi.foundation.ui.shell import Confirm
from liangshi.foundation.ui.tables import arrange, excel_twin, wants_excel
from liangshi.practice.matching import actions, queries
from liangshi.practice.matching.choices import IN_PREPARATION, MAX_WISHES, RoundState
from liangshi.practice.matching.forms import (
    CorrectForm,
    DeadlineForm,
    NewRoundForm,
    QuotaForm,
    ReasonForm,
    SettingsForm,
    StudentFilter,
)
from liangshi.practice.matching.models import Round, RoundStudent
from liangshi.practice.matching.tables import MentorsTable, StudentsTable, workbook
from liangshi.practice.matching.views.common import accepted, done, found_round
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.policy import allows
from liangshi.registry.schools.models import Cohort

STEP_OF = {
    RoundState.DRAFT: 1,
    RoundState.FEASIBLE: 2,
    RoundState.OPEN: 3,
    RoundState.CLOSED: 4,
    RoundState.RUNNING: 4,
    RoundState.PROPOSED: 5,
    RoundState.PUBLISHED: 6,
}
TONE_OF = {
    RoundState.DRAFT: "quiet",
    RoundState.FEASIBLE: "info",
    RoundState.OPEN: "info",
    RoundState.CLOSED: "warn",
    RoundState.RUNNING: "info",
    RoundState.PROPOSED: "warn",
    RoundState.PUBLISHED: "good",
    RoundState.VOID: "quiet",
}


NO_MENTORS = "这一轮还没有导师。请先导入教职工名册，再点「更新名单」。"


def tone(row: Round) -> str:
    return TONE_OF[RoundState(row.state)]


@require_safe
def rounds(request: ActorRequest) -> HttpResponse:
    rows = [(row, tone(row)) for row in queries.rounds(request.actor)]
    return render(
        request, "rounds/list.html", {"rows": rows, "may_manage": allows(request.actor.role, "round.manage")}
    )


@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    cohorts = queries.cohorts_of(request.actor)
    offered = [(cohort, f"{cohort} · {count} 名学生还没有导师") for cohort, count in cohorts]
    form = NewRoundForm(request.POST or None, cohorts=offered, initial=_suggestion(request, cohorts))
    if request.method == "POST" and form.is_valid():
        made: list[Round] = []
        if accepted(
            form, lambda: made.append(actions.create_round(actor=request.actor, **form.cleaned_data))
        ):
            messages.success(request, "已建好，名单按现在的名册生成。下一步：检查可行性。")
            return redirect("rounds:round", made[0].pk)
    return render(request, "rounds/new.html", {"form": form, "nobody": not cohorts})


def _suggestion(request: ActorRequest, cohorts: list[tuple[Cohort, int]]) -> dict[str, object]:
    """The newest cohort, five wishes, a week from today at six."""
    newest = [str(cohort.pk) for cohort, _ in cohorts[:1]]
    taken = {row.title for row in queries.rounds(request.actor) if row.state != RoundState.VOID}
    base = f"{cohorts[0][0]}导师匹配" if cohorts else "导师匹配"
    names = [base, *(f"{base}（第 {n} 轮）" for n in range(2, 20))]
    evening = localtime(now() + dt.timedelta(7)).replace(hour=18, minute=0, second=0, microsecond=0)
    return {
        "title": next((name for name in names if name not in taken), base),
        "cohorts": newest,
        "closes_at": evening,
        "wish_limit": MAX_WISHES,
    }


@require_safe
def show(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk)
    role = request.actor.role
    context = {
        "round": row,
        "tone": tone(row),
        "step": STEP_OF.get(RoundState(row.state), 1),
        "summary": queries.summary(row),
        "run": queries.latest_run(row) if row.state != RoundState.PUBLISHED else None,
        "late": row.state == RoundState.OPEN and row.closes_at <= now(),
        "preparing": row.state in IN_PREPARATION,
        "may_manage": allows(role, "round.manage"),
        "may_publish": allows(role, "round.publish"),
    }
    return render(request, "rounds/round.html", context)


@require_http_methods(["GET", "POST"])
def settings(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, "round.manage")
    names = ("title", "aim", "wish_limit", "avoid_limit", "lower", "upper")
    initial = {name: getattr(row, name) for name in names} | {"closes_at": localtime(row.closes_at)}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        if accepted(form, lambda: actions.change_settings(row, actor=request.actor, **fields)):
            messages.success(request, "设置已保存。改过以后要重新检查可行性。")
            return redirect("rounds:round", pk)
    return _form_page(request, row, form, title="本轮设置", verb="保存设置")


@require_http_methods(["GET", "POST"])
def deadline(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, "round.manage")
    form = DeadlineForm(request.POST or None, initial={"closes_at": localtime(row.closes_at)})
    if request.method == "POST" and form.is_valid():
        closes_at = form.cleaned_data["closes_at"]
        if accepted(form, lambda: actions.set_deadline(row, closes_at, actor=request.actor)):
            messages.success(request, "截止时间已改。")
            return redirect("rounds:round", pk)
    return _form_page(request, row, form, title="改截止时间", verb="保存")


@require_safe
def mentors(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk)
    may_manage = allows(request.actor.role, "round.manage")
    table = MentorsTable(
        queries.mentors_of(row), empty_text=NO_MENTORS, exclude=() if may_manage else ("edit",)
    )
    if wants_excel(request):
        return excel_twin(request, table, title=f"{row.title} 导师名额", workbook=workbook)
    context = {"round": row, "table": arrange(request, table), "summary": queries.summary(row)}
    return render(request, "rounds/mentors.html", context)


@require_http_methods(["GET", "POST"])
def quota(request: ActorRequest, pk: UUID, mentor: UUID) -> HttpResponse:
    row = found_round(request, pk, "round.manage")
    held = queries.mentor_of(row, mentor)
    if held is None:
        raise Http404("mentor")
    form = QuotaForm(request.POST or None, initial={"lower": held.lower, "upper": held.upper})
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        if accepted(form, lambda: actions.set_quota(held, actor=request.actor, **fields)):
            messages.success(request, f"{held}：至少 {fields['lower']} 人，至多 {fields['upper']} 人。")
            return redirect("rounds:mentors", pk)
    back = reverse("rounds:mentors", args=[pk])
    return _form_page(request, row, form, title=f"{held}的名额", verb="保存名额", back=back)


@require_POST
def refresh(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, "round.manage")
    done(request, lambda: actions.refresh(row, actor=request.actor), "名单已按现在的名册更新。")
    return redirect("rounds:round", pk)


@require_http_methods(["GET", "POST"])
def feasibility(request: ActorRequest, pk: UUID) -> HttpResponse:
    """GET shows what stands in the way now; POST proves the round possible and moves it on."""
    row = found_round(request, pk, "round.manage")
    found: tuple[str, ...] = ()
    if request.method == "POST":
        outcome: list[tuple[str, ...]] = []
        said = "检查好了。"
        if not done(request, lambda: outcome.append(actions.check(row, actor=request.actor)), said):
            return redirect("rounds:round", pk)
        if not outcome[0]:
            return redirect("rounds:round", pk)
        found = outcome[0]
    else:
        found = queries.obstacles(row)
    context = {"round": row, "obstacles": found, "summary": queries.summary(row)}
    return render(request, "rounds/feasibility.html", context)


@require_http_methods(["GET", "POST"])
def open_round(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, "round.manage")
    if request.method == "POST":
        done(
            request,
            lambda: actions.open_round(row, actor=request.actor),
            "已开启填报，学生都收到了通知。",
        )
        return redirect("rounds:round", pk)
    numbers = queries.summary(row)
    return confirm_page(
        request,
        Confirm(
            "开启填报？",
            "开启后名单和名额不再变动，学生可以填志愿，到截止时间为止随时可以改。",
            "开启填报",
            reverse("rounds:open", args=[pk]),
            reverse("rounds:round", args=[pk]),
            facts=[
                (str(numbers.students), "名学生收到通知"),
                (str(numbers.mentors), f"位导师，共 {numbers.upper} 个名额"),
                (f"{localtime(row.closes_at):%m-%d %H:%M}", "截止"),
            ],
            undo="开启后可以改截止时间，也可以写明原因作废这一轮。",
        ),
    )


@require_safe
def students(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who has filled in the form and who has not; never what."""
    row = found_round(request, pk)
    found = StudentFilter(request.GET, queries.students_of(row), queries.classes_of(row))
    may_manage = allows(request.actor.role, "round.manage")
    correcting = row.state in {RoundState.CLOSED, RoundState.PROPOSED}
    table = StudentsTable(found.qs, correcting=correcting, exclude=() if may_manage else ("edit",))
    if wants_excel(request):
        return excel_twin(request, table, title=f"{row.title} 填报进度", workbook=workbook)
    context = {
        "round": row,
        "table": arrange(request, table),
        "filter": found,
        "summary": queries.summary(row),
    }
    return render(request, "rounds/students.html", context)


@require_http_methods(["GET", "POST"])
def drop(request: ActorRequest, pk: UUID, student: UUID) -> HttpResponse:
    row = found_round(request, pk, "round.manage")
    held = _student(row, student)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if accepted(form, lambda: actions.drop_student(held, reason=reason, actor=request.actor)):
            messages.success(request, f"{held}已退出本轮。")
            return redirect("rounds:students", pk)
    note = "退出后本轮不再给这名学生安排导师，请另行安排。已有提案的，要重新运算。"
    back = reverse("rounds:students", args=[pk])
    return _form_page(request, row, form, title=f"{held}退出本轮", verb="登记退出", back=back, note=note)


@require_http_methods(["GET", "POST"])
def correct(request: ActorRequest, pk: UUID, student: UUID) -> HttpResponse:
    """The office opens one student's wishes (this is logged) and corrects them."""
    row = found_round(request, pk)
    held = queries.correctable(request.actor, row, student)
    if held is None:
        raise Http404("student")
    actions.open_wishes(held, actor=request.actor)
    form = CorrectForm(
        request.POST or None,
        cards=queries.mentor_cards(held),
        held=queries.saved(held),
        version=held.version,
        limits=(row.wish_limit, row.avoid_limit),
        submit_label="更正志愿",
    )
    if request.method == "POST" and form.is_valid():
        picks, reason = form.cleaned_data["picks"], form.cleaned_data["reason"]
        if accepted(
            form,
            lambda: actions.correct_wishes(
                held, wishes=picks.wishes, avoid=picks.avoid, reason=reason, actor=request.actor
            ),
        ):
            messages.success(request, f"{held}的志愿已更正，学生会收到通知。请重新运算。")
            return redirect("rounds:round", pk)
    return render(request, "rounds/correct.html", {"round": row, "held": held, "form": form})


@require_http_methods(["GET", "POST"])
def close(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, "round.manage")
    if request.method == "POST":
        done(request, lambda: actions.close_round(row, actor=request.actor), "已截止。下一步：运算。")
        return redirect("rounds:round", pk)
    numbers = queries.summary(row)
    early = row.closes_at > now()
    when = f"{localtime(row.closes_at):%m-%d %H:%M}"
    return confirm_page(
        request,
        Confirm(
            "提前截止？" if early else "截止填报？",
            f"原定 {when} 截止。" if early else f"截止时间 {when} 已到。",
            "现在截止",
            reverse("rounds:close", args=[pk]),
            reverse("rounds:round", args=[pk]),
            facts=[
                (str(numbers.submitted), "名学生已经填报"),
                (str(numbers.waiting), "名学生还没有填，将按志愿外安排"),
            ],
            undo="截止后不能再打开。个别学生可以由学校办公室写明原因更正。",
            danger=early and numbers.waiting > 0,
        ),
    )


@require_http_methods(["GET", "POST"])
def void(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, "round.manage")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if accepted(form, lambda: actions.void_round(row, reason=reason, actor=request.actor)):
            messages.success(request, "这一轮已作废。")
            return redirect("rounds:list")
    note = f"作废后不能恢复，{queries.summary(row).students} 名学生要另建一轮。已填的志愿留作记录。"
    return _form_page(request, row, form, title="作废这一轮", verb="作废", note=note, danger=True)


def _student(row: Round, pk: UUID) -> RoundStudent:
    held = queries.student_of(row, pk)
    if held is None:
        raise Http404("student")
    return held


def _form_page(request: ActorRequest, row: Round, form: object, **words: object) -> HttpResponse:
    context = {"round": row, "form": form, "back": reverse("rounds:round", args=[row.pk]), **words}
    return render(request, "rounds/form.html", context)
