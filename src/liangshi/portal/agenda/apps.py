from liangshi.foundation.base.rooms import Room


class AgendaConfig(Room):
    name = "liangshi.portal.agenda"
    label = "agenda"
    place = 40
