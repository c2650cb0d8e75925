from liangshi.foundation.base.rooms import Room


class GrowthConfig(Room):
    name = "liangshi.practice.growth"
    label = "growth"
    place = 90
