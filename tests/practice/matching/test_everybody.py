"""No student without a mentor, unless somebody has said why (R7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.practice.matching import actions, queries
from liangshi.practice.matching.choices import LeftCause
from liangshi.practice.matching.models import Exemption, Implementation
from liangshi.registry.mentorships.actions import Pair, begin, end
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.models import Mentorship
from tests.cast import Installer
from tests.practice.matching.stage import Stage
from tests.practice.matching.test_rounds import refused

SignIn = Callable[..., Client]


@pytest.mark.row("R7")
def test_the_year_is_not_implemented_while_a_student_has_neither_mentor_nor_reason(
    stage: Stage, sign_in: SignIn
) -> None:
    stage.open()
    year = stage.troupe.year
    leader, clerk = sign_in("leader"), sign_in("clerk")
    page = clerk.get(reverse("rounds:uncovered")).content.decode()
    assert "6 名学生没有导师" in page
    assert "阿依古丽·买买提甲" in page
    problem = refused(lambda: actions.declare_implemented(year, actor=stage.leader))
    assert problem.code == "students_without_mentor"
    assert "6 名学生" in problem.message
    answer = leader.post(reverse("rounds:implement"), follow=True).content.decode()
    assert "不能宣布已实施" in answer
    assert not Implementation.objects.exists()
    actions.drop_student(stage.mine(5), cause=LeftCause.ON_LEAVE, reason="下周办休学", actor=stage.clerk)
    stage.close().propose().publish()
    (left,) = queries.without_mentor(year)
    assert (left.cause, left.note) == ("on_leave", "下周办休学")
    assert clerk.post(reverse("rounds:implement")).status_code == 403
    answer = leader.post(reverse("rounds:implement"), follow=True).content.decode()
    assert "本学年已实施" in answer
    leader.post(reverse("rounds:implement"))  # tapped twice
    assert Implementation.objects.count() == Entry.objects.filter(type="mentoring.implemented").count() == 1


@pytest.mark.row("R7")
def test_the_office_says_why_and_may_say_it_better(stage: Stage, sign_in: SignIn) -> None:
    stage.free()
    clerk = sign_in("clerk")
    asked = reverse("rounds:exempt", args=[stage.student(3).pk])
    refusal = clerk.post(asked, {"cause": "leaving", "reason": " "})
    assert "请写明原因" in refusal.content.decode()
    for reason in ("转学手续在办", "转学手续已到市局"):
        page = clerk.post(asked, {"cause": "leaving", "reason": reason}, follow=True).content.decode()
        assert reason in page
    assert Exemption.objects.count() == 1
    assert sign_in("leader").get(asked).status_code == 403
    assert sign_in("other_clerk").get(asked).status_code == 404
    assert sign_in("other_clerk").post(asked, {"cause": "other", "reason": "x"}).status_code == 404


def test_the_list_costs_the_same_queries_however_long(
    stage: Stage, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    client = sign_in("clerk")
    asked = reverse("rounds:uncovered")
    for student in stage.troupe.students[2:]:
        begin(
            [Pair(student.pk, stage.troupe.posts["second"].pk, today())],
            origin=Origin.ASSIGNED, actor=Installer(), chain=str(stage.troupe.school.pk),
        )  # fmt: skip
    client.get(asked)
    with django_assert_num_queries(20):
        assert client.get(asked).context["left"] == 1
    for held in Mentorship.objects.filter(mentor=stage.troupe.posts["second"]):
        end(
            held, on=today(), reason=EndReason.CORRECTED, actor=Installer(), chain=str(stage.troupe.school.pk)
        )
    with django_assert_num_queries(20):
        assert client.get(asked).context["left"] == 5
