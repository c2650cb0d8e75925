"""重大变故: reported by anybody, told at once without a word of it, led by one adult."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
import time_machine

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.models import Notice
from liangshi.portal.agenda.queries import agenda
from liangshi.practice.talks.actions.events import advance, report, set_lead
from liangshi.practice.talks.choices import HEAVY, EventState, Happening
from liangshi.practice.talks.models import LifeEvent
from liangshi.practice.talks.queries.events import (
    accompanied,
    candidates,
    event_for,
    event_page,
    events,
    lead_by,
    lighter,
    others_open,
    reportable,
    to_lead,
)
from liangshi.practice.talks.queries.talks import talk_for, talks
from liangshi.practice.talks.queries.timeline import timeline
from liangshi.practice.talks.tables import EventTable
from liangshi.practice.talks.tasks import settle_what_is_over
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.apart import keep_apart
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.actions import change_state, set_staff_state
from liangshi.registry.people.choices import StaffState, StudentState
from liangshi.registry.people.models import Staff
from tests.inboxes import heard
from tests.practice.relations.bonds import another_world
from tests.practice.talks.desk import Desk, refused

pytestmark = pytest.mark.usefixtures("november")

REPORTERS = {
    "leader": Role.LEADER,
    "clerk": Role.CLERK,
    "grade_head": Role.GRADE_HEAD,
    "adviser": Role.ADVISER,
    "second": Role.MENTOR,
    "worker": Role.STAFF,
    "student": Role.STUDENT,
    "guardian": Role.GUARDIAN,
}


@pytest.mark.row("R61")
@pytest.mark.parametrize("name", REPORTERS)
def test_any_staff_the_guardian_and_the_student_report(desk: Desk, name: str) -> None:
    row = desk.report(0, text="不外传的话", by=desk.actor(name, REPORTERS[name]))
    assert (row.state, row.target_on) == (EventState.REPORTED, today() + dt.timedelta(days=3))
    assert Notice.objects.filter(person__isnull=False).count() == 2
    assert heard(desk.troupe.people["mentor"]) == [(Role.MENTOR, "有一件事需要您今天看一看")]
    assert heard(desk.troupe.people["adviser"]) == [(Role.ADVISER, "有一件事需要您今天看一看")]
    assert set(Notice.objects.filter(person__isnull=True).values_list("role", flat=True)) == {
        "leader",
        "clerk",
    }
    assert not [
        notice for notice in Notice.objects.all() if "不外传" in notice.title or "欧阳" in notice.title
    ]
    (entry,) = Entry.objects.filter(type="life_event.reported")
    assert entry.detail == {}


@pytest.mark.parametrize(
    ("name", "role", "n"),
    [("student", Role.STUDENT, 1), ("guardian", Role.GUARDIAN, 1), ("other_mentor", Role.MENTOR, 0)],
)
def test_nobody_reports_about_a_student_out_of_reach(desk: Desk, name: str, role: Role, n: int) -> None:
    assert refused(lambda: desk.report(n, by=desk.actor(name, role))).code == "not_reportable"


def test_an_unknown_kind_and_a_second_tap(desk: Desk) -> None:
    assert refused(lambda: desk.report(0, kind="secret")).code == "unknown_kind"
    key, actor = uuid.uuid4(), desk.actor("student", Role.STUDENT)
    about = {
        "student_id": desk.student(0).pk,
        "kind": Happening.MARKS,
        "text": "",
        "key": key,
        "actor": actor,
    }
    assert report(**about) == report(**about)
    assert LifeEvent.objects.count() == 1


def test_a_second_event_on_the_same_page_is_not_lost_in_silence(desk: Desk) -> None:
    """The page is gone back to, another student is chosen, and it is sent again."""
    key, actor = uuid.uuid4(), desk.actor("adviser", Role.ADVISER)

    def send(n: int, kind: str = "bereaved", text: str = "") -> LifeEvent:
        return report(student_id=desk.student(n).pk, kind=kind, text=text, key=key, actor=actor)

    first = send(0)
    assert send(0) == first
    for other in (lambda: send(1), lambda: send(0, "illness"), lambda: send(0, text="还有一句")):
        refusal = refused(other)
        assert refusal.code == "saved_already"
        assert (
            "这一页写的还没有存。要报的是另一件，请先把写的抄下来，重新打开「上报重大变故」。"
            in refusal.message
        )
    assert LifeEvent.objects.get() == first


def test_a_class_adviser_who_mentors_the_student_is_told_once(desk: Desk) -> None:
    desk.give(1, post="adviser")
    desk.report(1)
    assert heard(desk.troupe.people["adviser"]) == [(Role.MENTOR, "有一件事需要您今天看一看")]


def test_while_his_mentor_is_away_the_caretaker_is_told_and_not_the_mentor(desk: Desk) -> None:
    desk.cover()
    desk.report(0)
    people = set(Notice.objects.filter(person__isnull=False).values_list("person", flat=True))
    assert desk.troupe.people["second"].pk in people
    assert desk.troupe.people["mentor"].pk not in people


@pytest.mark.row("N12")
@pytest.mark.parametrize("state", [StaffState.MATERNITY, StaffState.AWAY, StaffState.SUSPENDED])
def test_of_a_lead_who_is_away_another_is_asked_for(desk: Desk, state: StaffState) -> None:
    """And nobody reads that he follows it, nor is asked for a reason to talk with the student himself."""
    row, office = desk.report(0), desk.actor("clerk", Role.CLERK)
    set_lead(row, desk.troupe.posts["second"], actor=office)
    asked = Notice.objects.filter(key__startswith=f"event:{row.pk}:", read_at=None)
    assert not asked.exists()
    set_staff_state(desk.troupe.posts["second"], state, actor=office)
    assert {notice.title for notice in asked} == {"一名学生的事，主谈人现在不在岗，请另定一位"}
    held = LifeEvent.objects.get()
    assert held.followed_by == ""
    page = event_page(desk.mentor, held)
    assert page.lead_gone
    (row_of_list,) = EventTable(events(office)).rows
    assert str(row_of_list.get_cell("lead")).endswith("（不在岗）")
    desk.talk(0, event_id=held.pk)
    for actor in (office, desk.actor("adviser", Role.ADVISER)):
        assert f"给{desk.student(0)}的事定一位主谈人" in [due.title for due in agenda(actor)]
    settle_what_is_over()
    assert asked.all().exists()
    with another_world():  # he is back, and nobody has to find another
        set_staff_state(desk.troupe.posts["second"], StaffState.ON_DUTY, actor=office)
        settle_what_is_over()
        assert not asked.all().exists()
    with another_world():
        change_state(desk.student(0), StudentState.TRANSFERRED, on=today(), note="搬家", actor=office)
        settle_what_is_over()
        assert not asked.all().exists()
    set_lead(held, desk.troupe.posts["grade_head"], actor=office)
    assert not asked.all().exists()


@pytest.mark.row("N12")
def test_who_is_away_is_not_named_to_lead(desk: Desk) -> None:
    row, office = desk.report(0), desk.actor("clerk", Role.CLERK)
    away = desk.troupe.posts["second"]
    set_staff_state(away, StaffState.MATERNITY, actor=office)
    assert refused(lambda: set_lead(row, away, actor=office)).code == "not_fit"
    assert away not in [who for who, _ in candidates(office, row)]


@pytest.mark.row("R61")
def test_a_parent_is_not_offered_to_lead_in_what_happened_to_his_child(desk: Desk) -> None:
    row, office = desk.report(3), desk.actor("clerk", Role.CLERK)
    father = desk.troupe.posts["adviser"]
    assert refused(lambda: set_lead(row, father, actor=office)).code == "not_given"
    assert father not in [who for who, _ in candidates(office, row)]


def test_the_steps_in_their_order(desk: Desk) -> None:
    row, mentor = desk.report(0), desk.mentor
    post = desk.troupe.posts["mentor"]
    assert refused(lambda: advance(row, "follow", actor=mentor)).code == "not_the_lead"
    assert refused(lambda: advance(row, "lead", actor=mentor)).code == "unknown_step"
    advance(row, "accept", actor=mentor)
    assert refused(lambda: advance(row, "accept", actor=mentor)).code == "invalid_transition"
    other = desk.cast.other.posts["mentor"]
    office = desk.actor("clerk", Role.CLERK)
    assert refused(lambda: set_lead(row, other, actor=office)).code == "lead_not_here"
    told = Notice.objects.filter(key__startswith=f"event:{row.pk}:", read_at=None)
    assert told.count() == 2  # the clerk and the leader
    keep_apart(row.student_id, [desk.troupe.posts["second"].person_id])
    assert refused(lambda: set_lead(row, desk.troupe.posts["second"], actor=office)).code == "not_given"
    set_lead(row, post, actor=office)
    assert not told.exists()
    assert refused(lambda: set_lead(row, post, actor=office)).code == "lead_already"
    for wrong in ("calm", "close"):
        assert refused(lambda step=wrong: advance(row, step, actor=mentor)).code == "invalid_transition"
    for step, state in (
        ("follow", EventState.FOLLOWED),
        ("calm", EventState.STABLE),
        ("follow", EventState.FOLLOWED),
        ("calm", EventState.STABLE),
        ("close", EventState.CLOSED),
    ):
        assert refused(lambda s=step: advance(row, s, actor=desk.actor("second"))).code == "not_the_lead"
        advance(row, step, actor=mentor)
        assert row.state == state
    assert refused(lambda: set_lead(row, post, actor=office)).code == "invalid_transition"


@pytest.mark.row("N7")
def test_one_adult_leads_and_another_says_why_he_talks(desk: Desk) -> None:
    desk.co()
    row = desk.report(0)
    assert desk.talk(0, event_id=row.pk).event == row  # nobody leads yet
    set_lead(row, desk.troupe.posts["mentor"], actor=desk.actor("adviser", Role.ADVISER))
    second = desk.actor("second")
    refusal = refused(lambda: desk.talk(0, by=second, event_id=row.pk))
    assert (refusal.code, refusal.field) == ("event_has_a_lead", "event_reason")
    assert "由李晓明甲老师跟进" in refusal.message
    assert desk.talk(0, by=second, event_id=row.pk, event_reason="学生自己来找我").event == row
    row.refresh_from_db()
    assert row.state == EventState.LED
    desk.talk(0, event_id=row.pk)
    row.refresh_from_db()
    assert row.state == EventState.FOLLOWED
    assert refused(lambda: desk.give(4).talk(4, event_id=row.pk)).code == "event_not_theirs"


def test_who_led_before_is_told_that_another_leads(desk: Desk) -> None:
    row, office = desk.report(0), desk.actor("clerk", Role.CLERK)
    set_lead(row, desk.troupe.posts["mentor"], actor=office)
    set_lead(row, desk.troupe.posts["second"], actor=office)
    assert (row.state, row.lead) == (EventState.LED, desk.troupe.posts["second"])
    told = Notice.objects.filter(person=desk.troupe.people["mentor"].pk).values_list("title", flat=True)
    assert "周敏甲老师接着做一名学生的主谈人，您不用再跟进" in told


def test_a_lead_who_is_no_mentor_of_the_student_may_talk_while_it_is_open(desk: Desk) -> None:
    row, second = desk.report(0), desk.actor("second")
    assert refused(lambda: desk.talk(0, by=second)).code == "not_your_student"
    set_lead(row, desk.troupe.posts["second"], actor=desk.actor("leader", Role.LEADER))
    talk = desk.talk(0, by=second, level=2, event_id=row.pk)
    assert talk_for(second, talk.pk)
    assert talk_for(second, desk.talk(0, level=1).pk) is None
    assert timeline(second, desk.student(0)) == []
    LifeEvent.objects.filter(pk=row.pk).update(state=EventState.CLOSED)
    assert talk_for(second, talk.pk) is None


def test_who_knows_what_of_it(desk: Desk) -> None:
    row = desk.co().report(0, text="说明")
    expected = {
        ("mentor", Role.MENTOR): (True, True),
        ("adviser", Role.ADVISER): (True, False),
        ("second", Role.MENTOR): (False, False),
        ("leader", Role.LEADER): (False, False),
        ("clerk", Role.CLERK): (False, False),
    }
    for (name, role), knows in expected.items():
        page = event_page(desk.actor(name, role), row)
        assert (page.knows_kind, page.knows_text) == knows, name
    assert event_for(desk.actor("grade_head"), row.pk) is None
    set_lead(row, desk.troupe.posts["worker"], actor=desk.actor("leader", Role.LEADER))
    page = event_page(desk.actor("worker", Role.STAFF), row)
    assert (page.leads, page.knows_text, page.moves) == (True, True, (("follow", "开始跟进"),))
    desk.part()
    assert event_for(desk.mentor, row.pk) is None


@pytest.mark.row("N32")
@pytest.mark.parametrize("kind", Happening.values)
def test_seven_light_days_for_who_leads_a_heavy_event(desk: Desk, kind: str) -> None:
    post = desk.troupe.posts["mentor"]
    with time_machine.travel(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)):
        assert not lighter(post.pk, today())
        set_lead(desk.report(0, kind=kind), post, actor=desk.actor("leader", Role.LEADER))
    days = [dt.date(2026, 11, 23) + dt.timedelta(n) for n in range(10)]
    light = [day for day in days if lighter(post.pk, day)]
    assert light == (days[1:8] if kind in HEAVY else [])
    assert not lighter(desk.troupe.posts["second"].pk, days[2])


@pytest.mark.row("N32")
def test_who_hands_the_lead_on_keeps_his_light_days(desk: Desk) -> None:
    row, clerk = desk.report(kind="bereaved"), desk.actor("clerk", Role.CLERK)
    first, second = desk.troupe.posts["mentor"], desk.troupe.posts["second"]
    set_lead(row, first, actor=clerk)
    set_lead(row, second, actor=clerk)
    days = [today() + dt.timedelta(n) for n in range(9)]
    for post in (first, second):
        assert [day for day in days if lighter(post.pk, day)] == days[:7]
    assert event_for(desk.actor("second"), row.pk)
    assert not to_lead(desk.mentor).exists()  # light, and nothing of it is his any more


def test_a_reporter_names_a_student_and_lists_nobody(desk: Desk) -> None:
    worker = desk.actor("worker", Role.STAFF)
    assert accompanied(worker) == []
    one, two = desk.troupe.class_1.pk, desk.troupe.class_2.pk
    assert reportable(worker, "欧阳 雨桐甲", one) == [desk.student(0)]
    assert reportable(worker, "欧阳雨桐甲", two) == []
    assert len(reportable(worker, "王芳甲", one)) == 2
    assert reportable(worker, "欧阳", one) == []
    assert reportable(desk.actor("other_worker", Role.STAFF), "欧阳雨桐甲", one) == []


@pytest.mark.row("N7")
def test_a_lead_who_mentors_nobody_records_his_talk(desk: Desk, sign_in: Any) -> None:
    lead, client = desk.actor("worker", Role.STAFF), sign_in("worker")
    assert refused(lambda: desk.talk(0, by=lead)).code == "not_your_student"
    row = desk.report(0)
    set_lead(row, desk.troupe.posts["worker"], actor=desk.actor("leader", Role.LEADER))
    page = client.get(f"/talks/events/{row.pk}").content.decode()
    url = f"/talks/new?student={desk.student(0).pk}&amp;event={row.pk}"
    assert url in page
    form = client.get(url.replace("&amp;", "&")).content.decode()
    assert re.search(rf'name="event" value="{row.pk}"[^>]* checked', form)
    assert f"和{desk.student(0).person.name}谈一谈" in client.get("/agenda/").content.decode()
    advance(row, "follow", actor=lead)
    assert to_lead(lead).exists()  # the step alone is not the talk
    talk = desk.talk(0, by=lead, event_id=row.pk)
    assert not to_lead(lead).exists()
    assert talk_for(lead, talk.pk) == talk
    assert talks(desk.actor("second", Role.MENTOR)).count() == 0
    for step in ("calm", "close"):
        advance(row, step, actor=lead)
    assert talk_for(lead, talk.pk) is None  # the right ends with the event
    assert refused(lambda: desk.talk(0, by=lead)).code == "not_your_student"
    assert not event_page(lead, row).knows_text


def test_a_lead_is_named_within_one_school_day(desk: Desk) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 27, 4, tzinfo=dt.UTC)):  # a Friday
        row = desk.report(0)
        assert lead_by([row]) == {row.pk: dt.date(2026, 11, 30)}
    assert lead_by([]) == {}


def test_reports_of_one_event_point_at_each_other(desk: Desk) -> None:
    first, second = desk.report(0), desk.report(0, by=desk.actor("guardian", Role.GUARDIAN))
    clerk = desk.actor("clerk", Role.CLERK)
    assert others_open(clerk, first) == [second]
    assert others_open(desk.actor("second", Role.MENTOR), first) == []


def test_the_words_of_a_closed_event_stay_with_the_mentor_of_that_time(desk: Desk) -> None:
    row = desk.report(0, text="只说给导师听")
    set_lead(row, desk.troupe.posts["mentor"], actor=desk.actor("clerk", Role.CLERK))
    LifeEvent.objects.update(state=EventState.CLOSED, reported_on=today() - dt.timedelta(3))
    row.refresh_from_db()
    Mentorship.objects.update(starts_on=today() - dt.timedelta(9))
    assert event_page(desk.mentor, row).knows_text
    desk.part(0).give(0, post="second")
    assert not event_page(desk.actor("second"), row).knows_text
    assert not event_page(desk.mentor, row).knows_text


def test_a_co_mentor_does_not_take_an_event_on(desk: Desk) -> None:
    row = desk.co().report(0)
    assert refused(lambda: advance(row, "accept", actor=desk.actor("second"))).code == "not_yours"
    advance(row, "accept", actor=desk.actor("adviser", Role.ADVISER))


def test_an_event_whose_lead_has_left_says_so(desk: Desk) -> None:
    row = desk.report(0)
    set_lead(row, desk.troupe.posts["second"], actor=desk.actor("clerk", Role.CLERK))
    assert not event_page(desk.actor("clerk", Role.CLERK), row).lead_gone
    Staff.objects.filter(pk=desk.troupe.posts["second"].pk).update(state="gone")
    row = LifeEvent.objects.get()
    assert event_page(desk.actor("clerk", Role.CLERK), row).lead_gone


def test_who_has_talked_for_an_event_finds_his_talk_there(desk: Desk) -> None:
    row = desk.report(0)
    talk = desk.talk(0, event_id=row.pk)
    assert event_page(desk.mentor, row).own_talks == [talk]
    assert event_page(desk.actor("clerk", Role.CLERK), row).own_talks == []
