"""Who leads in what happened to a student reads what he wrote about that event, while it is open and his: nothing that he
wrote before, as the student's mentor, and nothing afterwards."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.models import Notice
from liangshi.practice.talks.actions.activities import arrange_activity, void_activity
from liangshi.practice.talks.actions.drafts import DRAFTS
from liangshi.practice.talks.actions.events import advance, set_lead
from liangshi.practice.talks.actions.notes import write_note
from liangshi.practice.talks.choices import EventState, Family
from liangshi.practice.talks.models import LifeEvent, Talk
from liangshi.practice.talks.policy import TALK_WRITE
from liangshi.practice.talks.queries.activities import invited_to
from liangshi.practice.talks.queries.events import open_events_of
from liangshi.practice.talks.queries.notes import notes
from liangshi.practice.talks.queries.talks import follow_ups, participants, talk_for, talks, writable
from liangshi.registry.access.choices import Role
from tests.asking import SignIn, html_of
from tests.practice.talks.desk import Desk, refused

pytestmark = pytest.mark.usefixtures("november")


def lead(desk: Desk, name: str = "mentor", n: int = 0) -> LifeEvent:
    row = desk.report(n)
    set_lead(row, desk.troupe.posts[name], actor=desk.actor("clerk", Role.CLERK))
    return row


def test_a_former_mentor_who_leads_gets_nothing_back(desk: Desk) -> None:
    old = desk.give(3).talk(0, level=2, gist="从前的话")
    write_note(desk.student(0).pk, "从前的便笺", actor=desk.mentor)
    key = uuid.uuid4()
    DRAFTS.keep({"students": [str(desk.student(0).pk)], "gist": ["从前的草稿"]}, key=key, actor=desk.mentor)
    desk.part(0)
    event = lead(desk)
    mentor = desk.mentor
    assert desk.student(0).pk in {row.pk for row, _ in writable(mentor)}
    assert talk_for(mentor, old.pk) is None
    assert talk_for(mentor, old.pk, TALK_WRITE) is None
    assert notes(mentor) == []
    assert DRAFTS.of(mentor, writable(mentor)) == []
    new = desk.talk(0, event_id=event.pk, level=2)
    assert [row.pk for row in talks(mentor)] == [new.pk]


def test_while_his_account_waits_for_him_what_he_alone_reads_is_closed(desk: Desk) -> None:
    event, worker = lead(desk, "worker"), desk.actor("worker", Role.STAFF)
    his, schools = (desk.talk(0, by=worker, event_id=event.pk, level=level) for level in (2, 1))
    assert {row.pk for row in talks(worker)} == {his.pk, schools.pk}
    waits = replace(worker, locked=True)
    assert [row.pk for row in talks(waits)] == [schools.pk]
    assert talk_for(waits, his.pk) is None
    assert talk_for(waits, his.pk, TALK_WRITE) is None


def test_a_draft_about_the_event_is_found_again(desk: Desk) -> None:
    event, key = lead(desk, "second"), uuid.uuid4()
    typed = {"students": [str(desk.student(0).pk)], "event": [str(event.pk)], "gist": ["写到一半"]}
    second = desk.actor("second")
    DRAFTS.keep(typed, key=key, actor=second)
    assert [each.key for each in DRAFTS.of(second, writable(second))] == [key]
    DRAFTS.keep({**typed, "event": ["不是键"]}, key=key, actor=second)
    assert DRAFTS.of(second, writable(second)) == []


def test_a_remark_of_before_does_not_come_back_through_a_group(desk: Desk) -> None:
    desk.give(3)
    talk = desk.talk(0, 3, remarks={desk.student(0).pk: "从前的备注"})
    desk.part(0)
    lead(desk)
    held = talk_for(desk.mentor, talk.pk)  # student 3 is still his
    assert held is not None
    named, others = participants(desk.mentor, held)
    assert ([each.student_id for each in named], others) == ([desk.student(3).pk], 1)


def test_a_correction_does_not_say_whose_event_it_was(desk: Desk, sign_in: SignIn) -> None:
    """Who has led, and has the talk still because of a student of his own."""
    desk.give(3, post="second")
    event, second = lead(desk, "second"), desk.actor("second")
    client = sign_in("second", Role.MENTOR)
    talk = desk.talk(0, 3, by=second, event_id=event.pk)
    url = f"/talks/{talk.pk}/edit"
    assert "欧阳雨桐甲：由周敏甲老师跟进的事" in html_of(client.get(url))
    for step in ("calm", "close"):
        event.refresh_from_db()
        advance(event, step, actor=second)
    page = html_of(client.get(url))
    assert "当时写的那件事" in page
    assert "欧阳" not in page
    sent = {
        "day": talk.day,
        "mode": talk.mode,
        "strategies": ["XY"],
        "level": 1,
        "version": 1,
        "event": event.pk,
    }
    client.post(url, {**sent, "gist": "补一句"})
    talk.refresh_from_db()
    assert (talk.version, talk.event) == (2, event)


def test_whom_he_only_leads_he_writes_about_for_that_event(desk: Desk) -> None:
    """Else he would have written what he may not read."""
    desk.give(3, post="second")
    event, other, second = lead(desk, "second"), lead(desk, "second", 4), desk.actor("second")
    for students, more in (((0,), {}), ((0, 4), {"event_id": event.pk}), ((4,), {"event_id": event.pk})):
        refusal = refused(lambda s=students, m=more: desk.talk(*s, by=second, **m))
        assert refusal.code in {"talk_needs_event", "event_not_theirs"}
        assert refusal.field == "event"
    talk = desk.talk(0, 3, by=second, event_id=event.pk)
    assert desk.talk(4, by=second, event_id=other.pk).event == other
    alone = desk.talk(0, by=second, event_id=event.pk)
    assert refused(lambda: desk.correct(alone, by=second)).code == "talk_needs_event"
    desk.correct(alone, by=second, event_id=event.pk, gist="补一句")
    desk.correct(talk, by=second)  # with a student of his own it stays his
    assert Talk.objects.get(pk=talk.pk).event is None


def test_he_learns_of_no_other_event_of_the_student(desk: Desk) -> None:
    mine, _ = lead(desk, "second"), desk.report(0)
    assert open_events_of(desk.actor("second")) == [mine]
    assert len(open_events_of(desk.mentor)) == 2


def test_it_ends_with_the_event_and_nothing_sends_him_there(desk: Desk, sign_in: SignIn) -> None:
    event, key = lead(desk, "worker"), uuid.uuid4()
    lead_, client = desk.actor("worker", Role.STAFF), sign_in("worker")
    talk = desk.talk(0, by=lead_, event_id=event.pk, key=key)
    stale = refused(lambda: DRAFTS.keep({"gist": ["晚了"]}, key=key, actor=lead_))
    assert "打开那一条更正" in stale.message
    event.refresh_from_db()
    advance(event, "calm", actor=lead_)
    answer = client.post(f"/talks/events/{event.pk}/close", follow=True)
    assert LifeEvent.objects.get().state == EventState.CLOSED
    assert answer.status_code == 200  # he lands on no page that is not there for him
    page = html_of(answer)
    assert "您跟进到这里为止" in page
    assert "欧阳" not in page
    for url in (f"/talks/events/{event.pk}", f"/talks/{talk.pk}"):
        assert client.get(url).status_code == 404
        assert url not in page
    assert "欧阳" not in html_of(client.get("/talks/events"))
    late = refused(lambda: DRAFTS.keep({"gist": ["晚了"]}, key=key, actor=lead_))
    assert "现在不由您看了" in late.message
    assert "打开那一条" not in late.message


def test_what_follows_from_a_talk_leaves_its_author_with_the_student(desk: Desk) -> None:
    from liangshi.registry.access.models import RoleGrant

    RoleGrant.objects.filter(role=Role.LEADER).update(person=desk.troupe.people["mentor"])
    RoleGrant.objects.filter(role=Role.CLERK).delete()
    desk.talk(0, family=Family.NEEDED)
    desk.talk(0, family=Family.UNFIT)  # there is nobody else to ask
    hats = (desk.mentor, desk.actor("mentor", Role.LEADER))
    assert [follow_ups(actor).count() for actor in hats] == [2, 0]
    desk.part(0)
    assert [follow_ups(actor).count() for actor in hats] == [0, 0]


def test_an_invitation_ends_with_the_care_of_who_made_it(desk: Desk) -> None:
    desk.give(3)
    keys = [desk.student(n).pk for n in (0, 3)]
    row = arrange_activity(name="读书会", day=today(), students=keys, key=uuid.uuid4(), actor=desk.mentor)
    student = desk.actor("student", Role.STUDENT)
    assert len(invited_to(student)) == 1
    desk.part(0)
    assert invited_to(student) == []
    void_activity(row, reason="下雨", actor=desk.mentor)
    told = Notice.objects.filter(title__contains="取消了").values_list("person", flat=True)
    assert set(told) == {desk.student(3).person_id}
