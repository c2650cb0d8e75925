"""The import journey: 上传 → 确认列 → 看差异 → 完成."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.ui.pages import accept, attempt, confirm_page, found
from liangshi.foundation.ui.shell import Confirm
from liangshi.practice.rosters.actions import jobs as actions
from liangshi.practice.rosters.choices import OPEN_STATES, JobState, RosterKind
from liangshi.practice.rosters.forms import ColumnsForm, UploadForm
from liangshi.practice.rosters.models import ImportJob
from liangshi.practice.rosters.parsing.model import Problem
from liangshi.practice.rosters.queries import jobs as queries
from liangshi.practice.rosters.queries.exports import own_school
from liangshi.practice.rosters.queries.own import who_agrees
from liangshi.practice.rosters.queries.plans import CHANGED, NEW, UNCHANGED, Line, Plan, problem_key
from liangshi.practice.rosters.tables import ImportTable
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.lists import list_page, taken, wants_excel
from liangshi.registry.access.reads import reading

SHOWN = 100  # lines of each kind on the difference page; the whole is a download away


def _job(request: ActorRequest, pk: UUID) -> ImportJob:
    return found(queries.import_for(request.actor, pk))


def _cannot_read(request: ActorRequest, refusal: DomainError) -> HttpResponse:
    messages.error(request, refusal.message)
    return redirect("rosters:list")


@require_safe
def imports(request: ActorRequest) -> HttpResponse:
    table = ImportTable(queries.imports(request.actor))
    return list_page(request, "rosters/list.html", table, excel=True)


@require_http_methods(["GET", "POST"])
def upload(request: ActorRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)

    def deed() -> ImportJob:
        data = form.cleaned_data
        return actions.upload(
            own_school(request.actor),
            data["file"].read(),
            data["file"].name,
            kind=data["kind"] or None,
            year_start=data["year_start"],
            by=request.actor.person_id,
            actor=request.actor,
        )

    if done := accept(request, form, deed):
        return redirect("rosters:job", done.made.pk)
    return render(request, "rosters/upload.html", {"form": form})


@require_safe
def job(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Where this import stands: leads to its present step, or shows how it ended."""
    row = _job(request, pk)
    if row.state == JobState.UPLOADED:
        return redirect("rosters:columns", row.pk)
    if row.state in OPEN_STATES:
        return redirect("rosters:difference", row.pk)
    return render(request, "rosters/done.html", {"job": row, "applied": row.state == JobState.APPLIED})


