"""Whoever brings a roster gives himself no hat by it: his own class waits for another one, his own child is a colleague's
line, and the other lines go."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import hand_out
from liangshi.foundation.notices.models import Notice
from liangshi.practice.rosters.actions import jobs
from liangshi.practice.rosters.actions.own import DECISIONS
from liangshi.practice.rosters.actions.people import change_staff_state
from liangshi.practice.rosters.choices import JobState
from liangshi.practice.rosters.management.commands.import_roster import console
from liangshi.practice.rosters.models import ImportJob, OwnPost
from liangshi.practice.rosters.queries.jobs import preview_of_job
from liangshi.practice.rosters.queries.own import own_posts
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.mentorships.actions import bring_back, leave_out
from liangshi.registry.mentorships.apart import keep_apart
from liangshi.registry.people.actions import restrict_guardian
from liangshi.registry.people.choices import Post, StaffState
from liangshi.registry.people.models import ClassPost, GuardianLink, Staff, Student
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import ClassGroup, Cohort
from tests import cast as troupe
from tests.asking import SignIn, html_of, refused
from tests.cast import Cast, givers, grant, installer
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.both]

STAFF = "工号,姓名,任教学科,岗位,状态,所带班级,手机号码\n"
HIS = "T02,干事甲,,,,高一(2)班,\n"
NEW = "T09,新来甲,历史,专任教师,在岗,高一(3)班,\n"
CHILDREN = "学号,姓名,班级,监护人1姓名,监护人1关系,监护人1电话\n"
OTHER_CHILD = "000902,钱二,高一(1)班,钱母,母亲,13800000002\n"
URL = "/rosters/own/"


def staged(cast: Cast, text: str, actor: Any) -> ImportJob:
    year, by = current_year_start(), getattr(actor, "person_id", None)
    job = jobs.upload(
        cast.own.school, text.encode(), "名册.csv", kind=None, year_start=year, by=by, actor=actor
    )
    jobs.confirm_columns(job, {}, actor=actor)
    job.refresh_from_db()
    return job


def bring(cast: Cast, text: str, actor: Any = None) -> Any:
    """The whole journey by the clerk, or whoever acts; gives the plan that was carried out."""
    actor = actor or cast.actor("clerk")
    job = staged(cast, text, actor)
    seen = preview_of_job(job, by=getattr(actor, "person_id", None)).plan.fingerprint
    return jobs.apply(job, seen=seen, actor=actor)


def second_clerk(cast: Cast) -> Actor:
    grant(cast.person("second"), Role.CLERK, school=cast.own.school)
    return cast.actor("second", Role.CLERK)


def roles(cast: Cast, name: str = "clerk") -> set[Role]:
    return {hat.role for hat in hats_of(cast.person(name), today())}


def advisers(group: ClassGroup) -> list[str]:
    held = ClassPost.objects.filter(class_group=group, is_adviser=True, ends_on__isnull=True)
    return [post.staff.staff_no for post in held]


def agree(row: OwnPost, actor: Actor) -> OwnPost:
    return DECISIONS.take(row, "agree", url=URL, actor=actor)


# What waits, and what goes


def test_his_own_class_waits_and_the_other_lines_are_written(cast: Cast) -> None:
    plan = bring(cast, STAFF + HIS.replace("干事甲,,", "干事甲,书法,") + NEW)
    assert advisers(cast.own.class_2) == []
    assert Role.ADVISER not in roles(cast)
    row = OwnPost.objects.get()
    assert (row.staff_id, row.class_group, row.asked_by_id, row.state, row.replaces, row.asked_on) == (
        cast.own.posts["clerk"].pk, cast.own.class_2, cast.person("clerk").pk, "asked", None, today(),
    )  # fmt: skip
    assert [name.number for name in plan.waits] == [2]
    assert (
        Staff.objects.get(pk=cast.own.posts["clerk"].pk).subject == "书法"
    )  # the rest of his own line goes, too
    assert advisers(ClassGroup.objects.get(number=3)) == ["T09"]
    assert Entry.objects.filter(type="roster.own_post_asked", object=str(row.pk)).count() == 1
    told = Notice.objects.filter(role=Role.LEADER, school=cast.own.school.pk).latest("created_at")
    assert (told.title, told.url) == ("干事甲导入的名册把自己写成高一(2)班的班主任，等另一位同意", URL)


def test_another_agrees_and_he_has_the_class_from_that_day(cast: Cast) -> None:
    bring(cast, STAFF + HIS.replace("(2)", "(1)"))
    row, leader = OwnPost.objects.get(), cast.actor("leader")
    assert advisers(cast.own.class_1) == ["T04"]  # whose class it is stays until then
    assert list(DECISIONS.waiting(leader)) == [row]
    decided = agree(row, leader)
    assert (decided.state, decided.decided_by_id, decided.decided_on) == ("agreed", leader.person_id, today())
    assert advisers(cast.own.class_1) == ["T02"]
    begun = ClassPost.objects.get(staff=cast.own.posts["clerk"], is_adviser=True)
    ended = ClassPost.objects.get(staff=cast.own.posts["adviser"], is_adviser=True)
    assert (begun.starts_on, ended.ends_on) == (today(), today())
    assert Role.ADVISER in roles(cast)
    assert Entry.objects.get(type="roster.own_post_decided").detail["step"] == "agree"
    told = Notice.objects.filter(person=cast.person("clerk").pk).latest("created_at")
    assert told.title == "您申请的班主任任命（高一(1)班）：同意"
    told = Notice.objects.filter(person=cast.person("adviser").pk).latest("created_at")
    assert told.title == "高一(1)班的班主任由干事甲老师接任，您不再是这个班的班主任"
    assert not Notice.objects.filter(key__startswith="own-post", read_at__isnull=True).exists()


def test_another_refuses_and_says_why(cast: Cast) -> None:
    bring(cast, STAFF + HIS)
    row, leader = OwnPost.objects.get(), cast.actor("leader")
    assert refused(lambda: DECISIONS.take(row, "refuse", url=URL, actor=leader)) == "needs_reason"
    DECISIONS.take(row, "refuse", url=URL, actor=leader, reason="没有这项任命")
    assert hand_out(OwnPost.objects.get(), "reason").reason == "没有这项任命"
    assert advisers(cast.own.class_2) == []
    assert refused(lambda: agree(row, leader)) == "invalid_transition"
    bring(cast, STAFF + HIS)  # it may be asked again
    assert sorted(OwnPost.objects.values_list("state", flat=True)) == ["asked", "refused"]


def test_nobody_agrees_to_his_own(cast: Cast) -> None:
    bring(cast, STAFF + HIS)
    row, clerk = OwnPost.objects.get(), cast.actor("clerk")
    assert refused(lambda: agree(row, clerk)) == "own_decision"
    assert refused(lambda: DECISIONS.take(row, "refuse", url=URL, actor=clerk, reason="x")) == "own_decision"
    assert not DECISIONS.waiting(clerk)
    assert advisers(cast.own.class_2) == []
    assert agree(row, second_clerk(cast)).state == "agreed"  # another clerk may


def test_of_another_school_there_is_nothing(cast: Cast) -> None:
    bring(cast, STAFF + HIS)
    assert list(own_posts(cast.actor("leader"))) == [OwnPost.objects.get()]
    assert list(own_posts(cast.actor("other_leader"))) == []


def test_what_is_his_already_or_waits_is_not_asked_again(cast: Cast) -> None:
    bring(cast, STAFF + HIS)
    again = bring(cast, STAFF + HIS)
    assert (again.counts["changed"], [name.number for name in again.waits]) == (0, [2])
    assert OwnPost.objects.count() == 1
    agree(OwnPost.objects.get(), cast.actor("leader"))
    again = bring(cast, STAFF + HIS)
    assert (again.counts["changed"], again.waits, OwnPost.objects.count()) == (0, [], 1)


def test_he_leaves_a_class_by_his_own_line(cast: Cast) -> None:
    ClassPost.objects.create(
        staff=cast.own.posts["clerk"], class_group=cast.own.class_2, is_adviser=True, starts_on=today()
    )
    bring(cast, STAFF + HIS.replace("(2)", "(3)"))
    assert advisers(cast.own.class_2) == []
    assert OwnPost.objects.get().class_group.number == 3


def test_by_a_second_staff_number_it_is_he_all_the_same(cast: Cast) -> None:
    """A number that is new would be a post of his own; one that he has is one of his posts."""
    line = "T20,干事甲,,,,高一(2)班,13900000102\n"
    job = staged(cast, STAFF + line + NEW, cast.actor("clerk"))
    found = preview_of_job(job, by=cast.person("clerk").pk)
    assert [(each.code, each.cell) for each in found.problems] == [("own_staff", "B2")]
    cast.own.school.staff.create(person=cast.person("clerk"), staff_no="T20")
    bring(cast, STAFF + line)
    assert advisers(cast.own.class_2) == []
    assert OwnPost.objects.get().staff.staff_no == "T20"


def test_another_clerk_or_the_operator_writes_it_at_once(cast: Cast) -> None:
    bring(cast, STAFF + HIS, second_clerk(cast))
    assert (advisers(cast.own.class_2), OwnPost.objects.exists()) == (["T02"], False)
    bring(cast, STAFF + HIS.replace("(2)", "(3)"), console(cast.own.school))
    assert advisers(ClassGroup.objects.get(number=3)) == ["T02"]


def test_what_one_has_uploaded_another_may_bring(cast: Cast) -> None:
    """Who confirms it counts: for the colleague nothing waits, and for oneself it does, whoever has uploaded it."""
    other = second_clerk(cast)
    job = staged(cast, STAFF + HIS, cast.actor("clerk"))
    jobs.apply(job, seen=preview_of_job(job, by=other.person_id).plan.fingerprint, actor=other)
    assert advisers(cast.own.class_2) == ["T02"]
    job = staged(cast, STAFF + HIS.replace("(2)", "(3)"), other)
    seen = preview_of_job(job, by=other.person_id).plan.fingerprint
    assert refused(lambda: jobs.apply(job, seen=seen, actor=cast.actor("clerk"))) == "registry_changed"


# Asked again when it is agreed to


def later(cast: Cast, change: str) -> None:
    staff, clerk = cast.own.posts["clerk"], cast.person("clerk")
    if change == "asker_out":
        RoleGrant.objects.filter(person=clerk).update(
            ended_at=dt.datetime.now(dt.UTC), ends_on=today(), ended_by=givers()[0], ended_reason="x"
        )
    if change == "staff_left":
        Staff.objects.filter(pk=staff.pk).update(state=StaffState.GONE)
    if change == "class_over":
        Cohort.objects.filter(pk=cast.own.cohort.pk).update(entry_year=current_year_start() - 3)
    if change == "adviser_changed":
        ClassPost.objects.create(
            staff=cast.own.posts["mentor"], class_group=cast.own.class_2, is_adviser=True, starts_on=today()
        )


@pytest.mark.parametrize("change", ["asker_out", "staff_left", "class_over", "adviser_changed"])
def test_what_has_changed_meanwhile_is_not_agreed_to(cast: Cast, change: str) -> None:
    bring(cast, STAFF + HIS)
    row, leader = OwnPost.objects.get(), cast.actor("leader")
    later(cast, change)
    held = advisers(cast.own.class_2)
    # Who has left has no office either; the rule of the roles holds, and the one here behind it.
    codes = {change} | ({"asker_out"} if change == "staff_left" else set())
    assert refused(lambda: agree(row, leader)) in codes
    assert advisers(cast.own.class_2) == held
    row.refresh_from_db()
    assert row.state == "asked"
    DECISIONS.take(row, "refuse", url=URL, actor=leader, reason="情况变了")


def test_who_left_and_holds_an_office_all_the_same_gets_no_class(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(cast, STAFF + HIS)
    later(cast, "staff_left")
    held = RoleGrant.objects.filter(person=cast.person("clerk"))
    monkeypatch.setattr("liangshi.practice.rosters.actions.own.officers", lambda *_: list(held))
    assert refused(lambda: agree(OwnPost.objects.get(), cast.actor("leader"))) == "staff_left"


def test_what_another_has_given_him_meanwhile_stays(cast: Cast) -> None:
    bring(cast, STAFF + HIS)
    bring(cast, STAFF + HIS, second_clerk(cast))
    agree(OwnPost.objects.get(), cast.actor("leader"))
    assert ClassPost.objects.filter(staff=cast.own.posts["clerk"], is_adviser=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_agree_at_once_give_one_post() -> None:
    with transaction.atomic():
        cast = troupe.build()
        bring(cast, STAFF + HIS)
        both = [cast.actor("leader"), second_clerk(cast)]
    pk = OwnPost.objects.get().pk
    ends = at_once([lambda one=one: agree(OwnPost.objects.get(pk=pk), one) for one in both])
    assert ends == {"done": 1, "invalid_transition": 1}
    assert advisers(cast.own.class_2) == ["T02"]


# A child of his own


def his_child(cast: Cast, child: str = "000901,赵一,高一(1)班") -> str:
    return CHILDREN + f"{child},干事甲,父亲,13900000102\n" + OTHER_CHILD


def test_nobody_makes_himself_a_guardian_and_the_other_lines_go(cast: Cast) -> None:
    clerk = cast.actor("clerk")
    job = staged(cast, his_child(cast), clerk)
    found = preview_of_job(job, by=clerk.person_id)
    assert [(each.code, each.cell) for each in found.problems] == [("own_guardian", "D2")]
    assert "请另一位同事来导入" in found.problems[0].message
    assert job.state == JobState.MAPPED
    found = jobs.leave_out(job, {"名册!2"}, actor=clerk)
    jobs.apply(job, seen=found.plan.fingerprint, actor=clerk)
    assert Student.objects.filter(person__name="钱二").exists()
    assert not GuardianLink.objects.filter(person=clerk.person_id).exists()
    assert Role.GUARDIAN not in roles(cast)
    bring(cast, his_child(cast), second_clerk(cast))
    assert Role.GUARDIAN in roles(cast)
    again = bring(cast, his_child(cast))  # his already
    assert again.counts["changed"] == 0


def test_who_only_has_his_name_is_he_for_all_that_a_roster_can_tell(cast: Cast) -> None:
    """His phone was another one yesterday, or is one that nobody knows: a colleague's line."""
    job = staged(cast, his_child(cast).replace("13900000102", "13955555555"), cast.actor("clerk"))
    found = preview_of_job(job, by=cast.person("clerk").pk)
    assert [each.code for each in found.problems] == ["own_guardian"]


