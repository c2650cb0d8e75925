"""Key-moment reach against a count by hand over a random year, and the sum of the mentors' lists."""

from __future__ import annotations

import datetime as dt
import random
import uuid

import pytest
import time_machine
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from liangshi.foundation.base.clock import today
from liangshi.oversight.coverage.moments import balance, outlook, reaches, year_reaches
from liangshi.oversight.coverage.queries import Share
from liangshi.practice.rosters.actions.people import change_student_state
from liangshi.practice.talks.models import Talk, TalkStudent
from liangshi.practice.talks.queries.moments import forecast, open_windows
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.hats import hats_of
from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.people.choices import ACTIVE, StudentState
from liangshi.registry.people.models import Enrolment, Person, Staff, Student, StudentSpan
from liangshi.registry.schools.choices import EventKind
from liangshi.registry.schools.models import CalendarEvent, ClassGroup, Cohort
from liangshi.registry.schools.queries import GradeWindow, calendar
from tests.cast import Cast, student
from tests.practice.talks.desk import Desk

DAY = dt.timedelta(days=1)
pytestmark = [pytest.mark.usefixtures("november"), pytest.mark.both]
START = dt.date(2026, 9, 1)
NOON = dt.time(4, tzinfo=dt.UTC)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, NOON)


def event(cast: Cast, kind: str, day: dt.date, days: int = 1, entry_year: int | None = None) -> CalendarEvent:
    return CalendarEvent.objects.create(
        year=cast.own.year,
        kind=kind,
        title=f"{EventKind(kind).label}{day:%m%d}",
        starts_on=day,
        last_on=day + (days - 1) * DAY,
        entry_years=[entry_year] if entry_year else [],
    )


def recorded(who: Student, author: Staff, day: dt.date, *, void: bool = False) -> Talk:
    talk = Talk.objects.create(
        school=author.school,
        author=author,
        day=day,
        mode="face",
        key=uuid.uuid4(),
        voided_at=at(day) if void else None,
    )
    TalkStudent.objects.create(talk=talk, student=who)
    return talk


def holds(row: Enrolment | StudentSpan | Mentorship | Interim, day: dt.date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or day < row.ends_on)


def everybody(cast: Cast) -> list[Student]:
    """The school's students with all that is held about them, read once."""
    held = ("spans", "enrolments__class_group__cohort", "talks__talk", "mentorships")
    return list(Student.objects.filter(school=cast.own.school).prefetch_related(*held))


def by_hand(students: list[Student], span: GradeWindow, day: dt.date) -> tuple[Share, int]:
    """(in scope and reached, wanted), one student at a time."""
    on = min(day, span.window.last_on)
    active = reached = wanted = 0
    for who in students:
        if not any(holds(row, on) and row.state in ACTIVE for row in who.spans.all()):
            continue
        years = {row.class_group.cohort.entry_year for row in who.enrolments.all() if holds(row, on)}
        if span.entry_year not in years:
            continue
        active += 1
        days = [row.talk.day for row in who.talks.all() if row.talk.voided_at is None]
        if any(span.window.opens_on <= each <= on for each in days):
            reached += 1
        elif any(holds(row, on) and row.kind == "primary" for row in who.mentorships.all()):
            wanted += 1
    return Share(active, reached), wanted


@pytest.fixture
def year(cast: Cast) -> random.Random:
    """A school of three grades through a year: people come, go, change mentors; talks now and then, some late or void."""
    dice = random.Random(202611)
    own = cast.own
    classes = [own.class_1]
    for back in (1, 2):
        cohort = Cohort.objects.create(school=own.school, entry_year=own.cohort.entry_year - back)
        classes.append(ClassGroup.objects.create(cohort=cohort, number=1))
    mentors = [own.posts["second"], own.posts["grade_head"], own.posts["leader"]]
    for number in range(60):
        who = student(own.school, dice.choice(classes), f"生{number}", 700 + number, since=START)
        span, place = who.spans.get(), who.enrolments.get()
        if dice.random() < 0.2:  # 转入
            joined = START + dice.randrange(1, 250) * DAY
            StudentSpan.objects.filter(pk=span.pk).update(starts_on=joined)
            Enrolment.objects.filter(pk=place.pk).update(starts_on=joined)
        elif dice.random() < 0.2:  # 休学 and back, or gone
            left = START + dice.randrange(1, 250) * DAY
            StudentSpan.objects.filter(pk=span.pk).update(ends_on=left)
            state = dice.choice([StudentState.SUSPENDED, StudentState.TRANSFERRED, StudentState.GUEST])
            StudentSpan.objects.create(student=who, state=state, starts_on=left)
        if dice.random() < 0.85:
            changed = START + dice.randrange(1, 250) * DAY
            first, then = dice.sample(mentors, 2)
            bond = {"student": who, "kind": "primary", "origin": "assigned"}
            Mentorship.objects.create(mentor=first, starts_on=START, ends_on=changed, **bond)
            if dice.random() < 0.8:
                seat = Mentorship.objects.filter(mentor=then, ends_on__isnull=True).count() + 1
                if seat <= 15:
                    Mentorship.objects.create(mentor=then, starts_on=changed, seat=seat, **bond)
        for _ in range(dice.randrange(6)):
            recorded(who, dice.choice(mentors), START + dice.randrange(280) * DAY, void=dice.random() < 0.15)
    event(cast, EventKind.OPENING, START)
    event(cast, EventKind.MIDTERM, dt.date(2026, 11, 12), 3)
    event(cast, EventKind.JOINT, dt.date(2026, 11, 25), 2, entry_year=own.cohort.entry_year - 2)  # merges
    event(cast, EventKind.SUBJECTS, dt.date(2026, 12, 20), entry_year=own.cohort.entry_year)
    event(cast, EventKind.FINAL, dt.date(2027, 1, 19), 3)
    event(cast, EventKind.GAOKAO, dt.date(2027, 6, 7), 3, entry_year=own.cohort.entry_year - 2)
    return dice


