"""What this room shows elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from liangshi.practice.relations.queries.exceptions import teachers_without
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.doors import Door, doors_on
from liangshi.registry.access.links import address


@doors_on("relations:office")
def teachers(actor: Actor) -> Iterator[Door]:
    bare, _ = teachers_without(actor)
    url = address(actor, "relations:exceptions")
    yield Door("未任导师", url, "没有学生也没有原因的教师", "user-x", f"{len(bare)} 位", place=40)
