"""A talk: recorded once, corrected with its history, voided, and read by those whose it is."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.models import FormTime
from liangshi.foundation.notices.models import Notice
from liangshi.foundation.records.levels import Level
from liangshi.foundation.ui.forms import ReasonForm
from liangshi.practice.talks.actions.activities import arrange_activity
from liangshi.practice.talks.actions.events import set_lead
from liangshi.practice.talks.actions.talks import TalkFacts, finish_follow_up, save_talk, void_talk
from liangshi.practice.talks.choices import COMPULSORY, Family, FollowUpKind
from liangshi.practice.talks.forms import ActivityForm, EventForm, LeadForm, NoteForm, TalkForm
from liangshi.practice.talks.models import FollowUp, LifeEvent, Talk, TalkStudent
from liangshi.practice.talks.policy import TALK_WRITE
from liangshi.practice.talks.queries.contacts import last_by_strategy, last_contacts, strategies_by_term
from liangshi.practice.talks.queries.events import event_for
from liangshi.practice.talks.queries.moments import untalked
from liangshi.practice.talks.queries.talks import (
    follow_up_for,
    follow_ups,
    named_in,
    participants,
    promised,
    talk_for,
    talks,
    versions,
    writable,
)
from liangshi.practice.talks.queries.timeline import timeline
from liangshi.practice.talks.rules import may_read_text
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import STUDENT_READ
from liangshi.registry.access.queries import students
from liangshi.registry.mentorships.actions import uncover
from liangshi.registry.mentorships.apart import keep_apart
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.actions import change_state, set_staff_state
from liangshi.registry.people.choices import StaffState, StudentState
from liangshi.registry.people.models import Staff
from liangshi.registry.schools.actions import close_year
from liangshi.registry.schools.choices import YearState
from liangshi.registry.schools.days import school_days_after
from liangshi.registry.schools.grades import year_start_of
from liangshi.registry.schools.models import CompulsoryField, SchoolYear
from tests import cast as troupe
from tests.asking import SignIn
from tests.cast import installer
from tests.inboxes import heard
from tests.practice.talks.desk import Desk, refused
from tests.races import at_once

DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.usefixtures("november")


def test_what_cannot_be_recorded(desk: Desk) -> None:
    assert refused(lambda: desk.talk(1)).code == "not_your_student"
    assert refused(lambda: desk.talk(0, 1)).code == "not_your_student"
    assert refused(lambda: desk.talk(0, strategies=[])).code == "talk_needs_strategy"
    assert refused(lambda: desk.talk(0, day=today() + DAY)).code == "talk_in_future"
    assert refused(lambda: desk.talk(0, next_on=today() - DAY)).code == "next_before_talk"
    assert refused(lambda: desk.talk(0, level=2, shared=True)).code == "author_only_not_shared"
    assert refused(lambda: desk.talk(0, strategies=["XL"], shared=True)).code == "author_only_not_shared"
    assert (
        refused(
            lambda: save_talk(
                students=[],
                facts=TalkFacts(today(), "face", ["XY"]),
                key=uuid.uuid4(),
                actor=desk.mentor,
            )
        ).code
        == "talk_needs_student"
    )
    assert not Talk.objects.exists()


def test_a_closed_year_takes_no_talk(desk: Desk) -> None:
    year = SchoolYear.objects.create(
        school=desk.troupe.school, start_year=desk.troupe.year.start_year - 1, state=YearState.RUNNING
    )
    close_year(year, actor=troupe.installer())
    assert refused(lambda: desk.talk(0, day=year.starts_on + 30 * DAY)).code == "year_closed"


def test_a_window_across_two_years_takes_talks_until_it_ends(desk: Desk) -> None:
    """The opening of September begins in August: its days stay open after the year is closed, and count."""
    year, last = desk.troupe.year, dt.date(2027, 8, 31)
    coming = SchoolYear.objects.create(school=desk.troupe.school, start_year=2027)
    coming.terms.create(seq="1", opens_on=last + DAY, closes_on=dt.date(2028, 1, 20))
    with time_machine.travel(dt.datetime(2027, 9, 15, 4, tzinfo=dt.UTC)):
        close_year(year, actor=troupe.installer())
        assert (
            refused(lambda: desk.talk(0, day=dt.date(2027, 8, 24))).code == "year_closed"
        )  # before the window
        (due,) = untalked(desk.mentor)
        assert [row.person.name for row in due.students] == ["欧阳雨桐甲"]
        talk = desk.talk(0, day=last)
        assert untalked(desk.mentor) == []
        desk.correct(talk, day=last - DAY)
        arrange_activity(
            name="开学聚会", day=last, students=[desk.student(0).pk], key=uuid.uuid4(), actor=desk.mentor
        )
        talk.refresh_from_db()
        assert (talk.day, talk.late_by) == (last - DAY, 16)
    with time_machine.travel(dt.datetime(2027, 9, 16, 4, tzinfo=dt.UTC)):
        assert refused(lambda: desk.talk(0, day=last)).code == "year_closed"


@pytest.mark.row("R58", "R68", "R69", "R71", "R72")
def test_four_facts_are_enough(desk: Desk) -> None:
    for code in ("SX", "XY", "SH", "SY"):
        talk = desk.talk(0, strategies=[code])
        assert (talk.gist, talk.level, talk.late_by, talk.family) == ("", 1, 0, "")
        assert [tag.code for tag in talk.tags.all()] == [code]
    entries = Entry.objects.filter(type="talk.saved", subject=str(desk.student(0).pk))
    assert entries.count() == 4
    assert all(entry.detail == {} for entry in entries)


@pytest.mark.row("R70")
def test_psychological_guidance_is_the_authors_alone_unless_he_says_otherwise(desk: Desk) -> None:
    assert desk.talk(0, strategies=["XL", "XY"]).level == 2
    assert desk.talk(0, strategies=["XL"], level=1).level == 1
    assert desk.talk(0, strategies=["XY"], level=0).level == 0


def test_what_is_compulsory_is_what_the_budget_says(desk: Desk) -> None:
    forms = {
        "talk": TalkForm(options=[]),
        "void": ReasonForm(),
        "note": NoteForm(options=[]),
        "activity": ActivityForm(options=[]),
        "event": EventForm(options=[(desk.student(n), "某") for n in (0, 1)]),
        "lead": LeadForm(candidates=[]),
    }
    for name, form in forms.items():
        required = {key for key, field in form.fields.items() if field.required} - {"key"}
        assert required == set(COMPULSORY[name]), name
    assert sum(COMPULSORY["talk"].values()) <= 60


def test_the_same_form_twice_is_one_talk(desk: Desk) -> None:
    key = uuid.uuid4()
    everything = {"gist": "谈了数学", "strategies": ["XY", "SH"], "remarks": {desk.student(0).pk: "他爱笑"}}
    assert desk.talk(0, key=key, **everything) == desk.talk(0, key=key, **everything)
    assert TalkStudent.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"gist": "又想起一句"}, {"strategies": ["SH"]}, {"numbers": [1]}, {"place": "操场"}]
)
def test_what_was_written_on_another_page_since_is_not_dropped_in_silence(
    desk: Desk, other: dict[str, Any]
) -> None:
    """The phone died, the talk was saved on a computer, the phone wakes with more: nothing says 已记下."""
    key = uuid.uuid4()
    desk.talk(0, key=key)
    numbers = other.pop("numbers", [0])
    refusal = refused(lambda: desk.talk(*numbers, key=key, **other))
    assert refusal.code == "saved_already"
    assert Talk.objects.get().gist == ""


@pytest.mark.django_db(transaction=True)
def test_eight_taps_at_once_are_one_talk() -> None:
    with transaction.atomic():
        desk = Desk(troupe.build())
        actor, key = desk.mentor, uuid.uuid4()
    ends = at_once([lambda: str(desk.talk(0, by=actor, key=key).pk)] * 8)
    assert ends == {str(Talk.objects.get().pk): 8}
    assert TalkStudent.objects.count() == 1


def test_without_the_constraint_taps_would_be_two(desk: Desk) -> None:
    """The check before the write alone does not hold: the database does."""
    talk = desk.talk(0)
    twin = {"school": talk.school, "author": talk.author, "day": talk.day, "mode": talk.mode}
    with pytest.raises(IntegrityError), transaction.atomic():
        Talk.objects.create(**twin, key=talk.key)
    Talk.objects.create(**twin, key=uuid.uuid4())


@pytest.mark.row("N18")
@pytest.mark.parametrize(("days", "words"), [(0, ""), (7, ""), (8, "补录（+8 天）"), (20, "补录（+20 天）")])
def test_late_is_marked_and_nothing_else_comes_of_it(desk: Desk, days: int, words: str) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)):
        talk = desk.talk(0, day=today() - days * DAY)
    assert talk.late_words == words
    assert not Notice.objects.exists()


def test_a_correction_of_the_day_counts_lateness_from_when_it_was_first_saved(desk: Desk) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 24, 17, tzinfo=dt.UTC)):  # the 25th here
        talk = desk.talk(0)
    with time_machine.travel(dt.datetime(2026, 12, 20, 4, tzinfo=dt.UTC)):
        desk.correct(talk, day=dt.date(2026, 11, 15))
    talk.refresh_from_db()
    assert talk.late_words == "补录（+10 天）"


def test_corrections_keep_every_version_for_the_author(desk: Desk) -> None:
    talk = desk.talk(0, gist="最初的话", strategies=["XY"], topics=["sleep"])
    desk.correct(talk, gist="第二稿", strategies=["SH"], remarks={desk.student(0).pk: "悄悄话"})
    desk.correct(talk, version=2, gist="第三稿")
    talk.refresh_from_db()
    assert (talk.gist, talk.version) == ("第三稿", 3)
    said = versions(talk)
    assert [(row.number, row.facts["gist"]) for row in said] == [(2, "第二稿"), (1, "最初的话")]
    assert said[1].facts["strategies"] == ["学业辅导"]
    assert said[1].facts["topics"] == ["睡眠"]
    assert said[0].facts["remarks"] == {str(desk.student(0).pk): "悄悄话"}


def test_a_correction_from_an_old_page_is_refused(desk: Desk) -> None:
    talk = desk.talk(0)
    desk.correct(talk, gist="新")
    assert refused(lambda: desk.correct(talk, version=1, gist="旧页面")).code == "talk_changed"
    assert refused(lambda: desk.correct(talk, version=2, day=today() + DAY)).code == "talk_in_future"
    talk.refresh_from_db()
    assert talk.gist == "新"


def test_voided_it_counts_for_nothing_and_stays(desk: Desk) -> None:
    talk = desk.talk(0)
    assert refused(lambda: void_talk(talk, reason=" ", actor=desk.mentor)).code == "needs_reason"
    void_talk(talk, reason="选错了学生", actor=desk.mentor)
    assert refused(lambda: void_talk(talk, reason="再来", actor=desk.mentor)).code == "talk_is_void"
    assert refused(lambda: desk.correct(talk)).code == "talk_is_void"
    assert last_contacts(desk.mentor, [desk.student(0).pk]) == {}
    assert talk_for(desk.mentor, talk.pk) == talk
    assert [entry.title for entry in timeline(desk.actor("leader", Role.LEADER), desk.student(0))] == [
        "有一条作废的记录"
    ]
    for name, role in (("student", Role.STUDENT), ("adviser", Role.ADVISER), ("guardian", Role.GUARDIAN)):
        actor = desk.actor(name, role)
        assert talk_for(actor, talk.pk) is None, name
        assert timeline(actor, desk.student(0)) == [], name


READERS = {
    "mentor": Role.MENTOR,
    "second": Role.MENTOR,  # co-mentor
    "adviser": Role.ADVISER,
    "student": Role.STUDENT,
    "guardian": Role.GUARDIAN,
    "leader": Role.LEADER,
    "clerk": Role.CLERK,
    "grade_head": Role.GRADE_HEAD,
    "other_mentor": Role.MENTOR,
    "city": Role.CITY,
    "county": Role.COUNTY,
    "worker": Role.STAFF,
}
# Who opens a talk of each level: o opens it, x does not.
OPENS = """
              0 1 2
