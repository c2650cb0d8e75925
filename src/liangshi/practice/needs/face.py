"""What needs show elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from liangshi.practice.needs.choices import NEED_LIVE
from liangshi.practice.needs.queries.needs import needs
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.doors import Door, doors_on
from liangshi.registry.access.links import address


@doors_on("relations:office")
def several_mentors(actor: Actor) -> Iterator[Door]:
    number = needs(actor).filter(state__in=sorted(NEED_LIVE)).count()
    url = address(actor, "needs:needs")
    yield Door("特需与协同", url, "一名学生，几位导师", "heart-handshake", f"{number} 项", place=30)
