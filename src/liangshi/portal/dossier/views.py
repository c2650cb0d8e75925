"""Pages about students, staff and classes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.ui.pages import accept, form_page, found
from liangshi.oversight.coverage.queries import class_figures
from liangshi.portal.dossier import parts
from liangshi.portal.dossier.audit import CONTACT_SHOWN
from liangshi.portal.dossier.forms import ProfileForm
from liangshi.portal.dossier.queries import lists, page
from liangshi.portal.dossier.tables import (
    ClassTable,
    LogFilter,
    LogTable,
    StaffFilter,
    StaffTable,
    StudentFilter,
    StudentTable,
)
from liangshi.registry.access.actor import Actor, ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.lists import list_page, wants_excel
from liangshi.registry.access.permissions import CONTACT_READ, STUDENT_LOG
from liangshi.registry.access.queries import class_of
from liangshi.registry.access.queries import staff as staff_rows
from liangshi.registry.access.reads import reading
from liangshi.registry.mentorships.profiles import write_profile
from liangshi.registry.mentorships.queries import IN_POOL, STANDINGS


@require_safe
def search(request: ActorRequest) -> HttpResponse:
    """Find people by name, pinyin initials or pinyin. Homonyms are told apart by class."""
    text = request.GET.get("q", "").strip()
    rows = lists.found_students(request.actor, text)
    reading(request, [row.pk for row in rows])
    context = {
        "q": text,
        "students": [(row, class_of(row)) for row in rows],
        "staff": lists.found_staff(request.actor, text),
        "shown": lists.SHOWN,
    }
    return render(request, "dossier/search.html", context)


@require_safe
def students(request: ActorRequest) -> HttpResponse:
    chosen = StudentFilter(request.GET, actor=request.actor, queryset=lists.listed(request.actor))
    table = StudentTable(chosen.qs)
    if chosen.away:
        table.columns.show("state")
    return list_page(request, "dossier/students.html", table, {"filter": chosen}, excel=True)


def _mentor_words(row: Any) -> str:
    return f"导师{row.mentor_name}老师" if row.mentor_name else "还没有导师"


def _student_page(request: ActorRequest, row: Any, key: str, shown: Any = None) -> HttpResponse:
    """One part of a student's page."""
    actor = request.actor
    reader = parts.reader_of(actor, row)
    offered = parts.offered(reader)
    key = parts.chosen(offered, key)
    part = offered[key]
    context = {
        "student": row,
        "group": class_of(row),
        "who": " · ".join((class_of(row), _mentor_words(row), row.school.name)),
        "template": part.template,
        "tabs": parts.tabs(offered, key),
        "shown": shown,
        "deeds": parts.deeds(reader),
        "list_url": address(actor, "dossier:students") or address(actor, "home:home"),
    }
    context |= part.context(reader)
    reading(
        request, [row.pk], entry=CONTACT_SHOWN if shown else part.reads, about=str(shown.pk) if shown else ""
    )
    return render(request, "dossier/student.html", context)


@require_safe
def student(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(lists.student_today(request.actor, pk))
    return _student_page(request, row, request.GET.get("part", ""))


@require_POST
def contact(request: ActorRequest, pk: UUID, link: UUID) -> HttpResponse:
    """Show one guardian's phone, once, and note who asked."""
    row = found(lists.student_today(request.actor, pk, CONTACT_READ))
    shown = found(
        next(
            (
                each
                for each in page.guardians(request.actor, row) or ()
                if each.pk == link and not each.restricted
            ),
            None,
        )
    )
    return _student_page(request, row, "", shown)


@require_safe
def log(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who opened or changed what about this student, when, under which hat. Looking here, or taking it along, is noted
    too."""
    row = found(lists.student_today(request.actor, pk, STUDENT_LOG))
    chosen = LogFilter(request.GET, queryset=lists.log_of(row))
    return list_page(
        request,
        "dossier/log.html",
        LogTable(chosen.qs, student=row.pk),
        {"student": row, "group": class_of(row), "filter": chosen},
        excel=True,
        of=str(row),
    )


@require_safe
def staff(request: ActorRequest) -> HttpResponse:
    chosen = StaffFilter(request.GET, queryset=staff_rows(request.actor))
    table = StaffTable(chosen.qs, actor=request.actor)
    if not wants_excel(request):
        reading(request)
    return list_page(
        request,
        "dossier/staff.html",
        table,
        {"filter": chosen, "exceptions_url": address(request.actor, "relations:exceptions")},
        excel=True,
    )


@require_safe
def staff_member(request: ActorRequest, pk: UUID) -> HttpResponse:
    actor: Actor = request.actor
    row = found(lists.staff_for(actor, pk))
    mentees = lists.mentees(actor, row)
    reading(request, [each.pk for each in mentees])
    context = {
        "member": row,
        "mentors": row.standing == IN_POOL,
        "standing": STANDINGS[row.standing],
        "mentees": [(each, class_of(each)) for each in mentees],
        "profile": lists.profile_of(row),
        "office": address(actor, "dossier:not_mentoring"),
        "exceptions": [each for each in lists.live_exceptions(actor) if each.staff_id == row.pk],
        "edit_url": address(actor, "rosters:mentor", row.pk),
        "list_url": address(actor, "dossier:staff"),
    }
    return render(request, "dossier/staff_member.html", context)


@require_safe
def not_mentoring(request: ActorRequest) -> HttpResponse:
    """Who does not mentor and why, and who may have more than 15. Names stay in the school."""
    rows = lists.left_out(request.actor)
    groups: dict[str, list[lists.LeftOut]] = {}
    for row in rows:
        groups.setdefault(STANDINGS[row.staff.standing], []).append(row)
    context = {
        "groups": groups.items(),
        "total": len(rows),
        "exceptions": lists.live_exceptions(request.actor),
    }
    return render(request, "dossier/not_mentoring.html", context)


@require_safe
def classes(request: ActorRequest) -> HttpResponse:
    table = ClassTable(class_figures(request.actor))
    return list_page(request, "dossier/classes.html", table, excel=True, per_page=100)


@require_safe
def class_page(request: ActorRequest, pk: UUID) -> HttpResponse:
    group = found(lists.class_for(request.actor, pk))
    rows = lists.students_in(request.actor, group)
    table = StudentTable(rows, exclude=("group",))
    return list_page(
        request,
        "dossier/class.html",
        table,
        {
            "group": group.name(),
            "adviser": lists.adviser_of(group),
            "missing": rows.filter(mentor_id=None).count(),
        },
        excel=True,
        of=group.name(),
        per_page=100,
    )


@require_http_methods(["GET", "POST"])
def profile(request: ActorRequest) -> HttpResponse:
    """A mentor's own introduction."""
    post = found(lists.own_post(request.actor))
    held = lists.profile_of(post)
    initial = {"intro": held.intro, "interests": held.interests, "good_at": held.good_at}
    form = ProfileForm(request.POST or None, initial=initial)
    back = reverse("home:home")
    if accept(
        request,
        form,
        lambda: write_profile(post, **form.cleaned_data, actor=request.actor),
        "介绍已保存，学生填志愿时会看到。",
    ):
        return redirect(back)
    return form_page(
        request,
        form,
        title="我的介绍",
        verb="保存",
        back=back,
        back_label="首页",
        sub="学生填志愿前，会读这一段来认识你。",
    )
