from liangshi.foundation.base.rooms import Room


class AuditConfig(Room):
    name = "liangshi.foundation.audit"
    label = "audit"

    def ready(self) -> None:
        super().ready()
        from liangshi.foundation.audit.triggers import GUARDS
        from liangshi.foundation.base.triggers import guarded

        then = "，可能有人动过操作记录。请先运行 liangshi audit verify 核对，再运行 liangshi migrate 补上。"
        guarded(self, GUARDS, so_what=then)
