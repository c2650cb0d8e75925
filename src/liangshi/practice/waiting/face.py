"""What waits for a mentor, shown elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from liangshi.foundation.base.clock import today
from liangshi.practice.waiting.queries.students import without_mentor
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.doors import Door, doors_on
from liangshi.registry.access.links import address


@doors_on("relations:office")
def students(actor: Actor) -> Iterator[Door]:
    """Those who came by themselves and get a mentor; all who are without."""
    rows = without_mentor(actor.own_school, today())
    come = sum(1 for row in rows if row.arrival and not row.exemption)
    url = address(actor, "waiting:waiting")
    yield Door("待配导师", url, "转入、复学、借读的学生", "user-plus", f"{come} 名", place=10)
    url = address(actor, "waiting:without_mentor")
    yield Door("无导师学生", url, "配上导师，或写明原因", "users", f"{len(rows)} 名", place=20)