@pytest.mark.row("R60")
def test_reach_is_what_a_count_by_hand_says_on_any_day(cast: Cast, year: random.Random) -> None:
    spans = calendar(cast.own.school.pk, START, dt.date(2027, 7, 1))
    assert len({span.window for span in spans}) >= 6
    third = [span.window for span in spans if span.entry_year == cast.own.cohort.entry_year - 2]
    merged = next(window for window in third if len(window.titles) == 2)
    assert merged.titles == ("期中考试1112", "联考1125")
    assert "选科1220" not in "".join(window.title for window in third)
    seen, students = set(), everybody(cast)
    for _ in range(12):
        day = START + year.randrange(0, 300) * DAY
        for row in reaches(spans, day):
            share, wanted = by_hand(students, row.span, day)
            assert (row.share, row.wanted) == (share, wanted), (day, row.span)
            seen.add(share.matched > 0)
    assert seen == {True, False}


def test_one_question_however_many_windows_and_students(cast: Cast, year: random.Random) -> None:
    spans = calendar(cast.own.school.pk, START, dt.date(2027, 7, 1))
    for some in (spans[:1], spans):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert len(reaches(some, dt.date(2027, 1, 20))) == len(some)
        assert len(asked) == 1
    assert reaches([], START) == []
    assert reaches(spans, START, Q(pk__in=[]))[0].share == Share()


def test_an_entry_made_long_after_counts_by_the_day_of_the_talk(cast: Cast) -> None:
    window_day = dt.date(2026, 9, 20)
    with time_machine.travel(at(window_day)):
        event(cast, EventKind.MIDTERM, window_day)
        (span, *_) = open_windows(cast.own.school.pk, window_day)
    desk = Desk(cast)
    with time_machine.travel(at(dt.date(2026, 11, 24))):
        assert reaches([span], today())[0].share.matched == 0
        assert desk.talk(0, day=window_day).late
        assert reaches([span], today())[0].share.matched == 1
        desk.talk(0, day=dt.date(2026, 11, 24))
        assert reaches([span], window_day - DAY)[0].share.matched == 0


def mentors_of(cast: Cast) -> list[Actor]:
    found = []
    for post in Staff.objects.filter(school=cast.own.school).select_related("person__account"):
        hat = next((hat for hat in hats_of(post.person, today()) if hat.role == Role.MENTOR), None)
        if hat:
            found.append(Actor(post.person.account.pk, post.person_id, post.person.name, hat))
    return found


@pytest.mark.row("N23")
def test_the_school_s_forecast_is_the_sum_of_the_mentors_lists(cast: Cast, year: random.Random) -> None:
    clerk = cast.actor("clerk")
    cared = Mentorship.objects.filter(mentor=cast.own.posts["second"], ends_on__isnull=True)
    Interim.objects.bulk_create(
        [Interim(mentorship=row, caretaker=cast.own.posts["leader"], starts_on=START) for row in cared[:4]]
    )
    seen = 0
    for month, dayno in ((11, 8), (12, 1), (12, 28), (5, 12)):
        day = dt.date(2026 + (month < 9), month, dayno)
        with time_machine.travel(at(day)):
            lists = [forecast(actor) for actor in mentors_of(cast)]
            total = sum(len(row.students) for rows in lists for row in rows)
            assert total == sum(row.wanted for row in outlook(clerk)), day
            seen += total
    assert seen > 0


