"""The office prepares a round, opens it, follows it and closes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.clock import now
from liangshi.foundation.ui.pages import accept, attempt, confirm_page, form_page, found, reason_page
from liangshi.foundation.ui.shell import Confirm
from liangshi.pairing.problem import ProblemError
from liangshi.practice.matching.actions.answers import ask_mentors as ask_the_mentors
from liangshi.practice.matching.actions.programmes import confirm_round
from liangshi.practice.matching.actions.rounds import (
    UNCHECKED,
    change_settings,
    check,
    close_round,
    drop_student,
    set_deadline,
    set_quota,
    void_round,
)
from liangshi.practice.matching.actions.rounds import open_round as open_for_wishes
from liangshi.practice.matching.actions.rounds import refresh as refresh_pool
from liangshi.practice.matching.actions.wishes import correct_wishes
from liangshi.practice.matching.choices import IN_PREPARATION, RoundState
from liangshi.practice.matching.forms import (
    AnswersForm,
    CorrectForm,
    DeadlineForm,
    LeaveForm,
    QuotaForm,
    SettingsForm,
    StudentFilter,
)
from liangshi.practice.matching.models import Round
from liangshi.practice.matching.modes.steps import Deed, Here, moment
from liangshi.practice.matching.policy import ROUND_MANAGE
from liangshi.practice.matching.queries.answers import undecided_in
from liangshi.practice.matching.queries.engine import hurdles
from liangshi.practice.matching.queries.programmes import (
    falls_on,
    neighbours,
    placed_in,
    places_everybody,
    reopens,
)
from liangshi.practice.matching.queries.rounds import (
    classes_of,
    correctable,
    mentor_of,
    mentors_of,
    student_of,
    students_of,
    summary,
)
from liangshi.practice.matching.queries.runs import shown_state
from liangshi.practice.matching.queries.standing import next_step, standing_of
from liangshi.practice.matching.queries.students import mentor_cards, saved
from liangshi.practice.matching.tables import MentorsTable, StudentsTable
from liangshi.practice.matching.views.common import found_round
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.lists import list_page
from liangshi.registry.access.policy import allows
from liangshi.registry.access.reads import reading
from liangshi.registry.mentorships.choices import Exempt

FROM_THE_END = {  # how many steps are still ahead
    RoundState.CLOSED: 3,
    RoundState.RUNNING: 3,
    RoundState.PROPOSED: 2,
    RoundState.CONFIRMED: 1,
    RoundState.PUBLISHED: 0,
}
FROM_THE_START = {RoundState.FEASIBLE: 2, RoundState.OPEN: 3, RoundState.ANSWERING: 4}


def step_of(row: Round) -> int:
    """Where the round stands on its stepper, from 1; past the last once all is behind."""
    state, count = RoundState(row.state), len(row.way.path)
    if state in FROM_THE_END:
        return count + 1 - FROM_THE_END[state]
    return FROM_THE_START.get(state, 1)


CORRECTABLE = frozenset({RoundState.CLOSED, RoundState.PROPOSED})
LEAVABLE = CORRECTABLE | {RoundState.OPEN}
NO_MENTORS = "这一轮还没有导师。请先导入教职工名册，再点「更新名单」。"


@dataclass(frozen=True, slots=True)
class Button:
    """A deed of the next step with its address."""

    deed: Deed
    url: str


def _button(row: Round, deed: Deed) -> Button:
    url = reverse(f"rounds:{deed.route}", args=[row.programme_id if deed.programme else row.pk])
    return Button(deed, f"{url}?{deed.query}" if deed.query else url)


@require_safe
def show(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk)
    here = standing_of(row, request.actor)
    step = next_step(row, here)
    context = {
        "round": row,
        "programme": row.programme,
        "badge": shown_state(row, stalled=here.stalled),
        "step": step_of(row),
        "next": step,
        "lines": [(line, _button(row, line.link) if line.link else None) for line in step.lines],
        "buttons": [_button(row, deed) for deed in step.deeds],
        "summary": summary(row),
        "preparing": row.state in IN_PREPARATION,
        "voidable": row.state in row.way.flow.sources("void"),
        "may_manage": here.may_manage,
    }
    return render(request, "rounds/round.html", context)


@require_http_methods(["GET", "POST"])
def settings(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_MANAGE)
    names = ("title", "wish_limit", "avoid_limit", "lower", "upper")
    initial = {name: getattr(row, name) for name in names}
    initial["closes_at"] = localtime(row.closes_at) if row.closes_at else None
    form = SettingsForm(
        request.POST or None,
        initial=initial,
        listing=row.lists,
        deadline=row.way.fills_in,
        first=neighbours(row)[0] is None,
    )
    back = reverse("rounds:round", args=[pk])
    if accept(
        request,
        form,
        lambda: change_settings(row, **form.cleaned_data, actor=request.actor),
        "设置已保存。改过以后要重新检查可行性。",
    ):
        return redirect(back)
    return form_page(request, form, title="本轮设置", verb="保存设置", back=back, sub=row.title)


@require_http_methods(["GET", "POST"])
def deadline(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_MANAGE)
    until = row.until
    form = DeadlineForm(request.POST or None, initial={"closes_at": localtime(until) if until else None})
    back = reverse("rounds:round", args=[pk])
    if accept(
        request,
        form,
        lambda: set_deadline(row, form.cleaned_data["closes_at"], actor=request.actor),
        "截止时间已改。",
    ):
        return redirect(back)
    return form_page(request, form, title="改截止时间", verb="保存", back=back, sub=row.title)


@require_safe
def mentors(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk)
    may_edit = allows(request.actor.role, ROUND_MANAGE) and row.state in IN_PREPARATION | CORRECTABLE
    hidden = () if may_edit else ("edit",)
    table = MentorsTable(mentors_of(row), empty_text=NO_MENTORS, exclude=hidden)
    return list_page(
        request,
        "rounds/mentors.html",
        table,
        {"round": row, "summary": summary(row)},
        excel=True,
        of=row.title,
        about=row,
    )


@require_http_methods(["GET", "POST"])
def quota(request: ActorRequest, pk: UUID, mentor: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_MANAGE)
    held = found(mentor_of(row, mentor))
    names = ("lower", "upper", "only_cohort", "only_gender")
    form = QuotaForm(
        request.POST or None,
        row=row,
        limits=row.state in IN_PREPARATION,
        initial={name: getattr(held, name) for name in names},
    )
    back = reverse("rounds:mentors", args=[pk])
    if accept(request, form, lambda: set_quota(held, **form.cleaned_data, actor=request.actor)):
        limits = form.cleaned_data
        messages.success(request, f"{held}：至少 {limits['lower']} 人，至多 {limits['upper']} 人。")
        return redirect(back)
    return form_page(request, form, title=f"{held}的名额", verb="保存名额", back=back, sub=row.title)


@require_POST
def refresh(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_MANAGE)
    attempt(request, lambda: refresh_pool(row, actor=request.actor), "名单已按现在的名册更新。")
    return redirect("rounds:round", pk)


@require_http_methods(["GET", "POST"])
def feasibility(request: ActorRequest, pk: UUID) -> HttpResponse:
    """GET shows what stands in the way now; POST proves the round possible and moves it on."""
    row = found_round(request, pk, ROUND_MANAGE)
    if request.method == "POST":
        done = attempt(request, lambda: check(row, actor=request.actor), "检查好了。")
        if not (done and done.made):
            return redirect("rounds:round", pk)
    context = {"round": row, "summary": summary(row), **_hurdles(row)}
    return render(request, "rounds/feasibility.html", context)


def _hurdles(row: Round) -> dict[str, object]:
    try:
        return {"hurdles": hurdles(row)}
    except ProblemError as empty:
        return {"nobody": empty.message}


@require_http_methods(["GET", "POST"])
def open_round(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_MANAGE)
    if request.method == "POST":
        attempt(
            request,
            lambda: open_for_wishes(row, actor=request.actor),
            row.way.opened,
        )
        return redirect("rounds:round", pk)
    if row.state == RoundState.DRAFT:
        messages.error(request, UNCHECKED)
        return redirect("rounds:round", pk)
    return confirm_page(request, _opening(row))


def _opening(row: Round) -> Confirm:
    numbers = summary(row)
    way = row.way
    facts = [
        (str(numbers.students), way.told),
        (str(numbers.mentors), f"位导师，共 {numbers.upper} 个名额"),
    ]
    facts += [(moment(row.closes_at), "截止")] if row.closes_at else []
    return Confirm(
        f"{way.opens}？",
        way.opening,
        way.opens,
        reverse("rounds:open", args=[row.pk]),
        reverse("rounds:round", args=[row.pk]),
        facts=facts,
        undo=way.opening_undo,
    )


@require_safe
def students(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who has filled in the form and who has not; never what."""
    row = found_round(request, pk)
    undecided = set(undecided_in(row).values_list("pk", flat=True)) if row.way.by_club else None
    chosen = StudentFilter(request.GET, students_of(row), classes_of(row), undecided=undecided)
    may_edit = allows(request.actor.role, ROUND_MANAGE) and row.state in IN_PREPARATION | LEAVABLE
    hidden = [] if may_edit else ["edit"]
    hidden += [] if row.lists or row.way.by_club else ["done"]
    correcting = row.state in CORRECTABLE and row.lists
    table = StudentsTable(chosen.qs, correcting=correcting, undecided=undecided, exclude=hidden)
    return list_page(
        request,
        "rounds/students.html",
        table,
        {"round": row, "filter": chosen, "summary": summary(row)},
        excel=True,
        of=row.title,
        about=row,
    )


