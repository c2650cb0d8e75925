"""我的待办: what is due, once each, gone when done; and the calendar that phones subscribe to."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.faces import Due
from liangshi.portal.agenda.models import CalendarFeed
from liangshi.practice.talks.actions.events import report, set_lead
from liangshi.practice.talks.actions.unmet import contacted, press
from liangshi.registry.access.choices import Role
from liangshi.registry.access.models import RoleGrant
from liangshi.registry.people.choices import LEFT
from liangshi.registry.people.models import Staff
from liangshi.registry.schools.choices import EventKind
from liangshi.registry.schools.models import CalendarEvent
from tests.asking import SignIn
from tests.cast import Cast
from tests.practice.matching.stage import Stage
from tests.practice.talks.desk import Desk
from tests.practice.waiting.test_waiting import join


def page(client: Client, url: str = "/agenda/") -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def address(client: Client) -> str:
    answer = client.post("/agenda/calendar/subscribe").content.decode()
    found = re.search(r"http://testserver(/agenda/feed/[^<]+\.ics)", answer)
    assert found
    return found[1]


def events(client: Client, url: str) -> list[tuple[str, dt.date]]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return [
        (str(event["summary"]), event["dtstart"].dt)
        for event in Calendar.from_ical(answer.content).walk("VEVENT")
    ]


def test_nothing_due_says_so(sign_in: SignIn) -> None:
    assert "现在没有要办的" in page(sign_in("mentor"))


@pytest.mark.row("G10")
def test_an_item_stands_once_and_closes_itself(stage: Stage, sign_in: SignIn) -> None:
    stage.open(closes_at=dt.datetime.combine(today() + dt.timedelta(3), dt.time(10), dt.UTC))
    client = sign_in("student")
    assert page(client).count("填「新生导师匹配」的志愿") == 1
    assert "还有 3 天" in page(client)
    stage.wish(0, "second")
    assert "现在没有要办的" in page(client)


def test_the_office_sees_the_next_step_of_each_round(stage: Stage, sign_in: SignIn) -> None:
    stage.open().close()
    client = sign_in("clerk")
    assert "运算「新生导师匹配」" in page(client)
    stage.propose()
    assert "运算「" not in page(client)
    assert "看「新生导师匹配」的提案" in page(client)
    stage.publish()
    assert "的提案" not in page(client)


@pytest.mark.row("G10")
def test_the_calendar_holds_the_same_items_and_no_name(stage: Stage, sign_in: SignIn, cast: Cast) -> None:
    last = today() + dt.timedelta(3)
    stage.open(closes_at=dt.datetime.combine(last, dt.time(10), dt.UTC))
    url = address(sign_in("student"))
    anybody = Client()
    assert events(anybody, url) == [("填导师志愿", last)]
    body = anybody.get(url).content.decode()
    assert not any(row.person.name in body for row in cast.own.students)
    stage.wish(0, "second")
    assert events(anybody, url) == []


def test_the_secret_is_shown_once_and_a_new_one_ends_the_old(sign_in: SignIn, cast: Cast) -> None:
    client = sign_in("clerk")
    first = address(client)
    assert first.split("/")[-1][:-4] not in page(client, "/agenda/calendar")
    assert CalendarFeed.objects.get().token_digest not in first
    second = address(client)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    client.post("/agenda/calendar/unsubscribe")
    client.post("/agenda/calendar/unsubscribe")
    assert Client().get(second).status_code == 404


def test_who_takes_off_the_hat_has_no_calendar_any_more(sign_in: SignIn, cast: Cast) -> None:
    url = address(sign_in("clerk"))
    RoleGrant.objects.filter(person=cast.person("clerk")).update(ends_on=today())
    assert Client().get(url).status_code == 404


def test_a_guessed_address_opens_nothing(cast: Cast) -> None:
    assert Client().get("/agenda/feed/nobody.ics").status_code == 404


def test_late_is_said_and_not_scolded() -> None:
    with time_machine.travel(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), tick=False):
        day = today()
        words = [
            Due("k", "t", "n", "/", on=on) for on in (day, day + dt.timedelta(2), day - dt.timedelta(2), None)
        ]
    with time_machine.travel(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), tick=False):
        assert [(due.when, due.tone) for due in words] == [
            ("今天", "info"), ("还有 2 天", "info"), ("过了 2 天", "warn"), ("", "quiet"),
        ]  # fmt: skip


@pytest.mark.row("G10")
def test_a_mentor_s_windows_empty_as_he_talks_and_no_name_leaves(desk: Desk, sign_in: SignIn) -> None:
    day = today()
    CalendarEvent.objects.create(
        year=desk.troupe.year, kind=EventKind.MIDTERM, title="期中考试", starts_on=day, last_on=day
    )
    client = sign_in("mentor")
    words = "与 1 名学生谈心谈话（期中考试）"
    assert page(client).count(words) == 1
    assert events(Client(), address(client)) == [(words, day + dt.timedelta(10))]
    desk.talk(0, family="needed")
    assert words not in page(client)
    assert page(client).count("与家长沟通") == 1  # what the talk led to stands here until it is done
    assert desk.student(0).person.name not in Client().get(address(client)).content.decode()


def test_a_life_event_asks_for_a_lead_and_then_the_lead(desk: Desk, sign_in: SignIn) -> None:
    reported = report(
        student_id=desk.student(0).pk, kind="illness", text="", key=uuid.uuid4(), actor=desk.mentor
    )
    adviser = sign_in("adviser", Role.ADVISER)
    title = f"给{desk.student(0)}的事定一位主谈人"
    assert title in page(adviser)
    assert "定一位主谈人" in [words for words, _ in events(Client(), address(adviser))]
    set_lead(reported, desk.troupe.posts["mentor"], actor=desk.actor("adviser", Role.ADVISER))
    assert title not in page(adviser)
    assert f"和{desk.student(0)}谈一谈" in page(sign_in("mentor"))


def test_a_lead_who_has_left_the_school_is_wanted_anew(desk: Desk, sign_in: SignIn) -> None:
    """On the list of everybody who may name one, until one is named or the event is closed."""
    row = desk.report(0)
    office = desk.actor("adviser", Role.ADVISER)
    set_lead(row, desk.troupe.posts["second"], actor=office)
    title = f"给{desk.student(0)}的事定一位主谈人"
    readers = {"clerk": Role.CLERK, "leader": Role.LEADER, "adviser": Role.ADVISER}
    assert not any(title in page(sign_in(name, role)) for name, role in readers.items())
    for state in LEFT:
        Staff.objects.filter(pk=desk.troupe.posts["second"].pk).update(state=state)
        assert all(page(sign_in(name, role)).count(title) == 1 for name, role in readers.items())
    assert title not in page(sign_in("mentor"))
    assert title not in page(sign_in("other_clerk"))
    set_lead(row, desk.troupe.posts["mentor"], actor=office)
    assert not any(title in page(sign_in(name, role)) for name, role in readers.items())


def test_two_windows_of_one_first_day_are_two_entries(desk: Desk, sign_in: SignIn) -> None:
    """Each has a name of its own in the calendar, or the phone would show one of them."""
    day, year = today(), desk.troupe.year
    for kind, title, on in (
        (EventKind.MIDTERM, "期中考试", day),
        (EventKind.GAOKAO, "选考", day + dt.timedelta(23)),
    ):
        CalendarEvent.objects.create(
            year=year,
            kind=kind,
            title=title,
            starts_on=on,
            last_on=on,
            entry_years=[desk.troupe.cohort.entry_year],
        )
    body = Client().get(address(sign_in("mentor"))).content
    found = {str(event["summary"]): str(event["uid"]) for event in Calendar.from_ical(body).walk("VEVENT")}
    assert set(found) == {f"与 1 名学生谈心谈话（{title}）" for title in ("期中考试", "选考")}
    assert len(set(found.values())) == 2


def test_the_office_sees_students_who_came_without_a_mentor(cast: Cast, sign_in: SignIn) -> None:
    join(cast.own, "转入生", 77, since=today())
    client = sign_in("clerk")
    assert page(client).count("给 1 名学生配导师") == 1
    (due,) = events(Client(), address(client))
    assert due[0] == "给 1 名学生配导师"
    assert "转入生" not in page(client)


def test_the_office_gets_in_touch_with_who_has_not_met_his_mentor(cast: Cast, sign_in: SignIn) -> None:
    row = press(may_tell=False, actor=cast.actor("student"))
    client = sign_in("clerk")
    title = f"联系{cast.own.student}：还没见过导师"
    assert page(client).count(title) == 1
    assert events(Client(), address(client)) == [("联系一名学生", row.due_on)]
    assert title not in page(sign_in("mentor"))
    contacted(row, actor=cast.actor("clerk"))
    assert title not in page(client)
