"""Entries of the log that tell of a relation after it has begun.

That a change is asked for stands in the log without the student's name: a mentor who also works in the office
must not learn it from the log of his own student. Once it takes effect, the registry notes the change itself, in the
words of all screens. Who read of one stands there with the name. None of it is listed on the student's page.
"""

from liangshi.foundation.audit.types import Leaves, Shown, declare

CHANGE_ASKED = declare("change.asked", "申请换导师", Leaves.NONE, shown=Shown.NOT)
CHANGE_MOVED = declare("change.moved", "办理换导师申请", Leaves.NONE, shown=Shown.NOT)
SWAPPED = declare("change.swapped", "两名学生互换导师", Leaves.DETAIL, shown=Shown.NOT)
CHANGE_READ = declare("change.read", "查看换导师申请", Leaves.NONE, read=True, shown=Shown.NOT)
CHANGE_FORM = declare("change.form", "打开换导师申请表", Leaves.NONE, read=True, glance=True, shown=Shown.NOT)
CONCERN_RAISED = declare("concern.raised", "说到一件关系到安全的事", Leaves.NONE, shown=Shown.NOT)
CONCERN_MOVED = declare("concern.moved", "处理一件关系到安全的事", Leaves.NONE, shown=Shown.NOT)
CONCERN_READ = declare("concern.read", "查看一件关系到安全的事", Leaves.NONE, read=True, shown=Shown.NOT)
CONCERN_FORM = declare(
    "concern.form", "打开关系到安全的表", Leaves.NONE, read=True, glance=True, shown=Shown.NOT
)
OFFERS_READ = declare(
    "change.offers", "查看学校请自己接的学生", Leaves.NONE, read=True, glance=True, shown=Shown.NOT
)
OFFICE_OPENED = declare(
    "relations.opened", "打开师生关系", Leaves.NONE, read=True, glance=True, shown=Shown.NOT
)
CHANGE_COUNTED = declare("change.counted", "查看各导师的换导师申请数", Leaves.NONE, read=True)
ABSENCE_READ = declare("absence.read", "查看离岗和代管", Leaves.NONE, read=True, glance=True)
ABSENCE_REGISTERED = declare("absence.registered", "登记离岗", Leaves.NONE)
ABSENCE_LONGER = declare("absence.longer", "短期离岗转为待接任", Leaves.NONE)
ABSENCE_ENDED = declare("absence.ended", "登记返岗", Leaves.NONE)
SUCCEEDED = declare("absence.succeeded", "全部接任", Leaves.NONE)
PROPOSAL_READ = declare("absence.proposal_read", "查看接任方案", Leaves.NONE, read=True)
HAND_OVER_WRITTEN = declare("hand_over.written", "写交接信", Leaves.NONE)
HAND_OVER_ASKED = declare("hand_over.asked", "请原导师写交接信", Leaves.NONE)
HAND_OVER_READ = declare("hand_over.read", "打开交接信", Leaves.NONE, read=True)
HAND_OVER_LISTED = declare("hand_over.listed", "看交接信的列表", Leaves.NONE, read=True, glance=True)
HAND_OVER_CLOSED = declare("hand_over.closed", "交接完成", Leaves.NONE)
MEETING_READ = declare("meeting.read", "看第一次见面卡", Leaves.NONE, read=True, glance=True)
MEETING_NOTED = declare("meeting.noted", "写第一次见面的约定", Leaves.NONE)
