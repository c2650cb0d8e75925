"""What dashboards show on the home pages."""

from __future__ import annotations

from collections.abc import Iterable

from liangshi.foundation.ui.shell import ListRow
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import Desk, link, nav, rows
from liangshi.registry.access.links import address
from liangshi.registry.access.policy import OFFICE

nav(120, "dashboards:schools", "学校", "school", without=OFFICE)
nav(130, "dashboards:org", "机构", "network")
nav(140, "dashboards:years", "校历", "calendar", without=(Role.STUDENT,))
link("dashboards:years", "校历", dict.fromkeys(OFFICE, 40), icon="calendar")
link("dashboards:years", "校历和关键节点", {Role.MENTOR: 90, Role.STAFF: 30}, icon="calendar")
link("dashboards:moments", "关键节点", dict.fromkeys(OFFICE, 50), icon="flag", sub="各年级谈到了多少学生")
link("dashboards:moments", "关键节点", {Role.GRADE_HEAD: 10}, icon="flag", sub="本年级谈到了多少学生")


@rows("dashboards:school_grants", dict.fromkeys(OFFICE, 130))
def _grants(desk: Desk) -> Iterable[ListRow]:
    if url := address(desk.actor, "dashboards:school_grants", desk.actor.school_id):
        yield ListRow("谁有什么身份", url, icon="key-round")