@pytest.mark.row("R60")
def test_who_is_back_after_a_leave_counts_for_a_window_of_his_own(cast: Cast) -> None:
    """复学 [0,+7]: in the figures of his grade, in the forecast, and in the sum of the mentors' lists."""
    desk, clerk, back = Desk(cast), cast.actor("clerk"), today() - 3 * DAY
    desk.give(1, since=back - 60 * DAY)
    for number in (0, 1):
        spans = StudentSpan.objects.filter(student=desk.student(number))
        spans.update(ends_on=back - 40 * DAY)
        spans.create(student=desk.student(number), state="suspended", starts_on=back - 40 * DAY, ends_on=back)
        spans.create(student=desk.student(number), state="enrolled", starts_on=back)
    desk.talk(1, day=back - DAY)  # before he was back
    desk.talk(1, day=back + DAY)
    (row,) = (row for row in year_reaches(clerk) if row.span.returned)
    assert (row.span.window.title, row.span.grade, row.span.window.last_on) == (
        "复学",
        "高一",
        back + 7 * DAY,
    )
    assert (row.share, row.wanted) == (Share(2, 1), 1)
    (coming,) = (row for row in outlook(clerk) if row.span.returned)
    mine = sum(len(each.students) for each in forecast(desk.mentor) if each.window == coming.span.window)
    assert coming.wanted == mine == 1
    assert not [row for row in outlook(clerk, back + 8 * DAY) if row.span.returned]
    assert not [row for row in year_reaches(cast.actor("other_clerk")) if row.span.returned]


def test_a_return_that_was_taken_back_the_same_day_was_none(cast: Cast) -> None:
    """Registered by mistake, and two days later in earnest: one window, and he is counted once."""
    child, clerk, back = cast.own.student, cast.actor("clerk"), today()
    for state, on in (("suspended", 40), ("enrolled", 3), ("suspended", 3), ("enrolled", 1)):
        change_student_state(child, StudentState(state), on=back - on * DAY, note="x", actor=clerk)
    (row,) = (row for row in year_reaches(clerk) if row.span.returned)
    assert (row.span.window.opens_on, row.share.active) == (back - DAY, 1)


def test_the_grade_head_sees_his_grade_and_no_teacher(cast: Cast, year: random.Random) -> None:
    with time_machine.travel(at(dt.date(2026, 11, 24))):
        grades = {row.span.grade for row in year_reaches(cast.actor("clerk"))}
        assert grades == {"高一", "高二", "高三"}
        assert {row.span.grade for row in year_reaches(cast.actor("grade_head"))} == {"高一"}
        assert year_reaches(cast.actor("mentor")) == []


@pytest.mark.row("R23", "R72")
def test_talks_by_strategy_and_by_topic(cast: Cast) -> None:
    desk = Desk(cast).give(3)
    desk.talk(0, 3, strategies=["XL", "SX"], topics=["sleep", "phone"])
    desk.talk(0, strategies=["SX"], topics=["sleep"], day=today() - 3 * DAY)
    first = today() - DAY
    strategies, topics = balance(cast.actor("clerk"), first, today())
    assert dict(strategies) == {"思想引导": 1, "学业辅导": 0, "心理疏导": 1, "生活指导": 0, "生涯向导": 0}
    assert dict(topics) == {"作业": 0, "睡眠": 1, "手机": 1, "读物": 0, "体质": 0}
    strategies, topics = balance(cast.actor("clerk"), first - 9 * DAY, today())
    assert (dict(strategies)["思想引导"], dict(topics)["睡眠"]) == (2, 2)
    assert dict(balance(cast.actor("other_clerk"), first, today())[0])["思想引导"] == 0


@pytest.mark.parametrize("students", [3, 15])
def test_the_home_page_asks_as_often_for_3_as_for_15_mentees(
    cast: Cast, sign_in: object, students: int
) -> None:
    own, post = cast.own, cast.own.posts["mentor"]
    extra = [student(own.school, own.class_2, f"多{n}", 800 + n, since=START) for n in range(students - 1)]
    for seat, who in enumerate(extra, 2):
        Mentorship.objects.create(
            student=who, mentor=post, kind="primary", origin="assigned", seat=seat, starts_on=START
        )
    event(cast, EventKind.MIDTERM, today())
    for who in extra[:2]:
        recorded(who, post, today())
    client = sign_in("mentor")  # type: ignore[operator]
    client.get("/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/").content.decode()
    assert f"还没谈过的 {students - 2} 位" in page
    assert len(asked) == 34


@pytest.mark.parametrize("size", [300, 3000])
def test_a_school_s_page_asks_as_often_for_300_as_for_3000_students(
    cast: Cast, sign_in: object, size: int
) -> None:
    own = cast.own
    people = Person.objects.bulk_create([Person(name=f"众{n}").derive() for n in range(size)])
    rows = [
        Student(person=who, school=own.school, school_no=f"B{n:05d}").derive() for n, who in enumerate(people)
    ]
    Student.objects.bulk_create(rows)
    StudentSpan.objects.bulk_create(
        [StudentSpan(student=row, state=StudentState.ENROLLED, starts_on=START) for row in rows]
    )
    Enrolment.objects.bulk_create(
        [Enrolment(student=row, class_group=own.class_2, starts_on=START) for row in rows]
    )
    event(cast, EventKind.MIDTERM, today())
    client = sign_in("clerk")  # type: ignore[operator]
    client.get("/moments")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/moments").content.decode()
    assert f"0 / {size + 6}" in page
    assert len(asked) == 17
    teacher = sign_in("mentor")  # type: ignore[operator]
    teacher.get("/")
    with CaptureQueriesContext(connection) as asked:
        assert "还没谈过的 1 位" in teacher.get("/").content.decode()
    assert len(asked) == 34
