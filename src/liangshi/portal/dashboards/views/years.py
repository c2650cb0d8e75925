"""School years, terms and the calendar, with the key-moment windows that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.ui.pages import accept, attempt, confirm_page, form_page, found
from liangshi.foundation.ui.shell import Confirm, Tab
from liangshi.portal.dashboards import queries
from liangshi.portal.dashboards.forms import EventForm, TermForm, YearForm
from liangshi.portal.dashboards.policy import CALENDAR_READ, CALENDAR_WRITE, YEAR_REOPEN
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.policy import Permission, allows
from liangshi.registry.schools import actions
from liangshi.registry.schools.choices import TermSeq, YearState
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import School, SchoolYear


def _year(request: ActorRequest, pk: UUID, permission: Permission[School] = CALENDAR_READ) -> SchoolYear:
    return found(queries.year_for(request.actor, pk, permission))


@require_safe
def years(request: ActorRequest) -> HttpResponse:
    """The current year, or the newest there is."""
    rows = queries.years_of(request.actor)
    shown = next((row for row in rows if row.start_year == current_year_start()), rows[0] if rows else None)
    return _page(request, shown, rows)


@require_safe
def year(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _page(request, _year(request, pk), queries.years_of(request.actor))


def _page(request: ActorRequest, shown: SchoolYear | None, rows: list[SchoolYear]) -> HttpResponse:
    actor = request.actor
    closed = shown is not None and shown.state == YearState.CLOSED
    over = shown is not None and shown.start_year < current_year_start()
    terms = {row.seq: row for row in shown.terms.all()} if shown else {}
    context = {
        "year": shown,
        "tabs": [
            Tab(row.code, reverse("dashboards:year", args=[row.pk]), current=row == shown) for row in rows
        ],
        "terms": [(seq, TermSeq(seq).label, terms.get(seq)) for seq in TermSeq.values],
        "events": queries.events_of(shown) if shown else [],
        "windows": queries.windows_of(shown) if shown else [],
        "writes": allows(actor.role, CALENDAR_WRITE) and not closed,
        "new_url": address(actor, "dashboards:year_new"),
        "close_url": address(actor, "dashboards:year_close", shown.pk)
        if shown and over and not closed
        else "",
        "reopen_url": address(actor, "dashboards:year_reopen", shown.pk) if shown and closed else "",
        "rollover_url": address(actor, "rollover:rollover", shown.pk) if shown else "",
        "reopened": over and not closed,
        "closed": closed,
    }
    return render(request, "dashboards/years.html", context)


@require_http_methods(["GET", "POST"])
def year_new(request: ActorRequest) -> HttpResponse:
    school = found(queries.school_for(request.actor, request.actor.own_school, CALENDAR_WRITE))
    form = YearForm(request.POST or None, initial={"start_year": current_year_start()})
    back = reverse("dashboards:years")
    if accept(
        request,
        form,
        lambda: actions.make_year(school, **form.cleaned_data, actor=request.actor),
        "学年已建立，请设定学期。",
    ):
        return redirect(back)
    return form_page(request, form, title="建立学年", verb="保存", back=back)


@require_http_methods(["GET", "POST"])
def term(request: ActorRequest, pk: UUID, seq: int) -> HttpResponse:
    row = _year(request, pk, CALENDAR_WRITE)
    if str(seq) not in TermSeq.values:
        raise Http404("no such term")
    held = row.terms.filter(seq=str(seq)).first()
    initial = {"opens_on": held.opens_on, "closes_on": held.closes_on} if held else None
    form = TermForm(request.POST or None, initial=initial)
    title = f"{row} {TermSeq(str(seq)).label}"
    back = reverse("dashboards:year", args=[pk])
    if accept(
        request,
        form,
        lambda: actions.set_term(row, str(seq), **form.cleaned_data, actor=request.actor),
        f"{title}已保存。",
    ):
        return redirect(back)
    return form_page(request, form, title=title, verb="保存", back=back)


@require_http_methods(["GET", "POST"])
def event_new(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _year(request, pk, CALENDAR_WRITE)
    form = EventForm(request.POST or None, year=row)
    back = reverse("dashboards:year", args=[pk])
    if accept(
        request,
        form,
        lambda: actions.add_event(row, **form.cleaned_data, actor=request.actor),
        "校历已更新。",
    ):
        return redirect(back)
    return form_page(request, form, title=f"{row} 校历添一项", verb="保存", back=back)


def _gone(request: ActorRequest, row: SchoolYear) -> HttpResponse:
    """An entry that is not there (any more): the calendar shows what there is."""
    messages.info(request, "校历里已经没有这一项了。")
    return redirect("dashboards:year", row.pk)


@require_http_methods(["GET", "POST"])
def event(request: ActorRequest, pk: UUID, event: UUID) -> HttpResponse:
    row = _year(request, pk, CALENDAR_WRITE)
    held = queries.event_of(row, event)
    if held is None:
        return _gone(request, row)
    form = EventForm(request.POST or None, year=row, initial=model_to_dict(held))
    back = reverse("dashboards:year", args=[pk])
    if accept(
        request,
        form,
        lambda: actions.change_event(held, **form.cleaned_data, actor=request.actor),
        "校历已更新。",
    ):
        return redirect(back)
    return form_page(
        request,
        form,
        title=held.title,
        sub=f"{row} 校历",
        verb="保存",
        back=back,
        remove=("撤下", reverse("dashboards:event_withdraw", args=[pk, event])),
    )


@require_http_methods(["GET", "POST"])
def event_withdraw(request: ActorRequest, pk: UUID, event: UUID) -> HttpResponse:
    row = _year(request, pk, CALENDAR_WRITE)
    held = queries.event_of(row, event)
    if held is None:
        return _gone(request, row)
    if request.method == "POST":
        attempt(
            request, lambda: actions.withdraw_event(held, actor=request.actor), f"「{held}」已从校历撤下。"
        )
        return redirect("dashboards:year", pk)
    lost, instead = queries.windows_lost(held)
    facts = [*_facts(lost, "取消"), *_facts(instead, "改开")]
    confirm = Confirm(
        f"从校历撤下「{held}」？",
        "关键时间节点跟着变：" if facts else "关键时间节点不变。",
        "撤下",
        request.path,
        reverse("dashboards:event", args=[pk, event]),
        facts=facts,
        undo="谈过的都还在。撤错了，可以再添一项。",
        danger=True,
    )
    return confirm_page(request, confirm)


def _facts(rows: list[queries.GradesWindow], verb: str) -> list[tuple[str, str]]:
    return [
        (
            verb,
            f"「{window.title}」{window.opens_on:%-m 月 %-d 日}至 {window.last_on:%-m 月 %-d 日}，{grades}",
        )
        for window, grades in rows
    ]


def _ask(request: ActorRequest, row: SchoolYear, confirm: Confirm, act: Callable[..., None]) -> HttpResponse:
    """Ask before closing or reopening, then do it."""
    if request.method == "GET":
        return confirm_page(request, confirm)
    attempt(request, lambda: act(row, actor=request.actor), f"{row} 学年：{confirm.verb}，已完成。")
    return redirect("dashboards:year", row.pk)


@require_http_methods(["GET", "POST"])
def year_close(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _year(request, pk, CALENDAR_WRITE)
    here = reverse("dashboards:year_close", args=[pk])
    confirm = Confirm(
        f"关闭 {row} 学年？",
        "关闭后，这一学年的事不能再写入，随时可以看。",
        "关闭学年",
        here,
        reverse("dashboards:year", args=[pk]),
        undo="确实要补录时，校领导可以重新开启。",
    )
    return _ask(request, row, confirm, actions.close_year)


@require_http_methods(["GET", "POST"])
def year_reopen(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _year(request, pk, YEAR_REOPEN)
    here = reverse("dashboards:year_reopen", args=[pk])
    confirm = Confirm(
        f"重新开启 {row} 学年？",
        "开启后可以补录这一学年的事，补进去的都标明「补录」。补完请办公室再关闭。",
        "重新开启",
        here,
        reverse("dashboards:year", args=[pk]),
    )
    return _ask(request, row, confirm, actions.reopen_year)
