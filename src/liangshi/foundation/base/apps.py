from liangshi.foundation.base.rooms import Room


class BaseConfig(Room):
    name = "liangshi.foundation.base"
    label = "base"
