from liangshi.foundation.base.rooms import Room


class PlansConfig(Room):
    name = "liangshi.practice.plans"
    label = "plans"
    place = 10
