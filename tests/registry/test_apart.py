"""Nobody is given a student who has named him, nor his own child: the last wall, whoever decided before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.triggers import build, missing, take_down
from liangshi.registry.mentorships.actions import Change, Pair, begin, begin_co, cover, end_many, replace
from liangshi.registry.mentorships.apart import keep_apart
from liangshi.registry.mentorships.choices import EndReason, Kind, Origin
from liangshi.registry.mentorships.models import Interim, MentorPlaces, Mentorship
from liangshi.registry.mentorships.triggers import GUARDS
from liangshi.registry.people.models import GuardianLink, Staff, Student
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


@pytest.mark.parametrize("way", [given, passed, beside, looked_after])
def test_who_is_named_at_that_very_moment_is_refused_in_the_same_words(
    cast: Cast, child: Student, way: Callable[[Student, Staff], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the question and the row."""
    who = cast.own.posts["second"]
    if way is not given:
        given(child, cast.own.posts["mentor"])
    monkeypatch.setattr(
        "liangshi.registry.mentorships.actions.demand_fit",
        lambda *_asked, **_more: keep_apart(child.pk, [who.person_id]),
    )
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        way(child, who)
    assert refusal.value.code == "not_given"


# The database by itself


def bond(child: Student, who: Staff, **fields: object) -> Mentorship:
    return Mentorship.objects.create(
        student=child, mentor=who, starts_on=today(), **{"origin": Origin.ASSIGNED, "seat": 14, **fields}
    )


@pytest.mark.row("R61", "G10")
@pytest.mark.parametrize("why", ["kin", "named"])
def test_the_database_gives_a_student_nobody_who_is_kept_apart(cast: Cast, child: Student, why: str) -> None:
    """Whatever the statement: a new row, one that is opened again, one that becomes somebody else's."""
    who, other = cast.own.posts["second"], cast.own.posts["mentor"]
    past = bond(child, who, seat=None, ends_on=today(), end_reason=EndReason.AGREED)
    if why == "kin":
        guardian(child, who.person)
    else:
        keep_apart(child.pk, [who.person_id])
    held = bond(child, other)
    for statement in (
        lambda: bond(child, who, kind=Kind.CO, strategy=Strategy.XY, seat=None),
        lambda: Mentorship.objects.filter(pk=past.pk).update(
            ends_on=None, end_reason="", kind=Kind.CO, strategy="XY"
        ),
        lambda: Mentorship.objects.filter(pk=held.pk).update(mentor=who),
        lambda: Interim.objects.create(mentorship=held, caretaker=who, starts_on=today()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            statement()
    care = Interim.objects.create(mentorship=held, caretaker=cast.own.posts["grade_head"], starts_on=today())
    with pytest.raises(IntegrityError), transaction.atomic():
        Interim.objects.filter(pk=care.pk).update(caretaker=who)
    Mentorship.objects.filter(pk=held.pk).update(ends_on=today(), end_reason=EndReason.AGREED, seat=None)


def test_the_database_lets_go_on_and_end_what_began_before(cast: Cast, child: Student) -> None:
    """Who turns out to be family, or is named, is taken away by a deed; his row is not locked."""
    who = cast.own.posts["second"]
    held = bond(child, who)
    guardian(child, who.person)
    Mentorship.objects.filter(pk=held.pk).update(seat=13)
    Mentorship.objects.filter(pk=held.pk).update(ends_on=today(), end_reason=EndReason.AGREED, seat=None)
    GuardianLink.objects.filter(student=child).update(ends_on=today())
    bond(child, who)  # family no more, as the register says


def test_who_was_family_while_it_ran_may_be_given_back_and_recorded(cast: Cast, child: Student) -> None:
    """A kinship that was registered by mistake and ended since: what the deeds allow, the database does not refuse."""
    who, since = cast.own.posts["second"], today() - dt.timedelta(300)
    guardian(child, who.person)
    GuardianLink.objects.filter(student=child).update(ends_on=today() - dt.timedelta(30))
    pair = Pair(child.pk, who.pk, since)
    begin([pair], origin=Origin.IMPORTED, actor=installer(), chain=str(child.school_id))
    end_many(
        [child.pk], on=today(), reason=EndReason.YEAR_OVER, actor=installer(), chain=str(child.school_id)
    )
    Mentorship.objects.filter(student=child).update(ends_on=None, end_reason="", seat=14)


@pytest.mark.django_db
@pytest.mark.parametrize("table", list(GUARDS))
def test_nothing_starts_without_that_wall_and_migrating_puts_it_up(table: str) -> None:
    assert missing(GUARDS) == []
    GUARDS[table].remove()
    assert missing(GUARDS) == [table]
    with pytest.raises(CommandError, match=f"{table} 少了不许改动的触发器。请运行 liangshi migrate 补上"):
        call_command("check")
    build(GUARDS)
    assert missing(GUARDS) == []
    take_down(GUARDS, plan=[])
    assert missing(GUARDS) == [], "nothing is to be migrated"
    take_down(GUARDS, plan=["a migration"])
    assert missing(GUARDS) == list(GUARDS), "SQLite could not build a table anew that a trigger speaks of"
    build(GUARDS)
    assert missing(GUARDS) == []
