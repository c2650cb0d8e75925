"""Key moments and talks in a school's numbers: by window and grade, never by teacher."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liangshi.foundation.base.clock import today
from liangshi.oversight.coverage.moments import balance, outlook, spans_of, year_reaches
from liangshi.portal.dashboards.queries import running_term
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.links import address


@require_safe
def moments(request: ActorRequest) -> HttpResponse:
    actor, day = request.actor, today()
    first = running_term(actor, day)
    strategies, topics = balance(actor, first, day)
    spans = spans_of(actor.own_school, day)
    coming = outlook(actor, day, spans)
    context = {
        "reaches": [(row, row.span.window.last_on >= day) for row in year_reaches(actor, day, spans)],
        "coming": [(row, row.span.window.opens_on > day) for row in coming],
        "wanted": sum(row.wanted for row in coming),
        "strategies": strategies,
        "topics": topics,
        "first": first,
        "years_url": address(actor, "dashboards:years"),
    }
    return render(request, "dashboards/moments.html", context)
