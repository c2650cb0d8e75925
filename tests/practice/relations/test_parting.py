"""A mentor's last look: his half of the letter while it is open, and beside it what he noted for himself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.schedule import DAILY
from liangshi.practice.relations.actions.changes import accept, agree
from liangshi.practice.relations.actions.handovers import (
    accept_letter,
    begin_letters,
    skip_letter,
    write_half,
)
from liangshi.practice.relations.choices import LETTER_DAYS, HandOverState
from liangshi.practice.relations.models import ChangeRequest, HandOver
from liangshi.practice.relations.queries.changes import own_changes
from liangshi.practice.relations.queries.handovers import hand_over_for, part_of, waiting_letters
from liangshi.practice.talks.actions.notes import write_note
from liangshi.practice.talks.models import ScratchNote
from liangshi.practice.talks.queries.notes import notes
from liangshi.practice.talks.queries.talks import talks
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import Change, begin_co, cover, end, replace
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import GuardianLink, Staff
from liangshi.registry.schools.choices import Strategy
from tests.asking import SignIn, html_of
from tests.cast import installer
from tests.practice.relations.bonds import Bonds
from tests.practice.talks.desk import Desk

START = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
JOB = "liangshi.practice.relations.tasks.end_letters"


@pytest.fixture
def bonds(desk: Desk) -> Bonds:
    return Bonds(desk.cast)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(START, tick=False):
        yield


@pytest.fixture
def letter(_noon: None, desk: Desk, bonds: Bonds) -> HandOver:
    """李晓明 has noted two lines about the student, who passes to 周敏 today."""
    write_note(desk.student(0).pk, "喜欢动手\n\n怕当众点名", actor=desk.mentor)
    pass_on(bonds, "second")
    return HandOver.objects.select_related("ended__student__person", "ended__mentor__person").get()


def pass_on(bonds: Bonds, to: str, *, letters: bool = True) -> None:
    bond, new = bonds.bond(), bonds.post(to)
    replace(
        [Change(bond, new.pk)], on=today(), origin=Origin.CHANGED, reason=EndReason.AGREED,
        actor=installer(), chain=str(bonds.own.school.pk),
    )  # fmt: skip
    if letters:
        begin_letters([(bond, new)])


def second(desk: Desk) -> Actor:
    return desk.actor("second")


def page(client: Client, letter: HandOver, **sent: object) -> str:
    url = reverse("relations:handover", args=[letter.pk])
    return html_of(client.post(url, sent, follow=True) if sent else client.get(url))


def test_ticked_lines_go_to_the_end_and_are_looked_at_before_they_are_saved(
    desk: Desk, sign_in: SignIn, letter: HandOver
) -> None:
    client, note = sign_in("mentor"), ScratchNote.objects.get()
    first = page(client, letter)
    assert "放进交接信：您的随手记" in first
    assert "您的一半可以写到 12 月 7 日" in first
    assert f'value="{note.pk}:0"' in first
    assert notes(desk.mentor) == []  # and nowhere else
    shown = page(client, letter, text="他很好", lines=f"{note.pk}:2")
    assert (
        "他很好\n怕当众点名"
        in client.post(
            reverse("relations:handover", args=[letter.pk]), {"text": "他很好", "lines": f"{note.pk}:2"}
        ).content.decode()
    )
    assert "还没有保存。请看一遍" in shown
    letter.refresh_from_db()
    assert letter.mentor_half == ""
    assert "已保存" in page(client, letter, text="他很好\n怕当众点名")
    letter.refresh_from_db()
    assert letter.mentor_half == "他很好\n怕当众点名"
    assert "喜欢动手" in page(client, letter)  # a last chance as long as he writes
    assert "有一行已经不在了" in page(client, letter, text="", lines=f"{note.pk}:9")


def test_nobody_else_reads_the_lines(desk: Desk, sign_in: SignIn, letter: HandOver) -> None:
    Staff.objects.filter(pk=desk.troupe.posts["leader"].pk).update(state=StaffState.GONE)
    for name, role in (("second", Role.MENTOR), ("student", Role.STUDENT), ("clerk", Role.CLERK)):
        answer = sign_in(name, role).get(reverse("relations:handover", args=[letter.pk]))
        assert answer.status_code == 200
        assert "喜欢动手" not in html_of(answer), name
    Staff.objects.filter(pk=desk.troupe.posts["mentor"].pk).update(state=StaffState.GONE)
    clerk = page(sign_in("clerk"), letter)  # writes in his place, from what the office knows
    assert "<textarea" in clerk
    assert "喜欢动手" not in clerk


def test_he_hands_it_over_and_reads_no_more(desk: Desk, sign_in: SignIn, letter: HandOver) -> None:
    client = sign_in("mentor")
    note = ScratchNote.objects.get()
    look = page(client, letter, text="他很好", lines=f"{note.pk}:0", act="done")
    assert "还没有保存。请看一遍" in look  # also then
    said = page(client, letter, text="他很好", act="done")
    assert "信已经交给周敏甲老师" in said
    assert "欧阳" not in said
    letter.refresh_from_db()
    assert (letter.mentor_half, letter.state) == ("他很好", HandOverState.OPEN)
    assert not ScratchNote.objects.exists()
    assert client.get(reverse("relations:handover", args=[letter.pk])).status_code == 404
    assert "欧阳" not in html_of(client.get(reverse("relations:handovers")))
    assert "欧阳" not in html_of(client.get("/"))
    assert hand_over_for(second(desk), letter.pk) == letter
    assert part_of(second(desk), letter).reads_mentor


@pytest.mark.parametrize("how", ["accept", "skip"])
def test_a_closed_letter_ends_it(desk: Desk, sign_in: SignIn, letter: HandOver, how: str) -> None:
    write_half(letter, "他很好", actor=desk.mentor)
    if how == "accept":
        accept_letter(letter, actor=second(desk))
    else:
        skip_letter(letter, actor=desk.actor("clerk", Role.CLERK))
    assert hand_over_for(desk.mentor, letter.pk) is None
    assert waiting_letters(desk.mentor) == []
    part = part_of(desk.mentor, letter)
    assert (part.half, part.reads_mentor, part.reads_student) == ("", False, False)
    assert not ScratchNote.objects.exists()
    late = page(sign_in("mentor"), letter, text="写了半天的话")
    assert "没有保存" in late
    assert "写了半天的话" in late  # can still be copied
    assert "欧阳" not in late
    assert sign_in("second", Role.MENTOR).get(f"/relations/letters/{letter.pk}").status_code == 200


@pytest.mark.both
def test_its_days_end_at_midnight_in_the_city(desk: Desk, letter: HandOver) -> None:
    job = DAILY[JOB]
    for clock, reads in (("2026-12-07T23:59:59", True), ("2026-12-08T00:00:00", False)):
        with time_machine.travel(dt.datetime.fromisoformat(f"{clock}+08:00"), tick=False):
            assert (hand_over_for(desk.mentor, letter.pk) is not None) is reads, clock
            assert bool(waiting_letters(desk.mentor)) is reads
            job()
            assert ScratchNote.objects.exists() is reads
            assert (hand_over_for(second(desk), letter.pk), len(waiting_letters(second(desk)))) == (letter, 1)


def test_a_letter_to_who_has_the_student_no_more_is_for_the_next_and_ends_with_its_days(
    desk: Desk, bonds: Bonds, letter: HandOver
) -> None:
    pass_on(bonds, "grade_head")
    assert hand_over_for(desk.mentor, letter.pk)
    assert hand_over_for(second(desk), letter.pk) is None
    assert hand_over_for(desk.actor("grade_head"), letter.pk)
    with time_machine.travel(START + LETTER_DAYS * DAY, tick=False):
        assert hand_over_for(desk.mentor, letter.pk) is None
        DAILY[JOB]()
        assert not ScratchNote.objects.exists()


def test_a_letter_whose_receiver_lost_the_student_by_another_way_is_over(
    desk: Desk, bonds: Bonds, letter: HandOver
) -> None:
    pass_on(bonds, "grade_head", letters=False)
    assert hand_over_for(desk.mentor, letter.pk) is None
    assert hand_over_for(second(desk), letter.pk) is None
    DAILY[JOB]()
    assert not ScratchNote.objects.exists()
    letter.refresh_from_db()
    assert letter.state == HandOverState.SKIPPED


def test_without_a_letter_nobody_reads_them(desk: Desk, bonds: Bonds, sign_in: SignIn) -> None:
    """The student has left, or the relation ended for his safety."""
    note = write_note(desk.student(0).pk, "没有信的便笺", actor=desk.mentor)
    pass_on(bonds, "second", letters=False)
    client = sign_in("mentor")
    for url in ("/", "/talks/notes", reverse("relations:handovers"), "/agenda/"):
        assert "没有信的便笺" not in html_of(client.get(url))
    assert client.get(reverse("talks:note", args=[note.pk])).status_code == 404
    DAILY[JOB]()
    assert ScratchNote.objects.exists()  # for 90 days, where he comes back


def test_who_comes_back_reads_the_file_again(desk: Desk, bonds: Bonds, letter: HandOver) -> None:
    pass_on(bonds, "mentor")
    assert len(notes(desk.mentor)) == 1  # that letter was not closed yet
    accept_letter(HandOver.objects.get(ended__mentor=bonds.post("second")), actor=desk.mentor)
    DAILY[JOB]()
    assert len(notes(desk.mentor)) == 1  # he is the student's mentor
    assert hand_over_for(desk.mentor, letter.pk) is None  # whom he wrote to then has read it, or nobody
    desk.talk(0, level=2)
    pass_on(bonds, "second")
    assert talks(desk.mentor).count() == 0
    pass_on(bonds, "mentor")
    assert talks(desk.mentor).count() == 1


def test_a_mentor_who_still_accompanies_him_keeps_his_notes(desk: Desk, letter: HandOver) -> None:
    begin_co(
        desk.student(0), desk.troupe.posts["mentor"], Strategy.XY, on=today(), actor=installer(),
        chain=desk.chain,
    )  # fmt: skip
    accept_letter(letter, actor=second(desk))
    assert len(notes(desk.mentor)) == 1


def test_a_caretaker_reads_no_letter(desk: Desk, letter: HandOver) -> None:
    cover([desk.bond()], desk.troupe.posts["worker"], on=today(), actor=installer(), chain=desk.chain)
    assert hand_over_for(desk.actor("worker"), letter.pk) is None
    assert hand_over_for(second(desk), letter.pk) == letter


def test_what_he_asked_for_goes_with_the_relation(desk: Desk, bonds: Bonds) -> None:
    bonds.since(today() - 90 * DAY)
    row = bonds.ask(bonds.mentor)
    assert [each.pk for each in own_changes(desk.mentor)] == [row.pk]
    agree(row, bonds.post("second"), actor=bonds.clerk)
    accept(row, actor=second(desk))
    assert not own_changes(desk.mentor).exists()


def test_what_a_guardian_asked_for_goes_with_the_link(desk: Desk, bonds: Bonds) -> None:
    bonds.since(today() - 90 * DAY)
    guardian = desk.actor("guardian", Role.GUARDIAN)
    bonds.ask(guardian)
    assert own_changes(guardian).count() == 1
    GuardianLink.objects.filter(student=desk.student(0)).update(ends_on=today())
    assert not own_changes(guardian).exists()
    assert ChangeRequest.objects.count() == 1


def test_an_ended_relation_without_a_successor_leaves_nothing(desk: Desk) -> None:
    write_note(desk.student(0).pk, "便笺", actor=desk.mentor)
    end(desk.bond(), on=today(), reason=EndReason.STUDENT_LEFT, actor=installer(), chain=desk.chain)
    assert notes(desk.mentor) == []
