"""Whether wishes are met alike, group by group: figures only, for those who publish."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from liangshi.foundation.ui.charts import Chart, Series
from liangshi.foundation.ui.pages import attempt
from liangshi.practice.matching.actions.fairness import see_fairness
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.policy import ROUND_FAIRNESS
from liangshi.practice.matching.queries.fairness import KINDS, Group, Report, fairness, seen_by
from liangshi.practice.matching.queries.runs import done_run
from liangshi.practice.matching.views.common import found_round
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.policy import allows


@require_safe
def show(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk)
    run = done_run(row)
    if run is None:
        messages.info(request, "还没有提案，算好以后才有公平情况可看。")
        return redirect("rounds:round", pk)
    report = fairness(run)
    context = {
        "round": row,
        "run": run,
        "report": report,
        "kinds": [
            (label, _lines(report, kind), (report.unknown or {}).get(kind, 0), _chart(report, kind, label))
            for kind, label in KINDS.items()
        ],
        "seen": seen_by(run),
        "proposed": row.state in {RoundState.PROPOSED, RoundState.CONFIRMED},
        "may_tick": allows(request.actor.role, ROUND_FAIRNESS),
    }
    return render(request, "rounds/fairness.html", context)


def _lines(report: Report, kind: str) -> list[tuple[Group, int, int]]:
    """A group with its two percentages."""
    return [(group, group.percent("first"), group.percent("listed")) for group in report.of(kind)]


def _chart(report: Report, kind: str, label: str) -> Chart | None:
    groups = report.of(kind)
    if len(groups) < 2:
        return None
    return Chart(
        f"fair-{kind.replace('_', '-')}",
        f"{label}：志愿满足率",
        [group.label for group in groups],
        [
            Series("第 1 志愿", [group.percent("first") for group in groups]),
            Series("志愿内", [group.percent("listed") for group in groups]),
        ],
        unit="%",
        horizontal=len(groups) > 6,
    )


@require_POST
def seen(request: ActorRequest, pk: UUID) -> HttpResponse:
    """「我看过了」."""
    row = found_round(request, pk, ROUND_FAIRNESS)
    shown = request.POST.get("shown", "")
    said = "记下了：您看过这份提案的公平情况。"
    attempt(request, lambda: see_fairness(row, shown=shown, actor=request.actor), said)
    return redirect("rounds:fairness", pk)
