"""Who leaves, however late it is registered, leaves nothing behind that ends after he had gone."""

from __future__ import annotations

import datetime as dt

import pytest

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import Row, span_at
from liangshi.practice.needs.models import Need
from liangshi.practice.rosters.actions.people import change_student_state
from liangshi.registry.mentorships.actions import Change, begin_co, cover, replace, uncover
from liangshi.registry.mentorships.choices import EndReason, Exempt, Kind, Origin
from liangshi.registry.mentorships.models import Exemption, Interim, MentorPlaces, Mentorship
from liangshi.registry.people.actions import change_state, graduate, move_class
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import Club, ClubMember, Enrolment, StudentSpan
from liangshi.registry.schools.choices import Strategy
from tests.cast import Cast, installer

pytestmark = pytest.mark.both
DAY = dt.timedelta(days=1)
LEFT_ON = today() - 20 * DAY


def ends_later(cast: Cast) -> list[Row]:
    """Rows about the student that hold on a day on which he was not there any more."""
    child = cast.own.student
    found: list[Row] = []
    for model, path in (
        (Enrolment, "student"), (ClubMember, "student"), (Mentorship, "student"), (Exemption, "student"),
        (Interim, "mentorship__student"),
    ):  # fmt: skip
        for row in model.objects.filter(**{path: child}):
            if row.ends_on is None or (row.ends_on > LEFT_ON and row.ends_on > row.starts_on):
                found.append(row)
    return found + [
        row for row in Need.objects.filter(student=child) if row.ended_on and row.ended_on > LEFT_ON
    ]


def test_what_was_closed_after_the_day_on_which_he_left_ends_on_it(cast: Cast) -> None:
    """His class and his mentor changed, his mentor was on leave, and a need was over, before anybody knew."""
    own, doer, chain = cast.own, installer(), str(cast.own.school.pk)
    child, mentor, second = own.student, own.posts["mentor"], own.posts["second"]
    first = Mentorship.objects.get(student=child, kind=Kind.PRIMARY)
    begin_co(child, own.posts["adviser"], Strategy.XY, on=LEFT_ON - DAY, actor=doer, chain=chain)
    Mentorship.objects.filter(student=child, kind=Kind.CO).update(ends_on=LEFT_ON + 3 * DAY)
    cover([first], second, on=LEFT_ON - 2 * DAY, actor=doer, chain=chain)
    uncover([first], on=LEFT_ON + 2 * DAY, actor=doer, chain=chain)
    move_class(child, own.class_2, on=LEFT_ON + 5 * DAY, actor=doer)
    changed = [Change(first, second.pk)]
    replace(
        changed, on=LEFT_ON + 6 * DAY, origin=Origin.CHANGED, reason=EndReason.AGREED, actor=doer, chain=chain
    )
    club = Club.objects.create(year=own.year, name="合唱团", adviser=second)
    ClubMember.objects.create(club=club, student=child, starts_on=LEFT_ON - DAY, ends_on=LEFT_ON + DAY)
    Exemption.objects.create(
        student=child, reason=Exempt.values[0], starts_on=LEFT_ON - DAY, until=today() + 9 * DAY
    )
    Need.objects.create(
        student=child, category="money", state="ended", review_on=today(), ended_on=today(),
        asked_by=own.people["clerk"], decided_by=own.people["leader"],
    )  # fmt: skip
    taken = MentorPlaces.objects.get(staff=second).taken
    change_student_state(child, StudentState.TRANSFERRED, on=LEFT_ON, note="转学", actor=cast.actor("clerk"))
    assert ends_later(cast) == []
    first.refresh_from_db()
    assert (first.ends_on, first.mentor, first.end_reason) == (LEFT_ON, mentor, "agreed")
    assert MentorPlaces.objects.get(staff=second).taken == taken - 1
    assert StudentSpan.objects.get(student=child, ends_on__isnull=True).starts_on == LEFT_ON


def test_what_had_ended_before_stays_as_it_was(cast: Cast) -> None:
    child = cast.own.student
    move_class(child, cast.own.class_2, on=LEFT_ON - 3 * DAY, actor=installer())
    change_student_state(child, StudentState.TRANSFERRED, on=LEFT_ON, note="转学", actor=cast.actor("clerk"))
    assert list(child.enrolments.order_by("starts_on").values_list("ends_on", flat=True)) == [
        LEFT_ON - 3 * DAY, LEFT_ON,
    ]  # fmt: skip


def test_who_graduates_late_has_a_standing_on_every_day(cast: Cast) -> None:
    """After the day of graduation he was in 休学 and back, as far as anybody knew."""
    child, doer = cast.own.student, installer()
    for state, days in ((StudentState.SUSPENDED, 5), (StudentState.ENROLLED, 12)):
        change_state(child, state, on=LEFT_ON + days * DAY, note="x", actor=doer)
    graduate([child.pk], on=LEFT_ON, note="毕业", actor=doer, chain=str(cast.own.school.pk))
    for day in range(21):
        (held,) = StudentSpan.objects.filter(span_at(LEFT_ON + day * DAY), student=child)
        assert held.state == StudentState.GRADUATED
