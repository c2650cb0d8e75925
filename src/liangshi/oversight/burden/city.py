"""The city's cap, once lowered."""

from __future__ import annotations

from decimal import Decimal

from liangshi.foundation.base.city.makers import city
from liangshi.foundation.base.city.plan import DAY, Site
from liangshi.oversight.burden.models import BurdenCap
from liangshi.registry.people.city import Officials


@city
def cap(site: Site) -> None:
    dice, (person, _, _) = site.dice("burden"), site.made(Officials).people[0]
    for hours, days in (("40.0", 300), ("36.0", 60)):
        at = dice.moment(site.plan.today - DAY * days)
        site.rows.add(
            BurdenCap, id=dice.key(at), created_at=at, hours=Decimal(hours), note="按上学年的实际用时调整。",
            set_by_id=person,
        )  # fmt: skip
