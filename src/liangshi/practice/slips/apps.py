from liangshi.foundation.base.rooms import Room


class SlipsConfig(Room):
    name = "liangshi.practice.slips"
    label = "slips"
    place = 25
