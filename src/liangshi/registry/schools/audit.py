from liangshi.foundation.audit.types import Leaves, declare

BUREAU_MADE = declare("org.bureau", "建立县区教育局", Leaves.NONE)
SCHOOL_MADE = declare("org.school", "建立学校", Leaves.NONE)
YEAR_MADE = declare("year.made", "建立学年", Leaves.NONE)
YEAR_IN_FORCE = declare("year.in_force", "学年标为已实施", Leaves.NONE)
YEAR_CLOSED = declare("year.closed", "关闭学年", Leaves.NONE)
YEAR_REOPENED = declare("year.reopened", "重新开启学年", Leaves.NONE)
TERM_SET = declare("year.term", "设定学期", Leaves.NONE)
EVENT_SET = declare("year.event", "校历添一项", Leaves.NONE)
EVENT_CHANGED = declare("year.event_changed", "校历改一项", Leaves.NONE)
EVENT_WITHDRAWN = declare("year.event_withdrawn", "校历撤下一项", Leaves.NONE)
