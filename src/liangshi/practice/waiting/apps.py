from liangshi.foundation.base.rooms import Room


class WaitingConfig(Room):
    name = "liangshi.practice.waiting"
    label = "waiting"
    place = 60
