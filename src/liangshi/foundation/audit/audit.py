"""What the log says of itself."""

from liangshi.foundation.audit.types import Leaves, declare

# Signed, and never erased itself: it says which entry, under which digest, and why.
ERASED = declare("audit.erased", "清除一条记录的明细", Leaves.NONE)