def test_nor_does_he_take_the_place_of_another_guardian(cast: Cast) -> None:
    """The link is found by its name: a namesake with another phone."""
    namesake = troupe.person("干事甲", mobile="13811111111")
    child = cast.own.student
    troupe.guardian(child, namesake)
    job = staged(
        cast, his_child(cast, f"{child.school_no},{child.person.name},高一(1)班"), cast.actor("clerk")
    )
    found = preview_of_job(job, by=cast.person("clerk").pk)
    assert [(each.code, each.about) for each in found.problems] == [("own_guardian", child.pk)]


def test_a_line_with_another_fault_stays_whole_or_nothing(cast: Cast) -> None:
    clerk = cast.actor("clerk")
    text = his_child(cast) + "000902,王五,高一(1)班,,,\n"
    job = staged(cast, text, clerk)
    assert refused(lambda: jobs.leave_out(job, {"名册!4"}, actor=clerk)) == "whole_or_nothing"
    found = jobs.leave_out(job, {"名册!2", "名册!4"}, actor=clerk)
    job.refresh_from_db()
    assert job.left_out == ["名册!2"]
    assert found.problems


# What else gives a hat


def test_his_own_post_and_state_stay_and_he_is_told(cast: Cast) -> None:
    own = "T02,干事甲,书法,专任教师,在岗,,\n"
    plan = bring(cast, STAFF + own + NEW)
    row = Staff.objects.get(pk=cast.own.posts["clerk"].pk)
    assert (row.post, row.subject) == (Post.ASSISTANT, "书法")
    assert Role.MENTOR not in roles(cast)
    assert plan.notes == ["您自己的岗位会给您新的身份，没有写入。请另一位同事来导入这一行。"]
    bring(cast, STAFF + own, second_clerk(cast))
    assert Role.MENTOR in roles(cast)
    Staff.objects.filter(pk=row.pk).update(state=StaffState.SICK)
    assert "您自己的状态" in bring(cast, STAFF + own).notes[0]
    Staff.objects.filter(pk=row.pk).update(
        post=Post.ASSISTANT
    )  # while he is away, for the day on which he is back
    assert "您自己的岗位" in bring(cast, STAFF + own.replace("在岗", "")).notes[0]
    Staff.objects.filter(pk=row.pk).update(post=Post.TEACHER)
    away = bring(cast, STAFF + own.replace("在岗", "产假"))  # what takes one away he may write
    assert (away.notes, Staff.objects.get(pk=row.pk).state) == ([], StaffState.MATERNITY)


