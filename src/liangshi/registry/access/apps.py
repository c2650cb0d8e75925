from liangshi.foundation.base.rooms import Room


class AccessConfig(Room):
    name = "liangshi.registry.access"
    label = "access"
