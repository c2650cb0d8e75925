"""A short year of a small school, in which nothing is found; and what is found where a row has gone wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from bench._year import recount
from bench._year.figures import figures
from bench._year.life import live
from bench._year.world import FIRST_DAY, World, at, found, steady_keys
from bench.year import main

from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.mentorships.triggers import CARE, GUARDS
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import GuardianLink, Staff

pytestmark = pytest.mark.django_db

SMALL, DAYS = 4, 21  # students of a class; ten days after the first matching is published


def test_a_short_year_goes_through_without_a_finding():
    year = live(7, DAYS, each=SMALL, brief=True)
    assert year.findings == []
    assert (year.days, year.deeds > 40) == (DAYS, True)


@pytest.fixture
def world() -> Iterator[World]:
    with time_machine.travel(at(FIRST_DAY), tick=False) as clock, steady_keys():
        yield found(1, clock, each=SMALL)


def told(world: World, before: recount.Books) -> list[str]:
    return list(recount.each_deed("test", before, recount.Books.now(world.school, before.last)))


def test_a_mentor_who_goes_without_a_word_is_found(world):
    before = recount.Books.now(world.school)
    assert told(world, before) == []
    bond = Mentorship.objects.filter(kind="primary").first()
    Staff.objects.filter(pk=bond.mentor_id).update(state=StaffState.SICK)
    assert f"{bond.student} has only {bond.mentor.person}(sick)" in told(world, before)


def test_a_parent_who_looks_after_his_child_is_found(world):
    link = GuardianLink.objects.filter(
        person__posts__isnull=False, student__mentorships__isnull=False
    ).first()
    bond, parent = link.student.mentorships.get(), link.person.posts.get()
    before = recount.Books.now(world.school)
    GUARDS[CARE].remove()  # the database would refuse it
    Interim.objects.create(mentorship=bond, caretaker=parent, starts_on=dt.date(2026, 9, 1))
    said = told(world, before)
    assert f"{link.student} is looked after by {link.person}(on_duty), a parent" in said
    assert any("heard 0 times" in each for each in said)


def test_places_that_are_not_given_back_are_found(world):
    bond = Mentorship.objects.filter(kind="primary").first()
    before = recount.Books.now(world.school)
    Mentorship.objects.filter(pk=bond.pk).update(ends_on=dt.date(2026, 9, 1), seat=None)
    assert any("places taken" in each for each in told(world, before))
    assert list(figures(world.school, recount.Books.now(world.school))) == []  # they count what is there


def test_wrong_usage(capsys):
    with pytest.raises(SystemExit):
        main(["--days", "many"])
    assert "liangshi bench year" in capsys.readouterr().err
