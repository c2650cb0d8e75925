"""The list of what is due, and the calendar that other programs subscribe to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liangshi.foundation.base.wall import narrow
from liangshi.foundation.ui.pages import attempt, found
from liangshi.portal.agenda import actions, queries
from liangshi.portal.agenda.documents import calendar_bytes
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.reads import reading


@require_safe
def show(request: ActorRequest) -> HttpResponse:
    items = queries.agenda(request.actor)
    reading(request, [student for item in items for student in item.names])
    return render(request, "agenda/agenda.html", {"items": items})


@require_safe
def calendar(request: ActorRequest) -> HttpResponse:
    return render(request, "agenda/calendar.html", {"subscribed": queries.has_feed(request.actor)})


@require_POST
def subscribe(request: ActorRequest) -> HttpResponse:
    """The address is shown in this answer and never again."""
    token = actions.make_feed(request.actor)
    address = request.build_absolute_uri(reverse("agenda:feed", args=[token]))
    return render(request, "agenda/calendar.html", {"subscribed": True, "address": address})


@require_POST
def unsubscribe(request: ActorRequest) -> HttpResponse:
    attempt(request, lambda: actions.end_feed(request.actor), "日历订阅已停用，原来的地址打不开了。")
    return redirect("agenda:calendar")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    actor = found(queries.reader_of(token))
    narrow(actor.hat.reach)
    body = calendar_bytes(queries.agenda(actor), title=f"良师 · {actor.role.label}")
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")
