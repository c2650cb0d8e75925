"""What the year's change shows elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from liangshi.foundation.ui.shell import ListRow
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.faces import RELATIONS_ROWS
from liangshi.registry.access.links import address
from liangshi.registry.schools.queries import years_so_far


def _year_s_change(actor: Actor) -> Iterator[ListRow]:
    for year in years_so_far(actor.own_school)[:1]:
        url = address(actor, "rollover:rollover", year.pk)
        yield ListRow("学年结转", url, sub="先预演，再由校领导结转", icon="calendar")


RELATIONS_ROWS.put("rollover", _year_s_change, 50)
