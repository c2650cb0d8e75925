"""The pages of an absence: registered, looked after, handed over in one step."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.practice.relations.choices import AbsenceState
from liangshi.practice.relations.models import Absence
from liangshi.practice.relations.queries import absences as queries
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import Staff
from tests.asking import SignIn
from tests.cast import Cast
from tests.pages.test_relations_changes import told
from tests.pages.test_rounds import text
from tests.practice.matching.stage import Stage
from tests.practice.relations.bonds import Bonds


def register(client: Client, bonds: Bonds, kind: str, who: str = "mentor", **more: str) -> str:
    data = {"staff": str(bonds.post(who).pk), "kind": kind, "back_on": "", "deputy": "", **more}
    return told(client.post(reverse("relations:absence_new"), data, follow=True))


def url(name: str) -> str:
    return reverse(f"relations:{name}", args=[Absence.objects.latest("created_at").pk])


def posted(client: Client) -> dict[str, str]:
    """The proposal as the browser would send it back."""
    form = client.get(url("succession")).context["form"]
    return {name: str(form.get_initial_for_field(field, name)) for name, field in form.fields.items()}


@pytest.mark.row("R17")
def test_the_office_registers_and_hands_over_in_two_pages(bonds: Bonds, sign_in: SignIn) -> None:
    bonds.begin("mentor", 1, 3)
    clerk = sign_in("clerk")
    link = f"{reverse('relations:absence_new')}?staff={bonds.post('mentor').pk}"
    assert f'value="{bonds.post("mentor").pk}" selected' in text(clerk.get(link))
    page = register(clerk, bonds, "retired")
    assert "学生今天起都有人负责" in page
    assert "已通过独立核验" in page
    assert "3名学生都有去处" in page
    assert "组长甲老师代管" in told(clerk.get(url("absence")))
    assert "现在由组长甲老师临时负责" in told(sign_in("student").get("/"))
    assert "退休" not in told(sign_in("student").get("/"))
    # The roster's own page refuses to let him go before.
    staff = reverse("rosters:staff", args=[bonds.post("mentor").pk])
    refused = told(clerk.post(staff, {"act": "state", "state-state": StaffState.RETIRED}))
    assert "还是3名学生的导师。请先在「师生关系」里安排好接任的导师" in refused
    said = told(clerk.post(url("succession"), posted(clerk), follow=True))
    assert "3名学生今天都有了新导师" in said
    assert "已接任" in said
    assert Staff.objects.get(pk=bonds.post("mentor").pk).state == StaffState.RETIRED
    assert all(bonds.now(n) != "李晓明甲老师" for n in (0, 1, 3))
    again = told(clerk.post(url("succession"), {}, follow=True))
    assert "现在不用安排接任" in again
    assert Entry.objects.filter(type="absence.succeeded").count() == 1


def test_a_bad_registration_is_explained(bonds: Bonds, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    assert "短期离岗请写预计哪一天返岗" in register(clerk, bonds, "short")
    late = str(today() + dt.timedelta(31))
    assert "短期离岗最长30天" in register(clerk, bonds, "short", back_on=late)
    stranger = str(bonds.cast.other.posts["second"].pk)
    assert "没有这位老师" in register(clerk, bonds, "sick", staff=stranger)
    assert (
        "选择一个有效的选项" in register(clerk, bonds, "sick", deputy=stranger)
        or not Absence.objects.exists()
    )
    assert not Absence.objects.exists()
    assert "自己的离任请由另一位同事登记" in register(clerk, bonds, "gone", "clerk")


def test_a_short_leave_back_and_longer(bonds: Bonds, sign_in: SignIn) -> None:
    leader = sign_in("leader")
    back_on = str(today() + dt.timedelta(9))
    page = register(leader, bonds, "short", back_on=back_on, deputy=str(bonds.post("second").pk))
    assert "代管中" in page
    assert "周敏甲老师代管" in page
    second = Client()
    second.force_login(
        bonds.own.people["second"].account, backend="django.contrib.auth.backends.ModelBackend"
    )
    assert "李晓明甲老师的学生" in told(second.get("/"))
    assert second.get(reverse("dossier:student", args=[bonds.own.student.pk])).status_code == 200
    assert "不能安排由您自己代管" in told(
        leader.post(url("deputy"), {"deputy": str(bonds.post("leader").pk)}, follow=True)
    )
    assert "从今天起由组长甲老师临时负责" in told(
        leader.post(url("deputy"), {"deputy": str(bonds.post("grade_head").pk)}, follow=True)
    )
    assert "请选一位在岗的老师" in told(
        leader.post(url("deputy"), {"deputy": str(bonds.post("away").pk)}, follow=True)
    )
    assert "1" in told(leader.get(url("back")))
    assert "李晓明甲老师已返岗" in told(leader.post(url("back"), follow=True))
    assert "现在不能返岗" in told(leader.post(url("back"), follow=True))
    register(leader, bonds, "short", back_on=back_on)
    for wrong in ({}, {"kind": ""}, {"kind": "short"}, {"kind": "else"}):
        assert "请选是哪一种情形" in told(leader.post(url("longer"), wrong, follow=True))
    chosen = {"kind": "sick"}
    assert "已登记，请看接下来要办的。" in told(leader.post(url("longer"), chosen, follow=True))
    assert "现在不能转为待接任" in told(leader.post(url("longer"), chosen, follow=True))
    assert Absence.objects.latest("created_at").state == AbsenceState.WAITING


def test_changing_a_line_and_what_is_refused_stays_chosen(bonds: Bonds, sign_in: SignIn) -> None:
    bonds.begin("mentor", 1)
    clerk = sign_in("clerk")
    register(clerk, bonds, "sick")
    data = posted(clerk)
    bonds.quota(second=1)
    data |= {f"pick_{bonds.bond(n).pk}": str(bonds.post("second").pk) for n in (0, 1)}
    page = told(clerk.post(url("succession"), data))
    assert "方案已经按最新情况重新算过" in page
    plan = queries.rematch(Absence.objects.get())
    page = text(clerk.post(url("succession"), data | {"commitment": plan.commitment}))
    assert "改动后的安排不成立" in page
    assert page.count(f'<option value="{bonds.post("second").pk}" selected>') == 2
    data |= {"commitment": plan.commitment, f"pick_{bonds.bond(1).pk}": str(bonds.post("leader").pk)}
    clerk.post(url("succession"), data)
    assert (bonds.now(0), bonds.now(1)) == ("周敏甲老师", "书记甲老师")


def test_leaders_see_no_wishes_in_the_proposal(stage: Stage, bonds: Bonds, sign_in: SignIn) -> None:
    stage.open()
    for n in range(6):
        stage.wish(n, "mentor", "second")
    stage.close().propose().publish()
    register(sign_in("leader"), bonds, "sick")
    assert "是第 2 志愿" in text(sign_in("clerk").get(url("succession")))
    page = text(sign_in("leader").get(url("succession")))
    assert "第 2 志愿" not in page
    assert "按最近一次志愿、任教班级和空位统一安排" in page
    assert Entry.objects.filter(type="absence.proposal_read").count() >= 2


def test_nobody_else_opens_them(bonds: Bonds, sign_in: SignIn) -> None:
    register(sign_in("clerk"), bonds, "sick")
    for name in ("absence", "succession", "back"):
        for who in ("mentor", "grade_head", "adviser", "student", "guardian", "city", "county"):
            assert sign_in(who).get(url(name)).status_code == 403, (who, name)
        assert sign_in("other_clerk").get(url(name)).status_code == 404


def test_the_proposal_asks_the_same_number_of_questions(bonds: Bonds, sign_in: SignIn) -> None:
    clerk = sign_in("clerk")
    register(clerk, bonds, "sick")
    counts = []
    for number in (1, 3):
        with CaptureQueriesContext(connection) as questions:
            assert len(clerk.get(url("succession")).context["plan"].lines) == number
        with CaptureQueriesContext(connection) as more:
            clerk.get(url("absence"))
        counts.append((len(questions), len(more)))
        if number == 1:
            sick = Staff.objects.filter(pk=bonds.post("mentor").pk)
            sick.update(state=StaffState.ON_DUTY)  # as if they had been his before
            bonds.begin("mentor", 1, 2)
            sick.update(state=StaffState.SICK)
    assert counts[0] == counts[1] == (26, 24)


def test_the_day_of_return_says_when_it_must_be_given(sign_in: SignIn, cast: Cast) -> None:
    page = sign_in("clerk").get(reverse("relations:absence_new")).content.decode()
    assert '预计返岗<span class="optional">（短期离岗必填）' in page
    assert '谁临时负责<span class="optional">（选填）' in page