def test_nor_by_the_pages_of_the_roster(cast: Cast) -> None:
    """He does not register himself as back, nor lift what keeps him from a child."""
    clerk, staff = cast.actor("clerk"), cast.own.posts["clerk"]
    Staff.objects.filter(pk=staff.pk).update(post=Post.TEACHER, state=StaffState.SICK)
    staff.refresh_from_db()
    assert refused(lambda: change_staff_state(staff, StaffState.ON_DUTY, actor=clerk)) == "own_decision"
    change_staff_state(staff, StaffState.ON_DUTY, actor=second_clerk(cast))
    leave_out(
        staff,
        reason="newcomer",
        review_on=today() + dt.timedelta(30),
        decided_by=givers()[0],
        actor=installer(),
    )
    assert refused(lambda: bring_back(staff, actor=clerk)) == "own_decision"
    link = troupe.guardian(cast.own.student, cast.person("clerk"), restricted=True)
    assert refused(lambda: restrict_guardian(link, False, actor=clerk)) == "own_decision"
    restrict_guardian(link, False, actor=cast.actor("leader"))
    restrict_guardian(link, True, actor=clerk)  # what takes away from oneself is no hat


# On the screen


def upload(client: Client, text: str) -> Any:
    """As far as the difference."""
    year = str(current_year_start())
    file = SimpleUploadedFile("名册.csv", text.encode())
    page = client.post(reverse("rosters:upload"), {"file": file, "year_start": year}, follow=True)
    answers = {name: field.initial for name, field in page.context["form"].fields.items()}
    job = ImportJob.objects.latest("created_at")
    return client.post(reverse("rosters:columns", args=[job.pk]), answers, follow=True)


