"""Ask for slips, say the second word, print; and what an owner sees of what others ask for his account."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.ui.pages import accept, attempt, confirm_page, found
from liangshi.foundation.ui.shell import Confirm
from liangshi.practice.slips import actions, queries
from liangshi.practice.slips.actions import Slip
from liangshi.practice.slips.choices import Whom
from liangshi.practice.slips.forms import SlipsForm
from liangshi.practice.slips.models import SlipRequest
from liangshi.practice.slips.policy import SLIP_FOR_STUDENTS
from liangshi.practice.slips.queries import Recipient
from liangshi.practice.slips.tables import SlipTable
from liangshi.registry.access.actor import ActorRequest
from liangshi.registry.access.links import address
from liangshi.registry.access.lists import list_page
from liangshi.registry.access.queries import class_of, student_for, students
from liangshi.registry.access.reads import reading
from liangshi.registry.people.models import Student
from liangshi.registry.schools.models import School

ASKED = "申请好了。另一位老师确认以后，在这里打印。"


@require_safe
def requests(request: ActorRequest) -> HttpResponse:
    context = {"new_url": address(request.actor, "slips:new")}
    return list_page(request, "slips/list.html", SlipTable(queries.requests(request.actor)), context)


@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """For a class, for everybody of the school, or for the staff: those who have not opened their account yet."""
    form = SlipsForm(request.POST or None, classes=queries.classes_of(request.actor))

    def deed() -> SlipRequest:
        whom, group = Whom(form.cleaned_data["whom"]), form.cleaned_data.get("group")
        school, waiting = request.actor.own_school, queries.dormant()
        if whom == Whom.STAFF:
            people, group = queries.of_staff(queries.staff_of(request.actor), waiting), None
            above = queries.leading(each.account.person_id for each in people)
            people = [each for each in people if each.account.person_id not in above]
        elif whom == Whom.STUDENTS:
            people = queries.of_students(school, waiting, group)
        else:
            people = queries.of_guardians(school, waiting, group)
            staff = queries.working((each.account.person_id for each in people), school)
            people = [each for each in people if each.account.person_id not in staff]
        what = f"{group or '全校'}{whom.label} {len(people)} 人"
        return actions.ask(
            queries.own_school(request.actor), whom, people, what=what, group=group, actor=request.actor
        )

    if accept(request, form, deed, ASKED):
        return redirect("slips:list")
    return render(request, "slips/new.html", {"form": form})


def _one(
    request: ActorRequest,
    school: School,
    whom: Whom,
    recipient: Recipient | None,
    *,
    back: str,
    student: Student | None = None,
) -> HttpResponse:
    """A slip for one person, or, after a reset, the word that he was met."""
    person = found(recipient)
    account = person.account
    if request.method == "POST":
        in_person = request.POST.get("act") == "met"
        other = queries.waiting_to_be_met(account, request.actor) if in_person else None
        if other:  # the second of the two
            take = actions.DECISIONS.take
            attempt(request, lambda: take(other, "agree", url=back, actor=request.actor), "两位都核实了。")
            return redirect(request.path)
        what = f"{person.name}（{person.group}）"
        if attempt(
            request,
            lambda: actions.ask(
                school, whom, [person], what=what, student=student, in_person=in_person, actor=request.actor
            ),
            ASKED if not in_person else "记下了。另一位老师也当面核实以后，本人自己的内容就打开。",
        ):
            return redirect("slips:list")
        return redirect(request.path)
    if student:
        reading(request, [student.pk])
    context = {"person": person, "in_use": account.is_activated, "locked": account.locked, "back": back}
    return render(request, "slips/ask.html", context)


@require_http_methods(["GET", "POST"])
def student(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(student_for(request.actor, pk, SLIP_FOR_STUDENTS))
    group = class_of(students(request.actor, SLIP_FOR_STUDENTS).get(pk=row.pk))
    person = queries.recipient(row.person, group, row.pk)
    back = reverse("rosters:student", args=[row.pk])
    return _one(request, row.school, Whom.STUDENTS, person, back=back, student=row)


@require_http_methods(["GET", "POST"])
def guardian(request: ActorRequest, pk: UUID) -> HttpResponse:
    link = found(queries.link_of(request.actor, pk))
    about = f"{link.student.person.name}的{link.get_relation_display()}"
    person = queries.recipient(link.person, about, link.student_id)
    back = reverse("rosters:student", args=[link.student_id])
    return _one(request, link.student.school, Whom.GUARDIANS, person, back=back, student=link.student)


@require_http_methods(["GET", "POST"])
def staff(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(queries.staff_of(request.actor).filter(pk=pk).first())
    person = queries.recipient(row.person, row.subject or row.get_post_display())
    back = reverse("rosters:mentor", args=[row.pk])
    return _one(request, row.school, Whom.STAFF, person, back=back)


@require_http_methods(["GET", "POST"])
def officer(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A leader or clerk of a school, where nobody there can ask for him."""
    row = found(queries.officer_of(request.actor, pk))
    assert row.school is not None
    person = queries.recipient(row.person, row.get_role_display())
    back = address(request.actor, "dashboards:school_grants", row.school_id) or reverse("home:home")
    return _one(request, row.school, Whom.STAFF, person, back=back)


def _printed(request: ActorRequest, slips: list[Slip], back: str) -> HttpResponse:
    where = request.build_absolute_uri(reverse("home:activate"))
    return render(request, "slips/print.html", {"slips": slips, "address": where, "back": back})


@require_http_methods(["GET", "POST"])
def print_slips(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The codes, shown this once."""
    row = found(queries.request_to_print(request.actor, pk))
    back = reverse("slips:list")
    if request.method == "POST":
        try:
            return _printed(request, actions.print_slips(row, actor=request.actor), back)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return redirect(back)
    if row.student_id:
        reading(request, [row.student_id])
    confirm = Confirm(
        f"打印启用字条：{row.what}",
        "会生成新的启用码，只显示这一次。请马上打印、裁开，当面交给本人。",
        "生成字条",
        request.path,
        back,
        undo="再生成一次，前一张还没用的就失效。",
    )
    return confirm_page(request, confirm)


@require_safe
def own(request: ActorRequest) -> HttpResponse:
    """What others have asked for the reader's account."""
    return render(request, "slips/own.html", {"rows": queries.about_oneself(request.actor)})


@require_POST
def stop(request: ActorRequest, pk: UUID) -> HttpResponse:
    row = found(next((row for row in queries.about_oneself(request.actor) if row.pk == pk), None))
    said = "已叫停，字条作废，学校办公室会去核对。您的密码没有变。"
    attempt(request, lambda: actions.stop(row, actor=request.actor), said)
    return redirect("slips:own")
