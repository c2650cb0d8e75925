from liangshi.foundation.base.rooms import Room


class NeedsConfig(Room):
    name = "liangshi.practice.needs"
    label = "needs"
    place = 50
