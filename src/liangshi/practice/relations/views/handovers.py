"""交接信: the list, and one letter as each side may read and write it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
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
    row = found(queries.hand_over_for(request.actor, pk))
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
    form = HalfForm(request.POST or None, initial={"text": getattr(row, f"{part.half}_half", "")})
    if accept(
        request,
        form,
        lambda: actions.write_half(row, form.cleaned_data["text"], actor=request.actor),
        "已保存，新导师接过以前都可以改。",
    ):
        return redirect("relations:handover", pk)
    entry = HAND_OVER_READ if part.reads_student or part.reads_mentor else HAND_OVER_LISTED
    reading(request, [row.ended.student_id], entry=entry, about=row)
    return render(
        request, "relations/letter.html", {"row": row, "tone": tone(row), "part": part, "form": form}
    )
