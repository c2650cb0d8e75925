"""1:15 holds in the database itself."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.registry.mentorships.actions import (
    Change,
    Pair,
    ask_exception,
    begin,
    bring_back,
    decide_exception,
    end,
    leave_out,
    replace,
    set_quota,
    void_exception,
)
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.models import MentorPlaces, Mentorship, RatioException
from liangshi.registry.mentorships.queries import pool
from liangshi.registry.people.models import Staff, Student
from tests.cast import Cast, exceed, installer, student

pytestmark = pytest.mark.both


def crowd(cast: Cast, count: int) -> list[Student]:
    own = cast.own
    return [
        student(own.school, own.class_2, f"学生{n}", 100 + n, since=dt.date(2026, 9, 1)) for n in range(count)
    ]


def take(cast: Cast, students: list[Student], mentor: Staff) -> int:
    return begin(
        [Pair(row.pk, mentor.pk, today()) for row in students],
        origin=Origin.ASSIGNED,
        actor=installer(),
        chain=str(cast.own.school.pk),
    )


def test_a_sixteenth_is_refused_and_nothing_is_written(cast: Cast) -> None:
    mentor = cast.own.posts["second"]
    students = crowd(cast, 16)
    take(cast, students[:15], mentor)
    with pytest.raises(DomainError) as refused:
        take(cast, students[15:], mentor)
    assert refused.value.code == "ratio_exceeded"
    assert "已有 15 人" in refused.value.message
    assert Mentorship.objects.filter(mentor=mentor).count() == 15
    assert MentorPlaces.objects.get(staff=mentor).taken == 15


def test_the_database_refuses_a_sixteenth_row_that_goes_round_the_counter(cast: Cast) -> None:
    mentor = cast.own.posts["second"]
    students = crowd(cast, 16)
    take(cast, students[:15], mentor)
    for seat, constraint in (
        (15, "mentor_seat_taken_once"),
        (16, "sixteenth_mentee_needs_exception"),
        (None, "sixteenth_mentee_needs_exception"),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Mentorship.objects.create(
                student=students[15], mentor=mentor, origin=Origin.ASSIGNED, seat=seat, starts_on=today()
            )
        assert constraint in str(refused.value) or "UNIQUE constraint failed" in str(refused.value)


def test_a_student_has_one_primary_mentor(cast: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        take(cast, [cast.own.student], cast.own.posts["second"])
    assert refused.value.code == "already_has_mentor"
    assert "欧阳雨桐甲" in refused.value.message
    assert MentorPlaces.objects.get(staff=cast.own.posts["second"]).taken == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Mentorship.objects.create(
            student=cast.own.student,
            mentor=cast.own.posts["second"],
            origin=Origin.ASSIGNED,
            seat=1,
            starts_on=today(),
        )


def test_an_exception_needs_reason_end_and_leader_and_admits_only_so_many(cast: Cast) -> None:
    mentor, leader = cast.own.posts["second"], cast.own.people["leader"]
    until = today() + dt.timedelta(60)
    students = crowd(cast, 18)
    take(cast, students[:15], mentor)

    def allow(**change: object) -> None:
        fields: dict[str, object] = {"extra": 2, "reason": "同组老师产假", "until": until, **change}
        row = ask_exception(mentor, by=leader.pk, asked_as="leader", actor=installer(), **fields)  # type: ignore[arg-type]
        with pytest.raises(DomainError, match="您自己提出的"):
            decide_exception(row, "agree", by=leader.pk, actor=installer())
        decide_exception(row, "agree", by=cast.own.people["clerk"].pk, actor=installer())

    for change, code in (
        ({"reason": " "}, "exception_needs_reason"),
        ({"until": today()}, "exception_needs_end"),
        ({"extra": 0}, "exception_too_large"),
        ({"extra": 11}, "exception_too_large"),
    ):
        with pytest.raises(DomainError) as refused:
            allow(**change)
        assert refused.value.code == code
    allow()
    take(cast, students[15:17], mentor)
    with pytest.raises(DomainError):
        take(cast, students[17:], mentor)
    beyond = Mentorship.objects.filter(mentor=mentor, seat__gt=15)
    assert {row.exception.asked_by for row in beyond if row.exception} == {leader}
    assert beyond.count() == 2


def test_a_withdrawn_or_expired_exception_admits_nobody_more(cast: Cast) -> None:
    mentor = cast.own.posts["second"]
    students = crowd(cast, 17)
    take(cast, students[:15], mentor)
    row = exceed(mentor, 2, today() + dt.timedelta(60))
    take(cast, students[15:16], mentor)
    with pytest.raises(DomainError):
        void_exception(row, reason="", actor=installer())
    void_exception(row, reason="老师已返岗", actor=installer())
    with pytest.raises(DomainError):
        take(cast, students[16:], mentor)
    assert Mentorship.objects.filter(mentor=mentor, ends_on__isnull=True).count() == 16


def test_who_takes_as_many_as_he_gives_needs_no_permit_any_more(cast: Cast) -> None:
    """His permit for the sixteenth has ended, and one of his students goes to another for one of that one's."""
    mentor, other = cast.own.posts["second"], cast.own.posts["leader"]
    students = crowd(cast, 18)
    exceed(mentor, 1, until=today() + dt.timedelta(9))
    take(cast, students[:16], mentor)
    take(cast, students[16:17], other)
    RatioException.objects.update(until=today() - dt.timedelta(1))
    beyond = Mentorship.objects.get(mentor=mentor, seat=16)
    coming = Mentorship.objects.get(mentor=other)
    both = [Change(beyond, other.pk), Change(coming, mentor.pk)]
    chain = str(cast.own.school.pk)
    replace(both, on=today(), origin=Origin.CHANGED, reason=EndReason.AGREED, actor=installer(), chain=chain)
    assert MentorPlaces.objects.get(staff=mentor).taken == 16
    new = Mentorship.objects.get(student=coming.student, ends_on__isnull=True)
    assert (new.mentor, new.seat, new.exception) == (mentor, 16, beyond.exception)
    with pytest.raises(DomainError) as refused:  # one more than he gives needs one
        take(cast, students[17:], mentor)
    assert refused.value.code == "ratio_exceeded"


