"""The three aims side by side, in numbers only, and the choice among them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation import jobs
from liangshi.foundation.ui.pages import accept, attempt, confirm_page, progress_page
from liangshi.foundation.ui.shell import Confirm, Progress
from liangshi.practice.matching import tasks
from liangshi.practice.matching.actions.running import choose_aim, compare_aims
from liangshi.practice.matching.choices import FROZEN, RoundState
from liangshi.practice.matching.forms import RunForm
from liangshi.practice.matching.models import Round
from liangshi.practice.matching.policy import ROUND_MANAGE
from liangshi.practice.matching.queries.fairness import gap_rows
from liangshi.practice.matching.queries.runs import Comparison, comparison, result_known
from liangshi.practice.matching.rules import may_see_ranks
from liangshi.practice.matching.views.common import found_round
from liangshi.practice.plans.choices import Aim
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.policy import allows


@require_safe
def show(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The comparison; while it is computed, how far it is."""
    row = found_round(request, pk)
    if row.state not in FROZEN:
        messages.info(
            request, f"截止以后、公布以前才能比较三种目标，这一轮现在是「{row.get_state_display()}」。"
        )
        return redirect("rounds:round", pk)
    held = comparison(row)
    if held.running or request.headers.get("HX-Request") == "true":
        return progress_page(
            request,
            _progress(row, held),
            title="三种目标比一比",
            back=reverse("rounds:round", args=[pk]),
            back_label=row.title,
        )
    return _page(request, row, held)


def _progress(row: Round, held: Comparison) -> Progress:
    here = reverse("rounds:compare", args=[row.pk])
    ended = "算好了。" if held.complete else "没有算完，请看原因。"
    waits = jobs.stalled(*held.trials.values())
    said = jobs.NO_WORKER if waits else "正在用三种目标各算一遍……"
    return Progress(
        said if held.running else ended,
        here,
        percent=held.percent,
        waiting=waits,
        done=held.complete,
        failed=not held.running and not held.complete,
        next_url=here,
        next_label="看比较" if held.complete else "看原因",
    )


def _page(request: ActorRequest, row: Round, held: Comparison) -> HttpResponse:
    may_manage = allows(request.actor.role, ROUND_MANAGE)
    used = row.target if row.state == RoundState.PROPOSED else None
    context = {
        "round": row,
        "form": RunForm(),
        "may_draw": not row.draw and not result_known(row),
        "may_manage": may_manage,
        "complete": held.complete,
        "error": held.error if may_see_ranks(request.actor) else held.error and "请学校办公室看原因。",
        "aims": list(Aim),
        "rows": held.rows if held.complete else [],
        "gaps": gap_rows([held.trials[aim] for aim in Aim]) if held.complete else [],
        "marks": [("已经告知", _marked(row.aim)), *([("现有提案", _marked(used))] if used else [])],
        "choices": [aim for aim in Aim if aim != used] if may_manage and held.complete else [],
    }
    return render(request, "rounds/compare.html", context)


def _marked(one: str) -> list[str]:
    """A line of the table that marks one of the aims."""
    return ["是" if aim == one else "" for aim in Aim]


@require_POST
def start(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_MANAGE)
    form = RunForm(request.POST)
    done = accept(
        request,
        form,
        lambda: compare_aims(row, actor=request.actor, draw=form.cleaned_data["draw"]),
    )
    if done:
        for trial in done.made:
            tasks.enqueue(trial)
        return redirect("rounds:compare", pk)
    for said in form.errors.values():
        messages.error(request, str(said[0]))
    return redirect("rounds:compare", pk)


@require_http_methods(["GET", "POST"])
def choose(request: ActorRequest, pk: UUID, aim: str) -> HttpResponse:
    """GET shows in numbers what another aim would change; POST drops the proposal and computes again."""
    row = found_round(request, pk, ROUND_MANAGE)
    if aim not in Aim.values:
        raise Http404("aim")
    wanted = Aim(aim)
    if request.method == "POST":
        said = f"定了用「{wanted.label}」，正在运算。"
        done = attempt(request, lambda: choose_aim(row, wanted, actor=request.actor), said)
        if done:
            tasks.enqueue(done.made)
            return redirect("rounds:progress", pk)
        return redirect("rounds:round", pk)
    held = comparison(row)
    if row.state not in FROZEN or not held.complete:
        return redirect("rounds:compare", pk)
    return confirm_page(request, _confirm(row, held, wanted))


def _confirm(row: Round, held: Comparison, wanted: Aim) -> Confirm:
    at, before = list(Aim).index(wanted), list(Aim).index(row.target)
    facts = [
        (str(counts[at]), label if at == before else f"{label}（「{row.target.label}」是 {counts[before]}）")
        for label, counts in held.rows
        if at == before or counts[at] != counts[before]
    ]
    drops = "现在的提案会作废，" if row.state == RoundState.PROPOSED else ""
    return Confirm(
        f"用「{wanted.label}」？",
        f"{drops}马上用这个目标运算。志愿和抽签都不变，公布时规则页会写明用的是哪一种。",
        f"用「{wanted.label}」",
        reverse("rounds:choose_aim", args=[row.pk, wanted]),
        reverse("rounds:compare", args=[row.pk]),
        facts=facts or [("0", "项人数有变化，换不换都一样")],
        undo="公布以前，随时可以再换回来。",
    )
