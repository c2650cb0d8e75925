"""Record a talk, open it, correct it, void it; what the next 30 days want; what is to be done after a talk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.clock import today
from liangshi.foundation.ui.pages import accept, attempt, found, reason_page
from liangshi.practice.talks.actions.drafts import DRAFTS
from liangshi.practice.talks.actions.talks import (
    TalkFacts,
    correct_talk,
    finish_follow_up,
    save_talk,
    void_talk,
)
from liangshi.practice.talks.audit import OWN_TALK_READ, TALK_READ
from liangshi.practice.talks.forms import CorrectionForm, TalkForm, preset
from liangshi.practice.talks.models import Talk, TalkStudent
from liangshi.practice.talks.policy import TALK_WRITE
from liangshi.practice.talks.queries import moments as moment_queries
from liangshi.practice.talks.queries import talks as talk_queries
from liangshi.practice.talks.queries.activities import invited_to
from liangshi.practice.talks.queries.events import events_for_talk, lighter, open_events_of, wants_event
from liangshi.practice.talks.queries.moments import open_windows
from liangshi.practice.talks.queries.talks import (
    follow_up_for,
    named_in,
    participants,
    talk_for,
    talks,
    writable,
    wrote,
)
from liangshi.practice.talks.rules import may_read_remarks, may_read_text
from liangshi.practice.talks.tables import TalkTable
from liangshi.registry.access.actor import Actor, ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.lists import list_page
from liangshi.registry.access.reads import reading
from liangshi.registry.schools.queries import compulsory_fields


@require_safe
def talk_list(request: ActorRequest) -> HttpResponse:
    """The talks that the actor may open, without a word of their text."""
    actor = request.actor
    context = {
        "invited": invited_to(actor),
        "new_url": address(actor, "talks:new"),
        "event_url": address(actor, "talks:event_new"),
        "follow_up_url": address(actor, "talks:follow_ups"),
        "notes_url": address(actor, "talks:notes"),
        "activities_url": address(actor, "talks:activities"),
    }
    return list_page(request, "talks/list.html", TalkTable(talks(actor)), context)


@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """One screen: who, which of the five; day and mode are set already. ?draft=… goes on with what was not saved."""
    actor = request.actor
    options = writable(actor)
    drafts = DRAFTS.begun(request, options)
    events = open_events_of(actor)
    form = TalkForm(
        request.POST or None,
        options=options,
        events=events,
        asked=compulsory_fields(actor.own_school, "talk"),
        initial=drafts.initial(TalkForm, preset(request.GET, options, events)),
    )

    def save() -> Talk:
        data = form.cleaned_data
        facts = TalkFacts(**form.facts())
        talk = save_talk(
            students=data["students"], facts=facts, key=data["key"], mark=data["mark"], actor=actor
        )
        late = f"，标为{talk.late_words}" if talk.late else ""
        messages.success(request, f"已记下{late}。能看内容的：{talk.readers}。")
        return talk

    if saved := accept(request, form, save):
        return redirect("talks:talk", saved.made.pk) if wants_event(saved.made) else redirect("home:home")
    reading(request, [row.pk for row, _ in options])
    context = {
        "form": form,
        "options": options,
        "asks_family": bool(events) or bool(open_windows(actor.own_school, today())),
        "hint": "标了必填的是学校要求的，别的可以不填" if form.asked else "点几下就能存，别的都可以不填",
        "drafts": drafts,
        "event_url": address(actor, "talks:event_new"),
    }
    return render(request, "talks/new.html", context)


@require_safe
def talk(request: ActorRequest, pk: UUID) -> HttpResponse:
    actor = request.actor
    row = found(talk_for(actor, pk))
    named, others = participants(actor, row)
    entry = OWN_TALK_READ if wrote(actor, row) else TALK_READ
    reading(request, [each.student_id for each in named], entry=entry, about=row)
    own = talk_for(actor, pk, TALK_WRITE) is not None
    context = {
        "talk": row,
        "named": named,
        "others": others,
        "text": may_read_text(actor, row),
        "remarks": [each for each in named if each.remark] if may_read_remarks(actor) else [],
        "own": own,
        "events": _offered(actor, row, named) if own and wants_event(row) else None,
        "back_url": address(actor, "talks:list"),
    }
    return render(request, "talks/talk.html", context)


def _offered(actor: Actor, row: Talk, named: Sequence[TalkStudent]) -> dict[str, Any]:
    """Of a talk about a 重大变故 that names none: an open one of its students to choose, else one to report."""
    if any(event.student_id in {each.student_id for each in named} for event in open_events_of(actor)):
        return {"open": True}
    new = (
        (each, address(actor, "talks:event_new", student=str(each.student_id), talk=str(row.pk)))
        for each in named
    )
    return {"open": False, "new": [pair for pair in new if pair[1]]}


@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    actor = request.actor
    row = found(talk_for(actor, pk, TALK_WRITE))
    named, others = participants(actor, row)
    form = CorrectionForm(
        request.POST or None, talk=row, named=named, events=events_for_talk(actor, row, named)
    )

    def save() -> None:
        correct_talk(row, TalkFacts(**form.facts()), version=form.cleaned_data["version"], actor=actor)

    if request.method == "POST" and form.is_valid():
        if accept(request, form, save):
            row.refresh_from_db()
            messages.success(request, f"已更正，原来的写法也留着。能看内容的：{row.readers}。")
            return redirect("talks:talk", pk)
        row.refresh_from_db()
        form.renew(row.version)
    reading(request, [each.student_id for each in named], about=row)
    event_url = address(actor, "talks:event_new")
    context = {"form": form, "talk": row, "named": named, "others": others, "event_url": event_url}
    return render(request, "talks/edit.html", context)


@require_http_methods(["GET", "POST"])
def void(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(talk_for(request.actor, pk, TALK_WRITE))
    return reason_page(
        request,
        lambda reason: void_talk(row, reason=reason, actor=request.actor),
        "已作废。学校只知道有过这一条，看不到内容。",
        back=reverse("talks:talk", args=[pk]),
        title="作废这条谈话",
        verb="作废",
        example="选错了学生",
        note="作废以后不再算数，您自己还看得到。",
    )


@require_safe
def versions(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What the talk said before, for its author."""
    row = found(talk_for(request.actor, pk, TALK_WRITE))
    named, _ = participants(request.actor, row)
    reading(request, [each.student_id for each in named], about=row)
    names = {str(each.student_id): str(each) for each in named}
    rows = [
        (each, [(names[key], text) for key, text in each.facts["remarks"].items() if key in names])
        for each in talk_queries.versions(row)
    ]
    return render(request, "talks/versions.html", {"talk": row, "rows": rows})


@require_safe
def forecast(request: ActorRequest) -> HttpResponse:
    """The key moments of the next 30 days and whom they are about."""
    day = today()
    rows = moment_queries.forecast(request.actor)
    reading(request, [each.pk for row in rows for each in row.students])
    context = {
        "rows": [(row, row.window.opens_on <= day, row.weekly(day)) for row in rows],
        "total": sum(len(row.students) for row in rows),
        "lighter": lighter(request.actor.staff_id, day),
    }
    return render(request, "talks/forecast.html", context)


@require_safe
def follow_ups(request: ActorRequest) -> HttpResponse:
    """One's own, by date. A leader who is asked for counsel sees the mentor and no student."""
    actor = request.actor
    rows = [(row, named_in(row), wrote(actor, row.talk)) for row in talk_queries.follow_ups(actor)]
    reading(request, [each.student_id for _, named, _ in rows for each in named])
    return render(request, "talks/follow_ups.html", {"rows": rows})


@require_POST
def follow_up_done(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(follow_up_for(request.actor, pk))
    attempt(request, lambda: finish_follow_up(row, actor=request.actor), "记下了，这件事已办。")
    return redirect("talks:follow_ups")
