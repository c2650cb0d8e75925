"""Students without a mentor: assigned one, given a reason, and the year that is in force when nobody is left."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.clock import today
from liangshi.foundation.ui.forms import PicksForm
from liangshi.foundation.ui.pages import accept, attempt, confirm_page, form_page, found
from liangshi.foundation.ui.shell import Confirm, Tab
from liangshi.practice.waiting import actions
from liangshi.practice.waiting.forms import ExemptForm
from liangshi.practice.waiting.policy import YEAR_ENFORCE
from liangshi.practice.waiting.queries import students as queries
from liangshi.practice.waiting.queries.engine import propose
from liangshi.practice.waiting.tables import WithoutMentorTable
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.lists import list_page
from liangshi.registry.access.permissions import MENTOR_ASSIGN
from liangshi.registry.access.queries import student_for
from liangshi.registry.access.reads import reading
from liangshi.registry.mentorships.actions import end_exemption
from liangshi.registry.mentorships.actions import exempt as exempt_student
from liangshi.registry.mentorships.queries import exemption_of, places
from liangshi.registry.people.models import Student
from liangshi.registry.schools.queries import years_so_far


def _student(request: ActorRequest, pk: UUID) -> Student:
    return found(student_for(request.actor, pk, MENTOR_ASSIGN))


@require_http_methods(["GET", "POST"])
def waiting(request: ActorRequest) -> HttpResponse:
    """待配导师: a proposal for each, changed by hand, confirmed with one button."""
    actor = request.actor
    only = _key(request.GET.get("student", ""))
    rows = queries.waiting_for(actor, only)
    mentors = places(actor.own_school, today())
    proposal = propose(rows, mentors, actor.own_school)
    options = [(str(each.staff.pk), each.line) for each in mentors if each.free]
    form = PicksForm(
        request.POST or None,
        rows=[(row.student.pk, f"{row.student} · {row.class_name}", _about(row), options) for row in rows],
        chosen=dict(proposal.chosen),
    )
    if done := accept(request, form, lambda: actions.assign(_given(form), actor=actor)):
        messages.success(request, f"{done.made} 名学生配好了导师，导师、学生和家长都会收到通知。")
        return redirect("waiting:waiting")
    paused = queries.paused(actor)
    reading(request, [*(row.student.pk for row in rows), *(each.bond.student_id for each in paused)])
    context = {
        "form": form,
        "rows": rows,
        "obstacles": proposal.obstacles,
        "paused": paused,
        "one": only is not None,
    }
    return render(request, "waiting/waiting.html", context)


def _given(form: PicksForm) -> dict[UUID, UUID]:
    return {student: mentor for student, mentor in form.choice().items() if mentor}


def _key(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404("student") from None


def _about(row: queries.Waiting) -> str:
    """「转入 2026-11-20，最迟 2026-11-27 配好；这段时间由班任老师照看」."""
    how = f"{row.arrival.label} {row.since}" if row.arrival else "没有导师"
    due = f"，最迟 {row.due} 配好{'（已过）' if row.late else ''}" if row.due else ""
    return f"{how}{due}；" + (f"这段时间由{row.interim}照看" if row.interim else "现在没有老师照看，请先配")


@require_safe
def without_mentor(request: ActorRequest) -> HttpResponse:
    """无导师学生: of a year and a grade, with the reason of those who may be without."""
    actor = request.actor
    years = years_so_far(actor.own_school)
    year = next((row for row in years if str(row.pk) == request.GET.get("year")), years[0] if years else None)
    cohorts = queries.cohorts_in(year) if year else []
    cohort = next((row for row in cohorts if str(row.pk) == request.GET.get("grade")), None)
    rows = queries.listed(actor, queries.day_in(year) if year else today(), cohort)
    current = year is None or queries.day_in(year) == today()
    table = WithoutMentorTable(rows, assigns=current and bool(address(actor, "waiting:waiting")))
    base = f"?year={year.pk}" if year else "?"
    context = {
        "rows": rows,
        "unexplained": len(queries.unexplained(rows)),
        "arrived": sum(1 for row in rows if row.arrival and not row.exemption),
        "year": year,
        "current": current,
        "years": [Tab(row.code, f"?year={row.pk}", current=row == year) for row in years],
        "grades": [
            Tab("全部", base, current=cohort is None),
            *(
                Tab(row.grade(year.start_year), f"{base}&grade={row.pk}", current=row == cohort)
                for row in cohorts
                if year
            ),
        ],
        "waiting_url": address(actor, "waiting:waiting"),
        "force_url": address(actor, "waiting:year_in_force", year.pk)
        if year and not year.in_force_on and not cohort
        else "",
    }
    template = "waiting/without_mentor.html"
    return list_page(request, template, table, context, excel=True, per_page=100)


@require_http_methods(["GET", "POST"])
def exempt(request: ActorRequest, pk: UUID) -> HttpResponse:
    student = _student(request, pk)
    held = exemption_of(student)
    initial = {"reason": held.reason, "until": held.until} if held else None
    form = ExemptForm(request.POST or None, initial=initial)
    back, by = reverse("waiting:without_mentor"), request.actor.person_id
    if accept(
        request,
        form,
        lambda: exempt_student(student, **form.cleaned_data, by=by, actor=request.actor),
        f"已登记：{student}暂不配导师，到期再看。",
    ):
        return redirect(back)
    reading(request, [student.pk])
    end = reverse("waiting:exemption_end", args=[student.pk])
    return form_page(
        request,
        form,
        title=f"{student}暂不配导师的原因",
        verb="登记",
        back=back,
        undo=("不再暂缓", end) if held else None,
    )


@require_POST
def exemption_end(request: ActorRequest, pk: UUID) -> HttpResponse:
    held = exemption_of(_student(request, pk))
    if held:
        attempt(request, lambda: end_exemption(held, actor=request.actor), "已结束暂缓，请给他配导师。")
    return redirect("waiting:without_mentor")


@require_http_methods(["GET", "POST"])
def year_in_force(request: ActorRequest, pk: UUID) -> HttpResponse:
    year = found(queries.year_for(request.actor, pk, YEAR_ENFORCE))
    back = reverse("waiting:without_mentor")
    if request.method == "POST":
        attempt(
            request,
            lambda: actions.mark_year_in_force(year, actor=request.actor),
            f"{year} 学年已标为「已实施」。",
        )
        return redirect(back)
    rows = queries.listed(request.actor, queries.day_in(year))
    missing = len(queries.unexplained(rows))
    confirm = Confirm(
        f"把 {year} 学年标为「已实施」？",
        "表示每名在校学生都有导师，或登记了暂缓的原因。",
        "标为已实施",
        request.path,
        back,
        facts=[(str(missing), "名学生没有导师也没有原因"), (str(len(rows) - missing), "名学生登记了原因")],
        undo="还有学生没有导师也没有原因时，系统不接受。" if missing else "",
    )
    return confirm_page(request, confirm)
