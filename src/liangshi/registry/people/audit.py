from liangshi.foundation.audit.types import Leaves, declare

STATE_CHANGED = declare("student.state", "登记学籍变动", Leaves.DETAIL)
CLASS_CHANGED = declare("student.class", "转班", Leaves.NONE)
CORRECTED = declare("person.corrected", "更正个人信息", Leaves.DETAIL)
GUARDIAN_ADDED = declare("guardian.added", "增加监护人", Leaves.NONE)
GUARDIAN_ENDED = declare("guardian.ended", "结束监护关系登记", Leaves.NONE)
GUARDIAN_RESTRICTED = declare("guardian.restricted", "依法限制监护人查看", Leaves.NONE)
GUARDIAN_FREED = declare("guardian.freed", "解除对监护人的限制", Leaves.NONE)
STAFF_STATE_CHANGED = declare("staff.state", "登记教职工状态", Leaves.NONE)
