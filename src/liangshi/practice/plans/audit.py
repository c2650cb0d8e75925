from liangshi.foundation.audit.types import Leaves, declare

POLICY_CHANGED = declare("policy.changed", "修改学年匹配办法", Leaves.NONE)
