"""A class adviser hears that students of his class change their mentor, whoever of them has named him."""

from __future__ import annotations

import pytest

from liangshi.foundation.base.clock import today
from liangshi.practice.relations.actions.swaps import swap
from liangshi.practice.rosters.actions.people import change_student_state
from liangshi.practice.waiting.transitions import DIED
from liangshi.registry.mentorships.models import Apart
from liangshi.registry.people.choices import StudentState
from tests.inboxes import told
from tests.practice.relations.bonds import Bonds


@pytest.mark.parametrize("named", [False, True])
def test_a_class_adviser_counts_no_gap(bonds: Bonds, named: bool) -> None:
    bonds.begin("second", 1)
    if named:
        Apart.objects.create(student=bonds.own.student, person=bonds.own.people["adviser"])
    swap(bonds.bond(), bonds.bond(1), reason="x", actor=bonds.clerk)
    assert any("2 名" in title for title in told(bonds.own.people["adviser"]))


@pytest.mark.parametrize("named", [False, True])
def test_nor_of_a_death(bonds: Bonds, named: bool) -> None:
    if named:
        Apart.objects.create(student=bonds.own.student, person=bonds.own.people["adviser"])
    change_student_state(bonds.own.student, StudentState.DIED, on=today(), note="x", actor=bonds.clerk)
    assert DIED.adviser() in told(bonds.own.people["adviser"])
