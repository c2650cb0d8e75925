"""Who may accompany a student, and as what: the table of what somebody is himself, against every part and every deed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from liangshi.foundation.base.clock import today
from liangshi.registry.access.care import charge_of, near
from liangshi.registry.mentorships.actions import Pair, begin, cover, leave_out
from liangshi.registry.mentorships.choices import NotMentoring, Origin
from liangshi.registry.mentorships.fit import Part, demand_fit, fit, unfit
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.people.choices import Post, StaffState
from liangshi.registry.people.models import Staff, Student
from liangshi.registry.people.queries import classes_of
from tests.asking import refused
from tests.cast import Cast, installer, student
from tests.registry.test_apart import beside, given, looked_after, passed

pytestmark = pytest.mark.both


@pytest.fixture
def child(cast: Cast) -> Student:
    own = cast.own
    return student(own.school, own.class_2, "新生", 90, since=today())


def set_state(who: Staff, state: StaffState) -> None:
    Staff.objects.filter(pk=who.pk).update(state=state)


@pytest.mark.row("R61", "N26")
@pytest.mark.parametrize("state", [each for each in StaffState if each != StaffState.ON_DUTY])
@pytest.mark.parametrize("way", [given, passed, beside, looked_after])
def test_who_is_not_at_work_is_given_nobody(
    cast: Cast, child: Student, way: Callable[[Student, Staff], None], state: StaffState
) -> None:
    who = cast.own.posts["second"]
    if way is not given:
        given(child, cast.own.posts["mentor"])
    set_state(who, state)
    assert refused(lambda: way(child, who)) == "not_fit"


@pytest.mark.parametrize("part", Part)
def test_who_is_no_mentor_stands_in_and_leads_and_mentors_nobody(cast: Cast, part: Part) -> None:
    worker, left_out = cast.own.posts["worker"], cast.own.posts["second"]
    Staff.objects.filter(pk=worker.pk).update(post=Post.WORKER)
    leave_out(
        left_out, reason=NotMentoring.values[0], review_on=today().replace(year=today().year + 1),
        decided_by=cast.person("leader"), actor=installer(),
    )  # fmt: skip
    both = {worker.pk, left_out.pk}
    mentors = part in {Part.MENTOR, Part.CO_MENTOR}
    assert unfit(both, part, today()) == (both if mentors else set())
    able = fit(Staff.objects.as_system("a test").filter(pk__in=both), part, today())
    assert {row.pk for row in able} == both - unfit(both, part, today())


def test_of_many_who_is_meant_is_not_said(cast: Cast, child: Student) -> None:
    own = cast.own
    for post in ("second", "mentor"):
        set_state(own.posts[post], StaffState.SICK)
    with pytest.raises(Exception, match="选的老师里有 2 位现在不在导师名单里") as found:
        demand_fit([(child.pk, own.posts["second"].pk), (child.pk, own.posts["mentor"].pk)], Part.MENTOR)
    assert "周敏" not in str(found.value)


@pytest.mark.row("R49")
def test_one_is_in_charge_whoever_stands_in(cast: Cast, child: Student) -> None:
    own = cast.own
    assert charge_of([child.pk]) == {}
    begin(
        [Pair(child.pk, own.posts["mentor"].pk, today())],
        origin=Origin.ASSIGNED, actor=installer(), chain=str(own.school.pk),
    )  # fmt: skip
    beside(child, own.posts["adviser"])
    assert charge_of([child.pk]) == {child.pk: own.posts["mentor"]}
    bond = Mentorship.objects.get(student=child, kind="primary")
    cover([bond], own.posts["second"], on=today(), actor=installer(), chain=str(own.school.pk))
    assert charge_of([child.pk]) == {child.pk: own.posts["second"]}


@pytest.mark.row("N28")
def test_near_a_student_are_his_adviser_and_the_head_of_his_grade(cast: Cast) -> None:
    own = cast.own
    key = own.student.pk

    def found() -> tuple[Staff | None, Staff | None]:
        one = near(classes_of([key], today()), own.school.pk, today())[key]
        return one.adviser, one.head

    assert found() == (own.posts["adviser"], own.posts["grade_head"])
    set_state(own.posts["adviser"], StaffState.MATERNITY)
    assert found() == (None, own.posts["grade_head"])
    set_state(own.posts["grade_head"], StaffState.RETIRED)
    assert found() == (None, None)
