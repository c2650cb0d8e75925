"""Who holds which role at a school or a bureau: proposed by one, agreed to by another, extended, replaced, ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.clock import last_day, spelled
from liangshi.foundation.ui.pages import accept, attempt, form_page, found, reason_page
from liangshi.portal.dashboards import queries
from liangshi.portal.dashboards.forms import ExtendForm, GrantForm, SuccessorForm
from liangshi.registry.access.actions import grants as access
from liangshi.registry.access.actions import proposals
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.choices import Role
from liangshi.registry.access.links import address
from liangshi.registry.access.models import GrantProposal, RoleGrant
from liangshi.registry.access.offices import Place, place_of
from liangshi.registry.access.permissions import GRANT_CONFIRM, GRANT_WRITE
from liangshi.registry.access.policy import allows
from liangshi.registry.schools.choices import BureauKind

SCHOOL_ROLES = [Role.CLERK, Role.LEADER, Role.GRADE_HEAD]


def _page(request: ActorRequest, place: Place, made: access.Appointment | None = None) -> HttpResponse:
    """The place with who is in office and what waits; the code of a new account is shown this once."""
    new = "school_grant_new" if place.school else "bureau_grant_new"
    key = (place.school or place.bureau).pk  # type: ignore[union-attr]
    back = address(request.actor, "dashboards:school", key) if place.school else reverse("dashboards:org")
    context = {
        "place": place.school or place.bureau,
        "roles": queries.roles_at(request.actor, place),
        "writes": allows(request.actor.role, GRANT_WRITE),
        "new_url": address(request.actor, f"dashboards:{new}", key),
        "made": made,
        "back_url": back,
    }
    return render(request, "dashboards/grants.html", context)


def _place(request: ActorRequest, row: RoleGrant | GrantProposal) -> Place:
    """The place of a row, as this reader may see it."""
    if row.school_id:
        return Place(found(queries.school_for(request.actor, row.school_id, GRANT_CONFIRM)))
    return Place(bureau=found(queries.bureau_for(found(row.bureau_id))))


@require_safe
def school_grants(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _page(request, Place(found(queries.school_for(request.actor, pk, GRANT_CONFIRM))))


@require_safe
def bureau_grants(request: ActorRequest, pk: UUID) -> HttpResponse:
    return _page(request, Place(bureau=found(queries.bureau_for(pk))))


@require_http_methods(["GET", "POST"])
def school_grant_new(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.school_for(request.actor, pk, GRANT_WRITE))
    return _new(request, Place(row), SCHOOL_ROLES)


@require_http_methods(["GET", "POST"])
def bureau_grant_new(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.bureau_for(pk))
    return _new(request, Place(bureau=row), [Role.CITY if row.kind == BureauKind.CITY else Role.COUNTY])


def _new(request: ActorRequest, place: Place, roles: list[Role]) -> HttpResponse:
    form = GrantForm(request.POST or None, school=place.school, roles=roles)

    def deed() -> GrantProposal | access.Appointment:
        data: dict[str, Any] = dict(form.cleaned_data)
        who = {"name": data.pop("name"), "staff_no": data.pop("staff_no", "")}
        term = access.Term(place=place, **{**data, "role": Role(data["role"])})
        return proposals.propose(term, **who, actor=request.actor)

    if done := accept(request, form, deed):
        if isinstance(done.made, access.Appointment):
            return _page(request, place, done.made)
        return _proposed(request, place)
    return form_page(
        request,
        form,
        title="提出授予身份",
        verb="提出",
        back=access.page_of(place),
        sub=f"{place.school or place.bureau}。不能给自己；要另一位同意才生效。",
    )


def _proposed(request: ActorRequest, place: Place) -> HttpResponse:
    messages.success(request, "已提出，另一位同意后才生效。在那以前可以撤回。")
    return redirect(access.page_of(place))


def _change(
    request: ActorRequest,
    row: RoleGrant,
    form: forms.Form,
    propose: Callable[[], object],
    *,
    title: str,
    sub: str,
) -> HttpResponse:
    place = place_of(row)
    if accept(request, form, propose):
        return _proposed(request, place)
    return form_page(request, form, title=title, sub=sub, verb="提出", back=access.page_of(place))


@require_http_methods(["GET", "POST"])
def extend(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.grant_for(request.actor, pk))
    form = ExtendForm(request.POST or None)
    return _change(
        request,
        row,
        form,
        lambda: proposals.extend(row, **form.cleaned_data, actor=request.actor),
        title=f"提出{row.person}续任{row.get_role_display()}",
        sub=f"现在到 {spelled(last_day(row.ends_on))}。要另一位同意才生效。",
    )


@require_http_methods(["GET", "POST"])
def replace(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.grant_for(request.actor, pk))
    form = SuccessorForm(request.POST or None, school=row.school)
    return _change(
        request,
        row,
        form,
        lambda: proposals.replace(row, **form.cleaned_data, actor=request.actor),
        title=f"提出由谁接替{row.person}（{row.get_role_display()}）",
        sub="要另一位同意才生效。接替的人到任的同时，这一位的身份结束，中间不断。",
    )


@require_http_methods(["GET", "POST"])
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Take a role back, from now on. Nobody takes his own."""
    row = found(queries.grant_for(request.actor, pk))
    return reason_page(
        request,
        lambda reason: access.end(row, reason=reason, actor=request.actor),
        f"已结束{row.person}的「{row.get_role_display()}」身份，现在起不再有效。",
        back=access.page_of(place_of(row)),
        example="岗位调整",
        title=f"结束{row.person}的「{row.get_role_display()}」身份",
        verb="结束身份",
        sub="立刻不再有效。本人和学校会收到通知，原因写在记录里。",
    )


@require_http_methods(["GET", "POST"])
def resign(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Propose to lay down one's own office."""
    row = found(queries.grant_for(request.actor, pk))
    return reason_page(
        request,
        lambda reason: proposals.resign(row, reason=reason, actor=request.actor),
        "已提出卸任，另一位同意后结束。在那以前身份照常有效，也可以撤回。",
        back=access.page_of(place_of(row)),
        example="岗位调整",
        title=f"提出卸任「{row.get_role_display()}」",
        verb="提出卸任",
    )


@require_POST
def code(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A new code for somebody in office who has not got in yet; shown this once."""
    row = found(queries.grant_for(request.actor, pk))
    done = attempt(request, lambda: access.hand_code(row, actor=request.actor))
    return (
        _page(request, _place(request, row), done.made) if done else redirect(access.page_of(place_of(row)))
    )


@require_POST
def agree(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.proposals(request.actor).filter(pk=pk).first())
    done = attempt(request, lambda: proposals.agree(row, actor=request.actor))
    if done and done.made:
        return _page(request, _place(request, row), done.made)
    if done:
        messages.success(request, f"已同意。{row.name}的「{row.get_role_display()}」身份现在起不再有效。")
    return redirect(access.page_of(place_of(row)))


@require_POST
def refuse(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.proposals(request.actor).filter(pk=pk).first())
    attempt(
        request, lambda: proposals.refuse(row, actor=request.actor), "记下了：不同意。提出的人会收到通知。"
    )
    return redirect(access.page_of(place_of(row)))


@require_POST
def withdraw(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.proposals(request.actor, GRANT_WRITE).filter(pk=pk).first())
    attempt(request, lambda: proposals.withdraw(row, actor=request.actor), "已撤回。")
    return redirect(access.page_of(place_of(row)))
