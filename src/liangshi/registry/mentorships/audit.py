"""Entries of the log that tell of relations.

A change of mentor stands on a student's page of the log in the neutral words of all screens, by its month and without
who did it: in the trial that is the student himself, who was promised that his mentor does not learn it.
"""

from liangshi.foundation.audit.types import Leaves, Shown, declare

BEGUN = declare("mentorship.begun", "建立导师关系", Leaves.NONE)
REPLACED = declare("mentorship.replaced", "导师调整", Leaves.NONE, shown=Shown.MONTH_ALONE)
CO_BEGUN = declare("mentorship.co_begun", "加配协同导师", Leaves.NONE)
COVERED = declare("mentorship.covered", "临时代管", Leaves.NONE)
UNCOVERED = declare("mentorship.uncovered", "结束代管", Leaves.NONE)
ENDED = declare("mentorship.ended", "结束导师关系", Leaves.NONE)
EXCEPTION_ASKED = declare("mentorship.exception_asked", "提出超额许可", Leaves.DETAIL)
EXCEPTION_REFUSED = declare("mentorship.exception_refused", "不同意超额许可", Leaves.DETAIL)
EXCEPTION_ALLOWED = declare("mentorship.exception", "批准超额许可", Leaves.DETAIL)
EXCEPTION_VOIDED = declare("mentorship.exception_voided", "撤回超额许可", Leaves.DETAIL)
LEFT_OUT = declare("mentor.left_out", "暂不担任导师", Leaves.DETAIL)
BACK_IN_POOL = declare("mentor.back", "恢复担任导师", Leaves.NONE)
QUOTA_SET = declare("mentor.quota", "调整导师名额", Leaves.NONE)
PROFILE_WRITTEN = declare("mentor.profile", "修改自我介绍", Leaves.DETAIL)
EXEMPTED = declare("mentor.exempted", "登记学生暂不配导师", Leaves.DETAIL)
EXEMPTION_ENDED = declare("mentor.exemption_ended", "结束学生暂不配导师", Leaves.NONE)
