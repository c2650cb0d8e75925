"""How anybody checks a round himself, and the file that the office hands out for it."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from liangshi.foundation.ui.pages import attempt, found
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.policy import ROUND_PROOF
from liangshi.practice.matching.queries.proof import proof_file
from liangshi.practice.matching.queries.rounds import announced_round
from liangshi.practice.matching.queries.runs import done_run
from liangshi.practice.matching.views.common import found_round
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.policy import allows
from liangshi.registry.access.reads import reading


@require_safe
def verify(request: ActorRequest, pk: UUID) -> HttpResponse:
    """「怎样自己复核」: the command and what it proves."""
    row = found(announced_round(request.actor, pk))
    run = done_run(row)
    may_take = allows(request.actor.role, ROUND_PROOF)
    context = {
        "round": row,
        "run": run if row.state == RoundState.PUBLISHED or may_take else None,
        "may_take": may_take and run is not None and row.way.provable,
        "back": reverse("rounds:rules", args=[pk]),
    }
    return render(request, "rounds/verify.html", context)


@require_safe
def take(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_PROOF)
    run = done_run(row)
    if run is None:
        messages.info(request, "还没有算出结果，没有凭证可以下载。")
        return redirect("rounds:round", pk)
    taken = attempt(request, lambda: proof_file(run))
    if not taken:
        return redirect("rounds:verify", pk)
    reading(request, about=row)
    response = HttpResponse(taken.made, content_type="application/json; charset=utf-8")
    name = f"凭证-{run.result_sha256[:8]}.json"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


@require_safe
def lottery_script(request: HttpRequest) -> HttpResponse:
    """The short program with which anybody repeats a draw. It holds no data."""
    script: Path = settings.LOTTERY_SCRIPT
    try:
        data = script.read_bytes()
    except OSError:
        raise Http404("lottery.py") from None
    response = HttpResponse(data, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lottery.py"'
    return response
