"""去世: a student's, and a colleague's. Everything ends as with leaving, those near are told, the family reads nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.actions import tell_people
from liangshi.foundation.notices.models import Notice
from liangshi.practice.relations.actions.absences import come_back, register, stay_away
from liangshi.practice.relations.choices import AbsenceKind, AbsenceState
from liangshi.practice.relations.models import Absence
from liangshi.practice.relations.queries.absences import may_leave
from liangshi.practice.rosters.actions.people import change_staff_state, change_student_state
from liangshi.practice.rosters.audit import STUDENT_EDITED
from liangshi.registry.access.audience import children, guardians
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.inboxes import own_notices
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import StaffState, StudentState
from liangshi.registry.people.models import Staff
from tests.asking import SignIn
from tests.cast import Cast, guardian
from tests.inboxes import told
from tests.practice.relations.bonds import Bonds
from tests.practice.relations.test_absences import refused


def register_death(cast: Cast) -> None:
    change_student_state(
        cast.own.student, StudentState.DIED, on=today(), note="因病", actor=cast.actor("clerk")
    )


def test_a_student_s_death_ends_what_leaving_ends_and_those_near_are_told(cast: Cast) -> None:
    child = cast.own.student
    register_death(cast)
    row = Mentorship.objects.get(student=child)
    assert (row.ends_on, row.end_reason) == (today(), "student_died")
    assert not child.enrolments.filter(ends_on__isnull=True).exists()
    assert told(cast.own.people["mentor"]) == [
        "您的 1 名学生去世了，导师关系到此结束。请保重，需要时可以找心理教师谈谈"
    ]
    assert ["去世" in title for title in told(cast.own.people["adviser"])] == [True]
    office = Notice.objects.filter(title__startswith=f"{child}同学去世，已经登记")
    assert set(office.values_list("role", flat=True)) == {"clerk", "leader"}
    assert hats_of(child.person, today()) == []


def test_the_adviser_of_a_class_that_he_left_long_ago_hears_nothing(cast: Cast) -> None:
    child, clerk, day = cast.own.student, cast.actor("clerk"), today()
    left_on = day - dt.timedelta(30)
    change_student_state(child, StudentState.TRANSFERRED, on=left_on, note="转学", actor=clerk)
    register_death(cast)
    assert told(cast.own.people["adviser"]) == []


def test_who_stands_in_for_his_mentor_reads_no_word_of_an_adjustment(bonds: Bonds) -> None:
    second = bonds.post("second")
    register(bonds.post("mentor"), AbsenceKind.SICK, back_on=None, deputy=second, actor=bonds.clerk)
    register_death(bonds.cast)
    assert told(bonds.own.people["second"])[0] == (
        "您临时负责的 1 名学生去世了。请保重，需要时可以找心理教师谈谈"
    )


def test_his_family_is_told_nothing_and_sees_nothing_of_him(cast: Cast, sign_in: SignIn) -> None:
    child, parent, own = cast.own.student, cast.own.people["guardian"], cast.own
    held = {"role": Role.GUARDIAN, "school": own.school.pk, "student": child.pk, "url": "/"}
    tell_people([parent.pk], title="本周可以预约谈话", **held)
    guardian(own.students[3], parent)
    client = sign_in("guardian")
    assert own_notices(cast.actor("guardian")).exists()
    assert client.get(f"/students/{child.pk}").status_code == 200
    register_death(cast)
    assert "欧阳雨桐甲" not in "".join(told(parent)[1:])
    assert not guardians([child.pk]).exists()
    assert [link.student_id for link in children(parent.pk)] == [own.students[3].pk]
    assert not own_notices(cast.actor("guardian")).exists()
    page = client.get("/").content.decode()
    assert child.person.name not in page
    assert "去世" not in page
    assert client.get(f"/students/{child.pk}").status_code == 404


def test_the_only_child_s_family_finds_a_quiet_page(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("guardian")
    register_death(cast)
    page = client.get("/", follow=True).content.decode()
    for word in ("去世", "毕业", "离校", "名册里监护人", cast.own.student.person.name):
        assert word not in page
    assert "想留存以前的资料" in page


def test_a_death_that_was_registered_by_mistake_is_taken_back(cast: Cast) -> None:
    register_death(cast)
    change_student_state(
        cast.own.student, StudentState.ENROLLED, on=today(), note="登记有误", actor=cast.actor("clerk")
    )
    assert guardians([cast.own.student.pk]).exists()
    office = Notice.objects.filter(title__contains="同学去世")
    assert office.exists()
    assert not office.filter(read_at__isnull=True).exists()
    for name in ("mentor", "adviser"):
        assert "登记错了：TA 在读" in told(cast.own.people[name])[0]
    corrected = Notice.objects.filter(title__contains="是登记错了，已经改回", read_at=None)
    assert set(corrected.values_list("role", flat=True)) == {"clerk", "leader"}
    before = Notice.objects.count()
    change_student_state(  # an ordinary return later says nothing of it
        cast.own.student, StudentState.GUEST, on=today(), note="借读", actor=cast.actor("clerk")
    )
    fresh = Notice.objects.order_by("-created_at")[: Notice.objects.count() - before]
    assert not [row for row in fresh if "登记错了" in row.title]


def test_a_death_is_asked_about_before_anybody_hears_of_it(cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in("clerk"), reverse("rosters:student", args=[cast.own.student.pk])
    sent = {"act": "state", "state-state": "died", "state-on": f"{today()}", "state-note": "因病"}
    page = client.post(url, sent).content.decode()
    assert f"登记{cast.own.student}同学去世？" in page
    assert Entry.objects.filter(type=STUDENT_EDITED.code, subject=str(cast.own.student.pk)).exists()
    assert Mentorship.objects.filter(student=cast.own.student, ends_on=None).exists()
    assert not Notice.objects.filter(title__contains="去世").exists()
    page = client.post(url, {**sent, "sure": "yes"}, follow=True).content.decode()
    assert "学校办公室、校领导、导师和班主任收到了通知" in page
    assert Notice.objects.filter(title__contains="去世").exists()


@pytest.mark.row("R17")
def test_a_colleague_s_death_leaves_no_student_alone(bonds: Bonds) -> None:
    late = bonds.post("mentor")
    row = register(late, AbsenceKind.DIED, back_on=None, deputy=bonds.post("second"), actor=bonds.clerk)
    late.refresh_from_db()
    assert (row.state, late.state) == (AbsenceState.WAITING, StaffState.DIED)
    assert hats_of(late.person, today()) == []
    assert not late.class_posts.filter(ends_on__isnull=True).exists()
    assert late not in may_leave(bonds.clerk)
    said = [title for name in ("student", "guardian") for title in told(bonds.own.people[name])]
    assert said
    assert all("导师调整" in title and "去世" not in title for title in said)
    come_back(row, actor=bonds.clerk)  # registered by mistake
    late.refresh_from_db()
    assert late.state == StaffState.ON_DUTY


def test_a_short_leave_may_end_with_a_death(bonds: Bonds) -> None:
    second = bonds.post("second")
    back_on = today() + dt.timedelta(7)
    row = register(second, AbsenceKind.SHORT, back_on=back_on, deputy=None, actor=bonds.clerk)
    assert stay_away(row, AbsenceKind.DIED, actor=bonds.clerk) == 0
    row.refresh_from_db()
    assert (row.state, Staff.objects.get(pk=second.pk).state) == (AbsenceState.SUCCEEDED, StaffState.DIED)
    assert refused(lambda: come_back(row, actor=bonds.clerk)) == "left_for_good"


@pytest.mark.parametrize("state", [StaffState.GONE, StaffState.DIED])
def test_who_leaves_by_the_roster_is_awaited_by_nobody(bonds: Bonds, state: StaffState) -> None:
    """He was on a short leave, and had no student."""
    second = bonds.post("second")
    back_on = today() + dt.timedelta(7)
    register(second, AbsenceKind.SHORT, back_on=back_on, deputy=None, actor=bonds.clerk)
    second.refresh_from_db()
    change_staff_state(second, state, actor=bonds.clerk)
    row = Absence.objects.get(staff=second)
    assert (row.state, row.kind, row.ended_on) == (AbsenceState.SUCCEEDED, state.value, today())