def press(client: Client, page: Any) -> Any:
    job = page.context["job"]
    seen = {"seen": page.context["fingerprint"]}
    return client.post(reverse("rosters:apply", args=[job.pk]), seen, follow=True)


def test_through_the_pages(sign_in: SignIn, cast: Cast) -> None:
    clerk, leader = sign_in("clerk"), sign_in("leader")
    page = upload(clerk, STAFF + HIS + NEW)
    said = html_of(page)
    assert "您自己的班主任任命（高一(2)班）要另一位同事同意后生效，其余各行照常导入。" in said
    assert "可以同意的是书记甲（校领导）。" in said
    assert "高一(2)班（等另一位同事同意）" in said
    done = html_of(press(clerk, page))
    assert "您自己的班主任任命（高一(2)班）要另一位同事同意后生效，其余各行已经导入。" in done
    assert "您申请的，由另一位决定" in html_of(clerk.get(URL))
    row = OwnPost.objects.get()
    own = clerk.post(reverse("rosters:agree", args=[row.pk]), follow=True)
    assert "请另一位来定" in html_of(own)
    assert "1 次班主任任命等您决定" in html_of(leader.get(reverse("agenda:agenda")))
    assert "等您决定" not in html_of(clerk.get(reverse("agenda:agenda")))
    assert leader.get(reverse("rosters:refuse", args=[row.pk])).status_code == 200
    empty = leader.post(reverse("rosters:refuse", args=[row.pk]), {"reason": " "})
    assert "请写一句为什么。" in html_of(empty)
    assert "记下了。" in html_of(leader.post(reverse("rosters:agree", args=[row.pk]), follow=True))
    assert Role.ADVISER in roles(cast)


