from liangshi.foundation.base.rooms import Room


class CoverageConfig(Room):
    name = "liangshi.oversight.coverage"
    label = "coverage"
    place = 10
