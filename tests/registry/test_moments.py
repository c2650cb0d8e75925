"""Key-moment windows from a calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liangshi.registry.schools.choices import EventKind
from liangshi.registry.schools.moments import SPANS, Event, Window, before_leaving, windows

DAY = dt.date(2026, 11, 9)


def exam(title: str, shift: int = 0, length: int = 2, kind: str = EventKind.MIDTERM) -> Event:
    day = DAY + dt.timedelta(shift)
    return Event(kind, title, day, day + dt.timedelta(length))


def test_an_exam_opens_seven_days_before_and_closes_ten_after() -> None:
    assert windows([exam("期中考试")]) == [Window(dt.date(2026, 11, 2), dt.date(2026, 11, 21), ("期中考试",))]


def test_exams_within_fourteen_days_share_a_window() -> None:
    (both,) = windows([exam("期中考试"), exam("联考", 16, kind=EventKind.JOINT)])
    assert both.title == "期中考试、联考"
    assert len(windows([exam("期中考试"), exam("联考", 17, kind=EventKind.JOINT)])) == 2


def test_a_holiday_or_a_meeting_makes_no_window() -> None:
    assert windows([exam("秋假", kind=EventKind.HOLIDAY), exam("家长会", kind=EventKind.PARENTS)]) == []


OPENS = dt.date(2026, 9, 1)
TERM = Event(EventKind.OPENING, "第一学期开学", OPENS, OPENS)


def opening(day: dt.date) -> Event:
    return Event(EventKind.OPENING, "新生开学", day, day)


def test_a_term_opens_a_window_by_itself() -> None:
    assert windows([], [TERM]) == [Window(dt.date(2026, 8, 25), dt.date(2026, 9, 15), ("第一学期开学",))]


@pytest.mark.parametrize("days", [-10, 0, 37, 60])
def test_an_entry_of_the_calendar_moves_the_opening_of_a_term(days: int) -> None:
    day = OPENS + dt.timedelta(days)
    (moved,) = windows([opening(day)], [TERM])
    assert moved == Window(day - dt.timedelta(7), day + dt.timedelta(14), ("新生开学",))


def test_an_opening_far_away_is_that_of_another_term() -> None:
    titles = [window.title for window in windows([opening(OPENS + dt.timedelta(61))], [TERM])]
    assert titles == ["第一学期开学", "新生开学"]
    # An exam moves no opening.
    assert windows([exam("摸底", -60)], [TERM])[0].titles == ("第一学期开学", "摸底")


@given(
    st.lists(
        st.builds(
            exam, st.just("考"), st.integers(0, 200), st.integers(0, 5), st.sampled_from(list(EventKind))
        )
    )
)
def test_every_event_that_counts_lies_inside_one_window(events: list[Event]) -> None:
    made = windows(events)
    for event in events:
        if event.kind in SPANS:
            before, after = SPANS[event.kind]
            assert any(
                window.opens_on <= event.starts_on + dt.timedelta(before)
                and event.last_on + dt.timedelta(after) <= window.last_on
                for window in made
            )
    assert sum(len(window.titles) for window in made) == sum(event.kind in SPANS for event in events)


@pytest.mark.parametrize(("gaokao", "kept"), [(True, ["高考"]), (False, ["考前模拟"])])
def test_whoever_has_left_after_the_gaokao_is_asked_about_no_more(gaokao: bool, kept: list[str]) -> None:
    final = Event(EventKind.FINAL, "期末考试", dt.date(2027, 7, 2), dt.date(2027, 7, 4))
    mock = Event(EventKind.MOCK, "考前模拟", dt.date(2027, 6, 9), dt.date(2027, 6, 9))
    exam = Event(EventKind.GAOKAO, "高考", dt.date(2027, 6, 6), dt.date(2027, 6, 8))
    found = before_leaving([final, exam if gaokao else mock, *([mock] if gaokao else [])], 2026)
    assert [event.title for event in found] == kept
