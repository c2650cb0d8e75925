"""How large a city is, and the dice that each room throws: the same seed on the same day gives the same rows."""

from __future__ import annotations

import datetime as dt
import math
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, TypeVar

from liangshi.foundation.base.city.rows import Rows

T = TypeVar("T")
DAY = dt.timedelta(days=1)
EPOCH = dt.date(1970, 1, 1).toordinal()
DAY_MS, MINUTE_MS = 86_400_000, 60_000
LOCAL = 8  # hours by which the city is ahead of UTC
FEWEST = 20  # students of a school
SIZES = 0.35  # spread of the schools' sizes, as of a log-normal


class Dice(random.Random):
    """Chances, moments and keys of one room in one school."""

    def chance(self, share: float) -> bool:
        return self.random() < share

    def skew(self, sigma: float) -> float:
        """A factor around 1: most a little below, a few far above."""
        return self.lognormvariate(-sigma * sigma / 2, sigma)

    def moment(self, day: dt.date, first: int = 8, last: int = 21) -> dt.datetime:
        """Some second of a day between two hours of the city's clock (8 and later)."""
        minutes = (first - LOCAL) * 60 + int(self.random() * (last - first) * 60)
        hour, minute = divmod(minutes, 60)
        return dt.datetime(day.year, day.month, day.day, hour, minute, int(self.random() * 60), tzinfo=dt.UTC)

    def key(self, at: dt.date) -> uuid.UUID:
        """A UUIDv7 of that day or moment, as a row made then would bear."""
        ms = (at.toordinal() - EPOCH) * DAY_MS
        if isinstance(at, dt.datetime):
            ms += (at.hour * 60 + at.minute) * MINUTE_MS
        low = self.getrandbits(74)
        return uuid.UUID(int=ms << 80 | 7 << 76 | (low >> 62) << 64 | 2 << 62 | low & (1 << 62) - 1)

    def some(self, rows: Sequence[T], share: float) -> list[T]:
        """About that share of the rows, in their order."""
        return [row for row in rows if self.random() < share]

    def days(self, weighed: Days, number: int) -> list[dt.date]:
        """So many days out of a pool, each drawn by its weight; none where the pool is empty."""
        if not weighed.days or not number:
            return []
        return sorted(self.choices(weighed.days, cum_weights=weighed.weights, k=number))


@dataclass(frozen=True, slots=True)
class Days:
    """Days to draw from, with running sums of their weights."""

    days: tuple[dt.date, ...]
    weights: tuple[float, ...]

    @classmethod
    def of(cls, pairs: Sequence[tuple[dt.date, float]]) -> Days:
        return cls(tuple(day for day, _ in pairs), tuple(accumulate(weight for _, weight in pairs)))


@dataclass(frozen=True)
class Plan:
    """`students` are those enrolled today, over all schools; `years` reach back from the current one."""

    schools: int
    students: int
    years: int
    seed: int
    today: dt.date

    @property
    def this_year(self) -> int:
        return self.today.year if self.today.month >= 9 else self.today.year - 1

    @property
    def starts(self) -> range:
        """The years in which the school years of the city begin, oldest first."""
        return range(self.this_year - self.years + 1, self.this_year + 1)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many students each school has today: a few large, many middling, some small.

        The first school hangs on the mean alone: it is the same in a larger city of the same mean and seed.
        """
        mean = self.students / self.schools
        weights = [Dice(f"{self.seed}/{number}/size").skew(SIZES) for number in range(self.schools)]
        most = self.students - (self.schools - 1) * FEWEST
        first = self.students if self.schools == 1 else min(round(mean * weights[0]), most)
        others = sum(weights[1:])
        bounds = [round((self.students - first) * part / others) for part in accumulate(weights[1:])]
        return (first, *(high - low for low, high in zip([0, *bounds], bounds, strict=False)))


class Site:
    """The city, or one of its schools, while it is being made. What one room has made, the rooms above it read."""

    def __init__(self, plan: Plan, rows: Rows, number: int | None = None, city: Site | None = None) -> None:
        self.plan, self.rows, self.number, self._city = plan, rows, number, city
        self._made: dict[type, Any] = {}

    def dice(self, room: str) -> Dice:
        return Dice(f"{self.plan.seed}/{self.number}/{room}")

    def keep(self, made: Any) -> None:
        self._made[type(made)] = made

    def made(self, kind: type[T]) -> T:
        """What a room below has made for this school, or for the whole city. Raises LookupError."""
        if kind in self._made:
            found: T = self._made[kind]
            return found
        if self._city:
            return self._city.made(kind)
        raise LookupError(f"no room below makes {kind.__name__}")

    @property
    def order(self) -> int:
        """Which school of the city this is, from 0."""
        if self.number is None:
            raise LookupError("the city itself is no school")
        return self.number

    @property
    def students(self) -> int:
        return self.plan.sizes[self.order]

    @cached_property
    def last_day(self) -> dt.date:
        """The last day of which anything is recorded: today, but for one school in eight, which has gone quiet."""
        dice = self.dice("quiet")
        if self.order % 8 != 5:
            return self.plan.today
        return self.plan.today - dt.timedelta(math.ceil(45 * dice.skew(0.8)))
