from liangshi.foundation.base.rooms import Room


class AccountsConfig(Room):
    name = "liangshi.registry.accounts"
    label = "accounts"
