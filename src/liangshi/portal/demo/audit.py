from liangshi.foundation.audit.types import Leaves, declare

LOADED = declare("demo.loaded", "装入演示城市", Leaves.NONE)