mentor        o o o
second        o o x
adviser       o o x
student       o o o
guardian      o x x
leader        x x x
clerk         x x x
grade_head    x x x
other_mentor  x x x
city          x x x
county        x x x
worker        x x x
"""


@pytest.mark.parametrize("line", OPENS.strip().splitlines()[1:], ids=lambda line: line.split()[0])
def test_who_opens_which_level(desk: Desk, line: str) -> None:
    name, *marks = line.split()
    desk.co()
    for level, mark in enumerate(marks):
        talk = desk.talk(0, level=level)
        actor = desk.actor(name, READERS[name])
        assert (talk_for(actor, talk.pk) is not None) == (mark == "o"), level


def test_a_caretaker_reads_what_a_co_mentor_reads(desk: Desk) -> None:
    talks = [desk.talk(0, level=level) for level in (0, 1, 2)]
    assert [talk_for(desk.actor("second"), talk.pk) for talk in talks] == [None] * 3
    desk.cover()
    seen = [talk_for(desk.actor("second"), talk.pk) is not None for talk in talks]
    assert seen == [True, True, False]
    assert talk_for(desk.actor("second"), desk.talk(0, by=desk.actor("second"), level=2).pk)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_former_mentor_reads_nothing_from_that_day(desk: Desk, level: int) -> None:
    alone, both = desk.talk(0, level=level), desk.give(4).talk(0, 4, level=level)
    desk.part(0)
    assert talk_for(desk.mentor, alone.pk) is None
    assert talk_for(desk.mentor, alone.pk, TALK_WRITE) is None
    assert timeline(desk.mentor, desk.student(0)) == []
    assert desk.student(0).pk not in last_contacts(desk.mentor, [desk.student(0).pk])
    named, others = participants(desk.mentor, both)
    assert ([str(row) for row in named], others) == (["王明明甲"], 1)
    assert refused(lambda: desk.talk(0)).code == "not_your_student"


def test_the_right_ends_at_midnight_in_the_city(desk: Desk) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)):
        talk = desk.talk(0)
        Mentorship.objects.filter(pk=desk.bond().pk).update(
            ends_on=dt.date(2026, 11, 25), seat=None, end_reason="agreed"
        )
    actor = desk.mentor
    midnight = dt.datetime(2026, 11, 24, 16, tzinfo=dt.UTC)  # 0:00 on the 25th in Shanghai
    for second, reads in ((-1, True), (0, False), (1, False)):
        with time_machine.travel(midnight + dt.timedelta(seconds=second), tick=False):
            assert (talk_for(actor, talk.pk) is not None) == reads, second


@pytest.mark.row("G13")
def test_a_group_talk_is_one_record_in_each_timeline(desk: Desk) -> None:
    desk.give(3, 4)
    remarks = {desk.student(3).pk: "只说他"}
    talk = desk.talk(0, 3, 4, remarks=remarks)
    assert Talk.objects.count() == 1
    for n in (0, 3, 4):
        (entry,) = timeline(desk.mentor, desk.student(n))
        assert "3 人一起" in entry.title
        assert entry.url.endswith(str(talk.pk))
    held = {row.student_id: row.remark for row in talk.students.all()}
    assert held == {desk.student(0).pk: "", desk.student(3).pk: "只说他", desk.student(4).pk: ""}
    named, others = participants(desk.actor("adviser", Role.ADVISER), talk)
    assert ([str(row) for row in named], others) == (["欧阳雨桐甲"], 2)


@pytest.mark.row("G12")
def test_the_timeline_is_by_the_day_of_the_talk_and_marks_what_came_late(desk: Desk) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)):
        desk.talk(0, day=dt.date(2026, 11, 20))
        desk.talk(0, day=dt.date(2026, 10, 25))
        desk.talk(0, day=dt.date(2026, 11, 2), strategies=["XL"])
        entries = timeline(desk.mentor, desk.student(0))
        assert [entry.day for entry in entries] == [
            dt.date(2026, 11, 20),
            dt.date(2026, 11, 2),
            dt.date(2026, 10, 25),
        ]
        assert "补录（+30 天）" in entries[2].text
        assert "补录" not in entries[0].text
        seen = timeline(desk.actor("adviser", Role.ADVISER), desk.student(0))
        assert [(entry.when, entry.restricted) for entry in seen] == [
            ("2026 年 11 月 20 日", False),
            ("2026 年 11 月", True),
            ("2026 年 10 月 25 日", False),
        ]
        assert (seen[1].title, seen[1].url, seen[1].text) == ("有一条受限记录", "", "")
        assert [entry.restricted for entry in timeline(desk.actor("clerk", Role.CLERK), desk.student(0))] == [
            True
        ] * 3
        assert timeline(desk.actor("guardian", Role.GUARDIAN), desk.student(0)) == []
        assert len(timeline(desk.actor("student", Role.STUDENT), desk.student(0))) == 3
        assert timeline(desk.actor("other_mentor"), desk.student(0)) == []


@pytest.mark.both
def test_a_month_stands_below_the_dated_lines_of_its_month(desk: Desk) -> None:
    """Also of its first day, and whatever the days of the talks; several of one day, the latest first."""
    leader = desk.actor("leader", Role.LEADER)
    with time_machine.travel(dt.datetime(2026, 10, 1, 4, tzinfo=dt.UTC)):
        desk.report(0)
        void_talk(desk.talk(0), reason="记错了", actor=desk.mentor)
    with time_machine.travel(dt.datetime(2026, 10, 31, 15, tzinfo=dt.UTC)):
        desk.talk(0)
    with time_machine.travel(dt.datetime(2026, 10, 31, 17, tzinfo=dt.UTC)):  # 1 November here
        desk.report(0)
        desk.talk(0)
    with time_machine.travel(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)):
        assert [(entry.when, entry.title) for entry in timeline(leader, desk.student(0))] == [
            ("2026 年 11 月 1 日", "重大变故"),
            ("2026 年 11 月", "有一条受限记录"),
            ("2026 年 10 月 1 日", "重大变故"),
            ("2026 年 10 月", "有一条作废的记录"),
            ("2026 年 10 月", "有一条受限记录"),
        ]


@pytest.mark.row("R62")
def test_what_follows_from_a_talk_has_one_owner_and_a_day(desk: Desk) -> None:
    desk.talk(0, family=Family.NO)
    desk.talk(0, family=Family.DONE)
    assert not FollowUp.objects.exists()
    needed = desk.talk(0, family=Family.NEEDED, gist="不该出现")
    (mine,) = follow_ups(desk.mentor)
    assert (mine.kind, mine.due_on, mine.owner) == (
        FollowUpKind.FAMILY,
        today() + 3 * DAY,
        desk.troupe.people["mentor"],
    )
    desk.talk(0, family=Family.UNFIT, level=2, gist="不该出现")
    (asked,) = follow_ups(desk.actor("leader", Role.LEADER))
    assert (asked.kind, asked.due_on) == (FollowUpKind.CONSULT, school_days_after(today(), 2))
    assert not follow_ups(desk.actor("clerk", Role.CLERK)).exists()
    assert Notice.objects.count() == 1
    ((role, title),) = heard(desk.troupe.people["leader"])
    assert role == Role.LEADER
    assert "欧阳" not in title
    assert "不该出现" not in title
    finish_follow_up(mine, actor=desk.mentor)
    finish_follow_up(mine, actor=desk.mentor)
    assert Entry.objects.filter(type="talk.follow_up").count() == 1
    assert not follow_ups(desk.mentor).exists()
    desk.correct(needed, family=Family.UNFIT)
    assert follow_ups(desk.actor("leader", Role.LEADER)).count() == 2
    void_talk(needed, reason="选错", actor=desk.mentor)
    assert follow_ups(desk.actor("leader", Role.LEADER)).count() == 1


@pytest.mark.row("R62")
@pytest.mark.parametrize("field", ["subject", "duty"])
def test_the_psychology_teacher_is_consulted_and_learns_no_name(
    desk: Desk, sign_in: SignIn, field: str
) -> None:
    Staff.objects.filter(pk=desk.troupe.posts["worker"].pk).update(**{field: "心理健康"})
    desk.talk(0, family=Family.UNFIT, level=2, gist="不该出现")
    (asked,) = follow_ups(desk.actor("worker", Role.STAFF))
    assert (asked.kind, asked.due_on) == (FollowUpKind.CONSULT, school_days_after(today(), 2))
    assert not follow_ups(desk.actor("leader", Role.LEADER)).exists()
    client = sign_in("worker")
    for url in ("/talks/follow-ups", "/agenda/", "/"):
        page = client.get(url).content.decode()
        assert "欧阳" not in page
        assert "不该出现" not in page
    assert "请和李晓明甲老师当面商量" in client.get("/talks/follow-ups").content.decode()
    client.post(f"/talks/follow-ups/{asked.pk}/done")
    assert not follow_ups(desk.actor("worker", Role.STAFF)).exists()


@pytest.mark.parametrize("state", [StaffState.SICK, StaffState.GONE])
def test_a_consult_passes_on_when_whom_it_was_asked_of_is_at_work_no_more(
    desk: Desk, state: StaffState
) -> None:
    worker = desk.troupe.posts["worker"]
    Staff.objects.filter(pk=worker.pk).update(subject="心理健康")
    desk.talk(0, family=Family.UNFIT, level=2, gist="不该出现")
    finished = desk.talk(0, family=Family.UNFIT)
    FollowUp.objects.filter(talk=finished).update(done_at=now())
    set_staff_state(worker, state, actor=installer())
    (asked,) = follow_ups(desk.actor("leader", Role.LEADER))
    assert asked.owner == desk.troupe.people["leader"]
    ((role, title),) = heard(desk.troupe.people["leader"])
    assert (role, title) == (Role.LEADER, "李晓明甲老师想和您当面商量一件与家长沟通有关的事")
    worker.refresh_from_db()
    set_staff_state(worker, StaffState.ON_DUTY, actor=installer())
    assert follow_ups(desk.actor("leader", Role.LEADER)).count() == 1  # it stays with whom it has come to


def test_in_a_school_without_leaders_the_author_keeps_the_consult(desk: Desk) -> None:
    from liangshi.registry.access.models import RoleGrant

    RoleGrant.objects.filter(school=desk.troupe.school).delete()
    desk.talk(0, family=Family.UNFIT)
    assert [row.kind for row in follow_ups(desk.mentor)] == [FollowUpKind.CONSULT]
    assert not Notice.objects.exists()


def test_texts_are_sealed_at_rest(desk: Desk) -> None:
    talk = desk.talk(
        0, gist="密语甲", agreed="密语乙", remarks={desk.student(0).pk: "密语丙"}, event_reason="密语丁"
    )
    desk.correct(talk, gist="密语戊")
    with connection.cursor() as cursor:
        for table in (
            "talks_talk",
            "talks_talkstudent",
            "records_version",
            "audit_entry",
            "notices_notice",
        ):
            cursor.execute(f"SELECT * FROM {table}")
            assert "密语" not in str(cursor.fetchall()), table
    talk.refresh_from_db()
    assert talk.gist == "密语戊"


def test_the_balance_by_term_and_the_last_days_are_of_talks_that_one_may_open(desk: Desk) -> None:
    first, second = desk.troupe.year.terms.order_by("opens_on")
    with time_machine.travel(dt.datetime.combine(first.opens_on, dt.time(4), dt.UTC) + dt.timedelta(60)):
        desk.talk(0, strategies=["XY", "SX"], family="done")
        desk.talk(0, strategies=["XL"])
        day = today()
        terms = [first.pk, second.pk]
        counts = strategies_by_term(desk.mentor, desk.student(0), terms)
        assert counts == {first.pk: {"XY": 1, "SX": 1, "XL": 1}, second.pk: {}}
        days = last_by_strategy(desk.mentor, desk.student(0))
        assert days == {"XY": day, "SX": day, "XL": day, "family": day}
        co = desk.co().actor("second")
        assert strategies_by_term(co, desk.student(0), terms)[first.pk] == {"XY": 1, "SX": 1}
        assert "XL" not in (last_by_strategy(co, desk.student(0)) or {})
        assert last_by_strategy(desk.actor("clerk", Role.CLERK), desk.student(0)) is None


def test_what_the_school_asks_for_is_compulsory_and_the_time_is_kept(desk: Desk, sign_in: SignIn) -> None:
    CompulsoryField.objects.create(school=desk.troupe.school, form="talk", field="place")
    client = sign_in("mentor")
    page = client.get("/talks/new").content.decode()
    mark = re.search(r'name="mark" value="([^"]+)"', page)
    assert mark
    data = {
        "key": "7f2c8a50-0000-4000-8000-000000000001", "mark": mark[1], "students": [str(desk.student(0).pk)],
        "mode": "face", "strategies": ["XY"], "day": today().isoformat(),
    }  # fmt: skip
    answer = client.post("/talks/new", data).content.decode()
    assert "学校要求写「地点」，请补上。" in answer
    assert not Talk.objects.exists()
    client.post("/talks/new", {**data, "place": "操场"})
    assert Talk.objects.get().place == "操场"
    assert FormTime.objects.get().form == "talk"


def test_a_remark_about_somebody_who_was_not_chosen_is_not_lost(desk: Desk) -> None:
    desk.give(1)
    about = {desk.student(1).pk: "只说他"}
    refusal = refused(lambda: desk.talk(0, remarks=about))
    assert (refusal.code, refusal.field) == ("remark_without_student", "students")
    assert desk.student(1).person.name in refusal.message
    assert desk.talk(0, 1, remarks=about).students.get(student=desk.student(1)).remark == "只说他"
    assert desk.talk(0, remarks={desk.student(1).pk: " "})


def test_a_day_before_the_student_came_is_a_slip(desk: Desk) -> None:
    came = desk.student(0).spans.order_by("starts_on").first()
    assert came is not None
    day = came.starts_on - DAY
    SchoolYear.objects.get_or_create(school=desk.troupe.school, start_year=year_start_of(day))
    refusal = refused(lambda: desk.talk(0, day=day))
    assert (refusal.code, refusal.field) == ("talk_before_student", "day")
    assert desk.talk(0, day=came.starts_on).late


@pytest.mark.row("R10", "R62")
def test_the_family_line_moves_when_the_family_was_spoken_with(desk: Desk) -> None:
    desk.talk(0, family="needed")
    (task,) = follow_ups(desk.mentor)
    assert "family" not in (last_by_strategy(desk.mentor, desk.student(0)) or {})
    finish_follow_up(task, actor=desk.mentor)
    assert (last_by_strategy(desk.mentor, desk.student(0)) or {})["family"] == today()


@pytest.mark.row("G10")
def test_a_promised_talk_is_on_the_list_until_it_was_held(desk: Desk) -> None:
    desk.give(1)
    first = desk.talk(0, 1, next_on=today() + 3 * DAY)
    assert promised(desk.mentor) == [first]
    assert promised(desk.actor("second")) == []
    with time_machine.travel(dt.datetime.now(dt.UTC) + 2 * DAY):
        second = desk.talk(1)
        assert promised(desk.mentor) == []
        void_talk(second, reason="选错", actor=desk.mentor)
        assert promised(desk.mentor) == [first]
    with time_machine.travel(dt.datetime.now(dt.UTC) + 30 * DAY):
        assert promised(desk.mentor) == []  # nobody is reminded for ever


@pytest.mark.row("R17", "R62", "G10")
def test_what_a_mentor_has_begun_is_his_caretaker_s_while_he_is_away(desk: Desk) -> None:
    """A word to the family and a talk that was promised; with his return they are his again."""
    talk = desk.talk(0, family=Family.NEEDED, next_on=today() + 3 * DAY)
    mentor, caretaker = desk.mentor, desk.actor("second")
    assert (follow_ups(mentor).count(), promised(mentor)) == (1, [talk])
    desk.cover()
    assert (follow_ups(mentor).count(), promised(mentor)) == (0, [])
    assert ([row.talk for row in follow_ups(caretaker)], promised(caretaker)) == ([talk], [talk])
    with time_machine.travel(dt.datetime.now(dt.UTC) + DAY):
        uncover([desk.bond()], on=today(), actor=installer(), chain=desk.chain)
        assert (follow_ups(mentor).count(), promised(mentor)) == (1, [talk])
        assert (follow_ups(caretaker).count(), promised(caretaker)) == (0, [])


def test_a_consult_is_due_in_school_days_and_opens_again_when_it_is_wanted_again(desk: Desk) -> None:
    friday = dt.datetime(2026, 11, 27, 2, tzinfo=dt.UTC)
    with time_machine.travel(friday):
        talk = desk.talk(0, family="unfit")
        row = FollowUp.objects.get()
        assert row.due_on == dt.date(2026, 12, 1)
        finish_follow_up(row, actor=desk.actor("leader", Role.LEADER))
        desk.correct(talk, 1, family="unfit", gist="补一句")
        assert not FollowUp.objects.filter(done_at=None).exists()
        desk.correct(talk, 2, family="no")
        desk.correct(talk, 3, family="unfit")
        assert FollowUp.objects.filter(done_at=None).count() == 1


def test_a_counsel_about_who_has_left_passes_on_without_a_word(desk: Desk) -> None:
    second = desk.troupe.posts["second"]
    Staff.objects.filter(pk=second.pk).update(duty="心理健康教师")
    desk.talk(0, family="unfit")
    change_state(
        desk.student(0), StudentState.DIED, on=today(), note="x", actor=desk.actor("clerk", Role.CLERK)
    )
    told = Notice.objects.filter(title__contains="当面商量")
    before = told.count()
    set_staff_state(second, StaffState.SICK, actor=desk.actor("clerk", Role.CLERK))
    assert FollowUp.objects.get().owner_id != second.person_id
    assert told.count() == before


@pytest.mark.row("R62")
def test_word_to_a_family_passes_on_with_the_student(desk: Desk, django_assert_num_queries: Any) -> None:
    talk = desk.talk(0, family="needed")
    assert len(follow_ups(desk.mentor)) == 1
    assert not follow_ups(desk.actor("second"))
    desk.part(0).give(0, post="second")
    assert not follow_ups(desk.mentor)
    (row,) = follow_ups(desk.actor("second"))
    assert (row.talk, [str(each) for each in named_in(row)]) == (talk, [str(desk.student(0))])
    assert talk_for(desk.actor("second"), talk.pk) == talk  # level 1: he may read what it was about
    assert follow_up_for(desk.mentor, row.pk) is None


@pytest.mark.parametrize("number", [1, 3])
def test_what_is_to_be_done_asks_the_same_number_of_questions(
    desk: Desk, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        desk.talk(0, family="needed")
    mentor = desk.mentor
    with django_assert_num_queries(2):
        assert [len(named_in(row)) for row in follow_ups(mentor)] == [1] * number


def test_a_correction_loses_nothing_and_keeps_all_that_stood_there(desk: Desk, sign_in: Any) -> None:
    event = desk.report(0)
    talk = desk.talk(
        0, event_id=event.pk, event_reason="他来找我", family="done", cause="student", shared=True, level=1,
        next_on=today(), time=dt.time(16, 30),
    )  # fmt: skip
    LifeEvent.objects.update(state="closed", lead=desk.troupe.posts["mentor"], lead_on=today())
    client = sign_in("mentor")
    page = client.get(f"/talks/{talk.pk}/edit")
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    client.post(f"/talks/{talk.pk}/edit", {**sent, "family": "no", "gist": "新写的"})
    talk.refresh_from_db()
    assert (talk.version, talk.gist, talk.family) == (2, "新写的", "no")
    assert (talk.event, talk.event_reason, talk.shared) == (event, "他来找我", True)
    (kept,) = versions(talk)
    said = kept.facts
    assert (said["family"], said["event_reason"], said["time"]) == ("已沟通", "他来找我", "16:30")
    assert (said["next_on"], said["level"]) == (str(today()), "导师和班主任，学生本人")
    assert said["cause"]
    assert said["event"]


def test_a_correction_is_held_to_the_same_days(desk: Desk) -> None:
    talk = desk.talk(0)
    early = refused(lambda: desk.correct(talk, day=dt.date(2003, 10, 1)))
    assert (early.code, early.field) == ("talk_before_student", "day")


def test_one_on_leave_is_not_said_to_be_led(desk: Desk) -> None:
    change_state(desk.student(0), StudentState.SUSPENDED, on=today(), note="病", actor=desk.mentor)
    assert [label for _, label in writable(desk.mentor)] == ["欧阳雨桐甲（暂不在读）"]


def test_place_and_the_reason_of_voiding_are_sealed(desk: Desk) -> None:
    talk = desk.talk(0, place="朱雀亭")
    void_talk(talk, reason="朱雀亭里说的是别人", actor=desk.mentor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, void_reason FROM talks_talk")
        assert all(text.startswith("v1.") for text in cursor.fetchone())
    talk.refresh_from_db()
    assert (talk.place, talk.void_reason) == ("朱雀亭", "朱雀亭里说的是别人")


@pytest.mark.parametrize(
    ("name", "role", "reads"),
    [
        ("mentor", Role.MENTOR, True),
        ("adviser", Role.ADVISER, True),
        ("student", Role.STUDENT, True),
        ("guardian", Role.GUARDIAN, False),
        ("leader", Role.LEADER, False),
        ("worker", Role.STAFF, False),
    ],
)
def test_what_is_shared_with_the_student_is_nobody_else_s(
    desk: Desk, name: str, role: Role, reads: bool
) -> None:
    shared = desk.talk(level=Level.SCHOOL, shared=True)
    assert may_read_text(desk.actor(name, role), shared) is reads


def test_a_mentor_who_leads_reads_of_another_s_student_what_he_wrote_himself(desk: Desk) -> None:
    desk.give(1, post="second")
    second, event = desk.actor("second"), desk.report(0)
    theirs = desk.talk(0, level=Level.SHARED)
    set_lead(event, desk.troupe.posts["second"], actor=desk.actor("leader", Role.LEADER))
    own = desk.talk(0, by=second, event_id=event.pk)
    assert [row.pk for row in talks(second)] == [own.pk]
    assert theirs.pk in {row.pk for row in talks(desk.mentor)}


@pytest.mark.row("R61")
@pytest.mark.parametrize("kept", ["parent", "named"])
def test_a_class_adviser_reads_nothing_about_whom_he_is_kept_apart_from(desk: Desk, kept: str) -> None:
    """His own child, or a student who has named him, in his class: he knows that the student is there."""
    talk, adviser = desk.talk(0), desk.actor("adviser", Role.ADVISER)
    event = desk.report(0, by=desk.mentor)
    assert talk in talks(adviser)
    assert event_for(adviser, event.pk)
    if kept == "parent":
        troupe.guardian(desk.student(0), desk.troupe.people["adviser"])
    else:
        keep_apart(desk.student(0).pk, [desk.troupe.people["adviser"].pk])
    assert talk not in talks(adviser)
    assert event_for(adviser, event.pk) is None
    assert desk.student(0) in students(adviser, STUDENT_READ)
    before = len(heard(desk.troupe.people["adviser"]))
    desk.report(0, by=desk.mentor)
    assert len(heard(desk.troupe.people["adviser"])) == before
    both = desk.give(2).talk(0, 2)
    assert both in talks(adviser)
    named, others = participants(adviser, both)
    assert ([row.student for row in named], others) == ([desk.student(2)], 1)
