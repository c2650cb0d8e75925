"""Entries of the log that tell of a year's change."""

from liangshi.foundation.audit.types import Leaves, declare

ROLLED_OVER = declare("rollover.run", "学年结转", Leaves.NONE)
ROLLED_BACK = declare("rollover.reversed", "撤回学年结转", Leaves.NONE)
REHEARSED = declare("rollover.rehearsed", "预演学年结转时看到", Leaves.NONE, read=True, glance=True)
