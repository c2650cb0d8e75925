"""Who mentors whom: lists that schools had before, who is left out, one mentor with more than fifteen."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.portal.demo.plan import JIA, SHIYI
from liangshi.portal.demo.schools import Place
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import Pair, ask_exception, begin, decide_exception, leave_out
from liangshi.registry.mentorships.choices import POLICY_CAP, NotMentoring, Origin
from liangshi.registry.mentorships.models import MentorPlaces
from liangshi.registry.mentorships.queries import active_students
from liangshi.registry.people.models import Enrolment, Staff

# Grades whose mentors come from a matching round of this year instead.
BY_ROUND = frozenset({(JIA, 0), (JIA, 1)})
EXCEEDED = 2  # the grade of the mentor with sixteen
LEFT_OUT = (NotMentoring.IN_TRAINING, NotMentoring.NEWCOMER)


def leave_some_out(place: Place, doer: Doer) -> None:
    """Teachers who are not ready, each with a reason and a day of review."""
    for staff, reason, days in zip(place.left_out, LEFT_OUT, (90, 210), strict=True):
        leave_out(
            staff,
            reason=reason,
            review_on=today() + dt.timedelta(days),
            decided_by=place.leaders[0].person,
            actor=doer,
        )


def exceed(place: Place, doer: Doer) -> Staff:
    """One mentor may have two more than fifteen until the end of winter."""
    mentor = place.teachers[EXCEEDED][-1]
    first, second = (leader.person.pk for leader in place.leaders[:2])
    asked = ask_exception(
        mentor,
        extra=2,
        reason="同年级一位导师休产假，其两名学生由这位老师暂时接带。",
        until=today() + dt.timedelta(120),
        by=second,
        asked_as=Role.LEADER,
        actor=doer,
    )
    decide_exception(asked, "agree", by=first, actor=doer)
    return mentor


def import_lists(place: Place, doer: Doer) -> None:
    """The mentors that the school's own lists say, for every grade without a round."""
    free = dict(
        MentorPlaces.objects.filter(staff__school=place.school)
        .order_by("staff__staff_no")
        .values_list("staff_id", "quota")
    )
    for staff in (*place.away, *place.left_out):
        free.pop(staff.pk, None)
    beyond = [exceed(place, doer).pk] * (POLICY_CAP + 1) if place.plan.key == SHIYI else []
    pairs: list[Pair] = []
    for grade, teachers in enumerate(place.teachers):
        if (place.plan.key, grade) in BY_ROUND:
            continue
        joined = _students(place, grade)
        own = {staff.pk for staff in (place.leaders[grade], *teachers)}
        mentors = beyond if grade == EXCEEDED else []
        free.update(dict.fromkeys(mentors, 0))
        mentors = mentors + _deal(free, own, len(joined) - len(mentors))
        listed = dt.date(place.cohorts[grade].entry_year, 9, 12)
        pairs += [
            Pair(student, mentor, min(max(listed, since), today()))
            for (student, since), mentor in zip(joined, mentors, strict=True)
        ]
    begin(pairs, origin=Origin.IMPORTED, actor=doer, chain=str(place.school.pk))


def _students(place: Place, grade: int) -> list[tuple[UUID, dt.date]]:
    """The grade's active students and since when they are in their class, by 学号."""
    held = Enrolment.objects.filter(
        span_at(today()),
        class_group__cohort=place.cohorts[grade],
        student__in=active_students(today()),
    )
    return list(held.order_by("student__school_no").values_list("student_id", "starts_on"))


def _deal(free: dict[UUID, int], own: set[UUID], count: int) -> list[UUID]:
    """`count` places, one at a time from whoever has most left; the grade's own mentors before all others."""
    dealt: list[UUID] = []
    for _ in range(count):
        mentor = max(free, key=lambda key: (key in own and free[key] > 0, free[key]))
        free[mentor] -= 1
        dealt.append(mentor)
    return dealt
