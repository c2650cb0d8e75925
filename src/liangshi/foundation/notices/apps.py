from liangshi.foundation.base.rooms import Room


class NoticesConfig(Room):
    name = "liangshi.foundation.notices"
    label = "notices"
