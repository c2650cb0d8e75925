"""A programme: its rounds as steps, the one next thing to do, its result, its publication."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_safe

from liangshi.foundation.base.clock import now
from liangshi.foundation.ui.pages import accept, attempt, confirm_page, form_page, reason_page
from liangshi.foundation.ui.shell import Confirm, Tab
from liangshi.foundation.ui.tables import Table
from liangshi.practice.matching.actions.programmes import abort_programme, add_round, create_programme
from liangshi.practice.matching.actions.publishing import look_ahead
from liangshi.practice.matching.actions.publishing import publish as publish_programme
from liangshi.practice.matching.audit import PROPOSAL_READ, RESULT_READ
from liangshi.practice.matching.choices import (
    GROWING,
    PROGRAMME,
    TOLD,
    UNPUBLISHED,
    ProgrammeKind,
    ProgrammeState,
    RoundState,
)
from liangshi.practice.matching.forms import AddRoundForm, NewProgrammeForm
from liangshi.practice.matching.models import Programme, Round
from liangshi.practice.matching.modes import MODES
from liangshi.practice.matching.policy import ROUND_MANAGE, ROUND_PUBLISH
from liangshi.practice.matching.queries.fairness import unseen_fairness
from liangshi.practice.matching.queries.programmes import (
    left_students,
    live_rounds,
    modes_for,
    next_thing,
    no_more_rounds,
    programme_shares,
    reopens,
    standing,
    withheld,
)
from liangshi.practice.matching.queries.programmes import outcome as outcome_rows
from liangshi.practice.matching.queries.programmes import outcome_loads as loads_of_outcome
from liangshi.practice.matching.queries.programmes import programmes as programmes_of
from liangshi.practice.matching.queries.programmes import released as released_students
from liangshi.practice.matching.queries.programmes import steps as steps_of
from liangshi.practice.matching.queries.rounds import cohorts_of
from liangshi.practice.matching.queries.runs import explained, shown_state, stalled
from liangshi.practice.matching.rules import may_see_ranks
from liangshi.practice.matching.tables import LeftTable, LoadsTable, OutcomeTable, ReleasedTable
from liangshi.practice.matching.views.common import found_programme
from liangshi.practice.plans.choices import Mode
from liangshi.practice.plans.queries import own_policy, policy_in_force
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.lists import list_page
from liangshi.registry.access.policy import allows


@require_safe
def programmes(request: ActorRequest) -> HttpResponse:
    rows = [(row, PROGRAMME.tone(row.state)) for row in programmes_of(request.actor)]
    context = {"rows": rows, "may_manage": allows(request.actor.role, ROUND_MANAGE)}
    return render(request, "rounds/list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    review = request.GET.get("kind") == ProgrammeKind.REVIEW
    kind = ProgrammeKind.REVIEW if review else ProgrammeKind.NEW
    cohorts = cohorts_of(request.actor, having=review)
    words = "名学生有导师" if review else "名学生还没有导师"
    policy = own_policy(request.actor)
    modes = modes_for(policy, kind) if policy else [Mode.WISHES.value]
    first = next((mode for mode in modes if review and MODES[mode].keeps), modes[0])
    form = NewProgrammeForm(
        request.POST or None,
        cohorts=[(cohort, f"{cohort} · {count} {words}") for cohort, count in cohorts],
        modes=modes,
        wishes=policy.wish_limit if policy else 1,
        initial=_suggestion(
            request, [str(c.pk) for c, _ in cohorts[:1]], str(cohorts[0][0]) if cohorts else "", kind
        )
        | {
            "mode": first,
            "wish_limit": policy.wish_limit if policy else 1,
        },
    )
    done = accept(
        request,
        form,
        lambda: create_programme(**form.cleaned_data, kind=kind, actor=request.actor),
        "已建好，名单按现在的名册生成。下一步：检查可行性。",
    )
    if done:
        return redirect("rounds:round", done.made.pk)
    return render(request, "rounds/new.html", {"form": form, "nobody": not cohorts, "review": review})


def _suggestion(request: ActorRequest, newest: list[str], cohort: str, kind: str) -> dict[str, object]:
    """The newest cohort, a title that is free, a week from today at six."""
    taken = {row.title for row in programmes_of(request.actor) if row.state != ProgrammeState.ABORTED}
    base = f"{cohort}导师{'复核' if kind == ProgrammeKind.REVIEW else '匹配'}"
    names = [base, *(f"{base}（第 {n} 次）" for n in range(2, 20))]
    evening = localtime(now() + dt.timedelta(7)).replace(hour=18, minute=0, second=0, microsecond=0)
    return {
        "title": next((name for name in names if name not in taken), base),
        "cohorts": newest,
        "closes_at": evening,
    }


@require_safe
def show(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_programme(request, pk)
    role = request.actor.role
    steps = steps_of(row)
    unseen = unseen_fairness(row) if row.state in UNPUBLISHED else None
    context = {
        "programme": row,
        "tone": PROGRAMME.tone(row.state),
        "steps": [(step, *shown_state(step.round, stalled=stalled(step.round))) for step in steps],
        "standing": standing(row),
        "next": next_thing(row, steps, unseen),
        "may_manage": allows(role, ROUND_MANAGE),
        "may_publish": allows(role, ROUND_PUBLISH),
        "growing": row.state in GROWING,
        "may_grow": not no_more_rounds(row, [step.round for step in steps]),
        "unpublished": row.state in UNPUBLISHED,
        "told": row.state in TOLD,
        "results": any(step.round.has_result for step in steps),
        "review": row.kind == ProgrammeKind.REVIEW,
    }
    return render(request, "rounds/programme.html", context)


@require_http_methods(["GET", "POST"])
def add(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_programme(request, pk, ROUND_MANAGE)
    policy = policy_in_force(row.school, row.year)
    modes = modes_for(policy, row.kind)
    evening = localtime(now() + dt.timedelta(7)).replace(hour=18, minute=0, second=0, microsecond=0)
    rounds = live_rounds(row)
    used = {held.mode for held in rounds}
    reopened = rounds[-1] if rounds and reopens(row, rounds[-1]) else None
    fresh = next((mode for mode in modes if mode not in used), modes[-1] if modes else "")
    form = AddRoundForm(request.POST or None, modes=modes, initial={"closes_at": evening, "mode": fresh})
    if accept(
        request,
        form,
        lambda: add_round(row, **form.cleaned_data, actor=request.actor),
        f"加好了。请重新运算「{reopened}」：没有如愿的学生会转入新的一轮。"
        if reopened
        else "加好了。上一轮确认以后，没有安排到的学生会转入这一轮。",
    ):
        return redirect("rounds:programme", pk)
    back = reverse("rounds:programme", args=[pk])
    if refusal := no_more_rounds(row, rounds):
        messages.error(request, refusal)
        return redirect(back)
    note = _reopening(reopened) if reopened else ""
    return form_page(
        request, form, title="加一轮", verb="加这一轮", back=back, sub=row.title, note=note, tone="warn"
    )


def _reopening(last: Round) -> str:
    drops = "现在的提案连同个别调整会作废，" if last.state == RoundState.PROPOSED else ""
    return (
        f"加了以后，「{last}」不再是最后一轮：{drops}要重新运算，只安排如愿的学生，其余转入新的一轮。"
        "志愿、导师的回应都还在。数据指纹会换新的，抽签号码要重新登记。"
    )


@require_http_methods(["GET", "POST"])
def abort(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_programme(request, pk, ROUND_MANAGE)
    return reason_page(
        request,
        lambda reason: abort_programme(row, reason=reason, actor=request.actor),
        "这次匹配已中止，没有人因它有了或换了导师。",
        then=reverse("rounds:list"),
        back=reverse("rounds:programme", args=[pk]),
        title="中止这次匹配",
        verb="中止",
        sub=row.title,
        note="中止后不能恢复，所有轮次都作废，学生会收到通知。已填的志愿留作记录。",
        tone="warn",
    )


def _page(request: ActorRequest, row: Programme, table: Table, *, way: str) -> HttpResponse:
    tabs = [
        Tab("按学生", reverse("rounds:outcome", args=[row.pk]), current=way == "students"),
        Tab("按导师", reverse("rounds:outcome_loads", args=[row.pk]), current=way == "mentors"),
    ]
    context = {
        "programme": row,
        "standing": standing(row),
        "shares": programme_shares(row),
        "tabs": tabs,
        "unit": "名学生" if way == "students" else "位导师",
        "told": row.state in TOLD,
    }
    return _listed(request, row, "rounds/outcome.html", table, context)


def _listed(
    request: ActorRequest, row: Programme, template: str, table: Table, context: Mapping[str, Any]
) -> HttpResponse:
    """A list of a programme: of its proposal, or, once everybody has been told, of its result."""
    entry = RESULT_READ if row.state in TOLD else PROPOSAL_READ
    return list_page(request, template, table, context, excel=True, of=row.title, about=row, entry=entry)


def _with_result(request: ActorRequest, pk: UUID) -> Programme:
    row = found_programme(request, pk)
    if not any(step.has_result for step in live_rounds(row)):
        raise Http404("no result")
    return row


@require_safe
def outcome(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _with_result(request, pk)
    hidden = () if may_see_ranks(request.actor) else ("rank", "reason")
    return _page(
        request,
        row,
        OutcomeTable(explained(outcome_rows(row), request.actor), exclude=hidden),
        way="students",
    )


@require_safe
def outcome_loads(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _with_result(request, pk)
    return _page(request, row, LoadsTable(loads_of_outcome(row)), way="mentors")


@require_safe
def released(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who had a mentor and does not keep him; never which of the two did not want to go on."""
    row = found_programme(request, pk)
    table = ReleasedTable(released_students(row))
    return _list(request, row, table, title="不再续任的", sub="只写原来的导师，不写是谁提出的")


