"""Entries of the log that tell of needs and co-mentors. None tells the category."""

from liangshi.foundation.audit.types import Leaves, declare

NEED_FORM = declare("need.form", "打开多位导师的表单", Leaves.NONE, read=True, glance=True)
NEED_PROPOSED = declare("need.proposed", "提出特需", Leaves.NONE)
NEED_APPROVED = declare("need.approved", "批准特需", Leaves.NONE)
NEED_REFUSED = declare("need.refused", "不批准特需", Leaves.NONE)
NEED_SUGGESTED = declare("need.suggested", "选定协同导师", Leaves.NONE)
NEED_GRANTED = declare("need.granted", "批准协同导师", Leaves.NONE)
NEED_RENEWED = declare("need.renewed", "复核特需", Leaves.NONE)
NEED_REOPENED = declare("need.reopened", "协同导师空缺", Leaves.NONE)
NEED_ENDED = declare("need.ended", "结束特需", Leaves.NONE)
NEED_OPENED = declare("need.read", "查看特需", Leaves.NONE, read=True)
