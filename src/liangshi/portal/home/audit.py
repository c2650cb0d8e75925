"""Opening the home page names whoever one has to do with every day: kept, and not listed on a student's page."""

from liangshi.foundation.audit.types import Leaves, Shown, declare

HOME_OPENED = declare("home.opened", "打开首页", Leaves.NONE, read=True, glance=True, shown=Shown.NOT)