def test_an_ended_mentorship_frees_its_seat_and_stays_as_history(cast: Cast) -> None:
    held = Mentorship.objects.get(student=cast.own.student)
    mentor = cast.own.posts["mentor"]
    for _ in range(2):  # a double tap changes nothing more
        end(held, on=today(), reason=EndReason.AGREED, actor=installer(), chain=str(cast.own.school.pk))
    assert MentorPlaces.objects.get(staff=mentor).taken == 0
    take(cast, [cast.own.student], cast.own.posts["second"])
    assert Mentorship.objects.filter(student=cast.own.student).count() == 2


def test_a_lower_quota_keeps_present_mentees_and_admits_no_more(cast: Cast) -> None:
    mentor = cast.own.posts["mentor"]
    set_quota(mentor, 1, actor=installer())
    with pytest.raises(DomainError):
        take(cast, crowd(cast, 1), mentor)
    for quota in (-1, 16):
        with pytest.raises(DomainError):
            set_quota(mentor, quota, actor=installer())


def test_the_pool_is_everybody_whom_nothing_keeps_from_it(cast: Cast) -> None:
    def names() -> set[str]:
        return set(pool(cast.own.school.pk, today()).values_list("staff_no", flat=True))

    assert names() == {"T01", "T03", "T04", "T05", "T06"}
    mentor, leader = cast.own.posts["mentor"], cast.own.people["leader"]
    for reason, review_on, code in (
        ("因为忙", today() + dt.timedelta(30), "exemption_needs_reason"),
        ("newcomer", None, "exemption_needs_review_date"),
        ("newcomer", today(), "exemption_needs_review_date"),
    ):
        with pytest.raises(DomainError) as refused:
            leave_out(mentor, reason=reason, review_on=review_on, decided_by=leader, actor=installer())
        assert refused.value.code == code
    leave_out(
        mentor,
        reason="newcomer",
        review_on=today() + dt.timedelta(30),
        decided_by=leader,
        actor=installer(),
    )
    assert "T05" not in names()
    bring_back(mentor, actor=installer())
    assert "T05" in names()
