from importlib import import_module

from liangshi.foundation.base.rooms import Room


class AccountsConfig(Room):
    name = "liangshi.registry.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Whoever signs in, by whatever way, gets a session that ends."""
        super().ready()
        import_module(f"{self.name}.sessions")
