"""Whoever is told numbers only can compute no number of students below ten: not by sums, filters, files or days."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import openpyxl
import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from liangshi.foundation.base.clock import now, today
from liangshi.oversight.coverage.queries import FEW, Share, blurred, school_figures
from liangshi.registry.access.choices import Role
from liangshi.registry.access.lists import EXCEL
from liangshi.registry.access.policy import BUREAUS, ROUTES, may_open
from liangshi.registry.mentorships.actions import Pair, begin
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.schools.models import Bureau, School
from tests.asking import SignIn
from tests.cast import Cast, installer

FILTERS = ("ownership=1", "red=0", "sort=matched", "sort=-matched")
HATS = {"city": Role.CITY, "county": Role.COUNTY}


@pytest.mark.parametrize("active", [*range(1, 24), 40])
def test_what_is_said_fits_two_numbers_wherever_one_would_be_small(active: int) -> None:
    said: dict[Share, list[int]] = {}
    for matched in range(active + 1):
        told = blurred(Share(active, matched))
        assert told.matched <= matched <= told.matched + told.unsaid
        said.setdefault(told, []).append(matched)
    for told, numbers in said.items():
        alone = len(numbers) == 1
        assert alone == (told.unsaid == 0)
        if alone and numbers[0] not in {0, active}:
            assert min(numbers[0], active - numbers[0]) >= FEW
    assert said[Share(active, 0)] == [0], "nobody is said: the grade has not begun"


def worlds(alone: list[Share], sums: Iterable[tuple[tuple[int, ...], Share]]) -> list[tuple[int, ...]]:
    """All numbers of students with a mentor, group by group, that fit what is told of groups and of sums of groups."""
    sums = list(sums)
    return [
        world
        for world in itertools.product(*(range(s.matched, s.matched + s.unsaid + 1) for s in alone))
        if all(s.matched <= sum(world[g] for g in groups) <= s.matched + s.unsaid for groups, s in sums)
    ]


def test_no_sum_of_groups_recovers_one_of_them() -> None:
    """Brute force: three groups told alone and in every sum that a filter can make; for each small number another one
    fits as well. The exact sum, told beside its parts, gives some away."""
    dice = random.Random(10)
    kinds = [groups for size in (2, 3) for groups in itertools.combinations(range(3), size)]
    given_away = 0
    for _ in range(60):
        real = [Share(size, dice.randint(0, size)) for size in (dice.randint(3, 25), dice.randint(2, 12), 22)]
        parts = [blurred(each) for each in real]
        fit = worlds(parts, [(groups, sum((parts[g] for g in groups), Share())) for groups in kinds])
        for group, share in enumerate(real):
            possible = {world[group] for world in fit}
            assert share.matched in possible
            if 0 < min(share.matched, share.missing) < FEW:
                assert len(possible) > 1, (real, group)
        naive = worlds(parts, [((0, 1, 2), sum(real, Share()))])
        given_away += any(len({world[g] for world in naive}) == 1 < parts[g].unsaid for g in range(3))
    assert given_away


@dataclass
class Bureaus:
    """Everything that hats above the school can open."""

    sign_in: SignIn

    def addresses(self, role: Role) -> Iterator[str]:
        for name in sorted(ROUTES):
            if not may_open(role, name):
                continue
            rows = {
                "dashboards:school": School,
                "dashboards:school_grants": School,
                "dashboards:bureau_grants": Bureau,
            }
            if name in rows:
                yield from (reverse(name, args=[row.pk]) for row in rows[name].objects.all())
                continue
            try:
                yield reverse(name)
            except NoReverseMatch:
                continue
        schools = reverse("dashboards:schools")
        yield from (f"{schools}?{each}" for each in FILTERS)
        yield from (f"{schools}?{each}&format={EXCEL}" for each in FILTERS)

    def read(self) -> dict[tuple[str, str], object]:
        return {
            (hat, url): shown(client.get(url))
            for hat, role in HATS.items()
            for client in [self.sign_in(hat)]
            for url in self.addresses(role)
        }


def shown(answer: HttpResponse) -> object:
    if EXCEL in answer.headers.get("Content-Disposition", ""):
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return [list(sheet.values) for sheet in book.worksheets]
    page = answer.content.decode()
    return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def mentor(cast: Cast, *numbers: int) -> None:
    pairs = [Pair(cast.own.students[n].pk, cast.own.posts["mentor"].pk, today()) for n in numbers]
    begin(pairs, origin=Origin.IMPORTED, actor=installer(), chain=str(cast.own.school.pk))


def test_a_city_in_which_other_few_have_a_mentor_looks_the_same(cast: Cast, sign_in: SignIn) -> None:
    """Every page and file of city and county, byte for byte, with one and with five of six, and on the next day."""
    bureaus = Bureaus(sign_in)
    assert set(HATS.values()) == set(BUREAUS)
    with time_machine.travel(now(), tick=False):
        one = bureaus.read()
        assert len(one) > 30
        mentor(cast, 1, 2, 3, 4)
        assert bureaus.read() == one
    with time_machine.travel(now() + dt.timedelta(days=1), tick=False):
        county = sign_in("county")
        five = shown(county.get("/"))
        assert "还缺不到 10 人" in str(five)
        mentor(cast, 5)
        assert shown(county.get("/")) != five, "that everybody has one is said"


def test_their_own_school_is_told_exactly(cast: Cast, sign_in: SignIn) -> None:
    (row,) = school_figures(cast.actor("leader"))
    assert row.share == Share(6, 1)
    client: Client = sign_in("leader")
    assert "还缺 5 人" in client.get(f"/schools/{cast.own.school.pk}").content.decode()
