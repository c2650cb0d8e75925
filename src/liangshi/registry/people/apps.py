from liangshi.foundation.base.rooms import Room


class PeopleConfig(Room):
    name = "liangshi.registry.people"
    label = "people"
