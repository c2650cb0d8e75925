"""Pages about students, staff and classes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.deeds import noted
from liangshi.foundation.documents.writing import sheet_bytes
from liangshi.foundation.ui.pages import accepted, form_page, found
from liangshi.foundation.ui.tables import arrange, excel_twin, wants_excel
from liangshi.oversight.coverage.queries import class_figures
from liangshi.portal.dossier import parts, queries
from liangshi.portal.dossier.audit import CONTACT_SHOWN, LIST_EXPORTED, LOG_OPENED, STUDENT_OPENED
from liangshi.portal.dossier.forms import ProfileForm
from liangshi.portal.dossier.tables import (
    ClassTable,
    LogTable,
    StaffFilter,
    StaffTable,
    StudentFilter,
    StudentTable,
)
from liangshi.registry.access.actor import Actor, ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.permissions import CONTACT_READ, STUDENT_LOG
from liangshi.registry.access.queries import class_of
from liangshi.registry.access.queries import staff as staff_rows
from liangshi.registry.mentorships.profiles import write_profile
from liangshi.registry.mentorships.queries import IN_POOL, STANDINGS


def _export_students(request: ActorRequest, table: StudentTable, title: str) -> HttpResponse:
    """The Excel twin of a list of students, with an entry in the log of each."""
    noted(LIST_EXPORTED, request.actor, about=title, subjects=[row.record.pk for row in table.rows])
    return excel_twin(request, table, title=title, workbook=sheet_bytes)


@require_safe
def search(request: ActorRequest) -> HttpResponse:
    """Find people by name, pinyin initials or pinyin. Homonyms are told apart by class."""
    text = request.GET.get("q", "").strip()
    context = {
        "q": text,
        "students": [(row, class_of(row)) for row in queries.found_students(request.actor, text)],
        "staff": queries.found_staff(request.actor, text),
        "shown": queries.SHOWN,
    }
    return render(request, "dossier/search.html", context)


@require_safe
def students(request: ActorRequest) -> HttpResponse:
    chosen = StudentFilter(request.GET, actor=request.actor, queryset=queries.listed(request.actor))
    table = StudentTable(chosen.qs)
    if chosen.away:
        table.columns.show("state")
    if wants_excel(request):
        return _export_students(request, table, "学生名单")
    context = {"table": arrange(request, table), "filter": chosen}
    return render(request, "dossier/students.html", context)


def _mentor_words(row: Any) -> str:
    return f"导师{row.mentor_name}老师" if row.mentor_name else "还没有导师"


def _student_page(request: ActorRequest, row: Any, key: str, shown: Any = None) -> HttpResponse:
    """One part of a student's page. Opening it is noted, and so is what its room wants noted."""
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
    if part.opened:
        part.opened(reader)
    return render(request, "dossier/student.html", context)


@require_safe
def student(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.student_for(request.actor, pk))
    noted(STUDENT_OPENED, request.actor, school=row.school_id, subjects=[row.pk])
    return _student_page(request, row, request.GET.get("part", ""))


@require_POST
def contact(request: ActorRequest, pk: UUID, link: UUID) -> HttpResponse:
    """Show one guardian's phone, once, and note who asked."""
    row = found(queries.student_for(request.actor, pk, CONTACT_READ))
    shown = found(
        next(
            (
                each
                for each in queries.guardians(request.actor, row) or ()
                if each.pk == link and not each.restricted
            ),
            None,
        )
    )
    noted(CONTACT_SHOWN, request.actor, school=row.school_id, about=str(link), subjects=[row.pk])
    return _student_page(request, row, "", shown)


@require_safe
def log(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Who opened or changed what about this student, when, under which hat. Looking here, or taking it along, is noted
    too."""
    row = found(queries.student_for(request.actor, pk, STUDENT_LOG))
    noted(LOG_OPENED, request.actor, subjects=[row.pk])
    table = LogTable(queries.log_of(row))
    if wants_excel(request):
        return excel_twin(request, table, title=f"谁看过{row}", workbook=sheet_bytes)
    return render(
        request,
        "dossier/log.html",
        {"table": arrange(request, table), "student": row, "group": class_of(row)},
    )


@require_safe
def staff(request: ActorRequest) -> HttpResponse:
    chosen = StaffFilter(request.GET, queryset=staff_rows(request.actor))
    table = StaffTable(chosen.qs, actor=request.actor)
    if wants_excel(request):
        return excel_twin(request, table, title="教职工名单", workbook=sheet_bytes)
    context = {
        "table": arrange(request, table),
        "filter": chosen,
        "exceptions_url": address(request.actor, "relations:exceptions"),
    }
    return render(request, "dossier/staff.html", context)


@require_safe
def staff_member(request: ActorRequest, pk: UUID) -> HttpResponse:
    actor: Actor = request.actor
    row = found(queries.staff_for(actor, pk))
    context = {
        "member": row,
        "mentors": row.standing == IN_POOL,
        "standing": STANDINGS[row.standing],
        "mentees": [(each, class_of(each)) for each in queries.mentees(actor, row)],
        "profile": queries.profile_of(row),
        "office": address(actor, "dossier:not_mentoring"),
        "exceptions": [each for each in queries.live_exceptions(actor) if each.staff_id == row.pk],
        "edit_url": address(actor, "rosters:mentor", row.pk),
        "list_url": address(actor, "dossier:staff"),
    }
    return render(request, "dossier/staff_member.html", context)


@require_safe
def not_mentoring(request: ActorRequest) -> HttpResponse:
    """Who does not mentor and why, and who may have more than 15. Names stay in the school."""
    rows = queries.left_out(request.actor)
    groups: dict[str, list[queries.LeftOut]] = {}
    for row in rows:
        groups.setdefault(STANDINGS[row.staff.standing], []).append(row)
    context = {
        "groups": groups.items(),
        "total": len(rows),
        "exceptions": queries.live_exceptions(request.actor),
    }
    return render(request, "dossier/not_mentoring.html", context)


@require_safe
def classes(request: ActorRequest) -> HttpResponse:
    table = ClassTable(class_figures(request.actor))
    if wants_excel(request):
        return excel_twin(request, table, title="班级", workbook=sheet_bytes)
    return render(request, "dossier/classes.html", {"table": arrange(request, table, per_page=100)})


@require_safe
def class_page(request: ActorRequest, pk: UUID) -> HttpResponse:
    group = found(queries.class_for(request.actor, pk))
    rows = queries.students_in(request.actor, group)
    table = StudentTable(rows, exclude=("group",))
    if wants_excel(request):
        return _export_students(request, table, group.name())
    context = {
        "group": group.name(),
        "adviser": queries.adviser_of(group),
        "table": arrange(request, table, per_page=100),
        "missing": sum(1 for row in table.rows if row.record.mentor_id is None),
    }
    return render(request, "dossier/class.html", context)


@require_http_methods(["GET", "POST"])
def profile(request: ActorRequest) -> HttpResponse:
    """A mentor's own introduction."""
    post = found(queries.own_post(request.actor))
    held = queries.profile_of(post)
    initial = {"intro": held.intro, "interests": held.interests, "good_at": held.good_at}
    form = ProfileForm(request.POST or None, initial=initial)
    back = reverse("home:home")
    if accepted(
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
