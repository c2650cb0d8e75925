from liangshi.foundation.audit.types import Leaves, declare

FEED_MADE = declare("agenda.feed_made", "开通日历订阅", Leaves.NONE)
FEED_ENDED = declare("agenda.feed_ended", "停用日历订阅", Leaves.NONE)
