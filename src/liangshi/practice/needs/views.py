"""特需: proposed, approved, staffed, ended. Who may read a need is told by the query alone."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.ui.forms import PicksForm
from liangshi.foundation.ui.pages import accept, attempt, confirm_page, form_page, found
from liangshi.foundation.ui.shell import Confirm
from liangshi.practice.needs import actions
from liangshi.practice.needs.choices import NEED, NEED_LIVE, NEED_OPEN, NeedState
from liangshi.practice.needs.forms import DecideForm, EndPrimaryForm, NeedForm, ReviewForm
from liangshi.practice.needs.models import Need
from liangshi.practice.needs.policy import NEED_DECIDE, NEED_MANAGE, NEED_PROPOSE, NEED_READ
from liangshi.practice.needs.queries import needs as queries
from liangshi.practice.needs.queries.engine import Suggestion
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.permissions import MENTOR_ASSIGN
from liangshi.registry.access.policy import Permission, allows
from liangshi.registry.access.queries import acting_person, student_for
from liangshi.registry.access.reads import reading
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.queries import places


def _need(request: ActorRequest, pk: UUID, permission: Permission[Need] = NEED_READ) -> Need:
    return found(queries.need_for(request.actor, pk, permission))


@require_safe
def needs(request: ActorRequest) -> HttpResponse:
    """Those in hand first, one card per state; what is over folds into a last card."""
    visible = list(queries.needs(request.actor))
    reading(request, [need.student_id for need in visible])
    rows = queries.listed(visible)
    cards = [(state.label, [row for row in rows if row.need.state == state]) for state in NeedState]
    context = {
        "cards": [card for card in cards if card[1]],
        "staffing_url": address(request.actor, "needs:staffing"),
        "students_url": address(request.actor, "dossier:students"),
        "office": allows(request.actor.role, NEED_MANAGE),
    }
    return render(request, "needs/needs.html", context)


@require_safe
def need(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _need(request, pk)
    return _need_page(request, row)


def _need_page(request: ActorRequest, row: Need, **forms: object) -> HttpResponse:
    actor = request.actor
    lines = list(row.strategies.all())
    decides, going_on = allows(actor.role, NEED_DECIDE), row.state in NEED_OPEN
    waiting = [line for line in lines if line.suggested and not line.met]
    (listed,) = queries.listed([row])
    reading(request, [row.student_id])
    context = {
        "need": row,
        "listed": listed,
        "tone": NEED.tone(row.state),
        "lines": [(line, queries.holder(line), line.met) for line in lines],
        "decide_form": DecideForm() if decides and row.state == NeedState.PROPOSED else None,
        "own": row.asked_by_id == actor.person_id,
        "grant": waiting if decides and going_on else [],
        "grant_words": "，".join(f"{line.suggested}协同「{line}」" for line in waiting),
        "review_form": ReviewForm() if decides and going_on else None,
        "end_url": address(actor, "needs:end", row.pk) if row.state in NEED_LIVE else "",
        "staffing_url": address(actor, "needs:staffing")
        if going_on and any(not line.met for line in lines)
        else "",
        **forms,
    }
    return render(request, "needs/need.html", context)


@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, pk: UUID) -> HttpResponse:
    student = found(student_for(request.actor, pk, NEED_PROPOSE))
    form = NeedForm(request.POST or None)
    back = reverse("dossier:student", args=[student.pk])

    def deed() -> None:
        by = acting_person(request.actor)
        actions.propose_need(student, **form.cleaned_data, by=by, actor=request.actor)

    if accept(request, form, deed, "已提出，等校领导批准。结果会通知您。"):
        return redirect(back)
    reading(request, [student.pk])
    return form_page(
        request,
        form,
        title=f"为{student}申请多位导师",
        verb="提出",
        back=back,
        sub="一位主导师，再加至多三位协同导师，各管一个方面。",
    )


@require_POST
def decide(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _need(request, pk, NEED_DECIDE)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _need_page(request, row, decide_form=form)
    approve = form.cleaned_data["decision"] == "approve"
    by = acting_person(request.actor)
    if accept(
        request,
        form,
        lambda: actions.decide_need(
            row, approve=approve, refusal=form.cleaned_data["refusal"], by=by, actor=request.actor
        ),
        "已批准，办公室会选协同导师。" if approve else "已记下：不批准。提出的人会收到通知。",
    ):
        return redirect("needs:needs")
    return _need_page(request, _need(request, pk, NEED_DECIDE), decide_form=form)


@require_POST
def grant(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _need(request, pk, NEED_DECIDE)
    seen = [UUID(key) for key in request.POST.getlist("seen") if _is_key(key)]
    attempt(
        request,
        lambda: actions.grant_co_mentors(row, seen=seen, actor=request.actor),
        "已批准，协同导师从今天开始。",
    )
    return redirect("needs:need", pk)


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@require_POST
def renew(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _need(request, pk, NEED_DECIDE)
    form = ReviewForm(request.POST)
    if accept(
        request, form, lambda: actions.renew_need(row, form.cleaned_data["review_on"], actor=request.actor)
    ):
        messages.success(request, f"已复核，下一次在 {form.cleaned_data['review_on']}。")
        return redirect("needs:need", pk)
    return _need_page(request, row, review_form=form)


@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = _need(request, pk, NEED_MANAGE)
    if request.method == "POST":
        attempt(request, lambda: actions.end_need(row, actor=request.actor), "已结束，协同导师会收到通知。")
        return redirect("needs:need", pk)
    reading(request, [row.student_id])
    covered = sum(line.met for line in row.strategies.all())
    confirm = Confirm(
        f"结束{row.student}的特需？",
        "协同导师从今天起不再看到这名学生；主导师不变。",
        "结束",
        request.path,
        reverse("needs:need", args=[pk]),
        facts=[(str(covered), "位协同导师结束")],
        undo="需要时可以重新提出。",
        danger=True,
    )
    return confirm_page(request, confirm)


@require_http_methods(["GET", "POST"])
def staffing(request: ActorRequest) -> HttpResponse:
    """All that is open, with the engine's suggestion or what the office chose; one button sends it to the leader."""
    actor = request.actor
    lines = queries.suggestible(actor)
    suggestion = _suggestion(request)
    chosen = dict(suggestion.chosen) | {
        line.pk: line.suggested_id for line in lines if line.suggested_id and "again" not in request.GET
    }
    form = PicksForm(request.POST or None, rows=_staffing_rows(request), chosen=chosen)
    if done := accept(request, form, lambda: actions.choose_co_mentors(form.choice(), actor=actor)):
        waits = f"{done.made} 项已选好，等校领导批准。"
        messages.success(request, waits if done.made else "原来的人选已取消，没有要校领导批准的了。")
        return redirect("needs:needs")
    reading(request, [line.need.student_id for line in lines])
    context = {"form": form, "lines": lines, "obstacles": suggestion.obstacles}
    return render(request, "needs/staffing.html", context)


