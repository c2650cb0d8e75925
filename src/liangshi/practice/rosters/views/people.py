"""Editing one student or one member of staff. Several small forms on one page; `act` names the one that was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from liangshi.foundation.ui.pages import accept, attempt, confirm_page, form_page, found, reason_page
from liangshi.foundation.ui.shell import Confirm
from liangshi.practice.rosters import forms as f
from liangshi.practice.rosters.actions import people as actions
from liangshi.practice.rosters.policy import MENTOR_EXCEED, MENTOR_EXCEED_AGREE, STAFF_WRITE
from liangshi.practice.rosters.queries import people as queries
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.permissions import STUDENT_WRITE
from liangshi.registry.access.policy import may_open
from liangshi.registry.access.queries import acting_person, student_for
from liangshi.registry.access.reads import reading
from liangshi.registry.mentorships import actions as mentorships
from liangshi.registry.people import actions as registry
from liangshi.registry.people.choices import StaffState, StudentState
from liangshi.registry.people.models import Staff, Student

Deed = Callable[[dict[str, Any]], None]


def _sent(request: ActorRequest, act: str, prepared: Mapping[str, tuple[forms.Form, Deed]]) -> bool:
    """Whether the form that was sent is accepted; each deed says itself what it did."""
    if act not in prepared:
        return False
    form, deed = prepared[act]
    return bool(accept(request, form, lambda: deed(form.cleaned_data)))


def _opens(request: ActorRequest, route: str) -> bool:
    """Whether this actor's hat may use an address, so that the page offers only what will work."""
    return may_open(request.actor.role, route)


