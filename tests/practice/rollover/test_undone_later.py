"""Undone after a mentor has left, gone on leave or come back: nobody is without an adult, and none is looked after in the
place of one who is there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.practice.relations.actions.absences import come_back, register
from liangshi.practice.relations.choices import AbsenceKind
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Interim, Mentorship
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import Staff
from tests.cast import Cast
from tests.practice.rollover.test_rollover import Finals, in_july  # noqa: F401

pytestmark = pytest.mark.both


def cared_for() -> bool:
    """Every student with a mentor has one adult who is at work: whoever stands in, else the mentor."""
    for bond in Mentorship.objects.filter(ACTIVE_PRIMARY).select_related("mentor"):
        care = Interim.objects.filter(mentorship=bond, ends_on=None).select_related("caretaker").first()
        if (care.caretaker if care else bond.mentor).state != StaffState.ON_DUTY:
            return False
    return True


@pytest.mark.parametrize(
    "kind", [AbsenceKind.RETIRED, AbsenceKind.GONE, AbsenceKind.SHORT, AbsenceKind.CONDUCT, AbsenceKind.DIED]
)
def test_a_mentor_who_is_away_by_now_is_in_the_way(cast: Cast, kind: AbsenceKind) -> None:
    finals = Finals(cast)
    row = finals.run()
    back = today() + dt.timedelta(5) if kind == AbsenceKind.SHORT else None
    register(cast.own.posts["second"], kind, back_on=back, deputy=None, actor=cast.actor("clerk"))
    with pytest.raises(DomainError, match="周敏甲老师现在不在岗"), transaction.atomic():
        finals.reverse(row)
    assert cared_for()


@pytest.mark.parametrize("state", [StaffState.GONE, StaffState.DIED, StaffState.SICK])
def test_whoever_stood_in_and_is_away_by_now_does_not_again(cast: Cast, state: StaffState) -> None:
    finals = Finals(cast)
    row = finals.run()
    Staff.objects.filter(pk=cast.own.posts["adviser"].pk).update(state=state)
    finals.reverse(row)
    assert cared_for()


def test_a_mentor_who_is_back_has_his_students_himself(cast: Cast) -> None:
    finals = Finals(cast)
    mentor = cast.own.posts["second"]
    clerk = cast.actor("clerk")
    away = register(
        mentor, AbsenceKind.SHORT, back_on=today() + dt.timedelta(5),
        deputy=cast.own.posts["grade_head"], actor=clerk,
    )  # fmt: skip
    row = finals.run()
    away.refresh_from_db()
    come_back(away, actor=clerk)
    finals.reverse(row)
    bond = Mentorship.objects.get(ACTIVE_PRIMARY, mentor=mentor)
    assert not Interim.objects.filter(mentorship=bond, ends_on=None).exists()
