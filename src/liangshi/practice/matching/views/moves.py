"""Between proposal and publishing: the office gives single students another mentor."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.ui.pages import accept, attempt, confirm_page, found
from liangshi.foundation.ui.shell import Confirm, Tab
from liangshi.practice.matching.actions.moves import Moved, move_student, undo_move
from liangshi.practice.matching.actions.moves import undo_all as undo_every_move
from liangshi.practice.matching.audit import PROPOSAL_READ, WISHES_READ
from liangshi.practice.matching.choices import NEVER, RoundState
from liangshi.practice.matching.forms import MoveForm, PlacementFilter
from liangshi.practice.matching.models import Placement, Round, Run
from liangshi.practice.matching.policy import ROUND_ADJUST, ROUND_OVERRIDE
from liangshi.practice.matching.queries.moves import (
    Column,
    found_first,
    marks_for,
    matches,
    move_of,
    moves_of,
    placement_of,
    standing_moves,
)
from liangshi.practice.matching.queries.moves import board as board_columns
from liangshi.practice.matching.queries.rounds import classes_of, mentors_of
from liangshi.practice.matching.queries.runs import done_run, placements
from liangshi.practice.matching.rules import may_see_ranks
from liangshi.practice.matching.tables import AdjustTable
from liangshi.practice.matching.views.common import found_round
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.lists import list_page
from liangshi.registry.access.policy import allows
from liangshi.registry.access.reads import reading


def _proposal(request: ActorRequest, pk: UUID) -> tuple[Round, Run | None]:
    """The round and its proposal; no run where there is nothing to adjust (any more)."""
    row = found_round(request, pk, ROUND_ADJUST)
    return row, done_run(row) if row.state == RoundState.PROPOSED else None


def _nothing(request: ActorRequest, row: Round) -> HttpResponse:
    after = "公布以后的调整走换导师的手续。" if row.state == RoundState.PUBLISHED else ""
    messages.info(request, f"只有提案能个别调整，这一轮现在是「{row.get_state_display()}」。{after}")
    return redirect("rounds:round", row.pk)


def _tabs(row: Round, way: str) -> list[Tab]:
    return [
        Tab("找学生", reverse("rounds:moves", args=[row.pk]), current=way == "list"),
        Tab("看板", reverse("rounds:board", args=[row.pk]), current=way == "board"),
    ]


@require_safe
def show(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The moves made so far, and every student to be found by name, class or mentor."""
    row, run = _proposal(request, pk)
    if run is None:
        return _nothing(request, row)
    hidden = () if may_see_ranks(request.actor) else ("rank",)
    chosen = PlacementFilter(request.GET, placements(run), classes_of(row), mentors_of(row))
    made = moves_of(run)
    context = {
        "round": row,
        "run": run,
        "tabs": _tabs(row, "list"),
        "moves": made,
        "filter": chosen,
        "distance": run.certificate.get("distance", "") if may_see_ranks(request.actor) else "",
    }
    moved = [student for each in made for student in each.round_student.named]
    table = AdjustTable(chosen.qs, exclude=hidden)
    return list_page(request, "rounds/moves.html", table, context, about=row, also=moved)


