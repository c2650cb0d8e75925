"""Key moments on a mentor's desk: computed from the calendar, emptied by talks, gone when they are over."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from liangshi.foundation.audit.models import Entry
from liangshi.foundation.base.clock import today
from liangshi.foundation.notices.models import Notice
from liangshi.portal.agenda.queries import agenda
from liangshi.practice.rosters.actions.people import change_student_state
from liangshi.practice.talks.actions.talks import void_talk
from liangshi.practice.talks.queries.moments import Untalked, forecast, open_windows, untalked
from liangshi.registry.people.choices import StudentState
from liangshi.registry.schools.actions import change_event, set_term, withdraw_event
from liangshi.registry.schools.choices import EventKind
from liangshi.registry.schools.models import CalendarEvent
from liangshi.registry.schools.moments import Window
from liangshi.registry.schools.queries import calendar
from tests.practice.talks.desk import Desk

DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.usefixtures("november")


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(4, tzinfo=dt.UTC))


def event(desk: Desk, kind: str, day: dt.date, entry_year: int | None = None) -> CalendarEvent:
    return CalendarEvent.objects.create(
        year=desk.troupe.year,
        kind=kind,
        title=kind,
        starts_on=day,
        last_on=day,
        entry_years=[entry_year] if entry_year else [],
    )


def names(rows: list[Untalked]) -> list[list[str]]:
    return [[row.person.name for row in each.students] for each in rows]


@pytest.mark.row("R59")
def test_opening_and_how_the_list_empties(desk: Desk) -> None:
    opening = dt.date(2026, 10, 8)
    event(desk, EventKind.OPENING, opening)
    with time_machine.travel(at(opening)):
        desk.give(3, since=dt.date(2026, 9, 1))
    for day, listed in (
        (opening - 8 * DAY, 0),
        (opening - 7 * DAY, 1),
        (opening + 14 * DAY, 1),
        (opening + 15 * DAY, 0),
    ):
        with time_machine.travel(at(day)):
            assert len(untalked(desk.mentor)) == listed, day
    with time_machine.travel(at(opening - 8 * DAY)):
        desk.talk(0)  # a day too early
    with time_machine.travel(at(opening)):
        assert names(untalked(desk.mentor)) == [["欧阳雨桐甲", "王明甲"]]
        talk = desk.talk(0)
        assert names(untalked(desk.mentor)) == [["王明甲"]]
        desk.talk(3, strategies=["XL"])
        assert untalked(desk.mentor) == []
        void_talk(talk, reason="选错", actor=desk.mentor)
        assert names(untalked(desk.mentor)) == [["欧阳雨桐甲"]]
    with time_machine.travel(at(opening + 15 * DAY)):
        assert untalked(desk.mentor) == []
    assert not Notice.objects.exists()  # closing leaves nothing behind


@pytest.mark.row("R59")
def test_every_term_opens_a_window_and_the_school_moves_it(desk: Desk) -> None:
    year, clerk = desk.troupe.year, desk.cast.actor("clerk")

    def opened() -> list[tuple[str, dt.date, dt.date]]:
        spans = calendar(desk.troupe.school.pk, year.starts_on, year.ends_on)
        return [
            (row.window.title, row.window.opens_on, row.window.last_on)
            for row in spans
            if row.grade == "高一"
        ]

    first, second = dt.date(2026, 9, 1), dt.date(2027, 2, 20)
    assert opened() == [
        ("第一学期开学", first - 7 * DAY, first + 14 * DAY),
        ("第二学期开学", second - 7 * DAY, second + 14 * DAY),
    ]
    with time_machine.travel(at(second + 16 * DAY)):
        assert untalked(desk.mentor) == []
    # The term begins later: so does its window.
    later = second + 9 * DAY
    set_term(year, "2", opens_on=later, closes_on=dt.date(2027, 7, 10), actor=clerk)
    assert opened()[1] == ("第二学期开学", later - 7 * DAY, later + 14 * DAY)
    with time_machine.travel(at(second + 16 * DAY)):
        assert names(untalked(desk.mentor)) == [["欧阳雨桐甲"]]
    # The window alone is moved, for one grade, by an entry of the calendar.
    event(desk, EventKind.OPENING, second, entry_year=desk.troupe.cohort.entry_year)
    assert opened()[1] == ("opening", second - 7 * DAY, second + 14 * DAY)
    spans = calendar(desk.troupe.school.pk, later, later)
    assert {row.grade: row.window.title for row in spans} == {
        "高一": "opening", "高二": "第二学期开学", "高三": "第二学期开学",
    }  # fmt: skip


def test_a_moved_term_takes_its_opening_in_the_calendar_with_it(desk: Desk) -> None:
    year, clerk = desk.troupe.year, desk.cast.actor("clerk")
    entry, first = desk.troupe.cohort.entry_year, dt.date(2027, 2, 20)
    set_term(year, "2", opens_on=first, closes_on=dt.date(2027, 7, 8), actor=clerk)
    opening, early = (
        event(desk, EventKind.OPENING, first),
        event(desk, EventKind.OPENING, first - 3 * DAY, entry),
    )
    set_term(year, "2", opens_on=first + 9 * DAY, closes_on=dt.date(2027, 7, 8), actor=clerk)
    for row in (opening, early):
        row.refresh_from_db()
    assert (opening.starts_on, opening.last_on) == (first + 9 * DAY, first + 9 * DAY)
    assert early.starts_on == first - 3 * DAY  # a day that the school has written for one grade
    set_term(year, "2", opens_on=first + 9 * DAY, closes_on=dt.date(2027, 7, 9), actor=clerk)
    assert Entry.objects.filter(type="year.event_changed").count() == 1


@pytest.mark.row("R60")
def test_each_grade_has_its_own_windows(desk: Desk) -> None:
    year = desk.troupe.cohort.entry_year
    exam = dt.date(2026, 11, 10)
    event(desk, EventKind.MIDTERM, exam)
    event(desk, EventKind.JOINT, exam + 12 * DAY, entry_year=year)
    event(desk, EventKind.MOCK, exam - 30 * DAY, entry_year=year - 2)
    found = calendar(desk.troupe.school.pk, exam, exam)
    assert [(row.grade, row.window.title) for row in found] == [
        ("高一", "midterm、joint"),
        ("高二", "midterm"),
        ("高三", "midterm"),
    ]
    with time_machine.travel(at(exam - 25 * DAY)):
        assert untalked(desk.mentor) == []  # 高三's mock exam is none of 高一
    with time_machine.travel(at(exam + 20 * DAY)):
        assert names(untalked(desk.mentor)) == [["欧阳雨桐甲"]]  # the merged window is still open


@pytest.mark.row("R60")
def test_a_moved_exam_moves_everybody_s_list_and_a_withdrawn_one_empties_it(desk: Desk) -> None:
    clerk = desk.cast.actor("clerk")
    exam = event(desk, EventKind.MIDTERM, today())
    values = {"kind": exam.kind, "title": "期中考试", "entry_years": []}
    assert names(untalked(desk.mentor)) == [["欧阳雨桐甲"]]
    later = today() + 20 * DAY
    change_event(exam, **values, starts_on=later, last_on=later, actor=clerk)
    assert untalked(desk.mentor) == []
    (coming,) = forecast(desk.mentor)
    assert (coming.window.title, coming.window.opens_on) == ("期中考试", later - 7 * DAY)
    with time_machine.travel(at(later)):
        assert names(untalked(desk.mentor)) == [["欧阳雨桐甲"]]
    # Taken back by two weeks, a talk within the new window counts at once.
    desk.talk(0)
    sooner = today() + 3 * DAY
    change_event(exam, **values, starts_on=sooner, last_on=sooner, actor=clerk)
    assert open_windows(desk.troupe.school.pk, today())
    assert untalked(desk.mentor) == []
    withdraw_event(exam, actor=clerk)
    assert open_windows(desk.troupe.school.pk, today()) == []
    with time_machine.travel(at(later)):
        assert forecast(desk.mentor) == []
    assert not Notice.objects.exists()


def test_each_student_is_on_one_list_only(desk: Desk) -> None:
    event(desk, EventKind.MIDTERM, today())
    desk.co()
    assert len(untalked(desk.mentor)) == 1
    assert untalked(desk.actor("second")) == []  # a co-mentor is not asked
    desk.cover(0, post="grade_head")
    assert untalked(desk.mentor) == []
    assert names(untalked(desk.actor("grade_head"))) == [["欧阳雨桐甲"]]
    desk.part()
    assert untalked(desk.actor("grade_head")) == []


def test_a_colleague_s_talk_empties_the_list_too(desk: Desk) -> None:
    event(desk, EventKind.MIDTERM, today())
    desk.co().talk(0, by=desk.actor("second"), level=2)
    assert untalked(desk.mentor) == []


@pytest.mark.row("N23")
def test_the_next_thirty_days(desk: Desk) -> None:
    with time_machine.travel(at(dt.date(2026, 11, 1))):
        event(desk, EventKind.MIDTERM, today() + 5 * DAY)
        event(desk, EventKind.FINAL, today() + 36 * DAY)  # opens on day 29
        event(desk, EventKind.MOCK, today() + 70 * DAY)
        assert [row.window.title for row in forecast(desk.mentor)] == ["midterm", "final"]
        assert [row.weekly(today()) for row in forecast(desk.mentor)] == [1, 1]
        desk.talk(0)
        assert [row.window.title for row in forecast(desk.mentor)] == ["final"]


@pytest.mark.parametrize(("students", "day", "weekly"), [(12, 1, 4), (12, -20, 4), (1, 1, 1), (12, 18, 12)])
def test_so_many_a_week_are_enough(students: int, day: int, weekly: int) -> None:
    opens = dt.date(2026, 11, 2)
    window = Window(opens, opens + 19 * DAY, ("期中考试",))  # 20 days: three weeks
    row = Untalked(window, ("高一",), (None,) * students)  # type: ignore[arg-type]
    assert row.weekly(opens + (day - 1) * DAY) == weekly


@pytest.mark.row("R60")
def test_a_student_who_is_back_is_talked_with_within_seven_days(desk: Desk) -> None:
    """domain.md: 复学 [0,+7], for that student alone, whatever the calendar says."""
    child, clerk = desk.student(0), desk.cast.actor("clerk")
    desk.give(1)
    change_student_state(child, StudentState.SUSPENDED, on=today() - 40 * DAY, note="病休", actor=clerk)
    back = today()
    change_student_state(child, StudentState.ENROLLED, on=back, note="复学", actor=clerk)
    for queried in (untalked, forecast):
        (due,) = queried(desk.mentor)
        assert (due.window, due.grades, names([due])) == (
            Window(back, back + 7 * DAY, ("复学",)), ("高一",), [["欧阳雨桐甲"]],
        )  # fmt: skip
    assert "与 1 名学生谈心谈话（复学）" in [row.title for row in agenda(desk.mentor)]
    with time_machine.travel(at(back + 7 * DAY)):
        assert names(untalked(desk.mentor)) == [["欧阳雨桐甲"]]
    with time_machine.travel(at(back + 8 * DAY)):
        assert untalked(desk.mentor) == []
    desk.talk(0)
    assert untalked(desk.mentor) == []


def test_a_leave_that_was_registered_by_mistake_is_no_return(desk: Desk) -> None:
    clerk = desk.cast.actor("clerk")
    for state in (StudentState.SUSPENDED, StudentState.ENROLLED):
        change_student_state(desk.student(0), state, on=today(), note="填错了", actor=clerk)
    assert untalked(desk.mentor) == []