@require_safe
def left(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_programme(request, pk)
    return _list(request, row, LeftTable(left_students(row)), title="登记了原因的", sub="这次不安排导师")


def _list(request: ActorRequest, row: Programme, table: Table, *, title: str, sub: str) -> HttpResponse:
    context = {"programme": row, "title": title, "sub": sub}
    return _listed(request, row, "rounds/programme_list.html", table, context)


def _tell_withheld(request: ActorRequest, row: Programme) -> None:
    held = [f"{one.round_student}（{one.get_withheld_display()}）" for one in withheld(row)]
    if held:
        more = f"等 {len(held)} 人" if len(held) > 5 else ""
        messages.warning(
            request,
            f"有 {len(held)} 名学生的安排没有生效：{'、'.join(held[:5])}{more}。"
            "还没有导师的在校学生，请在「无导师学生」里安排。",
        )


@require_http_methods(["GET", "POST"])
def publish(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_programme(request, pk, ROUND_PUBLISH)
    if request.method == "POST":
        said = "已公布。学生、导师、家长和班主任都收到了各自的通知。"
        if attempt(request, lambda: publish_programme(row, actor=request.actor), said):
            _tell_withheld(request, row)
        return redirect("rounds:programme", pk)
    if row.state != ProgrammeState.READY:
        messages.error(request, "现在还没有可以公布的结果。请先把每一轮都算完。")
        return redirect("rounds:programme", pk)
    if unseen := unseen_fairness(row):
        messages.info(request, f"公布以前，请校领导先看「{unseen}」的公平情况，点「我看过了」。")
        return redirect("rounds:fairness", unseen.pk)
    ahead = attempt(request, lambda: look_ahead(row))
    if ahead is None:
        return redirect("rounds:programme", pk)
    held, left_out = standing(row), Counter(one.get_withheld_display() for one in ahead.made)
    facts = [(str(held.placed), "名学生有了导师")]
    facts += [(str(share.count), f"人是{share.label}") for share in programme_shares(row) if share.count]
    facts += [
        (str(step.placed), step.round.way.placed_by)
        for step in steps_of(row)
        if step.placed and not step.round.lists
    ]
    facts += [(str(held.left), "人登记了原因，这次不安排")] if held.left else []
    facts += [(str(number), f"人的安排不会生效：{why}") for why, number in left_out.items()]
    weeks = row.policy.trial_weeks if row.policy else 0
    return confirm_page(
        request,
        Confirm(
            "公布结果？",
            "公布的那一刻，导师关系同时生效，学生、导师、家长和班主任都会收到通知。"
            + (f"接着是 {weeks} 周试谈期。" if weeks else ""),
            "公布结果",
            reverse("rounds:publish", args=[pk]),
            reverse("rounds:outcome", args=[pk]),
            facts=facts,
            undo="公布后不能整体撤回，个别调整走换导师的手续。",
            danger=True,
        ),
    )
