"""还没见过导师: who may say so, who hears of it and until when, and that it is held against nobody."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import IntegrityError, transaction

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.models import Notice
from liangshi.practice.talks.actions import unmet as unmet_actions
from liangshi.practice.talks.actions.activities import arrange_activity, void_activity
from liangshi.practice.talks.actions.talks import void_talk
from liangshi.practice.talks.actions.unmet import contacted
from liangshi.practice.talks.choices import Family
from liangshi.practice.talks.models import Activity, Unmet
from liangshi.practice.talks.queries.events import to_be_led
from liangshi.practice.talks.queries.talks import follow_ups
from liangshi.practice.talks.queries.unmet import (
    blind_spots,
    blind_spots_by_school,
    open_unmet,
    pressable,
    unmet_for,
)
from liangshi.practice.talks.tasks import look_at_blind_spots, settle_what_is_over
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.inboxes import own_notices
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import Person, StudentSpan
from tests.cast import grant
from tests.practice.talks.desk import Desk, refused

pytestmark = [pytest.mark.usefixtures("november"), pytest.mark.both]


def noon(month: int, day: int) -> time_machine.travel:
    return time_machine.travel(dt.datetime(2026, month, day, 4, tzinfo=dt.UTC))


def student(desk: Desk, n: int = 0) -> Actor:
    desk.troupe.people[f"student_{n}"] = desk.student(n).person
    return desk.actor(f"student_{n}", Role.STUDENT)


def press(desk: Desk, n: int = 0, *, may_tell: bool = False) -> Unmet:
    return unmet_actions.press(may_tell=may_tell, actor=student(desk, n))


def joined(desk: Desk, *, present: bool | None = True, by: str = "mentor") -> Activity:
    row = arrange_activity(
        name="读书会", day=today(), students=[desk.student(0).pk], key=uuid.uuid4(), actor=desk.actor(by)
    )
    row.students.update(present=present)
    return row


# The student


def test_without_a_mentor_or_after_a_talk_there_is_nothing_to_press(desk: Desk) -> None:
    assert pressable(student(desk, 1)) is None
    assert refused(lambda: press(desk, 1)).code == "met_already"
    talk = desk.talk(0)
    assert refused(lambda: press(desk)).code == "met_already"
    void_talk(talk, reason="记错了人", actor=desk.mentor)
    assert pressable(student(desk))


@pytest.mark.parametrize("name", ["mentor", "adviser", "guardian", "clerk", "leader"])
def test_nobody_presses_for_a_student(desk: Desk, name: str) -> None:
    roles = {"mentor": Role.MENTOR, "adviser": Role.ADVISER, "guardian": Role.GUARDIAN}
    actor = desk.actor(name, roles.get(name, Role(name) if name in Role.values else Role.MENTOR))
    assert pressable(actor) is None
    assert refused(lambda: unmet_actions.press(may_tell=True, actor=actor)).code == "met_already"
    assert not Unmet.objects.exists()


def test_only_meeting_the_mentor_of_today_ends_it(desk: Desk) -> None:
    actor = student(desk)
    invited = joined(desk, present=None)
    assert pressable(actor)  # invited is not met
    invited.students.update(present=True)
    assert pressable(actor) is None
    void_activity(invited, reason="下雨", actor=desk.mentor)
    assert pressable(actor)
    desk.co().talk(0, by=desk.actor("second"))
    assert pressable(actor)  # the co-mentor is another
    desk.talk(0)
    assert pressable(actor) is None
    with noon(11, 25):  # a new mentor, whom he has not met
        desk.part().give(0, post="worker")
        assert pressable(student(desk))


def test_what_the_mentor_recorded_before_the_bond_is_no_meeting(desk: Desk) -> None:
    desk.talk(0, day=today() - dt.timedelta(days=3))
    desk.part()
    assert pressable(student(desk)) is None  # no mentor now
    with noon(11, 25):
        desk.give(0)
        assert pressable(student(desk))


def test_two_taps_write_once(desk: Desk) -> None:
    assert press(desk) == press(desk, may_tell=True)
    assert Unmet.objects.get().may_tell is False
    assert Notice.objects.filter(title__contains="会帮你约").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Unmet.objects.create(student=desk.student(0), due_on=today())


def test_the_slower_of_two_taps_gets_the_row_of_the_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = pressable(student(desk))
    first = press(desk)
    monkeypatch.setattr("liangshi.practice.talks.actions.unmet.pressable", lambda actor: seen)
    assert press(desk) == first
    assert Unmet.objects.count() == Entry.objects.filter(type="unmet.said").count() == 1
    assert Notice.objects.filter(title__contains="会帮你约").count() == 1


@pytest.mark.row("N4")
@pytest.mark.parametrize("adviser_too", [False, True])
def test_where_the_whole_office_accompanies_him_it_says_whom_to_ask(desk: Desk, adviser_too: bool) -> None:
    """Nobody would hear of it: it is refused, nothing is written, and no mentor learns that he asked."""
    desk.part()
    Mentorship.objects.all().delete()
    desk.give(0, post="leader").co(0, post="clerk")
    if adviser_too:
        desk.co(0, post="adviser")
    refusal = refused(lambda: press(desk))
    assert refusal.code == "nobody_to_tell"
    who = "请找一位你信得过的老师，" if adviser_too else "请直接找班主任班任甲老师，"
    assert who in refusal.message
    assert not Unmet.objects.exists()
    assert not Notice.objects.filter(title__contains="见").exists()
    assert not Notice.objects.filter(title__contains="约").exists()
    assert not Entry.objects.filter(type="unmet.said").exists()
    press(desk, may_tell=True)  # he may let the mentor know: then the office hears of it
    assert Notice.objects.filter(person=desk.cast.person("clerk").pk, role=Role.CLERK).count() == 1


# Until when, by the clock


@pytest.mark.row("N4")
@pytest.mark.parametrize(
    ("pressed", "holiday", "due"),
    [
        ((11, 24), None, (11, 26)),  # Tuesday → Thursday
        ((11, 27), None, (12, 1)),  # Friday → Tuesday
        ((11, 28), None, (12, 1)),  # Saturday → Tuesday
        ((11, 24), ((11, 25), (11, 26)), (11, 30)),  # two days off, then a week-end
    ],
)
def test_the_office_is_in_touch_within_two_school_days(
    desk: Desk,
    pressed: tuple[int, int],
    holiday: tuple[tuple[int, int], tuple[int, int]] | None,
    due: tuple[int, int],
) -> None:
    if holiday:
        first, last = (dt.date(2026, *day) for day in holiday)
        desk.troupe.year.events.create(kind="holiday", title="放假", starts_on=first, last_on=last)
    with noon(*pressed):
        row = press(desk)
    assert row.due_on == dt.date(2026, *due)
    with noon(*due):
        (waiting,) = open_unmet(desk.actor("clerk", Role.CLERK))
        assert not waiting.late
    with time_machine.travel(dt.datetime(2026, *due, 17, tzinfo=dt.UTC)):  # past midnight in the city
        (waiting,) = open_unmet(desk.actor("clerk", Role.CLERK))
        assert waiting.late


# Who hears of it


@pytest.mark.row("N4")
@pytest.mark.parametrize("how", ["mentor", "co", "caretaker"])
def test_whoever_accompanies_him_hears_nothing_in_the_office_either(desk: Desk, how: str) -> None:
    """A notice without a name would do: with one student of his own who could have pressed, he would know."""
    {"mentor": lambda: desk.give(1, post="leader"), "co": lambda: desk.give(1).co(1, post="leader"),
     "caretaker": lambda: desk.give(1).cover(1, post="leader")}[how]()  # fmt: skip
    press(desk, 1)

    def heard(name: str, role: Role) -> int:
        return own_notices(desk.actor(name, role)).filter(title__contains="请学校帮忙约").count()

    assert (heard("leader", Role.LEADER), heard("clerk", Role.CLERK)) == (0, 1)
    press(desk, 0)
    assert (heard("leader", Role.LEADER), heard("leader", Role.MENTOR)) == (1, 0)  # under that hat only


@pytest.mark.row("N4")
@pytest.mark.parametrize("may_tell", [False, True])
def test_the_mentor_is_told_only_if_the_student_allows_it(desk: Desk, may_tell: bool) -> None:
    press(desk, may_tell=may_tell)
    told = Notice.objects.filter(person=desk.troupe.people["mentor"].pk)
    assert [notice.title for notice in told] == ["欧阳雨桐甲同学想和您见一面"] * may_tell
    mine = Notice.objects.get(person=desk.student(0).person_id)
    assert mine.title == "学校已经收到，会帮你约"
    office = Notice.objects.filter(title="有一名学生想请学校帮忙约一次见面，请在 11 月 26 日前联系")
    assert set(office.values_list("person", "role", "school")) == {
        (desk.troupe.people[name].pk, name, desk.troupe.school.pk) for name in ("leader", "clerk")
    }
    (entry,) = Entry.objects.filter(type="unmet.said")
    assert (entry.detail, entry.subject) == ({}, "")


def in_the_office(desk: Desk, who: Person) -> Actor:
    grant(who, Role.LEADER, school=desk.troupe.school, title="副校长")
    name = next(name for name, each in desk.troupe.people.items() if each == who)
    return desk.actor(name, Role.LEADER)


@pytest.mark.row("N4")
def test_a_mentor_in_the_office_does_not_learn_it_there(desk: Desk) -> None:
    row = press(desk)
    people = desk.troupe.people
    mentor, second = in_the_office(desk, people["mentor"]), in_the_office(desk, people["second"])
    assert [each.row for each in open_unmet(second)] == [row]
    assert open_unmet(mentor) == []
    assert unmet_for(mentor, row.pk) is None
    desk.cover()  # who takes his place meanwhile does not learn it either
    assert unmet_for(second, row.pk) is None
    with noon(11, 25):
        desk.part()
        assert unmet_for(mentor, row.pk) is None  # nor does he learn it afterwards
    Unmet.objects.update(may_tell=True)
    assert unmet_for(mentor, row.pk) == row


def test_the_bond_may_be_undone_and_the_student_is_still_contacted(desk: Desk) -> None:
    row = press(desk)
    Mentorship.objects.filter(pk=row.mentorship_id).delete()
    (waiting,) = open_unmet(desk.actor("clerk", Role.CLERK))
    assert (waiting.row.pk, waiting.group) == (row.pk, "高一(1)班")


# The office


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("mentor", Role.MENTOR),
        ("adviser", Role.ADVISER),
        ("grade_head", Role.GRADE_HEAD),
        ("worker", Role.STAFF),
        ("student", Role.STUDENT),
        ("guardian", Role.GUARDIAN),
        ("county", Role.COUNTY),
        ("city", Role.CITY),
        ("other_clerk", Role.CLERK),
    ],
)
def test_nobody_but_the_own_office_sees_it(desk: Desk, name: str, role: Role) -> None:
    row, actor = press(desk), desk.actor(name, role)
    assert open_unmet(actor) == []
    assert unmet_for(actor, row.pk) is None
    assert "欧阳雨桐甲" not in {str(each) for each in blind_spots(actor)}


@pytest.mark.row("N4")
def test_contacted_once_and_he_may_ask_again(desk: Desk) -> None:
    row, clerk = press(desk), desk.actor("clerk", Role.CLERK)
    told = Notice.objects.filter(key__startswith=f"unmet:{row.pk}:", read_at=None)
    assert told.exists()
    contacted(row, actor=clerk)
    assert not told.exists()
    assert refused(lambda: contacted(row, actor=clerk)).code == "already_contacted"
    assert open_unmet(clerk) == []
    assert Entry.objects.filter(type="unmet.contacted").count() == 1
    row.refresh_from_db()
    assert row.contacted_by == desk.troupe.people["clerk"]
    assert press(desk) != row


def test_a_contact_has_a_person_and_a_time(desk: Desk) -> None:
    row = press(desk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Unmet.objects.filter(pk=row.pk).update(contacted_by=desk.troupe.people["clerk"])


# Students with whom nobody has talked


def blind(desk: Desk) -> list[str]:
    return [str(row) for row in blind_spots(desk.actor("clerk", Role.CLERK))]


@pytest.mark.row("N4")
def test_four_weeks_without_anybody(desk: Desk) -> None:
    desk.give(3)  # since today
    desk.give(1, since=today() - dt.timedelta(days=28))
    desk.give(4, since=today() - dt.timedelta(days=27))
    assert blind(desk) == ["欧阳雨桐甲", "王芳甲"]
    with noon(11, 25):
        assert blind(desk) == ["欧阳雨桐甲", "王芳甲", "王明明甲"]
    desk.co().talk(0, by=desk.actor("second"))  # whoever accompanies him
    assert blind(desk) == ["王芳甲"]
    StudentSpan.objects.filter(student=desk.student(1)).update(state="suspended")
    assert blind(desk) == []


def test_an_attended_activity_counts_and_an_invitation_does_not(desk: Desk) -> None:
    row = joined(desk, present=False)
    assert blind(desk) == ["欧阳雨桐甲"]
    row.students.update(present=True)
    assert blind(desk) == []


def test_the_office_hears_on_mondays_when_there_is_somebody(desk: Desk) -> None:
    told = Notice.objects.filter(key__startswith="blind-spots:")
    look_at_blind_spots()  # a Tuesday
    assert not told.exists()
    with noon(11, 30):
        look_at_blind_spots()
        look_at_blind_spots()
    own = told.filter(school=desk.troupe.school.pk)
    assert set(own.values_list("role", "title")) == {
        (role, "有 1 名学生，结对四周还没有人谈过，请看一看") for role in ("leader", "clerk")
    }
    assert own.count() == 2
    told.delete()
    desk.talk(0)
    with noon(12, 7):
        look_at_blind_spots()
    assert not own.exists()
    assert told.filter(school=desk.cast.other.school.pk).count() == 2


def test_the_weekly_number_is_that_of_the_page(desk: Desk) -> None:
    desk.give(1, 5, since=today() - dt.timedelta(days=40))
    assert blind_spots_by_school(today())[desk.troupe.school.pk] == len(blind(desk)) == 3


@pytest.mark.row("N4")
def test_a_talk_with_the_mentor_ends_it_and_tells_nobody(desk: Desk) -> None:
    row, office = press(desk), desk.actor("clerk", Role.CLERK)
    assert [held.row for held in open_unmet(office)] == [row]
    desk.co().talk(0, by=desk.actor("second"))
    assert open_unmet(office)  # the co-mentor is another
    before = Notice.objects.count()
    desk.talk(0)
    assert open_unmet(office) == []
    row.refresh_from_db()
    assert (row.contacted_at is not None, row.contacted_by) == (True, desk.troupe.people["mentor"])
    assert not Notice.objects.filter(key__startswith=f"unmet:{row.pk}:", read_at=None).exists()
    assert Notice.objects.count() == before


def test_of_whoever_has_left_nothing_waits(desk: Desk) -> None:
    """What was open about him waits for nobody; where his leaving is undone, it waits again."""
    press(desk)
    event, office = desk.report(0), desk.actor("clerk", Role.CLERK)
    talk = desk.talk(0, family=Family.UNFIT, day=today() - dt.timedelta(1))
    leader = desk.actor("leader", Role.LEADER)

    def waiting() -> tuple[int, int, int]:
        return len(open_unmet(office)), len(to_be_led(office)), follow_ups(leader).count()

    assert talk
    assert event in to_be_led(office)
    assert waiting() == (1, 1, 1)
    spans = StudentSpan.objects.filter(student=desk.student(0))
    unread = Notice.objects.filter(read_at=None, key__startswith="unmet:")
    settle_what_is_over()
    assert unread.exists()
    spans.update(state=StudentState.TRANSFERRED)
    assert waiting() == (0, 0, 0)
    settle_what_is_over()
    assert not unread.all().exists()
    spans.update(state=StudentState.ENROLLED)
    assert waiting() == (1, 1, 1)
