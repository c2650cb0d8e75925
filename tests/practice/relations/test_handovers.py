"""交接信: who writes, who reads, who closes it."""

from __future__ import annotations

import pytest

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.notices.models import Notice
from liangshi.practice.relations.actions.changes import accept, agree
from liangshi.practice.relations.actions.handovers import (
    accept_letter,
    ask_mentor,
    end_writing,
    skip_letter,
    write_half,
)
from liangshi.practice.relations.choices import HandOverState
from liangshi.practice.relations.models import HandOver
from liangshi.practice.relations.queries import handovers as queries
from liangshi.practice.rosters.actions.people import change_student_state
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.people.choices import StaffState, StudentState
from liangshi.registry.people.models import Staff
from tests.inboxes import told
from tests.practice.relations.bonds import Bonds, actor_of


@pytest.fixture
def letter(bonds: Bonds) -> HandOver:
    """The student has just passed from 李晓明 to 周敏, and asks both halves of them."""
    return bonds.letter()


def second(bonds: Bonds) -> Actor:
    return actor_of(bonds.own.people["second"])


def test_the_two_who_may_write_are_told_once(bonds: Bonds, letter: HandOver) -> None:
    assert told(bonds.own.people["student"]).count("可以给新导师写一封交接信，写不写由你") == 1
    assert told(bonds.own.people["mentor"]).count("1 名学生换了导师，可以给接任的导师写交接信（选写）") == 1


@pytest.mark.row("G6", "N26")
def test_each_writes_his_half_and_the_next_mentor_reads_first(bonds: Bonds, letter: HandOver) -> None:
    """N26: the student reads and edits his half; G6: the incoming mentor accepts, both halves are stored."""
    write_half(letter, "他喜欢动手", actor=bonds.mentor)
    write_half(letter, "我怕点名", actor=bonds.student)
    write_half(letter, "我不爱被点名", actor=bonds.student)
    letter.refresh_from_db()
    assert (letter.mentor_half, letter.student_half) == ("他喜欢动手", "我不爱被点名")
    assert letter.student_half_at
    assert letter.mentor_half_at
    assert not letter.by_office
    student, old, new = (
        queries.part_of(actor, letter) for actor in (bonds.student, bonds.mentor, second(bonds))
    )
    assert (student.half, student.reads_mentor, student.reads_student) == ("student", True, True)
    assert (old.half, old.reads_mentor, old.reads_student, old.accepts) == ("mentor", True, False, False)
    assert (new.half, new.reads_mentor, new.reads_student, new.accepts) == ("", True, True, True)
    accept_letter(letter, actor=second(bonds))
    assert letter.state == HandOverState.ACCEPTED
    assert "周敏甲老师读了你写的交接信，接过去了" in told(bonds.own.people["student"])
    assert "周敏甲老师读了您写的交接信，接过去了" in told(bonds.own.people["mentor"])
    with pytest.raises(DomainError, match="已经接过这封信了"):
        write_half(letter, "再改", actor=bonds.student)
    with pytest.raises(DomainError, match="已接过"):
        accept_letter(letter, actor=second(bonds))


def test_nobody_writes_or_accepts_what_is_not_his(bonds: Bonds, letter: HandOver) -> None:
    with pytest.raises(DomainError, match="没有由您来写的部分"):
        write_half(letter, "替他写", actor=second(bonds))
    with pytest.raises(DomainError, match="没有由您来写的部分"):
        write_half(letter, "替他写", actor=bonds.clerk)  # the mentor is at work and can write himself
    for actor in (bonds.student, bonds.mentor, bonds.clerk):
        with pytest.raises(DomainError, match="只有接任的导师"):
            accept_letter(letter, actor=actor)
    for actor in (bonds.student, bonds.mentor, second(bonds)):
        with pytest.raises(DomainError, match="只有学校办公室"):
            skip_letter(letter, actor=actor)


def test_the_office_writes_for_who_is_gone_or_lets_it_be(bonds: Bonds, letter: HandOver) -> None:
    assert queries.waiting_letters(bonds.clerk) == []
    Staff.objects.filter(pk=bonds.post("mentor").pk).update(state=StaffState.GONE)
    (found,) = queries.waiting_letters(bonds.clerk)
    write_half(found, "学习用心", actor=bonds.clerk)
    found.refresh_from_db()
    assert found.by_office
    assert not queries.part_of(bonds.clerk, found).reads_student
    skip_letter(found, actor=bonds.clerk)
    assert found.state == HandOverState.SKIPPED


