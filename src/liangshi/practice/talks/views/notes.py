"""随手记, for oneself."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.ui.pages import accept, form_page, found
from liangshi.practice.talks.actions.notes import change_note, write_note
from liangshi.practice.talks.forms import NoteForm, NoteTextForm
from liangshi.practice.talks.queries import notes as note_queries
from liangshi.practice.talks.queries.notes import note_for
from liangshi.practice.talks.queries.talks import mentee_options
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.reads import reading

KEPT = (
    "只有您自己看得到，不计数，不导出。学生不再由您指导的当天起，关于TA的这里就不再显示："
    "写交接信时再给您看一次，要留的放进信里，随后删除，最迟 90 天。"
)

NOBODY = "您现在没有指导的学生，所以不能记。"


@require_safe
def notes(request: ActorRequest) -> HttpResponse:
    rows = list(note_queries.notes(request.actor))
    reading(request, [row.student_id for row in rows])
    context = {
        "notes": rows,
        "kept": KEPT,
        "new_url": reverse("talks:note_new") if mentee_options(request.actor) else "",
    }
    return render(request, "talks/notes.html", context)


@require_http_methods(["GET", "POST"])
def note_new(request: ActorRequest) -> HttpResponse:
    options = mentee_options(request.actor)
    if not options:
        messages.info(request, NOBODY)
        return redirect("talks:notes")
    wanted = request.GET.get("student", "")
    form = NoteForm(request.POST or None, options=options, initial={"student": wanted})

    def deed() -> None:
        data = form.cleaned_data
        write_note(data["student"], data["text"], actor=request.actor)

    if accept(request, form, deed, "记下了。"):
        return redirect("talks:notes")
    reading(request, [row.pk for row, _ in options])
    back = reverse("talks:notes")
    return form_page(request, form, title="随手记一笔", verb="保存", back=back, note=KEPT)


@require_http_methods(["GET", "POST"])
def note(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(note_for(request.actor, pk))
    form = NoteTextForm(request.POST or None, initial={"text": row.text})

    if accept(request, form, lambda: change_note(row, form.cleaned_data["text"], actor=request.actor)):
        messages.success(request, "已保存。" if row.pk else "已删掉。")
        return redirect("talks:notes")
    reading(request, [row.student_id], about=row)
    title = f"随手记：{row.student}"
    return form_page(request, form, title=title, verb="保存", back=reverse("talks:notes"), note=KEPT)
