"""What waits for the office in each part of this room, as it stands on the pages behind the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from liangshi.foundation.base.clock import today
from liangshi.practice.relations.choices import NEED_LIVE
from liangshi.practice.relations.queries.exceptions import teachers_without
from liangshi.practice.relations.queries.needs import needs
from liangshi.practice.relations.queries.transfers import without_mentor, years_so_far
from liangshi.registry.access.actor import Actor
from liangshi.registry.schools.models import SchoolYear


@dataclass(frozen=True, slots=True)
class OpenNumbers:
    """`waiting` came by themselves and get a mentor; `without` are all without; `bare` are teachers."""

    waiting: int
    without: int
    needs: int
    bare: int
    year: SchoolYear | None


def open_numbers(actor: Actor) -> OpenNumbers:
    rows = without_mentor(actor.own_school, today())
    return OpenNumbers(
        sum(1 for row in rows if row.arrival and not row.exemption),
        len(rows),
        needs(actor).filter(state__in=sorted(NEED_LIVE)).count(),
        len(teachers_without(actor)[0]),
        next(iter(years_so_far(actor)), None),
    )
