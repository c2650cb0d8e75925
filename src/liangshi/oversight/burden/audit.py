from liangshi.foundation.audit.types import Leaves, declare

REQUIRED = declare("burden.required", "把一个选填项改为必填", Leaves.NONE)
RELEASED = declare("burden.released", "把一个必填项改回选填", Leaves.NONE)
CAP_SET = declare("burden.cap", "调整全市填写时间上限", Leaves.NONE)
