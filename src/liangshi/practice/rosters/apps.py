from liangshi.foundation.base.rooms import Room


class RostersConfig(Room):
    name = "liangshi.practice.rosters"
    label = "rosters"
    place = 20
