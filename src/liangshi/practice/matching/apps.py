from liangshi.foundation.base.rooms import Room


class MatchingConfig(Room):
    name = "liangshi.practice.matching"
    label = "matching"
    place = 30
    address = "rounds/"