@require_http_methods(["GET", "POST"])
def student(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(student_for(request.actor, pk, STUDENT_WRITE))
    record = queries.student_record(row)
    sent = request.POST.get("act", "")
    classes = queries.classes_for(request.actor)
    prepared: dict[str, tuple[forms.Form, Deed]] = {
        "state": (
            f.StudentStateForm(_of(request, sent, "state"), prefix="state"),
            lambda data: _student_state(request, row, data),
        ),
        "class": (
            f.StudentClassForm(_of(request, sent, "class"), prefix="class", classes=classes),
            lambda data: _student_class(request, row, data),
        ),
        "person": (
            f.PersonForm(
                _of(request, sent, "person"),
                prefix="person",
                initial={"name": row.person.name, "gender": row.person.gender},
            ),
            lambda data: _student_person(request, row, data),
        ),
    }
    if sent == "state" and "sure" not in request.POST:
        form, _ = prepared["state"]
        if form.is_valid() and form.cleaned_data["state"] == StudentState.DIED:
            reading(request, [row.pk])
            return confirm_page(request, _of_death(row, request))
    if _sent(request, sent, prepared):
        return redirect("rosters:student", row.pk)
    reading(request, [row.pk])
    context = {
        "record": record,
        "student": row,
        **{f"{key}_form": form for key, (form, _) in prepared.items()},
    }
    return render(request, "rosters/student.html", context)


def _of(request: ActorRequest, sent: str, act: str) -> Any:
    """The posted data for the form that was sent; the others on the page stay fresh."""
    return request.POST if sent == act else None


def _of_death(row: Student, request: ActorRequest) -> Confirm:
    """Nobody is to be told of a death by a slip of the finger."""
    typed = {name: request.POST.get(name, "") for name in ("state-state", "state-on", "state-note")}
    return Confirm(
        f"登记{row}同学去世？",
        "请先核对是不是这名学生。登记以后，导师关系、班级和社团在这一天结束，家长的账号里不再显示 TA，也不再收到任何通知；"
        "学校办公室、校领导、导师和班主任马上收到通知。",
        "登记",
        request.path,
        reverse("rosters:student", args=[row.pk]),
        undo="登记错了，改回「在读」：听到的人会收到更正，班级和导师要重新安排。",
        danger=True,
        hidden={"act": "state", "sure": "yes", **typed},
    )


def _student_state(request: ActorRequest, row: Student, data: dict[str, Any]) -> None:
    state = StudentState(data["state"])
    ended = actions.change_student_state(row, state, on=data["on"], note=data["note"], actor=request.actor)
    if state == StudentState.DIED:
        said = f"已登记。{row}的导师关系、班级和社团在 {data['on']} 结束，学校办公室、校领导、导师和班主任收到了通知。"
        messages.success(request, said + "家长的账号里不再显示 TA，也不会收到任何通知。")
        return
    more = f"导师关系已在同一天结束（{ended} 条），名额已退回。" if ended else ""
    messages.success(request, f"已登记：{row}从 {data['on']} 起{state.label}。{more}")


def _student_class(request: ActorRequest, row: Student, data: dict[str, Any]) -> None:
    registry.move_class(row, data["class_group"], on=data["on"], actor=request.actor)
    messages.success(
        request, f"已登记：{row}从 {data['on']} 起在{data['class_group']}。原来的班级留在记录里。"
    )


def _student_person(request: ActorRequest, row: Student, data: dict[str, Any]) -> None:
    changed = registry.correct_person(
        row.person, **data, school_id=row.school_id, subjects=[row.pk], actor=request.actor
    )
    messages.success(request, "已更正，改动前后都记在操作记录里。" if changed else "和原来一样，没有改动。")


@require_http_methods(["GET", "POST"])
def guardian_new(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(student_for(request.actor, pk, STUDENT_WRITE))
    form = f.GuardianForm(request.POST or None)

    def deed() -> None:
        link = actions.add_guardian(row, **form.cleaned_data, actor=request.actor)
        said = f"已登记{link.person.name}为{row}的监护人。需要时给他打印一张启用字条。"
        messages.success(request, said)

    back = reverse("rosters:student", args=[row.pk])
    if accept(request, form, deed):
        return redirect(back)
    reading(request, [row.pk])
    return form_page(
        request,
        form,
        title=f"给{row}增加监护人",
        verb="登记",
        back=back,
        sub="姓名和电话与本校已有的人（另一位孩子的家长、本校教职工）完全相同时，就是同一个人，不会重复建立。",
    )


@require_http_methods(["GET", "POST"])
def guardian_end(request: ActorRequest, pk: UUID) -> HttpResponse:
    link = found(queries.link_for(request.actor, pk))
    back = reverse("rosters:student", args=[link.student_id])
    if request.method == "POST":
        said = f"已结束登记：{link.person.name}从今天起看不到{link.student}的任何内容。"
        attempt(request, lambda: registry.end_guardian(link, actor=request.actor), said)
        return redirect(back)
    reading(request, [link.student_id])
    confirm = Confirm(
        f"结束{link.person.name}与{link.student}的监护关系登记？",
        "从今天起，他看不到这名学生的任何内容。以前的登记留在记录里。",
        "结束登记",
        request.path,
        back,
        undo="可以重新增加。",
        danger=True,
    )
    return confirm_page(request, confirm)


@require_POST
def guardian_restrict(request: ActorRequest, pk: UUID) -> HttpResponse:
    link = found(queries.link_for(request.actor, pk))
    restricted = request.POST.get("restricted") != "no"
    said = "已限制：他看不到这名学生的任何内容。" if restricted else "限制已解除。"
    attempt(request, lambda: registry.restrict_guardian(link, restricted, actor=request.actor), said)
    return redirect("rosters:student", link.student_id)


@require_http_methods(["GET", "POST"])
def mentor(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A teacher as a mentor: in the pool or not, places, exceptions."""
    row = found(queries.staff_for(request.actor, pk))
    record = queries.mentor_record(row)
    sent = request.POST.get("act", "")
    prepared: dict[str, tuple[forms.Form, Deed]] = {
        "out": (
            f.LeaveOutForm(_of(request, sent, "out"), prefix="out"),
            lambda data: _leave_out(request, row, data),
        ),
        "quota": (
            f.QuotaForm(_of(request, sent, "quota"), prefix="quota", initial={"quota": record.quota}),
            lambda data: _quota(request, row, data),
        ),
        "back": (forms.Form(_of(request, sent, "back")), lambda data: _bring_back(request, row)),
    }
    if _sent(request, sent, prepared):
        return redirect("rosters:mentor", row.pk)
    context = {
        "record": record,
        "staff": row,
        "may_write": _opens(request, "rosters:staff"),
        "may_exceed": _opens(request, "rosters:exception_new"),
        "to_decide": set(queries.exceptions_to_decide(request.actor).filter(staff=row)),
        **{f"{key}_form": form for key, (form, _) in prepared.items()},
    }
    return render(request, "rosters/mentor.html", context)


def _leave_out(request: ActorRequest, row: Staff, data: dict[str, Any]) -> None:
    by = acting_person(request.actor)
    span = mentorships.leave_out(
        row, reason=data["reason"], review_on=data["review_on"], decided_by=by, actor=request.actor
    )
    messages.success(
        request,
        f"{row}从今天起暂不担任导师（{span.get_reason_display()}），{span.review_on} 复核。现在的学生没有变动。",
    )


def _quota(request: ActorRequest, row: Staff, data: dict[str, Any]) -> None:
    mentorships.set_quota(row, data["quota"], actor=request.actor)
    messages.success(request, f"{row}的名额改为 {data['quota']} 人。")


def _bring_back(request: ActorRequest, row: Staff) -> None:
    mentorships.bring_back(row, actor=request.actor)
    messages.success(request, f"{row}从今天起恢复担任导师。")


@require_http_methods(["GET", "POST"])
def staff(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A teacher's entry in the roster: standing, name, phone."""
    row = found(queries.staff_for(request.actor, pk, STAFF_WRITE))
    sent = request.POST.get("act", "")
    state_form = f.StaffStateForm(_of(request, sent, "state"), prefix="state", initial={"state": row.state})
    person_form = f.StaffPersonForm(
        _of(request, sent, "person"),
        prefix="person",
        initial={"name": row.person.name, "gender": row.person.gender},
    )
    deeds: dict[str, tuple[forms.Form, Deed]] = {
        "state": (state_form, lambda data: _staff_state(request, row, data)),
        "person": (person_form, lambda data: _staff_person(request, row, data)),
    }
    if _sent(request, sent, deeds):
        return redirect("rosters:staff", row.pk)
    context = {
        "staff": row,
        "state_form": state_form,
        "person_form": person_form,
        "absence_url": address(request.actor, "relations:absence_new", staff=str(row.pk)),
    }
    return render(request, "rosters/staff.html", context)


def _staff_state(request: ActorRequest, row: Staff, data: dict[str, Any]) -> None:
    state = StaffState(data["state"])
    ended = actions.change_staff_state(row, state, actor=request.actor)
    more = f"{ended} 条协同导师关系已结束。" if ended else ""
    messages.success(request, f"已登记：{row}从今天起{state.label}。{more}")


def _staff_person(request: ActorRequest, row: Staff, data: dict[str, Any]) -> None:
    changed = registry.correct_person(row.person, **data, school_id=row.school_id, actor=request.actor)
    messages.success(request, "已更正，改动前后都记在操作记录里。" if changed else "和原来一样，没有改动。")


@require_http_methods(["GET", "POST"])
def exception_new(request: ActorRequest, pk: UUID) -> HttpResponse:
    """超额许可, asked for by a leader."""
    row = found(queries.staff_for(request.actor, pk, MENTOR_EXCEED))
    form = f.ExceptionForm(request.POST or None)

    def deed() -> None:
        by = request.actor.person_id
        mentorships.ask_exception(
            row, **form.cleaned_data, by=by, asked_as=request.actor.role, actor=request.actor
        )
        messages.success(request, "已提出。另一位校领导或学校办公室同意后才生效。")

    back = reverse("rosters:mentor", args=[row.pk])
    if accept(request, form, deed):
        return redirect(back)
    return form_page(
        request,
        form,
        title=f"提出{row}超过 1:15",
        verb="提出",
        back=back,
        sub="一位导师原则上不超过 15 名学生。许可写着您的姓名、理由和截止日期，另一位同意后才生效。",
    )


@require_http_methods(["GET", "POST"])
def exception_void(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.exception_for(request.actor, pk))
    return reason_page(
        request,
        lambda reason: mentorships.void_exception(row, reason=reason, actor=request.actor),
        "许可已撤回，留在记录里。因它而来的学生不受影响，只是不再增加。",
        back=reverse("rosters:mentor", args=[row.staff_id]),
        title=f"撤回{row.staff}的超额许可",
        verb="撤回许可",
        danger=False,
    )


@require_POST
def exception_agree(request: ActorRequest, pk: UUID) -> HttpResponse:
    said = "已同意，许可现在生效。教育局能看到许可的数量。"
    return _decide_exception(request, pk, "agree", said)


@require_POST
def exception_refuse(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _decide_exception(request, pk, "refuse", "记下了：不同意。")


def _decide_exception(request: ActorRequest, pk: UUID, step: str, said: str) -> HttpResponse:
    row = found(queries.exception_for(request.actor, pk, MENTOR_EXCEED_AGREE))
    by = request.actor.person_id
    attempt(request, lambda: mentorships.decide_exception(row, step, by=by, actor=request.actor), said)
    return redirect("rosters:mentor", row.staff_id)
