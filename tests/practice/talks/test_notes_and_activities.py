"""随手记 are the author's alone and end; a group activity is called in one screen and counts as contact."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.test import Client

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.schedule import DAILY
from liangshi.foundation.notices.models import Notice
from liangshi.practice.talks.actions.activities import arrange_activity, take_attendance, void_activity
from liangshi.practice.talks.actions.notes import change_note, write_note
from liangshi.practice.talks.models import Activity, ScratchNote
from liangshi.practice.talks.queries.activities import attending, invited_to
from liangshi.practice.talks.queries.contacts import last_contacts
from liangshi.practice.talks.queries.notes import note_for
from liangshi.practice.talks.queries.timeline import timeline
from liangshi.registry.access.choices import Role
from tests.practice.talks.desk import Desk, refused

START = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.usefixtures("november")


@pytest.mark.row("G14")
def test_a_note_ends_90_days_after_the_bond(desk: Desk) -> None:
    with time_machine.travel(START):
        desk.give(4, 5)
        for n in (0, 4, 5):
            write_note(desk.student(n).pk, "记一笔", actor=desk.mentor)
        desk.part(0)
        desk.part(4)
        desk.give(4, post="second").cover(4, post="mentor")  # he still looks after him
    job = DAILY["liangshi.practice.talks.tasks.erase_old_notes"]
    for days, left in ((89, 3), (90, 2), (400, 2)):
        with time_machine.travel(START + days * DAY):
            job()
        assert ScratchNote.objects.count() == left, days


@pytest.mark.row("G14")
def test_nobody_else_sees_a_note(desk: Desk) -> None:
    note = write_note(desk.student(0).pk, "只给自己", actor=desk.mentor)
    desk.co()
    for name, role in (("second", Role.MENTOR), ("worker", Role.STAFF), ("other_mentor", Role.MENTOR)):
        assert note_for(desk.actor(name, role), note.pk) is None
    assert note_for(desk.mentor, note.pk) == note
    desk.part()
    assert note_for(desk.mentor, note.pk) is None
    assert refused(lambda: write_note(desk.student(0).pk, "新", actor=desk.mentor)).code == "not_your_student"


def test_notes_are_changed_and_deleted(desk: Desk) -> None:
    assert refused(lambda: write_note(desk.student(0).pk, " ", actor=desk.mentor)).code == "note_is_empty"
    note = write_note(desk.student(0).pk, "一", actor=desk.mentor)
    change_note(note, "二", actor=desk.mentor)
    note.refresh_from_db()
    assert note.text == "二"
    change_note(note, "", actor=desk.mentor)
    assert not ScratchNote.objects.exists()


def arrange(desk: Desk, *numbers: int, **more: object) -> Activity:
    fields = {"name": "读书会", "day": today(), "key": uuid.uuid4(), **more}
    return arrange_activity(
        students=[desk.student(n).pk for n in numbers],
        actor=desk.mentor,
        **fields,  # type: ignore[arg-type]
    )


def test_a_page_that_says_something_else_is_not_taken_for_the_same(desk: Desk) -> None:
    key = uuid.uuid4()
    first = arrange(desk, 0, key=key)
    assert arrange(desk, 0, key=key) == first
    changes: list[dict[str, object]] = [{"name": "爬山"}, {"day": today() - DAY}, {"place": "操场"}]
    for other in changes:
        assert refused(lambda other=other: arrange(desk, 0, key=key, **other)).code == "saved_already"
    assert refused(lambda: arrange(desk, key=key)).code == "saved_already"  # nobody is invited now
    assert Activity.objects.get() == first


def test_what_cannot_be_arranged(desk: Desk) -> None:
    assert refused(lambda: arrange(desk, 0, name=" ")).code == "activity_needs_name"
    assert refused(lambda: arrange(desk, 0, 1)).code == "not_your_student"
    coming = arrange(desk, 0, day=today() + DAY)
    assert refused(lambda: take_attendance(coming, [], actor=desk.mentor)).code == "activity_not_yet"
    void_activity(coming, reason="下雨", actor=desk.mentor)
    assert refused(lambda: void_activity(coming, reason="", actor=desk.mentor)).code == "activity_is_void"
    gone = arrange(desk, 0)
    void_activity(gone, reason="下雨", actor=desk.mentor)
    assert refused(lambda: take_attendance(gone, [], actor=desk.mentor)).code == "activity_is_void"
    key = uuid.uuid4()
    assert arrange(desk, 0, key=key) == arrange(desk, 0, key=key)


@pytest.mark.row("R25")
def test_an_activity_invites_and_counts_for_those_who_came(desk: Desk) -> None:
    desk.give(3, 4)
    row = arrange(desk, 0, 3, 4)
    told = set(Notice.objects.values_list("person", flat=True))
    assert told == {desk.student(n).person_id for n in (0, 3, 4)}
    assert [each.activity.name for each in invited_to(desk.actor("student", Role.STUDENT))] == ["读书会"]
    assert invited_to(desk.actor("guardian", Role.GUARDIAN)) == []  # a name may tell a worry
    keys = [desk.student(n).pk for n in (0, 3, 4)]
    assert last_contacts(desk.mentor, keys) == {}
    assert take_attendance(row, keys[:2], actor=desk.mentor) == 2
    contacts = last_contacts(desk.mentor, keys)
    assert {key: contact.kind for key, contact in contacts.items()} == {
        keys[0]: "小组活动",
        keys[1]: "小组活动",
    }
    assert "小组活动：读书会" in [entry.title for entry in timeline(desk.mentor, desk.student(0))]
    assert take_attendance(row, keys[2:], actor=desk.mentor) == 1
    assert set(last_contacts(desk.mentor, keys)) == {keys[2]}


@pytest.mark.row("R25")
@pytest.mark.parametrize(("ahead", "told"), [(2, 2), (0, 2), (-1, 0)])
def test_who_was_invited_hears_that_it_is_off(desk: Desk, ahead: int, told: int) -> None:
    """Once, and only while it is still to come."""
    desk.give(4)
    row = arrange_activity(
        name="读书会",
        day=today() + ahead * DAY,
        students=[desk.student(n).pk for n in (0, 4)],
        key=uuid.uuid4(),
        actor=desk.mentor,
    )
    void_activity(row, reason="下雨，和谁都没关系", actor=desk.mentor)
    assert refused(lambda: void_activity(row, reason="", actor=desk.mentor)).code == "activity_is_void"
    off = Notice.objects.filter(title__contains="取消了")
    assert off.count() == told
    assert set(off.values_list("person", flat=True)) <= {desk.student(n).person_id for n in (0, 4)}
    assert not off.filter(title__contains="下雨").exists()
    if ahead == 2:
        assert off.first().title == "李晓明甲老师取消了 11 月 26 日的读书会，不用来了"  # type: ignore[union-attr]


def test_who_has_no_students_is_offered_no_note(desk: Desk, sign_in: Any) -> None:
    """A form without anybody to choose could not be sent; and what he wrote about a student who is not his is gone."""
    worker: Client = sign_in("worker")
    assert worker.get("/talks/notes").status_code == 403
    for name in ("worker", "second"):
        post = desk.troupe.posts[name]
        ScratchNote.objects.create(author=post, student=desk.student(0), text="从前的")
    assert "随手记<" not in worker.get("/").content.decode()
    client: Client = sign_in("second", Role.MENTOR)
    answer = client.get("/talks/notes/new", follow=True)
    assert answer.redirect_chain == [("/talks/notes", 302)]
    page = answer.content.decode()
    assert "您现在没有指导的学生" in page
    assert "从前的" not in page
    assert 'href="/talks/notes/new"' not in page
    assert "/talks/notes/new" in sign_in("mentor").get("/talks/notes").content.decode()


def test_who_is_no_mentee_any_more_stays_as_he_was(desk: Desk) -> None:
    desk.give(4)
    row = arrange(desk, 0, 4)
    take_attendance(row, [desk.student(0).pk, desk.student(4).pk], actor=desk.mentor)
    desk.part(4)
    held = attending(desk.mentor, row)
    assert ([str(each) for each in held.rows], held.others) == (["欧阳雨桐甲"], 1)
    take_attendance(row, [], actor=desk.mentor)
    assert [each.present for each in row.students.order_by("created_at", "pk")] == [False, True]
