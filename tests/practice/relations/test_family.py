"""Whoever turns out to be a student's family while he accompanies him: the office finds another one."""

from __future__ import annotations

import pytest

from liangshi.foundation.base.clock import today
from liangshi.portal.agenda.queries import agenda
from liangshi.practice.relations.actions import absences, changes
from liangshi.practice.relations.choices import AbsenceKind
from liangshi.practice.rosters.actions.people import add_guardian
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import begin_co
from liangshi.registry.people.actions import end_guardian
from liangshi.registry.people.choices import Relation
from liangshi.registry.people.models import GuardianLink
from liangshi.registry.schools.choices import Strategy
from tests.cast import grant, installer
from tests.practice.relations.bonds import Bonds

pytestmark = pytest.mark.both


def register(bonds: Bonds, who: str) -> GuardianLink:
    """A clerk registers the colleague as the student's father: the school knows him by name and phone."""
    person = bonds.own.people[who]
    return add_guardian(
        bonds.own.student, name=person.name, relation=Relation.FATHER, mobile=person.mobile, actor=bonds.clerk
    )


def due(bonds: Bonds, name: str = "clerk") -> list[str]:
    actor = bonds.cast.actor(name, Role.CLERK)
    return [item.title for item in agenda(actor) if item.key.startswith("family:")]


@pytest.mark.row("R61", "G10")
@pytest.mark.parametrize("way", ["mentor", "co-mentor", "caretaker"])
def test_the_office_hears_that_somebody_accompanies_his_own_child(bonds: Bonds, way: str) -> None:
    if way == "co-mentor":
        begin_co(
            bonds.own.student, bonds.post("second"), Strategy.XY,
            on=today(), actor=installer(), chain=str(bonds.own.school.pk),
        )  # fmt: skip
    if way == "caretaker":
        absences.register(
            bonds.post("mentor"),
            AbsenceKind.SICK,
            back_on=None,
            deputy=bonds.post("second"),
            actor=bonds.clerk,
        )
    assert due(bonds) == []
    who = "mentor" if way == "mentor" else "second"
    link = register(bonds, who)
    assert link.person == bonds.own.people[who]
    assert due(bonds) == [f"给{bonds.own.student}另配一位：{link.person.name}是 TA 的家长"]
    assert due(bonds, "other_clerk") == []
    end_guardian(link, actor=bonds.clerk)
    assert due(bonds) == []


def test_it_is_done_with_another_mentor(bonds: Bonds) -> None:
    register(bonds, "mentor")
    row = bonds.ask(bonds.clerk)
    changes.agree(row, bonds.post("second"), actor=bonds.clerk)
    changes.accept(row, actor=bonds.cast.actor("second", Role.MENTOR))
    assert due(bonds) == []


def test_whom_it_is_about_leaves_it_to_a_colleague(bonds: Bonds) -> None:
    grant(bonds.own.people["mentor"], Role.CLERK, school=bonds.own.school)
    register(bonds, "mentor")
    assert (len(due(bonds)), due(bonds, "mentor")) == (1, [])
