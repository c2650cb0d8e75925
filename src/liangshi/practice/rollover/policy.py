"""Who may rehearse, carry out and undo the change of a year."""

from liangshi.practice.rollover.audit import REHEARSED
from liangshi.practice.rollover.models import Rollover
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import YEAR
from liangshi.registry.access.policy import OFFICE, Resource, Scope, permit, routes

ROLLOVER = Resource("rollover", Rollover)

ROLLOVER_REHEARSE = permit("rollover.rehearse", YEAR, "预演学年结转", OFFICE)
ROLLOVER_RUN = permit("rollover.run", YEAR, "学年结转", {Role.LEADER: Scope.SCHOOL}, "7 天内可以撤回")
ROLLOVER_REVERSE = permit("rollover.reverse", ROLLOVER, "撤回学年结转", {Role.LEADER: Scope.SCHOOL})

routes(
    "rollover",
    {
        "rollover": ROLLOVER_REHEARSE,
        "run": ROLLOVER_RUN,
        "reverse": ROLLOVER_REVERSE,
    },
    reads={"rollover": REHEARSED},
)
