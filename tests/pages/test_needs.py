"""The pages about needs: who opens them, and that the category is nowhere else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.ui.forms import LATER
from liangshi.practice.needs.choices import NeedState
from liangshi.practice.needs.models import Need, NeedStrategy
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import MentorProfile, Mentorship
from tests.asking import SignIn, text
from tests.cast import Cast
from tests.practice.needs.test_needs import Care

REVIEW = "2027-03-01"
MARK = "九霄纸鸢"  # the category's word while the tests look for it


@pytest.fixture
def care(cast: Cast) -> Care:
    return Care(cast)


def review() -> str:
    return str(today() + dt.timedelta(days=90))


@pytest.mark.row("R48")
def test_from_the_student_page_to_co_mentors(sign_in: SignIn, care: Care) -> None:
    own = care.own
    adviser, clerk, leader = sign_in("adviser"), sign_in("clerk"), sign_in("leader")
    page = reverse("dossier:student", args=[own.student.pk])
    new = reverse("needs:new", args=[own.student.pk])
    assert new in text(adviser, page)
    refused = adviser.post(new, {"category": "left", "strategies": ["XY"]}).content.decode()
    assert "复核日期" in refused
    assert not Need.objects.exists()
    sent = adviser.post(
        new, {"category": "left", "strategies": ["XY", "XL"], "review_on": review()}, follow=True
    )
    assert "已提出" in sent.content.decode()
    need = Need.objects.get()
    url = reverse("needs:need", args=[need.pk])
    assert adviser.get(url).status_code == 403
    decided = leader.post(reverse("needs:decide", args=[need.pk]), {"decision": "refuse", "refusal": ""})
    assert "不批准的，请选一个原因" in decided.content.decode()
    leader.post(reverse("needs:decide", args=[need.pk]), {"decision": "approve"})
    staffing = text(clerk, reverse("needs:staffing"))
    assert "欧阳雨桐甲 · 学业辅导" in staffing
    assert "还能协同 5 名" in staffing
    read = Entry.objects.filter(type="need.form", actor="干事甲").values_list("subject", flat=True)
    assert list(read) == [str(need.student_id)]
    rows = {row.strategy: row for row in need.strategies.all()}
    choice = {
        str(rows["XY"].pk): str(own.posts["grade_head"].pk),
        str(rows["XL"].pk): str(own.posts["second"].pk),
    }
    clerk.post(reverse("needs:staffing"), choice)
    asked = text(leader, url)
    assert "请您批准协同导师" in asked
    assert "周敏甲老师协同「心理疏导」" in asked
    assert asked.count("协同「") == 2
    assert "」。批准后从今天开始" in asked
    seen = [str(own.posts[post].pk) for post in ("second", "grade_head")]
    leader.post(reverse("needs:grant", args=[need.pk]), {"seen": seen})
    need.refresh_from_db()
    assert need.state == NeedState.STAFFED
    assert "协同导师" in text(clerk, page)
    co = reverse("dossier:staff_member", args=[own.posts["second"].pk])
    assert "1 名学生，不占名额" in text(clerk, co)
    assert "不占名额" not in text(sign_in("mentor"), co)
    assert "留守" in text(sign_in("mentor"), url)
    clerk.post(reverse("needs:end", args=[need.pk]))
    assert not Mentorship.objects.filter(kind=Kind.CO, ends_on__isnull=True).exists()
    assert sign_in("mentor").get(url).status_code == 404


def test_whoever_has_places_can_be_chosen_and_nothing_chosen_is_said(sign_in: SignIn, care: Care) -> None:
    need = care.approve(care.propose("SY"))
    (row,) = need.strategies.all()
    clerk, url = sign_in("clerk"), reverse("needs:staffing")
    MentorProfile.objects.filter(staff=care.own.posts["adviser"]).update(good_at=[])
    MentorProfile.objects.filter(staff=care.own.posts["second"]).update(good_at=["SY"])
    page = text(clerk, url)
    assert "周敏甲老师 · 化学 · 还能协同 5 名<" in page
    assert "班任甲老师 · 语文 · 还能协同 5 名 · 没有勾选这一方面<" in page
    assert page.index("周敏甲老师 · ") < page.index("班任甲老师 · ")
    assert "李晓明甲老师 · " not in page  # the primary
    nobody = clerk.post(url, {str(row.pk): LATER}).content.decode()
    assert "一位老师也没有选，没有送校领导" in nobody
    sent = clerk.post(url, {str(row.pk): str(care.own.posts["adviser"].pk)}, follow=True).content.decode()
    assert "1 项已选好，等校领导批准" in sent
    assert "班任甲老师" in text(sign_in("leader"), reverse("needs:need", args=[need.pk]))
    undone = clerk.post(url, {str(row.pk): LATER}, follow=True).content.decode()
    assert "原来的人选已取消" in undone


def test_a_broken_key_of_what_was_seen_changes_nothing(sign_in: SignIn, care: Care) -> None:
    need = care.approve(care.propose("XY"))
    care.suggest_and_choose()
    answer = sign_in("leader").post(reverse("needs:grant", args=[need.pk]), {"seen": "x"}, follow=True)
    assert "刚刚改了人选" in answer.content.decode()


def test_a_review_and_a_decision_on_ones_own_proposal(sign_in: SignIn, care: Care, cast: Cast) -> None:
    need = care.staffed("XY")
    leader = sign_in("leader")
    wrong = leader.post(reverse("needs:renew", args=[need.pk]), {"review_on": "2020-01-01"})
    assert "一年以内的复核日期" in wrong.content.decode()
    leader.post(reverse("needs:renew", args=[need.pk]), {"review_on": review()})
    need.refresh_from_db()
    assert str(need.review_on) == review()
    Need.objects.filter(pk=need.pk).update(
        state=NeedState.PROPOSED, decided_by=None, asked_by=cast.person("leader")
    )
    assert "请另一位校领导来定" in text(leader, reverse("needs:need", args=[need.pk]))


@pytest.mark.row("R48")
def test_the_primary_is_replaced_by_a_co_mentor(sign_in: SignIn, care: Care) -> None:
    care.staffed("XY")
    clerk = sign_in("clerk")
    url = reverse("needs:end_primary", args=[care.own.student.pk])
    assert "由哪位协同导师接任" in text(clerk, url)
    nobody = clerk.post(url, {"promote": "", "successor": ""}).content.decode()
    assert "不能没有主导师" in nobody
    co = Mentorship.objects.get(kind=Kind.CO).mentor
    clerk.post(url, {"promote": str(co.pk), "successor": ""})
    primary = Mentorship.objects.get(student=care.own.student, kind=Kind.PRIMARY, ends_on__isnull=True)
    assert primary.mentor == co


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_number_of_questions(sign_in: SignIn, care: Care, number: int) -> None:
    for n in range(number):
        if n:
            care.give_mentor(n)
        care.propose(n=n, by="clerk")
    client = sign_in("leader")
    client.get(reverse("needs:needs"))
    with CaptureQueriesContext(connection) as asked:
        page = text(client, reverse("needs:needs"))
    assert page.count("待配、") == number
    assert len(asked) == 17


def test_the_co_mentor_reads_it_under_that_hat_alone(sign_in: SignIn, care: Care) -> None:
    need = care.staffed("SY")
    url = reverse("needs:need", args=[need.pk])
    assert "留守" in text(sign_in("grade_head", Role.MENTOR), url)
    assert sign_in("grade_head").get(url).status_code == 403
    assert NeedStrategy.objects.get().bond is not None
