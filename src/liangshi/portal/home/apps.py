from liangshi.foundation.base.rooms import Room


class HomeConfig(Room):
    name = "liangshi.portal.home"
    label = "home"
    place = 10
    address = ""
