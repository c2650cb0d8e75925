"""What dashboards show on the home pages."""

from __future__ import annotations

from collections.abc import Iterable

from liangshi.foundation.base.clock import last_day
from liangshi.foundation.base.faces import Due
from liangshi.foundation.ui.shell import ListRow
from liangshi.portal.dashboards.queries import ending_soon, mine_to_decide
from liangshi.registry.access.actions.grants import page_of
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import Desk, due, link, nav, rows
from liangshi.registry.access.links import address
from liangshi.registry.access.offices import place_of
from liangshi.registry.access.permissions import GRANT_CONFIRM, GRANT_WRITE
from liangshi.registry.access.policy import OFFICE

nav(120, "dashboards:schools", "学校", "school", without=OFFICE)
nav(130, "dashboards:org", "机构", "network")
nav(140, "dashboards:years", "校历", "calendar", without=(Role.STUDENT,))
link("dashboards:years", "校历", dict.fromkeys(OFFICE, 40), icon="calendar")
link("dashboards:years", "校历和关键节点", {Role.MENTOR: 90, Role.STAFF: 30}, icon="calendar")
link("dashboards:moments", "关键节点", dict.fromkeys(OFFICE, 50), icon="flag", sub="各年级谈到了多少学生")
link("dashboards:moments", "关键节点", {Role.GRADE_HEAD: 10}, icon="flag", sub="本年级谈到了多少学生")


@due("grant", GRANT_CONFIRM)
def _to_decide(actor: Actor) -> Iterable[Due]:
    """What another has proposed and this one decides, a line for each place."""
    for place, number in mine_to_decide(actor):
        where = f"{place.school or place.bureau}：" if actor.role == Role.CITY else ""
        key, words = str((place.school or place.bureau).pk), f"{number} 项身份授予等您决定"  # type: ignore[union-attr]
        yield Due(key, f"{where}{words}", words, page_of(place), "key-round")


@due("grant_ends", GRANT_WRITE)
def _ending(actor: Actor) -> Iterable[Due]:
    """Who does not hold his role much longer: somebody goes on, or somebody else takes over."""
    for row in ending_soon(actor):
        whose = "您" if row.person_id == actor.person_id else str(row.person)
        title = f"{whose}的「{row.get_role_display()}」快到期了：提出续任，或由谁接替"
        yield Due(
            str(row.pk), title, "有身份快到期", page_of(place_of(row)), "key-round", last_day(row.ends_on)
        )


@rows("dashboards:school_grants", dict.fromkeys(OFFICE, 130))
def _grants(desk: Desk) -> Iterable[ListRow]:
    if url := address(desk.actor, "dashboards:school_grants", desk.actor.school_id):
        yield ListRow("谁有什么身份", url, icon="key-round")
