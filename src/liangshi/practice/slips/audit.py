from liangshi.foundation.audit.types import Leaves, declare

SLIPS_ASKED = declare("slips.asked", "申请启用字条", Leaves.NONE)
SLIPS_DECIDED = declare("slips.decided", "确认或退回启用字条的申请", Leaves.NONE)
SLIPS_STOPPED = declare("slips.stopped", "本人叫停换字条", Leaves.NONE)
SLIPS_PRINTED = declare("slips.printed", "打印启用字条", Leaves.NONE)
SLIPS_LISTED = declare("slips.listed", "看启用字条的申请", Leaves.NONE, read=True, glance=True)
SLIPS_READ = declare("slips.read", "打开启用字条的申请", Leaves.NONE, read=True)
