"""A mentor is asked: whether he is glad to take who ranked him, whether he would go on with whom he has."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from liangshi.foundation.ui.pages import attempt, found
from liangshi.practice.matching.actions.answers import answer as save_answer
from liangshi.practice.matching.actions.answers import object_to_keeping
from liangshi.practice.matching.forms import SayForm
from liangshi.practice.matching.models import RoundMentor
from liangshi.practice.matching.queries.answers import asked_of, asked_student, my_mentoring, takes_answers
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.reads import reading


def _mine(request: ActorRequest, pk: UUID) -> RoundMentor:
    return found(my_mentoring(request.actor, pk))


@require_safe
def answer(request: ActorRequest, pk: UUID) -> HttpResponse:
    held = _mine(request, pk)
    asked = asked_of(held)
    asks = held.round.way.asks
    assert asks is not None  # found by `my_mentoring`
    reading(request, [one.student_id for one in asked], about=held.round)
    context = {
        "round": held.round,
        "mentor": held,
        "asks": asks,
        "asked": asked,
        "answered": sum(bool(one.held) for one in asked),
        "open": takes_answers(held.round),
        "until": getattr(held.round, asks.until),
    }
    return render(request, "rounds/answer.html", context)


@require_POST
def say(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One tap about one student, saved at once."""
    held = _mine(request, pk)
    form = SayForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有收到您点的是谁，这一次没有保存。请在下面再点一次。")
        return redirect("rounds:answer", pk)
    student, verdict = form.cleaned_data["student"], form.cleaned_data["verdict"]

    def deed() -> None:
        if held.round.way.keeps:
            mine = found(asked_student(held, student))
            object_to_keeping(mine, by_mentor=True, objects=verdict == "no", actor=request.actor)
        else:
            save_answer(held, student, verdict, actor=request.actor)

    attempt(request, deed)
    return redirect("rounds:answer", pk)
