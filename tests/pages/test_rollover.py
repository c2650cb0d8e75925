"""The page of the rollover: rehearsed by the office, run and undone by a leader."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.practice.rollover.models import Rollover
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import Student, StudentSpan
from liangshi.registry.schools.models import SchoolYear
from tests.asking import SignIn, html_of
from tests.cast import Cast
from tests.practice.rollover.test_rollover import Finals, dump

SENT = {"graduated_on": "2027-07-08", "kinds": ["midterm"]}


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(dt.datetime(2027, 7, 12, 2, 0, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def finals(cast: Cast) -> Finals:
    return Finals(cast)


def test_it_is_rehearsed_in_autumn_and_says_from_when_it_is_run(finals: Finals, sign_in: SignIn) -> None:
    url = reverse("rollover:rollover", args=[finals.own.year.pk])
    run = reverse("rollover:run", args=[finals.own.year.pk])
    RoleGrant.objects.update(starts_on=dt.date(2026, 9, 1))
    with time_machine.travel(dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC), tick=False):
        for name in ("clerk", "leader"):
            page = sign_in(name).get(url, SENT).content.decode()
            assert "高三(1)班 · 3 人" in page
            assert "到 2027 年 7 月 8 日才能结转" in page
            assert run not in page
        leader = sign_in("leader")
        seen = leader.get(url, SENT).context["plan"].digest
        refused = leader.post(run, {**SENT, "seen": seen}, follow=True).content.decode()
        assert "2027-07-08 起才能这样结转" in refused
    assert not Rollover.objects.exists()


def test_who_stays_is_named_and_stands_in_the_log(finals: Finals, sign_in: SignIn) -> None:
    stays = StudentSpan.objects.filter(student__enrolments__class_group__cohort__entry_year=2024).first()
    assert stays
    StudentSpan.objects.filter(student=stays.student).update(state=StudentState.SUSPENDED)
    clerk, url = sign_in("clerk"), reverse("rollover:rollover", args=[finals.own.year.pk])
    noted = Entry.objects.filter(type="rollover.rehearsed")
    assert str(stays.student) not in clerk.get(url).content.decode()
    assert not noted.exists()
    assert str(stays.student) in html_of(clerk.get(url, SENT))
    finalists = {
        str(row.pk) for row in Student.objects.filter(enrolments__class_group__cohort__entry_year=2024)
    }
    assert str(stays.student_id) in finalists
    assert {entry.subject for entry in noted} == finalists


def test_with_a_wrong_day_it_says_why(finals: Finals, sign_in: SignIn) -> None:
    url = reverse("rollover:rollover", args=[finals.own.year.pk])
    leader = sign_in("leader")
    assert "到 2027-08-31 之间" in leader.get(url, {"graduated_on": "2027-09-30"}).content.decode()
    assert "到 2027 年 7 月 30 日才能结转" in leader.get(url, {"graduated_on": "2027-07-30"}).content.decode()
    assert "比如 2027-07-10" in leader.get(url, {"graduated_on": "七月"}).content.decode()
    run = reverse("rollover:run", args=[finals.own.year.pk])
    assert "请重新预演" in leader.post(run, {"graduated_on": ""}, follow=True).content.decode()
    assert "还没有结转" in leader.post(run, {**SENT, "seen": "x"}, follow=True).content.decode()
    assert not Rollover.objects.exists()


@pytest.mark.row("G31")
def test_from_the_years_page_to_the_end_and_back(finals: Finals, sign_in: SignIn) -> None:
    before = dump()
    clerk, leader = sign_in("clerk"), sign_in("leader")
    url = reverse("rollover:rollover", args=[finals.own.year.pk])
    run = reverse("rollover:run", args=[finals.own.year.pk])
    assert url in clerk.get(reverse("dashboards:years")).content.decode()
    assert url not in sign_in("mentor").get(reverse("dashboards:years")).content.decode()
    rehearsed = clerk.get(url, SENT).content.decode()
    assert "高三(1)班 · 3 人" in rehearsed
    assert "李晓明甲老师 2" in rehearsed
    assert "高三生3（高三(1)班，休学）" in rehearsed
    assert "请校领导打开这一页" in rehearsed
    assert clerk.post(run, SENT).status_code == 403
    seen = leader.get(url, SENT).context["plan"].digest
    assert dump() == before
    done = html_of(leader.post(run, {**SENT, "seen": seen}, follow=True))
    assert "3 名学生毕业" in done
    assert StudentSpan.objects.filter(state="graduated").count() == 3
    back = reverse("rollover:reverse", args=[Rollover.objects.get().pk])
    assert back in done
    assert "名学生回到在读" in leader.get(back).content.decode()
    assert "已撤回" in leader.post(back, follow=True).content.decode()
    assert dump() == before


def test_what_stands_in_the_way_is_said(finals: Finals, sign_in: SignIn) -> None:
    row = finals.run()
    coming = SchoolYear.objects.get(school=finals.own.school, start_year=2027)
    coming.terms.filter(seq="1").update(opens_on=dt.date(2027, 8, 31))
    back = reverse("rollover:reverse", args=[row.pk])
    assert "不能整个撤回：2027-2028-1" in sign_in("leader").post(back, follow=True).content.decode()
