"""The page 「谁有什么身份」: what one person asks for there, and another one decides."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liangshi.foundation.base.clock import last_day, spelled, today
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import GrantProposal, RoleGrant, in_force
from liangshi.registry.mentorships.queries import places
from liangshi.registry.people.models import Person, Staff
from liangshi.registry.schools.choices import Ownership
from liangshi.registry.schools.models import School
from tests.asking import SignIn, text
from tests.cast import PASSWORD, Cast, grant, person

pytestmark = pytest.mark.both
CODE = re.compile(r"(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}")


def fields(**changed: Any) -> dict[str, Any]:
    return {
        "name": "新干事", "staff_no": "N01", "role": "clerk", "reason": "校发〔2026〕1 号",
        "ends_on": (today() + dt.timedelta(days=200)).isoformat(),
    } | changed  # fmt: skip


def held(school: Any) -> set[tuple[str, str]]:
    return set(RoleGrant.objects.filter(school=school).values_list("person__name", "role"))


def test_the_city_alone_makes_nobody_at_a_school_that_has_people(sign_in: SignIn, cast: Cast) -> None:
    """The city sees numbers only: an invented clerk would have downloaded the roster for it."""
    school, before = cast.own.school, held(cast.own.school)
    page = sign_in("city").post(f"/schools/{school.pk}/grants/new", fields(), follow=True).content.decode()
    assert held(school) == before
    assert not CODE.search(page)
    assert not Person.objects.filter(name="新干事").exists()
    assert not Staff.objects.filter(school=school, staff_no="N01").exists()


def test_a_leader_alone_makes_nobody(sign_in: SignIn, cast: Cast) -> None:
    school, before = cast.own.school, held(cast.own.school)
    page = sign_in("leader").post(f"/schools/{school.pk}/grants/new", fields(), follow=True).content.decode()
    assert held(school) == before
    assert not CODE.search(page)


@pytest.mark.parametrize("name", ["city", "leader"])
def test_the_database_takes_no_role_that_one_person_gave(cast: Cast, name: str) -> None:
    by = cast.person(name)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(
            person=cast.person("worker"), role=Role.CLERK, school=cast.own.school, reason="任命",
            starts_on=today(), ends_on=today() + dt.timedelta(9), decided_by=by,
        )  # fmt: skip


def test_a_leader_does_not_let_herself_have_more_than_fifteen(sign_in: SignIn, cast: Cast) -> None:
    post, leader = cast.own.posts["leader"], sign_in("leader")
    until = (today() + dt.timedelta(60)).isoformat()
    leader.post(f"/rosters/staff/{post.pk}/exception/", {"extra": 2, "reason": "带竞赛队", "until": until})
    assert "可以多指导" not in text(leader, f"/rosters/staff/{post.pk}/")
    assert {place.free for place in places(post.school_id, today()) if place.staff == post} == {15}


def test_who_has_retired_holds_no_office(sign_in: SignIn, cast: Cast) -> None:
    clerk, post = sign_in("clerk"), cast.own.posts["grade_head"]
    clerk.post(f"/rosters/staff/{post.pk}/record/", {"act": "state", "state-state": "retired"})
    post.refresh_from_db()
    assert post.state == "retired"
    assert not RoleGrant.objects.filter(person=post.person, ends_on__gt=today()).exists()


# The page


@pytest.fixture
def school(cast: Cast) -> str:
    return f"/schools/{cast.own.school.pk}/grants"


def proposed(client: Client, url: str, **changed: Any) -> GrantProposal:
    answer = client.post(f"{url}/new", fields(name="周敏甲", staff_no="T06", **changed), follow=True)
    assert "另一位同意后才生效" in answer.content.decode()
    return GrantProposal.objects.latest("created_at")


def test_the_first_clerk_of_an_empty_school_gets_in(sign_in: SignIn, cast: Cast, client: Client) -> None:
    city = sign_in("city")
    made = School.objects.create(
        code="3134000077",
        name="示范新建中学",
        short_name="新建",
        ownership=Ownership.PUBLIC,
        bureau=cast.county,
    )
    url = f"/schools/{made.pk}/grants"
    assert "首位管理员，无第二人批准" in text(city, url)
    page = city.post(f"{url}/new", fields()).content.decode()
    code = CODE.search(page)
    assert code
    assert "0077n01" in page
    client.post("/activate", {"login": "0077n01", "code": code[0], "password": PASSWORD, "again": PASSWORD})
    home = text(client, "/")
    assert "学校还是空的" in home
    assert "学校办公室" in home
    second = city.post(f"{url}/new", fields(name="新校长", staff_no="N02", role="leader"), follow=True)
    assert "等学校办公室来定" in second.content.decode()
    assert held(made) == {("新干事", "clerk")}
    row = GrantProposal.objects.get()
    assert f"/proposals/{row.pk}/agree" in text(client, url)
    done = client.post(f"/proposals/{row.pk}/agree").content.decode()
    assert held(made) == {("新干事", "clerk"), ("新校长", "leader")}
    assert not CODE.search(done)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"ends_on": "2020-01-01"}, "截止日期要在今天以后、一年以内"),
        ({"ends_on": "2099-01-01"}, "截止日期要在今天以后、一年以内"),
        ({"name": "别人", "staff_no": "T02"}, "工号 T02 在这所学校是干事甲老师"),
        ({"name": "书记甲", "staff_no": "T01"}, "不能给自己授予身份"),
        ({"name": "谁", "staff_no": "X1"}, "名册里没有工号 X1"),
        ({"role": "grade_head"}, "年级组长要选是哪一级"),
        ({"role": "city"}, "不在可以选的里面"),
        ({"reason": ""}, "依据"),
    ],
)
def test_what_may_not_be_proposed_is_refused(
    sign_in: SignIn, school: str, changed: dict[str, Any], says: str
) -> None:
    page = sign_in("leader").post(f"{school}/new", fields(name="周敏甲", staff_no="T06") | changed)
    assert says in page.content.decode()
    assert not GrantProposal.objects.exists()


def test_the_city_hears_the_same_of_whoever_it_names(sign_in: SignIn, cast: Cast, school: str) -> None:
    """A right name with its 工号, a wrong one, nobody: byte for byte, but for what was typed."""
    city, answers = sign_in("city"), set()
    for name, number in (("周敏甲", "T06"), ("周敏乙", "T06"), ("周敏丙", "X99")):
        page = city.post(f"{school}/new", fields(name=name, staff_no=number), follow=True).content.decode()
        row = GrantProposal.objects.get()
        sent = page.replace(name, "NAME").replace(number, "NO").replace(str(row.pk), "KEY")
        answers.add(re.sub(r'(csrfmiddlewaretoken" value="|nonce-?=?"?)[^"]*', "", sent))
        row.delete()
    assert len(answers) == 1


def test_one_proposes_and_another_agrees(sign_in: SignIn, cast: Cast, school: str) -> None:
    leader, city = sign_in("leader"), sign_in("city")
    row = proposed(leader, school)
    own = text(leader, school)
    assert f"/proposals/{row.pk}/withdraw" in own
    assert f"/proposals/{row.pk}/agree" not in own
    assert "等市教育局来定" in own
    assert "项身份授予等您决定" in text(city, "/agenda/")
    assert f"/proposals/{row.pk}/agree" in text(city, school)
    page = city.post(f"/proposals/{row.pk}/agree").content.decode()
    assert "请申请启用字条" in page
    assert not CODE.search(page)
    assert ("周敏甲", "clerk") in held(cast.own.school)
    now_held = text(leader, school)
    assert re.search(r"周敏甲 ·\s+学校办公室", now_held)
    assert re.search(r"书记甲提出\s+· 市局甲同意", now_held)
    assert "项身份授予等您决定" not in text(city, "/agenda/")


def test_a_refusal_and_a_withdrawal_stay_to_be_seen(sign_in: SignIn, school: str) -> None:
    leader, city = sign_in("leader"), sign_in("city")
    city.post(f"/proposals/{proposed(leader, school).pk}/refuse")
    leader.post(f"/proposals/{proposed(leader, school).pk}/withdraw")
    page = text(leader, school)
    assert "没有同意" in page
    assert "不用再定了" in page
    assert "等决定" not in page


def test_the_clerk_reads_who_is_in_office_and_proposes_nothing(
    sign_in: SignIn, cast: Cast, school: str
) -> None:
    clerk = sign_in("clerk")
    page = text(clerk, school)
    assert re.search(r"书记甲 ·\s+校领导", page)
    for words in ("提出授予身份", "续任", "接替", "结束</a>"):
        assert words not in page
    key = RoleGrant.objects.get(person=cast.person("grade_head")).pk
    for url in (
        f"{school}/new",
        *(f"/grants/{key}/{step}" for step in ("extend", "replace", "end", "resign", "code")),
    ):
        assert clerk.post(url, fields()).status_code == 403, url
    row = proposed(sign_in("leader"), school)
    assert f"/proposals/{row.pk}/agree" not in text(clerk, school)
    clerk.post(f"/proposals/{row.pk}/agree")
    assert "由校领导来定" in text(clerk, school)
    assert ("周敏甲", "clerk") not in held(cast.own.school)
    assert clerk.post(f"/proposals/{row.pk}/withdraw").status_code == 403


def test_another_place_is_not_there(sign_in: SignIn, cast: Cast, school: str) -> None:
    row = proposed(sign_in("leader"), school)
    key = RoleGrant.objects.get(person=cast.person("grade_head")).pk
    bureaus = RoleGrant.objects.get(person=cast.person("county")).pk
    other = sign_in("other_leader")
    for url in (
        *(f"/proposals/{row.pk}/{step}" for step in ("agree", "refuse", "withdraw")),
        *(f"/grants/{key}/{step}" for step in ("extend", "replace", "end", "resign", "code")), f"{school}/new",
    ):  # fmt: skip
        assert other.post(url, fields()).status_code == 404, url
        assert sign_in("county").post(url, fields()).status_code == 403, url
    assert sign_in("leader").post(f"/grants/{bureaus}/end", {"reason": "x"}).status_code == 404


def test_a_role_is_extended_replaced_and_ended(sign_in: SignIn, cast: Cast, school: str) -> None:
    leader, city = sign_in("leader"), sign_in("city")
    row = RoleGrant.objects.get(person=cast.person("clerk"))
    far = (today() + dt.timedelta(365)).isoformat()  # the last day, named as people do
    assert f"现在到 {spelled(last_day(row.ends_on))}" in text(leader, f"/grants/{row.pk}/extend")
    leader.post(f"/grants/{row.pk}/extend", {"ends_on": far, "reason": "续聘"})
    assert "续任：干事甲" in text(city, school)
    city.post(f"/proposals/{GrantProposal.objects.get().pk}/agree")
    row = RoleGrant.objects.get(person=cast.person("clerk"), ended_at=None)
    assert (row.ends_on - today()).days == 366  # in force on the day that was named
    assert f"到 {spelled(last_day(row.ends_on))}" in text(leader, school)
    heir = {"name": "周敏甲", "staff_no": "T06", "ends_on": far, "reason": "轮岗"}
    leader.post(f"/grants/{row.pk}/replace", heir)
    page = text(city, school)
    assert "接替干事甲" in page
    city.post(f"/proposals/{GrantProposal.objects.get(state='asked').pk}/agree")
    heirs = RoleGrant.objects.get(person=cast.person("second"))
    assert "原因" in text(leader, f"/grants/{heirs.pk}/end")
    leader.post(f"/grants/{heirs.pk}/end", {"reason": "任命有误"})
    past = text(leader, school).split("以前")[1]
    for words in ("续任", "由周敏甲接替", "任命有误", "书记甲办理", "市局甲办理"):
        assert words in past
    assert [row.role for row in RoleGrant.objects.filter(in_force(today()), school=cast.own.school)] == [
        "leader", "grade_head",
    ]  # fmt: skip


def test_nobody_ends_his_own_but_a_leader_may_propose_it(sign_in: SignIn, cast: Cast, school: str) -> None:
    leader = sign_in("leader")
    own = RoleGrant.objects.get(person=cast.person("leader"))
    page = text(leader, school)
    assert f"/grants/{own.pk}/end" not in page
    assert f"/grants/{own.pk}/resign" in page
    assert "不能结束自己的身份" in leader.post(f"/grants/{own.pk}/end", {"reason": "x"}).content.decode()
    leader.post(f"/grants/{own.pk}/resign", {"reason": "退居二线"})
    row = GrantProposal.objects.get()
    sign_in("city").post(f"/proposals/{row.pk}/agree")
    assert leader.get("/not-mentoring").status_code == 403
    own.refresh_from_db()
    assert own.ended_reason == "卸任：退居二线"


def test_a_county_gets_its_administrator(sign_in: SignIn, cast: Cast) -> None:
    grant(person("市局二"), Role.CITY, bureau=cast.city)
    cast.people["second_city"] = Person.objects.get(name="市局二")
    url, city = f"/org/bureaus/{cast.county.pk}/grants", sign_in("city")
    page = city.post(f"{url}/new", fields(role="county", name="区局新人"), follow=True).content.decode()
    assert "等市教育局的另一位同事来定" in page
    row = GrantProposal.objects.get()
    page = sign_in("second_city", Role.CITY).post(f"/proposals/{row.pk}/agree").content.decode()
    assert CODE.search(page)
    assert re.search(r"340202\d{6}", page)
    made = RoleGrant.objects.get(person__name="区局新人")
    assert "发启用码" in text(city, url)
    assert CODE.search(city.post(f"/grants/{made.pk}/code").content.decode())
    assert sign_in("county").get(url).status_code == 403
    assert sign_in("leader").post(f"/proposals/{row.pk}/agree").status_code == 404


def test_what_ends_soon_is_due_until_somebody_has_proposed_something(
    sign_in: SignIn, cast: Cast, school: str
) -> None:
    soon = RoleGrant.objects.filter(person=cast.person("clerk"))
    leader = sign_in("leader")
    for days, shown in ((31, False), (30, True)):
        soon.update(ends_on=today() + dt.timedelta(days))
        assert ("快到期了" in text(leader, "/agenda/")) is shown
    assert "快到期了" not in text(sign_in("city"), "/agenda/")
    far = (today() + dt.timedelta(300)).isoformat()
    leader.post(f"/grants/{soon.get().pk}/extend", {"ends_on": far, "reason": "续聘"})
    assert "快到期了" not in text(leader, "/agenda/")
    RoleGrant.objects.filter(person=cast.person("leader")).update(ends_on=today() + dt.timedelta(9))
    assert "书记甲的「校领导」快到期了" in text(sign_in("city"), "/agenda/")
    assert "您的「校领导」快到期了" in text(leader, "/agenda/")


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("name", "asked"), [("city", 16), ("leader", 17), ("clerk", 19)])
def test_the_page_asks_as_often_for_one_as_for_three(
    sign_in: SignIn, cast: Cast, school: str, name: str, asked: int, number: int
) -> None:
    for each in range(number):
        proposed(sign_in("leader"), school, ends_on=(today() + dt.timedelta(90 + each)).isoformat())
        GrantProposal.objects.update(staff_no=f"T6{each}")
        grant(person(f"干事{each}"), Role.CLERK, school=cast.own.school)
        grant(person(f"从前{each}"), Role.CLERK, school=cast.own.school)
    RoleGrant.objects.filter(person__name__startswith="从前").update(ends_on=today())
    client = sign_in(name)
    client.get(school)
    with CaptureQueriesContext(connection) as queries:
        page = text(client, school)
    assert page.count("干事") >= number
    assert len(queries) == asked
