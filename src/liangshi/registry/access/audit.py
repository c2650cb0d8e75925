from liangshi.foundation.audit.types import Leaves, declare

HAT_CHANGED = declare("access.hat", "切换身份", Leaves.NONE)
GRANTED = declare("access.granted", "授予身份", Leaves.NONE)
REVOKED = declare("access.revoked", "收回身份", Leaves.NONE)
