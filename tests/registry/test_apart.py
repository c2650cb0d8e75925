"""Nobody is given a student who has named him, nor his own child: the last wall, whoever decided before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.registry.mentorships.actions import Change, Pair, begin, begin_co, cover, replace
from liangshi.registry.mentorships.apart import keep_apart
from liangshi.registry.mentorships.choices import EndReason, Origin
from liangshi.registry.mentorships.models import Interim, MentorPlaces, Mentorship
from liangshi.registry.people.models import Staff, Student
from liangshi.registry.schools.choices import Strategy
from tests.cast import Cast, guardian, installer, student

pytestmark = pytest.mark.both


@pytest.fixture
def child(cast: Cast) -> Student:
    own = cast.own
    return student(own.school, own.class_2, "新生", 90, since=today())


def given(child: Student, who: Staff) -> None:
    pair = Pair(child.pk, who.pk, today())
    begin([pair], origin=Origin.ASSIGNED, actor=installer(), chain=str(child.school_id))


def passed(child: Student, who: Staff) -> None:
    bond = Mentorship.objects.get(student=child)
    replace(
        [Change(bond, who.pk)], on=today(), origin=Origin.CHANGED, reason=EndReason.AGREED,
        actor=installer(), chain=str(child.school_id),
    )  # fmt: skip


def beside(child: Student, who: Staff) -> None:
    begin_co(child, who, Strategy.XY, on=today(), actor=installer(), chain=str(child.school_id))


def looked_after(child: Student, who: Staff) -> None:
    bond = Mentorship.objects.get(student=child)
    cover([bond], who, on=today(), actor=installer(), chain=str(child.school_id))


@pytest.mark.parametrize("way", [given, passed, beside, looked_after])
@pytest.mark.parametrize("kin", [True, False])
def test_who_is_kept_apart_is_given_by_no_way(
    cast: Cast, child: Student, way: Callable[[Student, Staff], None], *, kin: bool
) -> None:
    who = cast.own.posts["second"]
    if way is not given:
        given(child, cast.own.posts["mentor"])
    if kin:
        guardian(child, who.person)
    else:
        keep_apart(child.pk, [who.person_id])
    before = [*Mentorship.objects.values_list("pk", "mentor", "ends_on")]
    places = [*MentorPlaces.objects.values_list("staff", "taken")]
    with pytest.raises(DomainError) as refused:
        way(child, who)
    assert refused.value.code == "not_given"
    assert str(who) not in refused.value.message  # who keeps away from whom is nobody's to read here
    assert [*Mentorship.objects.values_list("pk", "mentor", "ends_on")] == before
    assert [*MentorPlaces.objects.values_list("staff", "taken")] == places
    assert not Interim.objects.filter(caretaker=who).exists()
    way(child, cast.own.posts["leader"])  # anybody else
