from liangshi.foundation.base.rooms import Room


class DemoConfig(Room):
    name = "liangshi.portal.demo"
    label = "demo"
    place = 50
