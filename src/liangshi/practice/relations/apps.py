from liangshi.foundation.base.rooms import Room


class RelationsConfig(Room):
    name = "liangshi.practice.relations"
    label = "relations"
    place = 40
