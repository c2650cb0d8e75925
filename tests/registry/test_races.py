"""500 concurrent claims for 15 places, and the naive way that fails (security.md 5.1 tells the story)."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F

from liangshi.foundation.base.clock import today
from liangshi.registry.mentorships.actions import Pair, begin, ensure_places
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.models import MentorPlaces, Mentorship
from liangshi.registry.people.models import Staff, Student
from tests import cast as troupe
from tests.races import at_once

CLAIMS, PLACES, AT_ONCE = 500, 15, 16


@pytest.fixture
def school() -> tuple[Staff, list[Student]]:
    with transaction.atomic():
        own = troupe.build().own
        return own.posts["second"], [
            troupe.student(own.school, own.class_2, f"学生{n}", 1000 + n, since=dt.date(2026, 9, 1))
            for n in range(CLAIMS)
        ]


def outcomes(claim: Callable[[Student], object], students: list[Student]) -> Counter[str]:
    return at_once([lambda one=one: claim(one) for one in students], threads=AT_ONCE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.row("R43")
def test_500_claims_for_15_places_end_in_exactly_15(school: tuple[Staff, list[Student]]) -> None:
    mentor, students = school
    ensure_places([mentor.pk])

    def claim(student: Student) -> None:
        begin(
            [Pair(student.pk, mentor.pk, today())],
            origin=Origin.ASSIGNED,
            actor=troupe.installer(),
            chain=str(mentor.school_id),
        )

    assert outcomes(claim, students) == {"done": PLACES, "ratio_exceeded": CLAIMS - PLACES}
    assert Mentorship.objects.filter(mentor=mentor, ends_on__isnull=True).count() == PLACES
    assert MentorPlaces.objects.get(staff=mentor).taken == PLACES


@pytest.mark.django_db(transaction=True)
def test_counting_first_and_inserting_then_is_wrong(
    school: tuple[Staff, list[Student]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: if this ever passes as right, the test above proves nothing.

    On PostgreSQL more than 15 get in; on SQLite (with Django's default transactions) users get "locked".
    """
    mentor, students = school
    pause = threading.Event()
    impatient = {**connection.settings_dict["OPTIONS"], "timeout": 0.05}
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", impatient)

    def naive(student: Student) -> str:
        if connection.vendor == "sqlite":
            connection.close()
            connection.transaction_mode = "DEFERRED"
        try:
            with transaction.atomic():
                if MentorPlaces.objects.get(staff=mentor).taken >= PLACES:
                    return "full"
                pause.wait(0.005)
                MentorPlaces.objects.filter(staff=mentor).update(taken=F("taken") + 1)
        except OperationalError:
            return "locked"
        except Exception as refusal:
            return type(refusal).__name__
        return "taken"

    ends = outcomes(naive, students)
    assert ends["taken"] > PLACES or ends["locked"] > 0