@require_safe
def board(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Mentors as cards with their students. Dragging is a quicker way to the same page of reasons.

    With `?who=` those whom it names come first, so that one can be dragged to the other.
    """
    row, run = _proposal(request, pk)
    if run is None:
        return _nothing(request, row)
    text = request.GET.get("who", "").strip()
    columns, named = found_first(board_columns(run), text)
    reading(
        request, [student for one in columns for each in one.students for student in each.named], about=row
    )
    context = {
        "round": row,
        "tabs": _tabs(row, "board"),
        "columns": columns,
        "named": named,
        "text": text,
        "may_see_ranks": may_see_ranks(request.actor),
    }
    return render(request, "rounds/board.html", context)


@require_http_methods(["GET", "POST"])
def move(request: ActorRequest, pk: UUID, student: UUID) -> HttpResponse:
    """First the mentor, from a list with live places; then, with `?to=`, the reason; then it is saved."""
    row, run = _proposal(request, pk)
    if run is None:
        return _nothing(request, row)
    held = found(placement_of(run, student))
    if request.method == "POST":
        return _save(request, row, run, held)
    wanted = _wanted(run, request.GET.get("to", ""))
    if wanted is None:
        return _choose(request, row, run, held)
    form = MoveForm(initial={"mentor": wanted.mentor.pk, "held": held.mentor_id})
    return _ask(request, row, held, wanted, form)


def _wanted(run: Run, key: str) -> Column | None:
    return next((one for one in board_columns(run) if str(one.mentor.pk) == key), None)


def _choose(request: ActorRequest, row: Round, run: Run, held: Placement) -> HttpResponse:
    text = request.GET.get("who", "").strip()
    sees = may_see_ranks(request.actor)
    marks = marks_for(held) if sees else {}  # the student's wishes beside the mentors
    entry = WISHES_READ if sees else PROPOSAL_READ
    reading(request, held.named, entry=entry, about=row)
    columns = [
        (one, marks.get(one.mentor.pk, ""))
        for one in board_columns(run)
        if not text or matches(one.mentor.staff.person, text.lower().split())
    ]
    context = {"round": row, "held": held, "columns": columns, "text": text, "never": NEVER}
    return render(request, "rounds/move_mentor.html", context)


def _ask(request: ActorRequest, row: Round, held: Placement, wanted: Column, form: MoveForm) -> HttpResponse:
    reading(request, held.named, about=row)
    context = {
        "round": row,
        "held": held,
        "wanted": wanted,
        "form": form,
        "may_override": allows(request.actor.role, ROUND_OVERRIDE),
    }
    return render(request, "rounds/move.html", context)


def _save(request: ActorRequest, row: Round, run: Run, held: Placement) -> HttpResponse:
    form = MoveForm(request.POST)
    wanted = _wanted(run, request.POST.get("mentor", ""))
    if wanted is None:
        messages.error(request, "请先从名单里选一位老师。")
        return redirect("rounds:move", row.pk, held.round_student_id)
    done = accept(
        request,
        form,
        lambda: move_student(
            held.round_student,
            wanted.mentor,
            held=form.cleaned_data["held"],
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            actor=request.actor,
        ),
    )
    if done:
        said = f"已把{held.round_student}从{held.mentor}调到{wanted.mentor}。"
        messages.success(request, said + _cost(request, done.made))
        return redirect("rounds:moves", row.pk)
    return _ask(request, row, held, wanted, form)


def _cost(request: ActorRequest, moved: Moved) -> str:
    """What it costs. It tells which wish a student had, so only those read it who may see wishes."""
    if not may_see_ranks(request.actor):
        return "名额和回避都核验过了。"
    step = moved.cost or "各志愿的人数不变"
    return f"{step}。现在和最优安排相比：{moved.distance or '人数一样'}。"


@require_POST
def undo(request: ActorRequest, pk: UUID, move: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_ADJUST)
    run = done_run(row)
    held = found(move_of(run, move) if run else None)
    said = f"已撤销：{held.round_student}回到{held.held}。"
    attempt(request, lambda: undo_move(held, actor=request.actor), said)
    return redirect("rounds:moves", pk)


@require_http_methods(["GET", "POST"])
def undo_all(request: ActorRequest, pk: UUID) -> HttpResponse:
    row, run = _proposal(request, pk)
    if run is None:
        return _nothing(request, row)
    back = reverse("rounds:moves", args=[pk])
    if request.method == "POST":
        said = "已全部撤销，回到运算出的安排。"
        attempt(request, lambda: undo_every_move(row, actor=request.actor), said)
        return redirect(back)
    return confirm_page(
        request,
        Confirm(
            "撤销全部个别调整？",
            "每名学生回到运算给他的导师，结果的指纹也回到运算时的那一个。",
            "全部撤销",
            reverse("rounds:undo_all", args=[pk]),
            back,
            facts=[(str(len(standing_moves(run))), "处调整会撤销")],
            undo="撤销以后，可以再一处一处调整。",
        ),
    )
