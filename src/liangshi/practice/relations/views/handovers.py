"""交接信: the list, and one letter as each side may read and write it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.ui.pages import accept, attempt, found
from liangshi.practice.relations.actions import handovers as actions
from liangshi.practice.relations.audit import HAND_OVER_LISTED, HAND_OVER_READ
from liangshi.practice.relations.choices import HAND_OVER
from liangshi.practice.relations.forms.handovers import HalfForm
from liangshi.practice.relations.models import HandOver
from liangshi.practice.relations.queries import handovers as queries
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.reads import reading

SHOWN = 100


def tone(row: HandOver) -> str:
    return HAND_OVER.tone(row.state)


@require_safe
def letters(request: ActorRequest) -> HttpResponse:
    rows = [(row, tone(row)) for row in queries.hand_overs(request.actor)[:SHOWN]]
    reading(request, [row.ended.student_id for row, _ in rows])
    return render(request, "relations/letters.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def letter(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = queries.hand_over_for(request.actor, pk)
    if row is None and request.POST.get("text") and queries.wrote_too_late(request.actor, pk):
        return render(request, "relations/late.html", {"text": request.POST["text"]})
    row = found(row)
    part = queries.part_of(request.actor, row)
    act = request.POST.get("act", "")
    if act == "accept":
        said = f"谢谢您。{row.ended.student}的交接信您已接过。"
        attempt(request, lambda: actions.accept_letter(row, actor=request.actor), said)
        return redirect("relations:handover", pk)
    if act == "ask":
        said = f"已经请{row.ended.mentor}写一半，写不写由他。"
        attempt(request, lambda: actions.ask_mentor(row, actor=request.actor), said)
        return redirect("relations:handover", pk)
    if act == "skip":
        attempt(request, lambda: actions.skip_letter(row, actor=request.actor), "已登记：这一封不写了。")
        return redirect("relations:handover", pk)
    queries.opened(row, part)
    kept = queries.kept_lines(request.actor, row, part)
    form = HalfForm(request.POST or None, kept=kept, initial={"text": getattr(row, f"{part.half}_half", "")})
    if form.is_bound and form.is_valid() and form.chosen:
        words = f"勾上的 {len(form.chosen)} 行放到信的末尾了，还没有保存。请看一遍，改好再点「保存」。"
        messages.info(request, words)
        form = HalfForm(kept=kept, initial={"text": form.moved})

    def write() -> None:
        actions.write_half(row, form.cleaned_data["text"], done=act == "done", actor=request.actor)

    if act == "done":
        said, then = f"谢谢您。信已经交给{row.successor}，您这里不再保留。", reverse("relations:handovers")
    else:
        said, then = "已保存，新导师接过以前都可以改。", reverse("relations:handover", args=[pk])
    if accept(request, form, write, said):
        return redirect(then)
    entry = HAND_OVER_READ if part.reads_student or part.reads_mentor else HAND_OVER_LISTED
    reading(request, [row.ended.student_id], entry=entry, about=row)
    context = {
        "row": row,
        "tone": tone(row),
        "part": part,
        "form": form,
        "kept": kept,
        "finishes": queries.finishes(request.actor, row, part),
    }
    return render(request, "relations/letter.html", context)
