"""Editing students and staff: dated history, what follows for mentorships, and every refusal."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.models import Notice
from liangshi.registry.access.hats import hats_of
from liangshi.registry.accounts.models import Account
from liangshi.registry.mentorships.models import MentorPlaces, Mentorship, NotMentoringSpan, RatioException
from liangshi.registry.mentorships.queries import active_students, pool
from liangshi.registry.people.choices import StaffState, StudentState
from liangshi.registry.people.models import ClassPost, GuardianLink, Person, StudentSpan
from tests.asking import SignIn
from tests.cast import Cast


@pytest.fixture
def clerk(sign_in: SignIn) -> Client:
    return sign_in("clerk")


@pytest.fixture
def leader(sign_in: SignIn) -> Client:
    return sign_in("leader")


def told(page: Any) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page.content.decode()))


def act(client: Client, page: str, pk: Any, deed: str, /, **fields: Any) -> str:
    """Send one of the forms of a page; gives what the page then says."""
    data = {"act": deed, **{f"{deed}-{key}": value for key, value in fields.items()}}
    answer = client.post(reverse(f"rosters:{page}", args=[pk]), data, follow=True)
    assert answer.status_code == 200
    return told(answer)


def test_the_pages_show_what_is_registered(clerk: Client, cast: Cast) -> None:
    page = told(clerk.get(reverse("rosters:student", args=[cast.own.student.pk])))
    assert cast.own.student.masked_national_no in page
    assert "李晓明甲老师" in page
    assert "138****0001" in page
    assert "可任导师" in told(clerk.get(reverse("rosters:mentor", args=[cast.own.posts["mentor"].pk])))
    assert "139****0105" in told(clerk.get(reverse("rosters:staff", args=[cast.own.posts["mentor"].pk])))


@pytest.mark.row("R32")
def test_suspended_from_a_day_on(clerk: Client, cast: Cast) -> None:
    child, day = cast.own.student, today() - dt.timedelta(3)
    said = act(clerk, "student", child.pk, "state", state=StudentState.SUSPENDED, on=day, note="病休")
    assert f"从{day}起休学" in said
    assert child not in active_students(day)
    assert child in active_students(day - dt.timedelta(1))
    old, new = child.spans.order_by("starts_on")
    assert (old.ends_on, new.starts_on, new.note) == (day, day, "病休")
    assert Entry.objects.filter(type="student.state", subject=str(child.pk)).count() == 1
    # He keeps his mentor while he is away, and comes back to him.
    assert Mentorship.objects.filter(student=child, ends_on__isnull=True).exists()
    act(clerk, "student", child.pk, "state", state=StudentState.ENROLLED, on=today(), note="复学")
    assert child in active_students(today())
    (told,) = Notice.objects.all()
    assert (told.role, told.title) == ("mentor", f"{child}休学了，仍是您的学生，复学时会告诉您")


@pytest.mark.parametrize("state", [StudentState.TRANSFERRED, StudentState.WITHDRAWN, StudentState.GRADUATED])
def test_who_leaves_leaves_his_mentor_and_class(clerk: Client, cast: Cast, state: str) -> None:
    child, mentor = cast.own.student, cast.own.posts["mentor"]
    before = MentorPlaces.objects.get(staff=mentor).taken
    said = act(clerk, "student", child.pk, "state", state=state, on=today(), note="随父母迁居")
    assert "导师关系已在同一天结束（1条）" in said
    row = Mentorship.objects.get(student=child)
    assert (row.ends_on, row.end_reason) == (today(), "student_left")
    assert MentorPlaces.objects.get(staff=mentor).taken == before - 1
    assert not child.enrolments.filter(ends_on__isnull=True).exists()
    # Back again without a mentor: the office is told, and he can be given a class.
    act(clerk, "student", child.pk, "state", state=StudentState.ENROLLED, on=today(), note="返回")
    left = Notice.objects.filter(role="mentor")
    assert [notice.title for notice in left] == ["您的 1 名学生离校了，导师关系到此结束"]
    assert set(Notice.objects.exclude(role="mentor").values_list("role", flat=True)) == {"clerk", "leader"}
    act(clerk, "student", child.pk, "class", class_group=cast.own.class_2.pk, on=today())
    assert child.enrolments.get(ends_on__isnull=True).reason == "returned"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "enrolled", "on": "{today}", "note": "x"}, "现在就是“在读”"),
        ({"state": "suspended", "on": "{tomorrow}", "note": "x"}, "日期不能晚于今天"),
        ({"state": "suspended", "on": "2020-01-01", "note": "x"}, "日期不能早于上一次变动"),
        ({"state": "suspended", "on": "{today}", "note": " "}, "原因"),
        ({"state": "flown", "on": "{today}", "note": "x"}, "改为"),
        ({"state": "suspended", "on": "昨天", "note": "x"}, "日期"),
    ],
)
def test_a_change_of_standing_that_is_refused(clerk: Client, cast: Cast, fields, words) -> None:
    days = {"today": str(today()), "tomorrow": str(today() + dt.timedelta(1))}
    said = act(
        clerk, "student", cast.own.student.pk, "state",
        **{key: value.format(**days) for key, value in fields.items()},
    )  # fmt: skip
    assert "还有1处要改" in said
    assert words in said
    assert cast.own.student.spans.count() == 1


def test_moving_to_another_class(clerk: Client, cast: Cast) -> None:
    child = cast.own.student
    said = act(clerk, "student", child.pk, "class", class_group=cast.own.class_2.pk, on=today())
    assert "原来的班级留在记录里" in said
    old, new = child.enrolments.order_by("starts_on")
    assert (old.ends_on, new.class_group) == (today(), cast.own.class_2)
    assert "现在就在" in act(clerk, "student", child.pk, "class", class_group=cast.own.class_2.pk, on=today())
    assert "没有这个班" in act(
        clerk, "student", child.pk, "class", class_group=cast.other.class_1.pk, on=today()
    )
    assert child.enrolments.count() == 2
    StudentSpan.objects.filter(student=child).update(state=StudentState.SUSPENDED)
    assert "现在不在读" in act(
        clerk, "student", child.pk, "class", class_group=cast.own.class_1.pk, on=today()
    )


def test_corrections_are_logged_old_and_new(clerk: Client, cast: Cast) -> None:
    child = cast.own.student
    act(clerk, "student", child.pk, "person", name="欧阳 雨彤", gender="1")
    child.person.refresh_from_db()
    assert (child.person.name, child.person.gender) == ("欧阳雨彤", "1")
    assert child.person.search.startswith("oyyt ")
    entry = Entry.objects.get(type="person.corrected", subject=str(child.pk))
    assert entry.detail["changes"] == {"name": ["欧阳雨桐甲", "欧阳雨彤"], "gender": ["2", "1"]}
    assert "没有改动" in act(clerk, "student", child.pk, "person", name="欧阳雨彤", gender="1")
    assert "不像一个姓名" in act(clerk, "student", child.pk, "person", name="=1+1", gender="1")
    staff = cast.own.posts["mentor"]
    act(clerk, "staff", staff.pk, "person", name="李晓明甲", gender="1", mobile="13912345678")
    staff.person.refresh_from_db()
    assert staff.person.mobile == "13912345678"
    entry = Entry.objects.get(type="person.corrected", object=str(staff.person_id))
    assert entry.detail["changes"]["mobile"] == ["139****0105", "139****5678"]
    assert "电话号码不对" in act(clerk, "staff", staff.pk, "person", name="李晓明甲", gender="1", mobile="12")


def test_guardians_begin_end_and_are_restricted(clerk: Client, cast: Cast) -> None:
    child, url = cast.own.student, reverse("rosters:guardian_new", args=[cast.own.student.pk])
    teacher = cast.person("mentor")
    clerk.post(url, {"name": teacher.name, "relation": "51", "mobile": teacher.mobile})
    link = GuardianLink.objects.get(student=child, person=teacher)  # a teacher as a parent is one person
    assert "已经是" in told(
        clerk.post(url, {"name": teacher.name, "relation": "51", "mobile": teacher.mobile})
    )
    clerk.post(url, {"name": "周母", "relation": "52", "mobile": "13700000001"})
    assert Account.objects.filter(person__name="周母").exists()
    assert "电话号码不对" in told(clerk.post(url, {"name": "周母", "relation": "52", "mobile": "1"}))
    # By a court's order he sees nothing; the hat is gone at once, and comes back when it is lifted.
    restrict = reverse("rosters:guardian_restrict", args=[link.pk])
    clerk.post(restrict, {"restricted": "yes"})
    assert "guardian" not in {hat.role.value for hat in hats_of(teacher, today())}
    assert clerk.get(reverse("slips:guardian", args=[link.pk])).status_code == 404
    clerk.post(restrict, {"restricted": "no"})
    assert "guardian" in {hat.role.value for hat in hats_of(teacher, today())}
    assert clerk.get(restrict).status_code == 405
    clerk.post(reverse("rosters:guardian_end", args=[link.pk]))
    link.refresh_from_db()
    assert link.ends_on == today()
    assert Entry.objects.filter(type="guardian.ended").count() == 1
    clerk.post(reverse("rosters:guardian_end", args=[link.pk]))
    assert Entry.objects.filter(type="guardian.ended").count() == 1


@pytest.mark.row("R38")
def test_out_of_the_pool_with_reason_and_review_and_back(clerk: Client, cast: Cast) -> None:
    staff, later = cast.own.posts["second"], today() + dt.timedelta(90)
    assert "请写一个今天以后、一年以内的复核日期" in act(
        clerk, "mentor", staff.pk, "out", reason="newcomer", review_on=today()
    )
    assert "还有1处要改" in act(clerk, "mentor", staff.pk, "out", reason="lazy", review_on=later)
    assert staff in pool(cast.own.school.pk, today())
    assert "复核" in act(clerk, "mentor", staff.pk, "out", reason="newcomer", review_on=later)
    assert staff not in pool(cast.own.school.pk, today())
    span = NotMentoringSpan.objects.get(staff=staff)
    assert (span.review_on, span.decided_by) == (later, cast.person("clerk"))
    assert "恢复担任导师" in act(clerk, "mentor", staff.pk, "back")
    assert staff in pool(cast.own.school.pk, today())


def test_quota(leader: Client, cast: Cast) -> None:
    staff = cast.own.posts["second"]
    act(leader, "mentor", staff.pk, "quota", quota="8")
    assert MentorPlaces.objects.get(staff=staff).quota == 8
    assert "批准超额许可" in act(leader, "mentor", staff.pk, "quota", quota="16")
    assert MentorPlaces.objects.get(staff=staff).quota == 8


@pytest.mark.row("R43", "G34")
def test_more_than_fifteen_by_a_named_leader_only(leader: Client, clerk: Client, cast: Cast) -> None:
    staff = cast.own.posts["second"]
    url = reverse("rosters:exception_new", args=[staff.pk])
    data = {"extra": "2", "reason": "同组教师产假", "until": str(today() + dt.timedelta(60))}
    assert clerk.post(url, data).status_code == 403
    assert "今天以后" in told(leader.post(url, {**data, "until": str(today())}))
    assert "还有1处要改" in told(leader.post(url, {**data, "reason": ""}))
    assert "最多增加10个" in told(leader.post(url, {**data, "extra": "11"}))
    assert not RatioException.objects.exists()
    leader.post(url, data)
    row = RatioException.objects.get()
    assert (row.extra, row.asked_by, row.state) == (2, cast.person("leader"), "asked")
    page = reverse("rosters:mentor", args=[staff.pk])
    agree = reverse("rosters:exception_agree", args=[row.pk])
    assert "您自己提出的" in told(leader.post(agree, follow=True))
    assert agree not in leader.get(page).content.decode()
    assert agree in clerk.get(page).content.decode()
    assert "许可现在生效" in told(clerk.post(agree, follow=True))
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("agreed", cast.person("clerk"))
    assert "同组教师产假" in told(clerk.get(page))
    void = reverse("rosters:exception_void", args=[row.pk])
    assert clerk.post(void, {"reason": "x"}).status_code == 403
    leader.post(void, {"reason": "已返岗"})
    row.refresh_from_db()
    assert row.voided_at
    assert "已撤回" in told(clerk.get(page))  # withdrawn with its reason, and still to be seen
    assert "已返岗" in told(clerk.get(page))


@pytest.mark.row("R17")
@pytest.mark.parametrize("state", [StaffState.GONE, StaffState.RETIRED, StaffState.SUSPENDED])
def test_nobody_leaves_while_he_has_students(clerk: Client, cast: Cast, state: StaffState) -> None:
    staff = cast.own.posts["mentor"]
    said = act(clerk, "staff", staff.pk, "state", state=state)
    assert "李晓明甲老师还是1名学生的导师。请先在「师生关系」里登记离岗" in said
    staff.refresh_from_db()
    assert staff.state == StaffState.ON_DUTY
    assert Mentorship.objects.filter(mentor=staff, ends_on__isnull=True).count() == 1
    page = clerk.get(reverse("rosters:staff", args=[staff.pk])).content.decode()
    assert f"{reverse('relations:absence_new')}?staff={staff.pk}" in page


def test_who_has_no_students_leaves_and_his_posts_end(clerk: Client, cast: Cast) -> None:
    adviser = cast.own.posts["adviser"]
    said = act(clerk, "staff", adviser.pk, "state", state=StaffState.RETIRED)
    assert "从今天起退休" in said
    assert not ClassPost.objects.filter(staff=adviser, ends_on__isnull=True).exists()
    assert all(hat.staff_id is None for hat in hats_of(adviser.person, today()))


def test_a_long_absence_of_a_mentor_is_registered_where_somebody_takes_over(
    clerk: Client, cast: Cast
) -> None:
    staff = cast.own.posts["mentor"]
    assert "登记离岗" in act(clerk, "staff", staff.pk, "state", state=StaffState.MATERNITY)
    staff.refresh_from_db()
    assert staff.state == StaffState.ON_DUTY
    nobody = cast.own.posts["adviser"]  # who has no students is away without more ado
    for _ in range(2):
        act(clerk, "staff", nobody.pk, "state", state=StaffState.MATERNITY)
    assert Entry.objects.filter(type="staff.state").count() == 1


def test_another_schools_people_are_not_there(clerk: Client, leader: Client, cast: Cast) -> None:
    child, staff = cast.other.student, cast.other.posts["mentor"]
    link = child.guardian_links.get()
    for name, pk in (
        ("student", child.pk), ("guardian_new", child.pk), ("guardian_end", link.pk),
        ("guardian_restrict", link.pk), ("mentor", staff.pk), ("staff", staff.pk),
    ):  # fmt: skip
        assert clerk.post(reverse(f"rosters:{name}", args=[pk])).status_code == 404, name
    data = {"extra": "2", "reason": "x", "until": str(today() + dt.timedelta(60))}
    assert leader.post(reverse("rosters:exception_new", args=[staff.pk]), data).status_code == 404
    held = RatioException.objects.create(
        staff=staff,
        extra=1,
        reason="x",
        until=today() + dt.timedelta(9),
        person=staff.person,
        asked_by=cast.person("other_leader"),
    )
    for step in ("agree", "refuse"):
        assert leader.post(reverse(f"rosters:exception_{step}", args=[held.pk])).status_code == 404
    assert leader.post(reverse("rosters:exception_void", args=[held.pk]), {"reason": "x"}).status_code == 404
    assert Person.objects.get(pk=child.person_id).name == "欧阳雨桐乙"
