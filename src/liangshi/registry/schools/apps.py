from liangshi.foundation.base.rooms import Room


class SchoolsConfig(Room):
    name = "liangshi.registry.schools"
    label = "schools"
