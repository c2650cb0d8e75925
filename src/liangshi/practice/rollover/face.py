"""What the year's change shows elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from liangshi.registry.access.actor import Actor
from liangshi.registry.access.doors import Door, doors_on
from liangshi.registry.access.links import address
from liangshi.registry.schools.queries import years_so_far


@doors_on("relations:office")
def year_s_change(actor: Actor) -> Iterator[Door]:
    for year in years_so_far(actor.own_school)[:1]:
        url = address(actor, "rollover:rollover", year.pk)
        yield Door("学年结转", url, "先预演，再由校领导结转", "calendar", place=50)