@require_http_methods(["GET", "POST"])
def columns(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _job(request, pk)
    if row.state not in OPEN_STATES:
        return redirect("rosters:job", row.pk)
    try:
        roster = queries.roster_of_job(row)
    except DomainError as refusal:
        return _cannot_read(request, refusal)
    sent = request.POST if request.method == "POST" else None
    form = ColumnsForm(sent, kind=row.kind, choices=roster.mapping.choices)
    if request.method == "POST" and form.is_valid():
        read = attempt(request, lambda: actions.confirm_columns(row, form.answers(), actor=request.actor))
        return redirect("rosters:difference" if read else "rosters:job", row.pk)
    fields = list(zip(roster.mapping.choices, form, strict=True))
    context = {
        "job": row,
        "form": form,
        "ask": [field for choice, field in fields if choice.certainty == "ask"],
        "read": [
            field for choice, field in fields if choice.certainty != "ask" and (choice.field or field.errors)
        ],
        "ignored": [
            field
            for choice, field in fields
            if choice.certainty != "ask" and not choice.field and not field.errors
        ],
        "sheets": roster.sheets,
    }
    return render(request, "rosters/columns.html", context)


@require_safe
def difference(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What would be new, changed, unchanged, and which problems stand in the way."""
    row = _job(request, pk)
    if row.state not in OPEN_STATES:
        return redirect("rosters:job", row.pk)
    try:
        preview = queries.preview_of_job(row, by=request.actor.person_id)
    except DomainError as refusal:
        return _cannot_read(request, refusal)
    plan = preview.plan
    if wants_excel(request):
        rows = _difference_rows(plan)
        return taken(request, rows, about=row, students=_known(row, plan.lines))
    changed = plan.of(CHANGED)[:SHOWN]
    reading(request, [*_known(row, changed), *plan.absent, *_named(preview.problems)], about=row)
    problems = _grouped(row, preview.problems)
    context = {
        "job": row,
        "report": preview.report,
        "plan": plan,
        "fingerprint": plan.fingerprint if preview.applicable else "",
        "counts": plan.counts,
        "total": len(plan.lines),
        "nothing_changes": preview.applicable and len(plan.of(UNCHANGED)) == len(plan.lines),
        "new": plan.of(NEW)[:SHOWN],
        "changed": changed,
        "more_new": max(0, plan.count(NEW) - SHOWN),
        "more_changed": max(0, plan.count(CHANGED) - SHOWN),
        "new_classes": [name.display(year_start=row.year_start) for name in plan.new_classes],
        "problems": problems,
        "leaves_out": any(each["key"] for each in problems),
        "waits": _waiting(request, row, plan, "其余各行照常导入"),
    }
    return render(request, "rosters/difference.html", context)


def _grouped(job: ImportJob, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems with the line they can be left out by ("" when they cannot)."""
    first: set[str] = set()
    rows = []
    for problem in problems[:SHOWN]:
        key = problem_key(problem) if queries.may_be_left_out(job.kind, problem) else ""
        rows.append({"problem": problem, "key": key if key not in first else ""})
        first.add(key)
    return rows


def _named(problems: Sequence[Problem]) -> Iterator[UUID]:
    """The students of the school whom the problems on the page name («这个学号在库里是…»)."""
    return (problem.about for problem in problems[:SHOWN] if problem.about)


def _known(job: ImportJob, lines: Sequence[Line]) -> list[UUID]:
    """The students of the school whom these lines of a file name."""
    return [line.target for line in lines if line.target and job.kind != RosterKind.STAFF]


def _difference_rows(plan: Plan) -> list[Sequence[Any]]:
    rows: list[Sequence[Any]] = [("工作表", "行", "姓名", "班级或学科", "结果", "项目", "原来", "改为")]
    words = {NEW: "新增", CHANGED: "更改", UNCHANGED: "不变"}
    for line in plan.lines:
        head = (line.place.sheet, line.place.row, line.name, line.group, words[line.standing])
        rows += [(*head, change.label, change.shown_old, change.shown_new) for change in line.changes] or [
            (*head, "", "", "")
        ]
    return rows


def _waiting(request: ActorRequest, job: ImportJob, plan: Plan, rest: str) -> list[str]:
    """What he would have given himself and waits for another, in a sentence that says who that may be."""
    if not plan.waits:
        return []
    classes = "、".join(name.display(year_start=job.year_start) for name in plan.waits)
    said = f"您自己的班主任任命（{classes}）要另一位同事同意后生效，{rest}。"
    return [f"{said}{who_agrees(request.actor)}"]


@require_POST
def leave_out(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _job(request, pk)
    lines = set(request.POST.getlist("line"))
    if not lines:
        messages.warning(request, "还没有勾选要略去的行。请勾选，或在文件里改好后重新上传。")
        return redirect("rosters:difference", row.pk)
    attempt(request, lambda: actions.leave_out(row, lines, actor=request.actor))
    return redirect("rosters:job", row.pk)


@require_POST
def apply(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _job(request, pk)
    try:
        plan = actions.apply(row, seen=request.POST.get("seen", ""), actor=request.actor)
    except DomainError as refusal:
        messages.warning(request, refusal.message)
    else:
        said = (
            "名册已导入。"
            if plan.count(NEW) + plan.count(CHANGED)
            else "这份名册和库里完全一致，没有改动任何内容。"
        )
        messages.success(request, said)
        for note in [*plan.notes, *_waiting(request, row, plan, "其余各行已经导入")]:
            messages.info(request, note)
    return redirect("rosters:job", row.pk)


@require_http_methods(["GET", "POST"])
def discard(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _job(request, pk)
    if request.method == "POST":
        try:
            actions.discard(row, actor=request.actor)
            messages.success(request, "已放弃这次导入，上传的文件已从服务器删除。名册没有任何变动。")
        except DomainError as refusal:
            messages.warning(request, refusal.message)
        return redirect("rosters:list")
    back = reverse("rosters:job", args=[row.pk])
    return confirm_page(
        request,
        Confirm(
            f"放弃导入“{row.file_name}”？",
            "上传的文件会从服务器删除，名册不会有任何变动。",
            "放弃导入",
            request.path,
            back,
            undo="需要时可以重新上传。",
        ),
    )
