"""The pages 无导师学生 and 待配导师, and where people meet a student who is 休学."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.practice.rosters.actions.people import change_student_state
from liangshi.practice.waiting.queries.students import waiting, without_mentor
from liangshi.registry.mentorships.actions import set_quota
from liangshi.registry.mentorships.models import Exemption, Mentorship
from liangshi.registry.people.choices import StudentState
from liangshi.registry.schools.models import SchoolYear
from tests.asking import SignIn, text
from tests.cast import Cast, installer, student
from tests.practice.waiting.test_waiting import give_everybody, join


@pytest.fixture(autouse=True)
def on_a_tuesday() -> Any:
    with time_machine.travel(dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC), tick=False):
        yield


def figures(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'class="figure-value">\s*(\d+)', page)]


@pytest.mark.row("R7")
def test_the_number_on_the_page_is_its_list_and_its_file(cast: Cast, sign_in: SignIn) -> None:
    join(cast.own, "转来", 60)
    url = reverse("waiting:without_mentor")
    page = text(sign_in("leader"), url)
    held = without_mentor(cast.own.school.pk, today())
    assert figures(page) == [len(held), len(held), 1] == [6, 6, 1]
    assert f"共 <b>{len(held)}</b> 名学生" in page
    book = openpyxl.load_workbook(io.BytesIO(sign_in("leader").get(f"{url}?format=xlsx").content))
    rows = [[cell.value for cell in row] for row in book.active.rows]  # type: ignore[union-attr]
    assert len(rows) - 1 == len(held)
    assert ["转来", "高一(1)班", "转入 2026-11-23", "2026-11-30", "班任甲老师", "—"] in [
        row[:6] for row in rows
    ]
    assert "配导师" not in str(rows[0])
    noted = Entry.objects.filter(type="list.taken").values_list("subject", flat=True)
    assert sorted(noted) == sorted(str(row.student.pk) for row in held)


def test_by_grade_and_by_year(cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in("clerk"), reverse("waiting:without_mentor")
    past = SchoolYear.objects.create(school=cast.own.school, start_year=2025)
    assert figures(text(client, f"{url}?year={past.pk}")) == [0, 0]
    assert figures(text(client, f"{url}?year={cast.own.year.pk}&grade={cast.own.cohort.pk}"))[0] == 5
    foreign = text(client, f"{url}?year={cast.other.year.pk}&grade={cast.other.cohort.pk}")
    assert figures(foreign)[0] == 5  # not another school's: the own current year
    assert "乙" not in re.sub(r"<[^>]*>", "", foreign)


@pytest.mark.row("N28")
def test_proposals_are_changed_by_hand_and_confirmed_with_one_button(cast: Cast, sign_in: SignIn) -> None:
    first, second = join(cast.own, "转来一", 60), join(cast.own, "转来二", 61)
    client, url = sign_in("clerk"), reverse("waiting:waiting")
    page = text(client, url)
    assert "转入 2026-11-23，最迟 2026-11-30 配好；这段时间由班任甲老师照看" in page
    proposed = re.findall(r'<option value="([0-9a-f-]{36})" selected', page)
    assert proposed == [str(cast.own.posts["adviser"].pk)] * 2
    set_quota(cast.own.posts["second"], 1, actor=installer())
    post = {str(row.pk): str(cast.own.posts["second"].pk) for row in (first, second)}
    refused = client.post(url, post).content.decode()
    assert "放不下再加的 2 人" in refused
    assert refused.count("selected") >= 2  # what was chosen is still chosen
    assert not Mentorship.objects.filter(student__in=[first, second]).exists()
    post[str(first.pk)] = str(cast.own.posts["grade_head"].pk)
    done = client.post(url, post, follow=True).content.decode()
    assert "2 名学生配好了导师" in done
    assert waiting(cast.own.school.pk, today()) == []
    assert "没有人在等" in text(client, url)


def test_a_full_mentor_cannot_be_chosen_and_one_student_can_be_asked_for(cast: Cast, sign_in: SignIn) -> None:
    client, who = sign_in("clerk"), cast.own.students[4]
    set_quota(cast.own.posts["second"], 0, actor=installer())
    url = f"{reverse('waiting:waiting')}?student={who.pk}"
    page = text(client, url)
    assert str(cast.own.posts["second"].pk) not in page
    wrong = client.post(url, {str(who.pk): str(cast.own.posts["second"].pk)}).content.decode()
    assert "这位老师现在不能选了" in wrong
    client.post(url, {str(who.pk): str(cast.own.posts["mentor"].pk)})
    assert Mentorship.objects.get(student=who).mentor == cast.own.posts["mentor"]
    assert client.get(f"{reverse('waiting:waiting')}?student=x").status_code == 404
    other = f"{reverse('waiting:waiting')}?student={cast.other.students[1].pk}"
    assert "他已经有导师了" in text(client, other)


@pytest.mark.row("R7")
def test_a_year_is_marked_only_when_nobody_is_left(cast: Cast, sign_in: SignIn) -> None:
    left = cast.own.students[1]
    give_everybody(cast.own, but=(left,))
    leader, clerk = sign_in("leader"), sign_in("clerk")
    force = reverse("waiting:year_in_force", args=[cast.own.year.pk])
    assert force in text(leader, reverse("waiting:without_mentor"))
    assert force not in text(clerk, reverse("waiting:without_mentor"))
    assert "还有 1 名学生没有导师" in leader.post(force, follow=True).content.decode()
    exempt = reverse("waiting:exempt", args=[left.pk])
    assert "请写到哪一天为止" in clerk.post(exempt, {"reason": "deferred"}).content.decode()
    clerk.post(exempt, {"reason": "deferred", "until": "2027-02-20"})
    clerk.post(reverse("waiting:exemption_end", args=[left.pk]))
    assert Exemption.objects.get().ends_on == today()
    clerk.post(exempt, {"reason": "leaving", "until": "2027-02-20"})
    assert "离校待办，到 2027 年 2 月 20 日" in text(clerk, reverse("waiting:without_mentor"))
    assert "已标为「已实施」" in leader.post(force, follow=True).content.decode()
    assert "已实施" in text(clerk, reverse("dashboards:years"))


def test_a_student_on_leave_is_shown_to_mentor_and_office(cast: Cast, sign_in: SignIn) -> None:
    clerk = cast.actor("clerk")
    change_student_state(cast.own.student, StudentState.SUSPENDED, on=today(), note="休学", actor=clerk)
    page = reverse("dossier:student", args=[cast.own.student.pk])
    for name, urls in (
        ("mentor", ("/", page)),
        ("clerk", (reverse("waiting:waiting"), page)),
        ("leader", (page,)),
    ):
        for url in urls:
            shown = text(sign_in(name), url)
            assert "休学，关系保留" in shown, (name, url)
            assert "欧阳雨桐甲" in shown
    assert "休学，关系保留" not in text(
        sign_in("clerk"), reverse("dossier:student", args=[cast.own.students[1].pk])
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_ask_the_same_number_of_questions(cast: Cast, sign_in: SignIn, number: int) -> None:
    give_everybody(cast.own)
    for n in range(number):
        join(cast.own, f"转来{n}", 60 + n)
    student(cast.own.school, cast.own.class_2, "等轮次", 80, since=dt.date(2026, 9, 1))
    client = sign_in("clerk")
    counts = []
    for url in (reverse("waiting:without_mentor"), reverse("waiting:waiting")):
        with CaptureQueriesContext(connection) as asked:
            text(client, url)
        counts.append(len(asked))
    assert counts == [33, 31]
