"""教师人人是导师: the page of teachers without a mentee, and reasons that need a day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.practice.relations.actions.absences import register
from liangshi.practice.relations.choices import AbsenceKind
from liangshi.practice.relations.queries.exceptions import teachers_without
from liangshi.registry.mentorships.actions import leave_out
from liangshi.registry.mentorships.models import NotMentoringSpan
from tests.asking import SignIn, refused
from tests.cast import Cast, installer


def names(cast: Cast) -> tuple[list[str], list[str]]:
    bare, told = teachers_without(cast.actor("clerk"))
    return [row.staff.staff_no for row in bare], [row.staff.staff_no for row in told]


@pytest.mark.row("R12")
@pytest.mark.parametrize("day", [None, dt.date(2020, 1, 1), dt.date(2099, 1, 1)])
def test_a_reason_without_an_end_is_refused(cast: Cast, day: dt.date | None) -> None:
    second, by = cast.own.posts["second"], cast.own.people["leader"]
    assert (
        refused(lambda: leave_out(second, reason="newcomer", review_on=day, decided_by=by, actor=installer()))
        == "exemption_needs_review_date"
    )
    assert not NotMentoringSpan.objects.exists()


@pytest.mark.row("R12")
def test_who_has_no_mentee_and_no_reason_is_listed_until_there_is_one(cast: Cast, sign_in: SignIn) -> None:
    # The mentor has a student; the clerk and the worker are in other posts; one is on maternity leave.
    assert names(cast) == (["T01", "T03", "T04", "T06"], ["T07"])
    clerk = sign_in("clerk")
    url = reverse("relations:reason", args=[cast.own.posts["second"].pk])
    page = clerk.post(url, {"reason": "newcomer"}).content.decode()
    assert "一年以内的复核日期" in page
    assert names(cast)[0] == ["T01", "T03", "T04", "T06"]
    answer = clerk.post(
        url, {"reason": "newcomer", "review_on": str(today() + dt.timedelta(60))}, follow=True
    )
    assert "新入职观察期" in answer.content.decode()
    assert names(cast) == (["T01", "T03", "T04"], ["T06", "T07"])


def test_the_overdue_stand_first(cast: Cast, sign_in: SignIn) -> None:
    by = cast.own.people["leader"]
    for post, days in (("second", 90), ("grade_head", 30), ("adviser", 60)):
        leave_out(
            cast.own.posts[post], reason="newcomer", review_on=today() + dt.timedelta(days),
            decided_by=by, actor=installer(),
        )  # fmt: skip
    NotMentoringSpan.objects.filter(staff=cast.own.posts["second"]).update(review_on=today())
    assert names(cast)[1] == ["T06", "T03", "T04", "T07"]
    page = sign_in("leader").get(reverse("relations:exceptions")).content.decode()
    assert page.count("该复核了") == 1


@pytest.mark.row("R12")
def test_an_absence_without_a_day_of_review_is_marked_until_it_has_one(cast: Cast, sign_in: SignIn) -> None:
    clerk, url = sign_in("clerk"), reverse("relations:exceptions")
    register(
        cast.own.posts["second"], AbsenceKind.SHORT, back_on=today() + dt.timedelta(9), deputy=None,
        actor=cast.actor("clerk"),
    )  # fmt: skip
    page = clerk.get(url).content.decode()
    assert page.count("没有复核日期") == 1  # 产假 from the roster; the short leave has its day of return
    assert f"{today() + dt.timedelta(9)} 复核" in page
    reason = reverse("relations:reason", args=[cast.own.posts["away"].pk])
    assert reason in page
    clerk.post(reason, {"reason": "personal", "review_on": str(today() + dt.timedelta(60))})
    page = clerk.get(url).content.decode()
    assert "没有复核日期" not in page
    assert "产假" in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_the_same_number_of_questions(cast: Cast, sign_in: SignIn, number: int) -> None:
    for post in ("second", "grade_head", "adviser")[:number]:
        leave_out(
            cast.own.posts[post], reason="newcomer", review_on=today() + dt.timedelta(9),
            decided_by=cast.own.people["leader"], actor=installer(),
        )  # fmt: skip
    client = sign_in("leader")
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("relations:exceptions"))
    assert len(asked) == 11


def test_the_staff_pages_lead_there(cast: Cast, sign_in: SignIn) -> None:
    to = reverse("relations:exceptions")
    for url in (reverse("relations:office"), reverse("dossier:staff"), reverse("dossier:not_mentoring")):
        assert to in sign_in("leader").get(url).content.decode(), url
    assert to not in sign_in("mentor").get(reverse("dossier:staff")).content.decode()
