from liangshi.foundation.base.rooms import Room


class BurdenConfig(Room):
    name = "liangshi.oversight.burden"
    label = "burden"
    place = 20