@require_http_methods(["GET", "POST"])
def drop(request: ActorRequest, pk: UUID, student: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_MANAGE)
    held = found(student_of(row, student))
    form = LeaveForm(request.POST or None, initial={"cause": Exempt.OTHER})
    back = reverse("rounds:students", args=[pk])
    if accept(
        request,
        form,
        lambda: drop_student(held, **form.cleaned_data, actor=request.actor),
        f"{held}已退出本轮。",
    ):
        return redirect(back)
    reading(request, held.named, about=row)
    return form_page(
        request,
        form,
        title=f"{held}退出本轮",
        verb="登记退出",
        back=back,
        sub=row.title,
        note="退出后本轮不再给这名学生安排导师，请另行安排。已有提案的，要重新运算。",
        tone="warn",
    )


@require_http_methods(["GET", "POST"])
def correct(request: ActorRequest, pk: UUID, student: UUID) -> HttpResponse:
    """The office opens one student's wishes (this is logged) and corrects them."""
    row = found_round(request, pk)
    held = found(correctable(request.actor, row, student))
    form = CorrectForm(
        request.POST or None,
        cards=mentor_cards(held),
        held=saved(held),
        version=held.version,
        limits=(row.wish_limit, row.avoid_limit),
        submit_label="更正志愿",
    )

    def deed() -> None:
        picks, reason = form.cleaned_data["picks"], form.cleaned_data["reason"]
        correct_wishes(held, wishes=picks.wishes, avoid=picks.avoid, reason=reason, actor=request.actor)

    if accept(request, form, deed, f"{held}的志愿已更正，学生会收到通知。请重新运算。"):
        return redirect("rounds:round", pk)
    reading(request, held.named, about=row)
    return render(request, "rounds/correct.html", {"round": row, "held": held, "form": form})


