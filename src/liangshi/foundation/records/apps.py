from liangshi.foundation.base.rooms import Room


class RecordsConfig(Room):
    name = "liangshi.foundation.records"
    label = "records"
