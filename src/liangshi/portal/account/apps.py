from liangshi.foundation.base.rooms import Room


class AccountRoom(Room):
    name = "liangshi.portal.account"
    label = "account"
    place = 15
