"""初次见面卡: both sides, four weeks, from what is known."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.errors import DomainError
from liangshi.practice.relations.actions.absences import come_back, register
from liangshi.practice.relations.actions.meetings import note_meeting
from liangshi.practice.relations.choices import AbsenceKind
from liangshi.practice.relations.queries import meetings as queries
from liangshi.registry.mentorships.models import MentorProfile
from liangshi.registry.people.choices import Lodging
from liangshi.registry.people.models import Club, ClubMember, Student
from tests.practice.relations.bonds import Bonds


def test_only_in_the_first_four_weeks_and_only_for_the_two(bonds: Bonds) -> None:
    assert queries.first_meetings(bonds.student) == []  # since September
    bonds.since(today() - dt.timedelta(27))
    assert len(queries.first_meetings(bonds.student)) == len(queries.first_meetings(bonds.mentor)) == 1
    for name in ("guardian", "clerk", "leader", "adviser", "grade_head", "worker", "city", "other_mentor"):
        assert queries.first_meetings(bonds.cast.actor(name)) == [], name
    bonds.since(today() - dt.timedelta(28))
    assert queries.first_meetings(bonds.mentor) == []


def test_who_goes_on_with_the_same_mentor_meets_nobody_new(bonds: Bonds) -> None:
    bonds.since(today())
    bonds.own.student.mentorships.update(origin="continued")
    assert queries.first_meetings(bonds.mentor) == []


def test_while_the_mentor_is_away_there_is_nobody_to_meet(bonds: Bonds) -> None:
    bonds.since(today())
    back_on = today() + dt.timedelta(9)
    row = register(bonds.post("mentor"), AbsenceKind.SHORT, back_on=back_on, deputy=None, actor=bonds.clerk)
    assert queries.first_meetings(bonds.student) == []
    with time_machine.travel(now() + dt.timedelta(1)):
        come_back(row, actor=bonds.clerk)
        assert len(queries.first_meetings(bonds.student)) == 1


@pytest.mark.row("R49")
def test_the_student_reads_the_introduction_and_both_get_starters(bonds: Bonds) -> None:
    bonds.since(today())
    MentorProfile.objects.create(
        staff=bonds.post("mentor"), intro="教了十年物理", interests="围棋、跑步", good_at=["SY"]
    )
    club = Club.objects.create(year=bonds.own.year, name="围棋社", adviser=bonds.post("second"))
    ClubMember.objects.create(club=club, student=bonds.own.student, starts_on=today())
    (card,) = queries.first_meetings(bonds.student)
    assert (card.name, card.group, card.lodging) == ("李晓明甲老师", "物理", "")
    assert card.profile
    assert card.profile.intro == "教了十年物理"
    assert card.starters[:2] == (
        "你在围棋社，李晓明甲老师也喜欢这个。",
        "有没有想过以后做什么？没想好也很好聊。",
    )
    assert all("您" not in line for line in card.starters)
    (card,) = queries.first_meetings(bonds.mentor)
    assert (card.name, card.group, card.lodging) == ("欧阳雨桐甲", "高一(1)班", "走读")
    assert card.profile is None
    assert card.starters[1] == "TA 在围棋社，和您的兴趣相近。"
    assert len(card.starters) == 4


def test_starters_without_anything_known(bonds: Bonds) -> None:
    bonds.since(today())
    (card,) = queries.first_meetings(bonds.student)
    assert len(card.starters) == 2
    (card,) = queries.first_meetings(bonds.mentor)
    assert "TA 走读：路上要多久，早晚赶不赶？" in card.starters
    Student.objects.filter(pk=bonds.own.student.pk).update(lodging=Lodging.BOARDING)
    (card,) = queries.first_meetings(bonds.mentor)
    assert "TA 住校：晚自习以后一般做什么，周末怎么过？" in card.starters


def test_where_they_meet_is_one_line_without_a_phone(bonds: Bonds) -> None:
    bonds.since(today())
    with pytest.raises(DomainError, match="电话号码"):
        note_meeting(bonds.bond(), "打我电话 13900001111", actor=bonds.mentor)
    note_meeting(bonds.bond(), "周五大课间，图书馆", actor=bonds.mentor)
    assert queries.first_meetings(bonds.student)[0].note == "周五大课间，图书馆"
    note_meeting(bonds.bond(), "", actor=bonds.student)
    assert queries.first_meetings(bonds.mentor)[0].note == ""


def test_cards_ask_the_same_number_of_questions(bonds: Bonds) -> None:
    bonds.since(today())
    for expected in (1, 3):
        with CaptureQueriesContext(connection) as asked:
            assert len(queries.first_meetings(bonds.mentor)) == expected
        assert len(asked) == 5
        if expected == 1:
            bonds.begin("mentor", 1, 2)
