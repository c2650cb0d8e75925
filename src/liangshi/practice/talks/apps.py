from liangshi.foundation.base.rooms import Room


class TalksConfig(Room):
    name = "liangshi.practice.talks"
    label = "talks"
    place = 80