def _suggestion(request: ActorRequest) -> Suggestion:
    try:
        return actions.propose_co_mentors(request.actor)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return Suggestion()


def _staffing_rows(request: ActorRequest) -> list[tuple[UUID, str, str, list[tuple[str, str]]]]:
    """(row, label, help, options): every mentor with places, those who are good at it first."""
    lines = queries.suggestible(request.actor)
    teachers = queries.co_teachers(request.actor.own_school, today())
    held = queries.taken_by({line.need.student_id for line in lines})
    return [
        (
            line.pk,
            f"{line.need.student} · {line}",
            "",
            [
                (str(each.staff.pk), each.line(line.strategy))
                for each in queries.choosable(line, teachers, held)
            ],
        )
        for line in lines
    ]


@require_http_methods(["GET", "POST"])
def end_primary(request: ActorRequest, pk: UUID) -> HttpResponse:
    student = found(student_for(request.actor, pk, MENTOR_ASSIGN))
    bonds = queries.bonds_of(student)
    present = {bond.mentor_id for bond in bonds}
    others = [
        (place.staff, place.line)
        for place in places(student.school_id, today())
        if place.free and place.staff.pk not in present
    ]
    co = [bond for bond in bonds if bond.kind == Kind.CO]
    form = EndPrimaryForm(request.POST or None, co=co, others=others)
    back = reverse("dossier:student", args=[student.pk])
    if accept(
        request,
        form,
        lambda: actions.end_primary(
            student,
            promote=form.chosen("promote"),
            successor=form.chosen("successor"),
            actor=request.actor,
        ),
        f"{student}的导师已经换好，双方都会收到通知。",
    ):
        return redirect(back)
    reading(request, [student.pk])
    primary = next((bond for bond in bonds if bond.kind == Kind.PRIMARY), None)
    first = "有协同导师的，请先看他们中有没有人愿意接任。新旧导师同一天交接，中间没有空档。"
    return form_page(
        request,
        form,
        title=f"更换{student}的主导师",
        verb="更换",
        back=back,
        sub=f"现在是{primary.mentor}" if primary else "现在没有主导师",
        note=first if co else "",
    )
