"""Which days a record of talks may have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from liangshi.foundation.base.errors import DomainError
from liangshi.practice.talks.queries.moments import still_taken
from liangshi.registry.schools.actions import require_open


def demand_open(school: UUID, days: Collection[dt.date], students: Collection[UUID]) -> None:
    """Raise DomainError `year_closed` where the school has closed the year of a day. A key moment may begin in one year
    and end in the next: until it has ended its talks are taken, also of the days that lie in the closed one."""
    for day in days:
        try:
            require_open([(school, day)])
        except DomainError:
            if not still_taken(school, day, students):
                raise
