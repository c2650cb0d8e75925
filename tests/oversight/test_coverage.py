"""Coverage against a count by hand, on any day; the numbers of teachers; the daily look."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.schedule import DAILY
from liangshi.foundation.notices.models import Notice
from liangshi.oversight.coverage.queries import (
    Share,
    class_figures,
    coverage,
    mentoring,
    ratio,
    school_figures,
    shares,
    total,
    without_mentor,
)
from liangshi.oversight.coverage.tasks import tell_who_has_no_mentor
from liangshi.registry.mentorships.actions import Pair, begin, end, leave_out
from liangshi.registry.mentorships.choices import EndReason, Kind, NotMentoring, Origin
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import ACTIVE, StudentState
from liangshi.registry.people.models import Enrolment, Student, StudentSpan
from liangshi.registry.schools.choices import Ownership
from liangshi.registry.schools.models import ClassGroup
from tests.cast import Cast, exceed, installer, person, student, troupe

pytestmark = pytest.mark.both

DAY = dt.timedelta(days=1)
START = dt.date(2026, 9, 1)


def pair(cast: Cast, who: Student, post: str = "second", since: dt.date | None = None) -> Mentorship:
    begin(
        [Pair(who.pk, cast.own.posts[post].pk, since or START)],
        origin=Origin.ASSIGNED,
        actor=installer(),
        chain=str(cast.own.school.pk),
    )
    return Mentorship.objects.get(student=who, ends_on__isnull=True)


def spans(dice: random.Random) -> list[tuple[dt.date, dt.date | None]]:
    """One to three spans in a row, with gaps or without; the last may be open."""
    day, made = START + dice.randrange(20) * DAY, []
    for last in [False] * dice.randrange(3) + [True]:
        stop = None if last and dice.random() < 0.6 else day + dice.randrange(25) * DAY
        made.append((day, stop))
        day = (stop or day) + dice.randrange(6) * DAY
    return made


def holds(span: Any, day: dt.date) -> bool:
    return span.starts_on <= day and (span.ends_on is None or day < span.ends_on)


def by_hand(day: dt.date) -> dict[str, dict[Any, Share]]:
    """The definition of domain 4.8, row by row in Python."""
    counted: dict[str, dict[Any, Share]] = defaultdict(lambda: defaultdict(Share))
    for row in Student.objects.all():
        if not any(holds(span, day) and span.state in ACTIVE for span in row.spans.all()):
            continue
        bonds = row.mentorships.filter(kind=Kind.PRIMARY)
        one = Share(1, int(any(holds(bond, day) for bond in bonds)))
        place = [span for span in row.enrolments.select_related("class_group") if holds(span, day)]
        keys = {
            "school": row.school_id,
            "bureau": row.school.bureau_id,
            "class": place[0].class_group_id if place else None,
            "cohort": place[0].class_group.cohort_id if place else None,
        }
        for by, key in keys.items():
            counted[by][key] += one
    return {by: dict(found) for by, found in counted.items()}


@pytest.mark.row("R11")
@pytest.mark.parametrize("seed", range(4))
def test_coverage_equals_a_count_by_hand_on_every_day(cast: Cast, seed: int) -> None:
    dice = random.Random(seed)
    for troop in (cast.own, cast.other):
        for number in range(12):
            row = Student.objects.create(
                person=person(f"学生{number}"), school=troop.school, school_no=f"9{number}"
            )
            for starts, stops in spans(dice):
                StudentSpan.objects.create(
                    student=row, state=dice.choice(StudentState.values), starts_on=starts, ends_on=stops
                )
            for starts, stops in spans(dice):
                group = dice.choice([troop.class_1, troop.class_2])
                Enrolment.objects.create(student=row, class_group=group, starts_on=starts, ends_on=stops)
            for starts, stops in spans(dice):
                Mentorship.objects.create(
                    student=row,
                    mentor=troop.posts["second"],
                    kind=dice.choice([Kind.PRIMARY, Kind.PRIMARY, Kind.CO]),
                    strategy="XL",
                    origin=Origin.IMPORTED,
                    starts_on=starts,
                    ends_on=stops or START + 90 * DAY,
                    end_reason=EndReason.CORRECTED,
                )
    for offset in (0, 7, 20, 33, 60, 89):
        day = START + offset * DAY
        expected = by_hand(day)
        for by in ("school", "bureau", "class", "cohort"):
            assert shares(day, by=by) == expected.get(by, {}), (by, day)  # type: ignore[arg-type]
        assert coverage(day) == sum(expected["school"].values(), Share())


@pytest.mark.row("R32")
@pytest.mark.parametrize("state", [StudentState.SUSPENDED, StudentState.TRANSFERRED, StudentState.GRADUATED])
def test_who_is_suspended_on_a_day_counts_until_the_day_before(cast: Cast, state: StudentState) -> None:
    who, day = cast.own.student, dt.date(2026, 10, 15)
    StudentSpan.objects.filter(student=who).update(ends_on=day)
    StudentSpan.objects.create(student=who, state=state, starts_on=day)
    within = Q(school=cast.own.school)
    assert coverage(day - DAY, within) == Share(6, 1)
    assert coverage(day, within) == Share(5, 0)
    assert shares(day - DAY, by="class", within=within)[cast.own.class_1.pk] == Share(3, 1)
    assert shares(day, by="class", within=within)[cast.own.class_1.pk] == Share(2, 0)


@pytest.mark.row("R32")
def test_a_guest_counts(cast: Cast) -> None:
    StudentSpan.objects.filter(student=cast.own.students[1]).update(state=StudentState.GUEST)
    assert coverage(today(), Q(school=cast.own.school)) == Share(6, 1)


def test_a_hundred_per_cent_means_everybody() -> None:
    assert Share(2000, 1999).words == "99.9%"
    assert Share(3, 3).words == "100%"
    assert Share().words == "—"
    assert (ratio(124, 10), ratio(5, 0)) == ("1 : 12.4", "—")


@pytest.mark.row("R4")
def test_teachers_mentors_and_the_rest_always_add_up(cast: Cast) -> None:
    own = Q(pk=cast.own.school.pk)

    def now() -> Any:
        return mentoring(own, today())[cast.own.school.pk]

    first = now()
    # leader, grade head, adviser, mentor, second teach; 产假 does not; clerk and worker hold other posts.
    assert (first.teachers, first.mentors, first.left_out, first.others) == (6, 5, 1, 2)
    assert first.reason_words == "产假 1"
    leave_out(
        cast.own.posts["second"], reason=NotMentoring.NEWCOMER, review_on=today() + DAY,
        decided_by=cast.own.people["leader"], actor=installer(),
    )  # fmt: skip
    then = now()
    assert (then.teachers, then.mentors, then.left_out) == (6, 4, 2)
    assert sum(number for _, _, number in then.reasons) == then.left_out
    assert "新入职观察期 1" in then.reason_words


@pytest.mark.row("R43")
def test_exceptions_are_counted_to_the_bureau(cast: Cast) -> None:
    county = cast.actor("county")
    assert school_figures(county)[0].mentoring.exceptions == 0
    exceed(cast.own.posts["second"], 1, today() + DAY)
    assert school_figures(county)[0].mentoring.exceptions == 1


@pytest.mark.row("R31")
def test_a_grade_with_nobody_makes_the_school_red(cast: Cast) -> None:
    county = cast.actor("county")
    (row,) = school_figures(county)
    assert (row.share, row.red, row.state) == (Share(6, 1, unsaid=4), False, "还缺不到 10 人")
    older = cast.own.cohort.__class__.objects.create(
        school=cast.own.school, entry_year=cast.own.cohort.entry_year - 1
    )
    who = student(
        cast.own.school, ClassGroup.objects.create(cohort=older, number=1), "高二生", 77, since=START
    )
    (row,) = school_figures(county)
    assert [(grade.name, grade.share) for grade in row.grades] == [
        ("高一", Share(6, 1, unsaid=4)),
        ("高二", Share(1, 0)),
    ]
    assert row.red
    assert row.state == "高二未开始"
    pair(cast, who)
    (row,) = school_figures(county)
    assert not row.red


def test_each_bureau_sees_its_own_schools_and_the_city_all(cast: Cast) -> None:
    assert [row.school for row in school_figures(cast.actor("county"))] == [cast.own.school]
    assert [row.school for row in school_figures(cast.actor("leader"))] == [cast.own.school]
    everything = school_figures(cast.actor("city"))
    assert {row.school for row in everything} == {cast.own.school, cast.other.school}
    summed = total(everything)
    assert (summed.schools, summed.share, summed.private) == (2, Share(12, 2, unsaid=8), 1)
    assert school_figures(cast.actor("mentor")) == []


def test_the_number_of_questions_does_not_grow(cast: Cast) -> None:
    city, clerk = cast.actor("city"), cast.actor("clerk")

    def asked() -> tuple[int, int, int]:
        with CaptureQueriesContext(connection) as schools:
            rows = school_figures(city)
        with CaptureQueriesContext(connection) as classes:
            class_figures(clerk)
        return len(rows), len(schools), len(classes)

    assert asked() == (2, 6, 3)
    troupe(cast.county, code="3134000009", tag="丙", ownership=Ownership.PUBLIC)
    ClassGroup.objects.create(cohort=cast.own.cohort, number=3)
    assert asked() == (3, 6, 3)


def test_classes_with_adviser_and_coverage(cast: Cast) -> None:
    rows = class_figures(cast.actor("clerk"))
    assert [(row.name, row.adviser, row.share) for row in rows] == [
        ("高一(1)班", "班任甲", Share(3, 1)),
        ("高一(2)班", "", Share(3, 0)),
    ]
    assert [row.name for row in class_figures(cast.actor("adviser"))] == ["高一(1)班"]


@pytest.mark.row("R11")
def test_the_office_is_told_within_a_day_when_somebody_has_no_mentor(cast: Cast) -> None:
    own = cast.own
    bonds = [pair(cast, who) for who in own.students[1:]]
    assert without_mentor(today()) == {cast.other.school.pk: 5}
    assert tell_who_has_no_mentor.__module__ + ".tell_who_has_no_mentor" in DAILY
    tell_who_has_no_mentor()
    assert not Notice.objects.filter(school=own.school.pk).exists()
    end(bonds[0], on=today(), reason=EndReason.MENTOR_LEFT, actor=installer(), chain=str(own.school.pk))
    tell_who_has_no_mentor()
    tell_who_has_no_mentor()
    told = Notice.objects.filter(school=own.school.pk)
    assert {(row.role, row.title) for row in told} == {
        ("leader", "有 1 名学生还没有导师"),
        ("clerk", "有 1 名学生还没有导师"),
    }
    assert told.count() == 2
    pair(cast, own.students[1])
    tell_who_has_no_mentor()
    assert not told.filter(read_at__isnull=True).exists()  # settled: it stands as unread no longer