@require_http_methods(["GET", "POST"])
def close(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_MANAGE)
    if request.method == "POST":
        attempt(request, lambda: close_round(row, actor=request.actor), "已截止。下一步：运算。")
        return redirect("rounds:round", pk)
    return confirm_page(request, _closing(row, standing_of(row, request.actor)))


def _without_wishes(row: Round) -> str:
    """What becomes of a student who filled in nothing."""
    return "按志愿外安排" if places_everybody(row) else "转入下一轮"


def _closing(row: Round, here: Here) -> Confirm:
    until = row.until
    early = until is not None and until > now()
    when = moment(until)
    return Confirm(
        "提前截止？" if early else "截止？",
        f"原定 {when} 截止。" if early else f"截止时间 {when} 已到。",
        "现在截止",
        reverse("rounds:close", args=[row.pk]),
        reverse("rounds:round", args=[row.pk]),
        facts=row.way.closing(here, _without_wishes(row)),
        undo="截止后不能再打开。" + ("个别学生可以由学校办公室写明原因更正。" if row.lists else ""),
        danger=early and here.waiting > 0,
    )


@require_http_methods(["GET", "POST"])
def ask_mentors(request: ActorRequest, pk: UUID) -> HttpResponse:
    """双向选择: the students' wishes are in, now the mentors."""
    row = found_round(request, pk, ROUND_MANAGE)
    evening = localtime(now() + dt.timedelta(3)).replace(hour=18, minute=0, second=0, microsecond=0)
    form = AnswersForm(request.POST or None, initial={"answers_until": evening})
    back = reverse("rounds:round", args=[pk])
    if accept(
        request,
        form,
        lambda: ask_the_mentors(row, form.cleaned_data["answers_until"], actor=request.actor),
        "填报已截止，被选到的导师都收到了通知。",
    ):
        return redirect(back)
    numbers = summary(row)
    return form_page(
        request,
        form,
        title="请导师回应",
        verb="截止填报，请导师回应",
        back=back,
        sub=row.title,
        note=f"填报就此截止：{numbers.submitted} 名学生填了，{numbers.waiting} 名没有填。之后学生不能再改。",
        tone="warn",
    )