def test_whom_a_letter_concerns(bonds: Bonds, letter: HandOver) -> None:
    for name in ("student", "mentor", "second", "clerk"):
        assert [row.pk for row in queries.hand_overs(actor_of(bonds.own.people[name]))] == [letter.pk], name
    for name in (
        "leader",
        "adviser",
        "grade_head",
        "guardian",
        "worker",
        "county",
        "other_clerk",
        "other_mentor",
    ):
        assert not queries.hand_overs(bonds.cast.actor(name)).exists(), name


def test_who_has_passed_the_student_on_reads_his_half_no_more(bonds: Bonds, letter: HandOver) -> None:
    write_half(letter, "只写给周老师", actor=bonds.student)
    row = bonds.ask(bonds.clerk)
    agree(row, bonds.post("leader"), actor=bonds.clerk)
    accept(row, actor=bonds.leader)
    assert queries.hand_over_for(second(bonds), letter.pk) is None
    assert queries.hand_over_for(bonds.leader, letter.pk) is None  # nor does the next one
    assert queries.hand_over_for(bonds.student, letter.pk) == letter
    assert not queries.hand_overs(second(bonds))  # unless the student asks him to write, too
    ask_mentor(HandOver.objects.exclude(pk=letter.pk).get(), actor=bonds.student)
    (own,) = queries.hand_overs(second(bonds))  # his own half, about the same student
    assert queries.part_of(second(bonds), own).half == "mentor"


def test_who_wrote_nothing_hears_nothing_of_its_taking(bonds: Bonds, letter: HandOver) -> None:
    before = Notice.objects.count()
    accept_letter(letter, actor=second(bonds))
    assert Notice.objects.count() == before


def pass_on(bonds: Bonds, to: str) -> None:
    """The student passes to another mentor at the wish of the office."""
    agree(row := bonds.ask(), bonds.post(to), actor=bonds.clerk)
    accept(row, actor=bonds.cast.actor(to, Role.MENTOR))


@pytest.mark.row("G6", "N26")
def test_a_letter_that_was_not_taken_is_the_next_mentor_s(bonds: Bonds, letter: HandOver) -> None:
    write_half(letter, "他喜欢动手", actor=bonds.mentor)
    pass_on(bonds, "grade_head")
    letter.refresh_from_db()
    assert letter.successor == bonds.post("grade_head")
    third = bonds.cast.actor("grade_head", Role.MENTOR)
    assert letter in queries.waiting_letters(third)
    assert queries.part_of(third, letter).reads_mentor
    assert letter not in queries.hand_overs(second(bonds))
    assert queries.part_of(bonds.mentor, letter).half == "mentor"  # he still writes
    accept_letter(letter, actor=third)
    assert letter.state == HandOverState.ACCEPTED


def test_a_letter_does_not_come_back_to_its_writer(bonds: Bonds, letter: HandOver) -> None:
    pass_on(bonds, "mentor")
    letter.refresh_from_db()
    assert letter.state == HandOverState.SKIPPED


@pytest.mark.parametrize("state", [StudentState.TRANSFERRED, StudentState.GRADUATED])
def test_the_letters_of_whoever_leaves_are_closed(
    bonds: Bonds, letter: HandOver, state: StudentState
) -> None:
    change_student_state(bonds.own.student, state, on=today(), note="离校", actor=bonds.clerk)
    end_writing()
    letter.refresh_from_db()
    assert letter.state == HandOverState.SKIPPED
    assert letter.closed_at


def test_the_office_has_nothing_to_read_of_letters_once_none_waits_for_it(bonds: Bonds) -> None:
    Staff.objects.filter(pk=bonds.post("mentor").pk).update(state=StaffState.SUSPENDED)
    letter = bonds.letter()
    unread = Notice.objects.filter(key__startswith="letters:", read_at=None)
    assert unread.exists()
    end_writing()
    assert unread.all().exists()
    skip_letter(letter, actor=bonds.clerk)
    end_writing()
    assert not unread.all().exists()
