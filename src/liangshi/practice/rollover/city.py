"""The changes of the years that are over."""

from __future__ import annotations

import datetime as dt

from liangshi.foundation.audit.city import Log
from liangshi.foundation.base.city.makers import school
from liangshi.foundation.base.city.plan import DAY, Site
from liangshi.practice.rollover import audit
from liangshi.practice.rollover.choices import RolloverState
from liangshi.practice.rollover.models import Rollover
from liangshi.registry.access.city import Doers
from liangshi.registry.people.city import People
from liangshi.registry.schools.city import Campus


@school
def rollovers(site: Site) -> None:
    """Each year that is over was rolled over, long enough ago to stand for good."""
    dice, campus, people = site.dice("rollovers"), site.made(Campus), site.made(People)
    for year in campus.years[:-1]:
        day = dt.date(year.start + 1, 7, 12)
        at, key = dice.moment(day), dice.key(day)
        leavers = sum(one.entry == year.start - 2 and one.here(day - DAY * 5) for one in people.pupils)
        site.rows.add(
            Rollover, id=key, created_at=at, year_id=year.id, state=RolloverState.DONE, run_at=at,
            graduated_on=dt.date(year.start + 1, 7, 8), run_by_id=people.leaders[1].person,
            report={"graduates": leavers, "bonds": leavers},
        )  # fmt: skip
        site.made(Log).note(audit.ROLLED_OVER, site.made(Doers).leader, at, key)
