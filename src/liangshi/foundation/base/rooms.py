"""A room of the house as an app: what it declares is loaded when the program starts, and nobody lists it."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import module_has_submodule

# Modules that declare something when they are imported, in the order in which they may need each other.
DECLARING = ("audit", "policy", "rules", "face", "tasks", "checks")


class Room(AppConfig):
    """Base of every app of ours."""

    def ready(self) -> None:
        """Import what the room declares. Which modules those are, DECLARING says once for all rooms."""
        for name in DECLARING:
            if module_has_submodule(self.module, name):
                import_module(f"{self.name}.{name}")
