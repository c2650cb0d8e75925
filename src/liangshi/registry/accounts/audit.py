from liangshi.foundation.audit.types import Leaves, declare

SIGNED_IN = declare("account.signed_in", "登录", Leaves.NONE)
ACTIVATED = declare("account.activated", "启用账号", Leaves.NONE)
SLIPS_ISSUED = declare("account.slips", "发放启用码", Leaves.NONE)
RESET = declare("account.reset", "用新启用码重设了密码", Leaves.NONE)
PROVED = declare("account.proved", "本人核实了重设过的账号", Leaves.NONE)
PROVED_IN_PERSON = declare("account.in_person", "两位老师当面核实了本人", Leaves.NONE)
RECOVERY_MADE = declare("account.recovery", "换了一个恢复码", Leaves.NONE)
JOINED = declare("account.joined", "本人把另一张字条并进自己的账号", Leaves.NONE)
PASSWORD_CHANGED = declare("account.password", "修改密码", Leaves.NONE)
DEVICES_ENDED = declare("account.devices_ended", "退出其他设备", Leaves.NONE)
PIN_SET = declare("account.pin_set", "设置本机 PIN 码", Leaves.NONE)
PIN_ENDED = declare("account.pin_ended", "取消本机 PIN 码", Leaves.NONE)
