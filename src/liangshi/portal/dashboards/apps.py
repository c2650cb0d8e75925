from liangshi.foundation.base.rooms import Room


class DashboardsConfig(Room):
    name = "liangshi.portal.dashboards"
    label = "dashboards"
    place = 30
    address = ""
