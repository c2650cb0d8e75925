from liangshi.foundation.audit.types import Leaves, Shown, declare

FEED_MADE = declare("agenda.feed_made", "开通日历订阅", Leaves.NONE)
FEED_ENDED = declare("agenda.feed_ended", "停用日历订阅", Leaves.NONE)
AGENDA_OPENED = declare("agenda.opened", "看待办", Leaves.NONE, read=True, glance=True, shown=Shown.NOT)
