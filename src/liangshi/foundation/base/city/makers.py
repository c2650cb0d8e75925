"""Each room says in its `city.py` how its records are made; here they are collected and called, ground floor first.

    @school
    def talks(site: Site) -> Talks | None: ...

What a maker returns is kept under its type for the rooms above: `site.made(Talks)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from django.apps import apps
from django.db import connection, transaction
from django.utils.module_loading import module_has_submodule

from liangshi.foundation.base.city.plan import Plan, Site
from liangshi.foundation.base.city.rows import Rows
from liangshi.foundation.base.postgresql.policies import lifted

Make = Callable[[Site], object]
When = Literal["city", "school", "closing"]
BEFORE: list[Callable[[], None]] = []


@dataclass(frozen=True, slots=True)
class Maker:
    when: When
    make: Make


MAKERS: list[Maker] = []


def before(demand: Callable[[], None]) -> Callable[[], None]:
    """Asked before anything is touched; raises DomainError where no city can be made."""
    BEFORE.append(demand)
    return demand


def city(make: Make) -> Make:
    """Made once, before any school: bureaus and whoever works there."""
    MAKERS.append(Maker("city", make))
    return make


def school(make: Make) -> Make:
    """Made for each school."""
    MAKERS.append(Maker("school", make))
    return make


def closing(make: Make) -> Make:
    """Made last for the city and for each school, from what all rooms have left for it."""
    MAKERS.append(Maker("closing", make))
    return make


def collect() -> None:
    """Import the `city` module of every room that has one, in the order in which the rooms are installed."""
    for room in apps.get_app_configs():
        if room.name.startswith("liangshi.") and room.module and module_has_submodule(room.module, "city"):
            import_module(f"{room.name}.city")


def _in_order(*when: When) -> Iterator[Make]:
    """The makers from the ground up, whatever was imported first; within a room as it lists them."""
    places = [f"{room.name}." for room in apps.get_app_configs()]
    wanted = [maker for maker in MAKERS if maker.when in when]
    for place in places:
        yield from (maker.make for maker in wanted if maker.make.__module__.startswith(place))


def make_city(plan: Plan, told: Callable[[int, Rows], None] = lambda _number, _rows: None) -> Rows:
    """Fill the database, one school at a time, each in a transaction; `told` is called after each with its number.

    Raises what a room demands `before`, such as DomainError `not_empty`.
    """
    collect()
    for demand in BEFORE:
        demand()
    rows = Rows()
    whole = Site(plan, rows)
    with lifted():
        with transaction.atomic():
            _fill(whole, "city")
        for number in range(plan.schools):
            with transaction.atomic():
                _fill(Site(plan, rows, number, whole), "school")
            if number == 0:
                analyze()  # or PostgreSQL checks the foreign keys of all others as if the tables were empty
            told(number, rows)
    analyze()
    return rows


def _fill(site: Site, when: When) -> None:
    for make in (*_in_order(when), *_in_order("closing")):
        made = make(site)
        if made is not None:
            site.keep(made)
    site.rows.flush()


def analyze() -> None:
    """Let the database count what it holds: it plans its questions by these counts."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
