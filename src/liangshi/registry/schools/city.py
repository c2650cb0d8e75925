"""Bureaus, and of each school its years, calendar, grades and classes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from liangshi.foundation.audit.city import Log
from liangshi.foundation.base.city.makers import before, city, school
from liangshi.foundation.base.city.plan import DAY, Days, Dice, Site
from liangshi.foundation.base.errors import DomainError
from liangshi.registry.schools.choices import BureauKind, ClassKind, EventKind, Ownership, YearState
from liangshi.registry.schools.grades import GRADES
from liangshi.registry.schools.models import (
    Bureau,
    CalendarEvent,
    ClassGroup,
    Cohort,
    CompulsoryField,
    School,
    SchoolYear,
    Term,
)
from liangshi.registry.schools.usual import events, terms

COUNTIES = "甲乙丙丁戊己庚辛壬癸"
SCHOOLS_OF_A_COUNTY = 7
CLASS_SIZE = 48
ROOM = "schools"
QUIET, DAILY, OPENING, EXAM = 0.0, 1.0, 2.5, 4.0  # weights of a day on which something is recorded
WEEKEND = 0.08
EXAMS = frozenset({EventKind.MIDTERM, EventKind.FINAL, EventKind.JOINT, EventKind.MOCK, EventKind.QUALIFYING})


@dataclass
class Bureaus:
    city: UUID
    counties: list[UUID]


@dataclass
class Year:
    """A school year. `days` weighs the days that are over by how much is recorded on them."""

    id: UUID
    start: int
    terms: list[tuple[UUID, dt.date, dt.date]]
    days: Days

    @property
    def starts_on(self) -> dt.date:
        return dt.date(self.start, 9, 1)


@dataclass
class Campus:
    """A school with its years (oldest first), its 级 and their classes, each by entry year, oldest first."""

    id: UUID
    code: str
    bureau: UUID
    founded: dt.datetime
    years: list[Year]
    cohorts: dict[int, UUID] = field(default_factory=dict)
    classes: dict[int, list[UUID]] = field(default_factory=dict)

    @property
    def year(self) -> Year:
        return self.years[-1]

    def grade(self, entry: int, start: int) -> int:
        """0 高一, 1 高二, 2 高三 in the year that begins in `start`."""
        return start - entry


@before
def nothing_there() -> None:
    """Raises DomainError `not_empty` where a bureau or school is already."""
    if Bureau.objects.exists() or School.objects.exists():
        raise DomainError(
            "not_empty",
            "这个数据库里已经有教育局或学校，虚构的城市只能装进空的数据库。请换一个数据库（环境变量 LIANGSHI_DATABASE）再试。",
        )


@city
def bureaus(site: Site) -> Bureaus:
    """The city's bureau and the counties'."""
    dice, at = site.dice(ROOM), dt.datetime(site.plan.starts[0], 8, 1, 1, tzinfo=dt.UTC)
    top = dice.key(at)
    site.rows.add(
        Bureau, id=top, created_at=at, kind=BureauKind.CITY, official_name="虚构市教育局",
        short_name="市教育局", region_code="990100",
    )  # fmt: skip
    made = Bureaus(top, [])
    number = min(len(COUNTIES), max(1, site.plan.schools // SCHOOLS_OF_A_COUNTY))
    for place, letter in enumerate(COUNTIES[:number], 1):
        made.counties.append(key := dice.key(at))
        site.rows.add(
            Bureau, id=key, created_at=at, kind=BureauKind.COUNTY, official_name=f"虚构市{letter}县教育局",
            short_name=f"{letter}县教育局", region_code=f"9901{place:02d}", parent_id=top,
        )  # fmt: skip
    return made


@school
def campus(site: Site) -> Campus:
    dice, rows = site.dice(ROOM), site.rows
    founded = dt.datetime(site.plan.starts[0], 8, 10, 1, tzinfo=dt.UTC)
    above = site.made(Bureaus)
    direct = site.order % 6 == 0
    bureau = above.city if direct else above.counties[site.order % len(above.counties)]
    letter = "市直" if direct else f"{COUNTIES[site.order % len(above.counties)]}县"
    code = f"98{site.order + 1:08d}"
    made = Campus(dice.key(founded), code, bureau, founded, [])
    rows.add(
        School, id=made.id, created_at=founded, code=code, name=f"虚构市{letter}第{site.order + 1}高级中学",
        short_name=f"{letter}{site.order + 1}中", bureau_id=bureau,
        ownership=dice.choices(Ownership.values, (80, 16, 4))[0],
    )  # fmt: skip
    site.made(Log).chain = str(made.id)
    made.years = [_year(site, made, start, dice) for start in site.plan.starts]
    _classes(site, made, dice)
    if dice.chance(0.3):
        rows.add(
            CompulsoryField,
            id=dice.key(founded),
            created_at=founded,
            school_id=made.id,
            form="talk",
            field="place",
        )
    return made


def _year(site: Site, made: Campus, start: int, dice: Dice) -> Year:
    rows, at = site.rows, dt.datetime(start, 8, 12, 2, tzinfo=dt.UTC)
    key, now = dice.key(at), start == site.plan.this_year
    rows.add(
        SchoolYear, id=key, created_at=at, school_id=made.id, start_year=start,
        state=YearState.RUNNING if now else YearState.CLOSED,
        in_force_on=dt.date(start, 9, 28) if dice.chance(0.9) else None,
    )  # fmt: skip
    held = []
    for seq, opens, closes in terms(start):
        held.append((dice.key(at), opens, closes))
        rows.add(Term, id=held[-1][0], created_at=at, year_id=key, seq=seq, opens_on=opens, closes_on=closes)
    weights = dict.fromkeys(_span(dt.date(start, 9, 1), dt.date(start + 1, 7, 10)), DAILY)
    for usual, first, last, entry in events(start):
        rows.add(
            CalendarEvent, id=dice.key(at), created_at=at, year_id=key, kind=usual.kind, title=usual.title,
            starts_on=first, last_on=last, entry_years=[entry] if entry else [],
        )  # fmt: skip
        _weigh(weights, usual.kind, first, last)
    over = min(site.last_day, site.plan.today - DAY)
    pairs = [
        (day, weight * (WEEKEND if day.weekday() > 4 else 1))
        for day, weight in weights.items()
        if weight and day <= over
    ]
    return Year(key, start, held, Days.of(pairs))


def _span(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + DAY * step for step in range((last - first).days + 1)]


def _weigh(weights: dict[dt.date, float], kind: EventKind, first: dt.date, last: dt.date) -> None:
    """Talks gather about exams and openings, and rest in holidays."""
    if kind == EventKind.HOLIDAY:
        weights.update(dict.fromkeys(_span(first, last), QUIET))
    elif kind in EXAMS or kind == EventKind.OPENING:
        for day in _span(first - DAY * 4, last + DAY * 5):
            if weights.get(day):
                weights[day] = max(weights[day], EXAM if kind in EXAMS else OPENING)


def _classes(site: Site, made: Campus, dice: Dice) -> None:
    """The 级 that were in the school in any of the years; each about a third of it."""
    first, last = site.plan.starts[0], site.plan.this_year
    number = max(1, round(site.students / len(GRADES) / CLASS_SIZE))
    for entry in range(first - len(GRADES) + 1, last + 1):
        at = dt.datetime(max(entry, first), 8, 20, 3, tzinfo=dt.UTC)
        made.cohorts[entry] = cohort = dice.key(at)
        site.rows.add(Cohort, id=cohort, created_at=at, school_id=made.id, entry_year=entry)
        made.classes[entry] = []
        for place in range(1, number + 1):
            made.classes[entry].append(key := dice.key(at))
            talent = number > 4 and place == number and dice.chance(0.3)
            site.rows.add(
                ClassGroup, id=key, created_at=at, cohort_id=cohort, number=place,
                kind=ClassKind.TALENT if talent else ClassKind.ORDINARY,
            )  # fmt: skip
