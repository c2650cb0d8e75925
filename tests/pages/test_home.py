"""The home page of each role: the first thing first, and every figure the same as the list behind it."""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.actions import tell_office, tell_people
from liangshi.foundation.notices.models import Notice
from liangshi.practice.rosters.actions.people import change_student_state
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import PERMISSIONS
from liangshi.registry.mentorships.actions import Pair, begin
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import GuardianLink
from liangshi.registry.schools.choices import Ownership
from liangshi.registry.schools.models import School
from tests.asking import SignIn, text
from tests.cast import Cast, exceed, grant, guardian, installer, person, staff


def figures(page: str) -> dict[str, tuple[str, str]]:
    """Label → (value, address) of every figure on a page that leads somewhere."""
    found = re.findall(
        r'<a class="figure" href="([^"]+)"> <span class="figure-label">([^<]+)</span> '
        r'<span class="figure-value">([^<]+)',
        page,
    )
    return {label: (value.strip(), url.replace("&amp;", "&")) for url, label, value in found}


def listed(page: str) -> str:
    count = re.search(r"共 <b>(\d+)</b>", page)
    assert count
    return count[1]


def test_a_student_sees_his_mentor_first(sign_in: SignIn, cast: Cast) -> None:
    page = text(sign_in("student"), "/")
    for words in ("欧阳雨桐甲，你好", "高一(1)班 · 示范甲中学", "李晓明甲老师", "物理", "原有名单"):
        assert words in page
    assert page.index("我的导师") < page.index("李晓明甲老师")


def test_a_student_without_a_mentor_is_told_what_comes(sign_in: SignIn, cast: Cast) -> None:
    cast.own.people["student"] = cast.own.students[1].person
    assert "学校配好以后" in text(sign_in("student"), "/")


def test_a_guardian_sees_each_child_by_name(sign_in: SignIn, cast: Cast) -> None:
    parent = cast.own.people["guardian"]
    guardian(cast.other.students[4], parent)
    guardian(cast.own.students[2], parent, restricted=True)
    page = text(sign_in("guardian"), "/")
    for words in (
        "家长甲，您好",
        "欧阳雨桐甲",
        "王明明乙",
        "高一(2)班 · 示范乙中",
        "李晓明甲老师",
        "还没有导师",
    ):
        assert words in page
    assert "王芳甲" not in page
    GuardianLink.objects.filter(person=parent, student=cast.own.student).update(restricted=True)
    assert "欧阳雨桐甲" not in text(sign_in("guardian"), "/")
    assert sign_in("guardian").get(f"/students/{cast.own.student.pk}").status_code == 404


def test_of_a_child_who_has_left_it_is_said(sign_in: SignIn, cast: Cast) -> None:
    page = f"/students/{cast.own.student.pk}"
    change_student_state(
        cast.own.student, StudentState.TRANSFERRED, on=today(), note="搬家", actor=cast.actor("clerk")
    )
    for text_of in (text(sign_in("guardian"), "/"), text(sign_in("clerk"), page)):
        assert "转出" in text_of
        assert "已不在本校，导师关系已经结束" in text_of
        assert "匹配结果" not in text_of


def test_a_mentor_sees_his_students_and_places(sign_in: SignIn, cast: Cast) -> None:
    own = cast.own
    begin(
        [Pair(row.pk, own.posts["mentor"].pk, today()) for row in own.students[3:5]],
        origin=Origin.ASSIGNED, actor=installer(), chain=str(own.school.pk),
    )  # fmt: skip
    page = text(sign_in("mentor"), "/")
    assert "2 张见面卡" in page  # of the two whom he is about to meet
    listed = page[page.index("我的学生") :]
    assert listed.index("欧阳雨桐甲") < listed.index("王明甲") < listed.index("王明明甲")
    assert "高一(2)班" in page
    assert "3 / 15" in page
    exceed(own.posts["mentor"], 2, today() + dt.timedelta(9))
    page = text(sign_in("mentor"), "/")
    assert "3 / 17" in page
    assert "其中 2 个是校领导批准的超额许可" in page


def test_an_adviser_sees_the_class_and_who_has_none(sign_in: SignIn, cast: Cast) -> None:
    page = text(sign_in("adviser"), "/")
    assert figures(page) == {"本班学生": ("3", "/students"), "还没有导师": ("2", "/students?mentor=no")}
    assert "李晓明甲老师" in page
    assert "王明甲" not in page


@pytest.mark.row("R11")
@pytest.mark.parametrize("name", ["adviser", "grade_head", "clerk", "leader"])
def test_every_figure_is_the_number_of_rows_behind_it(sign_in: SignIn, cast: Cast, name: str) -> None:
    client = sign_in(name)
    found = figures(text(client, "/"))
    assert found
    for label, (value, url) in found.items():
        page = text(client, url)
        if value.isdigit() and "共 <b>" in page:
            assert listed(page) == value, label
    assert found["还没有导师"][0] == ("2" if name == "adviser" else "5")