@require_http_methods(["GET", "POST"])
def confirm(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_MANAGE)
    if request.method == "POST":
        said = "这一轮确认了。"
        attempt(request, lambda: confirm_round(row, actor=request.actor), said)
        return redirect("rounds:programme", row.programme_id)
    if row.state != RoundState.PROPOSED:
        messages.error(request, "现在没有可以确认的提案。")
        return redirect("rounds:round", pk)
    return confirm_page(
        request,
        Confirm(
            "确认这一轮？",
            "确认后这一轮的安排定下来，没有安排到的学生和剩下的名额转入下一轮。现在还不公布，学生和导师都看不到。",
            "确认这一轮",
            reverse("rounds:confirm", args=[pk]),
            reverse("rounds:result", args=[pk]),
            facts=[
                (str(placed_in(row).count()), "名学生在这一轮有了导师"),
                (str(falls_on(row).count()), "名转入下一轮"),
            ],
            undo="确认后这一轮不能再改；要从头来，只能中止整个匹配。",
        ),
    )


@require_http_methods(["GET", "POST"])
def void(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found_round(request, pk, ROUND_MANAGE)
    return reason_page(
        request,
        lambda reason: void_round(row, reason=reason, actor=request.actor),
        "这一轮已作废。",
        then=reverse("rounds:programme", args=[row.programme_id]),
        back=reverse("rounds:round", args=[pk]),
        title="作废这一轮",
        verb="作废",
        sub=row.title,
        note=_voiding(row),
        tone="warn",
    )


def _voiding(row: Round) -> str:
    """What giving this round up does, where it stands."""
    count = summary(row).students
    before, after = neighbours(row)
    if after:
        then = f"{count} 名学生转入「{after}」。"
    elif before:
        then = f"{count} 名学生由此没有着落，要再加一轮安排他们；前面的轮次不变。"
    else:
        then = "这是仅有的一轮，整个匹配就此中止。"
    stays = "已填的志愿只留作记录，不带到别的轮次。"
    if reopens(row.programme, row):
        stays += "只是想让没有如愿的学生转入下一轮，不用作废：请点「再加一轮」，志愿都还在。"
    return f"作废后不能恢复。{then}{stays}"
