from liangshi.foundation.base.rooms import Room


class RolloverConfig(Room):
    name = "liangshi.practice.rollover"
    label = "rollover"
    place = 70
