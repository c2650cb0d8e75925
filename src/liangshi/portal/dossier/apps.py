from liangshi.foundation.base.rooms import Room


class DossierConfig(Room):
    name = "liangshi.portal.dossier"
    label = "dossier"
    place = 20
    address = ""