def test_the_grade_head_sees_coverage_by_class(sign_in: SignIn, cast: Cast) -> None:
    page = text(sign_in("grade_head"), "/")
    for words in ("高一(1)班", "班任甲", "33.3%", "还缺 2 人", "高一(2)班", "还没有班主任", "16.6%"):
        assert words in page


@pytest.mark.row("R4")
@pytest.mark.parametrize("name", ["clerk", "leader"])
def test_the_office_sees_teachers_mentors_and_reasons(sign_in: SignIn, cast: Cast, name: str) -> None:
    client = sign_in(name)
    page = text(client, "/")
    assert "教师 <b>6</b>，导师 <b>5</b>，未任 <b>1</b>（产假 1）" in page
    found = figures(page)
    assert (found["教师"][0], found["导师"][0], found["未任"][0]) == ("6", "5", "1")
    # A teacher who joins is a mentor at once, without any further action.
    staff(cast.own.school, "T30", person("新来甲"), subject="历史")
    assert "教师 <b>7</b>，导师 <b>6</b>，未任 <b>1</b>（产假 1）" in text(client, "/")
    assert "新来甲" in text(client, "/staff?standing=pool")


def test_an_empty_school_begins_with_its_roster(sign_in: SignIn, cast: Cast, client: Client) -> None:
    school = School.objects.create(
        code="3134000055", name="空校", short_name="空校", ownership=Ownership.PUBLIC, bureau=cast.city
    )
    who = person("空校办")
    grant(who, Role.CLERK, school=school)
    client.force_login(who.account, backend="django.contrib.auth.backends.ModelBackend")
    page = text(client, "/")
    assert "学校还是空的" in page
    assert "先导入教职工名册和学生名册" in page
    assert "还没有学生" in text(client, "/students")


def test_a_bureau_sees_its_schools_only(sign_in: SignIn, cast: Cast) -> None:
    county = text(sign_in("county"), "/")
    assert "示范甲中学" in county
    assert "示范乙中学" not in county
    city = text(sign_in("city"), "/")
    for words in ("示范甲中学", "示范乙中学", "民办 · 乙县", "1 所民办"):
        assert words in city
    assert figures(city)["学校"] == ("2", "/schools")
    assert figures(city)["学生"] == ("12", "/schools")


# Notices


def tell(cast: Cast, name: str, role: Role, *, title: str, url: str, student: UUID | None = None) -> None:
    school = cast.own.school.pk
    tell_people([cast.person(name).pk], role=role, school=school, student=student, title=title, url=url)


def test_notices_are_read_by_those_they_are_for(sign_in: SignIn, cast: Cast) -> None:
    tell(cast, "mentor", Role.MENTOR, title="匹配结果已公布", url="/students")
    tell_office(cast.own.school.pk, ["clerk"], title="有 5 名学生还没有导师", url="/students", key="x")
    mine, offices = Notice.objects.get(role="mentor"), Notice.objects.get(role="clerk")
    mentor = sign_in("mentor")
    assert "匹配结果已公布" in text(mentor, "/")
    assert "有 5 名学生还没有导师" not in text(mentor, "/notices")
    assert mentor.post(f"/notices/{offices.pk}").status_code == 404
    assert sign_in("other_clerk").post(f"/notices/{offices.pk}").status_code == 404
    assert mentor.get(f"/notices/{mine.pk}").status_code == 405
    assert mentor.post(f"/notices/{mine.pk}")["Location"] == "/students"
    assert "匹配结果已公布" not in text(mentor, "/")
    assert "已读" in text(mentor, "/notices")
    assert "有 5 名学生还没有导师" in text(sign_in("clerk"), "/")


def test_what_another_hat_may_open_is_one_tap_away(sign_in: SignIn) -> None:
    """The adviser is a mentor and a parent too; the page is for his mentor's hat."""
    client = sign_in("adviser")
    url = reverse("relations:offers")
    answer = client.get(url)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "换成导师 · 示范甲中再打开" in page
    assert "换成家长再打开" not in page
    key = re.search(r'name="hat" value="(mentor:[^"]+)"', page)
    assert key
    assert client.post("/hats", {"hat": key[1], "next": url})["Location"] == url
    assert client.post("/hats", {"hat": key[1], "next": "https://evil.example/"})["Location"] == "/"
    assert "再打开</button>" not in sign_in("student").get("/talks/new").content.decode()


# Who may do what


@pytest.mark.row("G24")
@pytest.mark.parametrize("name", ["clerk", "guardian", "city"])
def test_the_table_of_rights_is_a_page(sign_in: SignIn, cast: Cast, name: str) -> None:
    page = text(sign_in(name), "/who-may-do-what")
    for rule in PERMISSIONS.values():
        assert rule.label in page
    for role in Role:
        assert f'<th scope="col">{role.label}</th>' in page
    assert "看过会留记录：看谈话的列表、打开谈心谈话" in page
    assert "读到学生" not in page  # some rows name none: 「没有姓名和编号」
    mine, everything = page.index("你现在可以"), page.index("全部身份")
    assert mine < everything
    assert ("维护学年、学期和校历" in page[mine:everything]) is (name == "clerk")
