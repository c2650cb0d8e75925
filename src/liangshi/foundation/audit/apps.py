from liangshi.foundation.base.rooms import Room


class AuditConfig(Room):
    name = "liangshi.foundation.audit"
    label = "audit"