def test_a_refusal_and_its_reason_stand_on_the_list(sign_in: SignIn, cast: Cast) -> None:
    bring(cast, STAFF + HIS)
    row, leader = OwnPost.objects.get(), sign_in("leader")
    assert f'href="{reverse("rosters:refuse", args=[row.pk])}"' in html_of(leader.get(URL))
    leader.post(reverse("rosters:refuse", args=[row.pk]), {"reason": "没有这项任命"})
    assert "没有这项任命" in html_of(sign_in("clerk").get(URL))


def test_who_has_no_part_in_it_does_not_find_it(sign_in: SignIn, cast: Cast) -> None:
    bring(cast, STAFF + HIS)
    row = OwnPost.objects.get()
    for name, status in (("other_leader", 404), ("other_clerk", 404), ("mentor", 403), ("adviser", 403)):
        for step in ("agree", "refuse"):
            answer = sign_in(name).post(reverse(f"rosters:{step}", args=[row.pk]), {"reason": "x"})
            assert answer.status_code == status
    row.refresh_from_db()
    assert row.state == "asked"


def test_his_own_child_through_the_pages(sign_in: SignIn, cast: Cast) -> None:
    clerk = sign_in("clerk")
    page = upload(clerk, his_child(cast))
    assert "不能把自己登记为监护人" in html_of(page)
    job = page.context["job"]
    page = clerk.post(reverse("rosters:leave_out", args=[job.pk]), {"line": "名册!2"}, follow=True)
    assert "名册已导入。" in html_of(press(clerk, page))
    assert "按选择略去的行" in html_of(clerk.get(reverse("rosters:job", args=[job.pk])))


