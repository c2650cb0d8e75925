"""Computing, the proposal, publishing, and the page of rules and shares."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.jobs import NO_WORKER, State, shown
from liangshi.foundation.ui.charts import Chart, Series
from liangshi.foundation.ui.pages import accept, found, progress_page
from liangshi.foundation.ui.shell import Tab
from liangshi.foundation.ui.tables import Table
from liangshi.pairing.problem import Weights
from liangshi.practice.matching import tasks
from liangshi.practice.matching.actions.running import start_run
from liangshi.practice.matching.audit import PROPOSAL_READ, RESULT_READ
from liangshi.practice.matching.choices import FROZEN, ProgrammeState, RoundState
from liangshi.practice.matching.forms import RunForm
from liangshi.practice.matching.models import Round, Run
from liangshi.practice.matching.policy import ROUND_MANAGE, ROUND_PUBLISH, ROUND_READ
from liangshi.practice.matching.queries.engine import told_weights
from liangshi.practice.matching.queries.moves import told_moves
from liangshi.practice.matching.queries.programmes import falls_on, reopens
from liangshi.practice.matching.queries.rounds import announced_round, summary
from liangshi.practice.matching.queries.runs import (
    comparison,
    done_run,
    explained,
    latest_run,
    loads,
    placements,
    result_known,
    stalled,
    superseded,
)
from liangshi.practice.matching.queries.runs import shares as shares_of
from liangshi.practice.matching.queries.students import my_round
from liangshi.practice.matching.rules import may_see_ranks
from liangshi.practice.matching.tables import LoadsTable, PlacementsTable
from liangshi.practice.matching.views.common import found_round
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.lists import list_page
from liangshi.registry.access.policy import allows

FEW = 8  # sentences of uneven loads on the page


@require_http_methods(["GET", "POST"])
def run(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_MANAGE)
    form = RunForm(request.POST if request.method == "POST" else None, initial={"draw": row.draw})
    done = accept(request, form, lambda: start_run(row, **form.cleaned_data, actor=request.actor))
    if done:
        tasks.enqueue(done.made)
        return redirect("rounds:progress", pk)
    context = {
        "round": row,
        "form": form,
        "summary": summary(row),
        "run": latest_run(row),
        "lasts": row.places_all and row.lists and row.state in FROZEN | {RoundState.RUNNING},
        "may_draw": not row.draw and not result_known(row),
        "may_add": reopens(row.programme, row),
        "stalled": NO_WORKER if stalled(row) else "",
    }
    return render(request, "rounds/run.html", context)


@require_safe
def progress(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk)
    held = latest_run(row)
    if held is None:
        return redirect("rounds:round", pk)
    done, back = held.state == State.DONE, reverse("rounds:round", args=[pk])
    progress = shown(
        held,
        _said(held, may_see=may_see_ranks(request.actor)),
        poll_url=reverse("rounds:progress", args=[pk]),
        next_url=reverse("rounds:result", args=[pk]) if done else back,
        next_label=_next_label(row) if done else "回到这一轮",
    )
    return progress_page(request, progress, title="运算", back=back, back_label=row.title)


def _next_label(row: Round) -> str:
    return "看结果" if row.state == RoundState.PUBLISHED else "看提案"


def _said(run: Run, *, may_see: bool) -> str:
    """A failure may name who avoids whom: only the office reads it."""
    if run.state == State.FAILED:
        return run.error if may_see else "这次运算没有完成，请学校办公室看原因。"
    words = {
        State.QUEUED: "已排队，马上开始。",
        State.RUNNING: "正在求最优安排，并由独立的程序核验……",
        State.DONE: "算好了，并通过了独立核验。",
        State.DROPPED: "这次运算已被新的运算取代。",
    }
    return words[State(run.state)]


def _result(request: ActorRequest, pk: UUID) -> tuple[Round, Run]:
    row = found_round(request, pk)
    return row, found(done_run(row))


def _page(
    request: ActorRequest, row: Round, run: Run, table: Table, *, way: str, uneven: Sequence[str] = ()
) -> HttpResponse:
    tabs = [
        Tab("按学生", reverse("rounds:result", args=[row.pk]), current=way == "students"),
        Tab("按导师", reverse("rounds:loads", args=[row.pk]), current=way == "mentors"),
    ]
    context = {
        "round": row,
        "run": run,
        "shares": shares_of(run),
        "tabs": tabs,
        "unit": "名学生" if way == "students" else "位导师",
        "uneven": uneven[:FEW],
        "more_uneven": len(uneven[FEW:]),
        "proposed": row.state in {RoundState.PROPOSED, RoundState.CONFIRMED},
        "ready": row.programme.state == ProgrammeState.READY,
        "confirmable": row.state == RoundState.PROPOSED and row.programme.state == ProgrammeState.RUNNING,
        "may_manage": allows(request.actor.role, ROUND_MANAGE),
        "may_publish": allows(request.actor.role, ROUND_PUBLISH),
        "falls_on": falls_on(row).count(),
        "told": _reasons(run) if run.certificate.get("moved") else [],
        "distance": run.certificate.get("distance", "") if may_see_ranks(request.actor) else "",
    }
    return list_page(
        request,
        "rounds/result.html",
        table,
        context,
        excel=True,
        of=row.title,
        about=row,
        entry=RESULT_READ if row.state == RoundState.PUBLISHED else PROPOSAL_READ,
    )


@require_safe
def by_student(request: ActorRequest, pk: UUID) -> HttpResponse:
    row, held = _result(request, pk)
    hidden = () if may_see_ranks(request.actor) else ("rank", "reason")
    table = PlacementsTable(explained(placements(held), request.actor), exclude=hidden)
    return _page(request, row, held, table, way="students")


@require_safe
def by_mentor(request: ActorRequest, pk: UUID) -> HttpResponse:
    row, held = _result(request, pk)
    uneven = held.certificate.get("uneven", []) if may_see_ranks(request.actor) else []
    return _page(request, row, held, LoadsTable(loads(held)), way="mentors", uneven=uneven)


def _way_back(request: ActorRequest, row: Round) -> str:
    """The page of the round that this reader came from; a student who takes no part in it has none."""
    if allows(request.actor.role, ROUND_READ):
        return reverse("rounds:round", args=[row.pk])
    if my_round(request.actor, row.pk):
        return reverse("rounds:my_round", args=[row.pk])
    return reverse("home:home")


def _weighed(weights: Weights) -> list[str]:
    """What the school weighs beside the wishes, a phrase each."""
    meet = f"教这个班的老师，相当于志愿名次提前 {weights.meet} 位"
    even = f"老师每多带一名，相当于退后 {weights.even} 位"
    return [phrase for phrase, weight in ((meet, weights.meet), (even, weights.even)) if weight]


def _reasons(run: Run) -> list[str]:
    """「照顾住宿安排 2 处」: what everybody may know of the moves."""
    return [f"{reason} {count} 处" for reason, count in told_moves(run)]


@require_safe
def rules(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What decides, in plain words; fingerprint, draw and seed; and, once published, how wishes were met."""
    row = found(announced_round(request.actor, pk))
    published = done_run(row) if row.state == RoundState.PUBLISHED else None
    shares = shares_of(published) if published and row.lists else []
    chart = Chart(
        "shares",
        "志愿满足情况",
        [share.label for share in shares],
        [Series("学生", [share.count for share in shares])],
        unit="人",
    )
    context = {
        "round": row,
        "run": published,
        "moved": _reasons(published) if published else [],
        "compared": published is not None and comparison(row).complete,
        "weighed": _weighed(told_weights(row)),
        "superseded": superseded(row),
        "shares": shares,
        "chart": chart if shares else None,
        "back": _way_back(request, row),
    }
    return render(request, "rounds/rules.html", context)
