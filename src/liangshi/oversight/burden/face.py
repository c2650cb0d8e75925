"""What the burden budget shows on the home pages."""

from __future__ import annotations

from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import link

ROUTE, TITLE, ICON = "burden:budget", "负担预算", "hourglass"
link(ROUTE, TITLE, {Role.MENTOR: 100}, icon=ICON, sub="必填的一年要花您多少时间")
link(ROUTE, TITLE, {Role.LEADER: 110, Role.CLERK: 110}, icon=ICON, sub="必填项一年要花老师多少时间")
link(ROUTE, TITLE, {Role.CITY: 10, Role.COUNTY: 10}, icon=ICON, sub="必填项一年要花老师多少时间，全市上限")
