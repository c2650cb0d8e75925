"""A room of the house as an app: what it declares is loaded when the program starts, and nobody lists it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.utils.module_loading import module_has_submodule

# Modules that declare something when they are imported, in the order in which they may need each other.
DECLARING = ("audit", "policy", "rules", "rollover", "face", "tasks", "checks")


class Room(AppConfig):
    """Base of every app of ours."""

    default = False  # an apps.py imports this class beside its own: Django takes the one that is the default

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.default = True

    def ready(self) -> None:
        """Import what the room declares. Which modules those are, DECLARING says once for all rooms."""
        for name in DECLARING:
            if module_has_submodule(self.module, name):
                import_module(f"{self.name}.{name}")