def test_nobody_else_in_office_is_said(sign_in: SignIn, cast: Cast) -> None:
    clerk = sign_in("clerk")
    RoleGrant.objects.filter(role=Role.LEADER).update(
        ended_at=dt.datetime.now(dt.UTC), ends_on=today(), ended_by=givers()[0], ended_reason="x"
    )
    assert "请联系教育局先授予一位" in html_of(upload(clerk, STAFF + HIS))


@pytest.mark.parametrize("name", ["clerk", "leader"])
def test_the_list_asks_as_often_for_three_as_for_one(sign_in: SignIn, cast: Cast, name: str) -> None:
    client = sign_in(name)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(URL).status_code == 200
        return len(queries)

    bring(cast, STAFF + HIS.replace("(2)", "(1)"))
    asked()
    counts = [asked()]
    bring(cast, STAFF + HIS)
    DECISIONS.take(
        OwnPost.objects.earliest("created_at"), "refuse", url=URL, actor=cast.actor("leader"), reason="x"
    )
    bring(cast, STAFF + HIS.replace("(2)", "(3)"))
    assert OwnPost.objects.count() == 3
    number = {"clerk": 14, "leader": 12}[name]
    assert [*counts, asked()] == [number, number]


def test_nobody_brings_himself_students(cast: Cast) -> None:
    """Nor learns by trying who keeps away from him."""
    Staff.objects.filter(pk=cast.own.posts["clerk"].pk).update(post=Post.TEACHER)
    free, other = cast.own.students[1:3]
    keep_apart(free.pk, [cast.person("clerk").pk])
    lines = "".join(f"干事甲,T02,{each.person.name},{each.school_no}\n" for each in (free, other))
    clerk, second = cast.actor("clerk"), second_clerk(cast)
    job = staged(cast, f"导师,工号,学生,学号\n{lines}", clerk)
    found = preview_of_job(job, by=clerk.person_id)
    assert (job.kind, [each.code for each in found.problems]) == ("pairs", ["own_pair", "own_pair"])
    jobs.discard(job, actor=clerk)
    found = preview_of_job(staged(cast, f"导师,工号,学生,学号\n{lines}", second), by=second.person_id)
    assert [each.code for each in found.problems] == ["not_given"]


def test_a_colleague_who_brings_the_same_file_has_an_import_of_his_own(cast: Cast) -> None:
    clerk, second = cast.actor("clerk"), second_clerk(cast)
    job = staged(cast, his_child(cast), clerk)
    jobs.leave_out(job, {"名册!2"}, actor=clerk)  # and goes home
    other = staged(cast, his_child(cast), second)
    assert (other.pk != job.pk, other.left_out) == (True, [])
    assert staged(cast, his_child(cast), clerk).pk == job.pk
