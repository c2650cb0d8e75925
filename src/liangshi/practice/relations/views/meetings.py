"""The card of the first meeting as a page, and the list of a mentor who meets several."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.ui.pages import accept, found
from liangshi.practice.relations.actions import meetings as actions
from liangshi.practice.relations.forms.meetings import MeetingForm
from liangshi.practice.relations.queries import meetings as queries
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.reads import reading


@require_safe
def meetings(request: ActorRequest) -> HttpResponse:
    cards = queries.first_meetings(request.actor)
    reading(request, [card.bond.student_id for card in cards])
    return render(request, "relations/meetings.html", {"cards": cards})


@require_http_methods(["GET", "POST"])
def meeting(request: ActorRequest, pk: UUID) -> HttpResponse:
    card = found(queries.first_meeting(request.actor, pk))
    form = MeetingForm(request.POST or None, initial={"note": card.note})
    if accept(
        request,
        form,
        lambda: actions.note_meeting(card.bond, form.cleaned_data["note"], actor=request.actor),
        "记下了，两个人都看得到。",
    ):
        return redirect("relations:meeting", pk)
    reading(request, [card.bond.student_id])
    context = {
        "card": card,
        "form": form,
        "ask_url": address(request.actor, "relations:ask", card.bond.student_id),
    }
    return render(request, "relations/meeting.html", context)
