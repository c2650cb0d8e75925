"""500 concurrent claims for 15 places, and the naive way that fails (security.md 5.1 tells the story)."""

from __future__ import annotations

import datetime as dt
import queue
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.models import F

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.registry.mentorships.actions import Pair, begin, ensure_places
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.models import MentorPlaces, Mentorship
from liangshi.registry.people.models import Staff, Student
from tests import cast as troupe

CLAIMS, PLACES, AT_ONCE = 500, 15, 16


@pytest.fixture
def school() -> tuple[Staff, list[Student]]:
    with transaction.atomic():
        own = troupe.build().own
        return own.posts["second"], [
            troupe.student(own.school, own.class_2, f"学生{n}", 1000 + n, since=dt.date(2026, 9, 1))
            for n in range(CLAIMS)
        ]


def outcomes(claim: Callable[[Student], str], students: list[Student]) -> Counter[str]:
    """Run all claims from AT_ONCE threads that start together; count how they ended."""
    waiting: queue.SimpleQueue[Student] = queue.SimpleQueue()
    for student in students:
        waiting.put(student)
    start = threading.Barrier(AT_ONCE)
    ends: list[str] = []

    def work() -> None:
        start.wait(timeout=30)
        try:
            while True:
                ends.append(claim(waiting.get_nowait()))
        except queue.Empty:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(ends)


@pytest.mark.django_db(transaction=True)
@pytest.mark.row("R43")
def test_500_claims_for_15_places_end_in_exactly_15(school: tuple[Staff, list[Student]]) -> None:
    mentor, students = school
    ensure_places([mentor.pk])

    def claim(student: Student) -> str:
        try:
            begin(
                [Pair(student.pk, mentor.pk, today())],
                origin=Origin.ASSIGNED,
                actor=troupe.Installer(),
                chain=str(mentor.school_id),
            )
        except DomainError as refusal:
            return refusal.code
        return "taken"

    assert outcomes(claim, students) == {"taken": PLACES, "ratio_exceeded": CLAIMS - PLACES}
    assert Mentorship.objects.filter(mentor=mentor, ends_on__isnull=True).count() == PLACES
    assert MentorPlaces.objects.get(staff=mentor).taken == PLACES


@pytest.mark.django_db(transaction=True)
def test_counting_first_and_inserting_then_is_wrong(school: tuple[Staff, list[Student]]) -> None:
    """The negative control: if this ever passes as right, the test above proves nothing.

    On PostgreSQL more than 15 get in; on SQLite (with Django's default transactions) users get "locked".
    """
    mentor, students = school
    pause = threading.Event()

    def naive(student: Student) -> str:
        if connection.vendor == "sqlite":
            connection.close()
            connection.transaction_mode = "DEFERRED"
            connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "timeout": 0.05}
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
