"""A room of the house as an app: found in its floor, and what it declares is loaded when the program starts. Nobody
lists it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any, ClassVar

from django.apps import AppConfig
from django.utils.module_loading import module_has_submodule

# Modules that declare something when they are imported, in the order in which they may need each other.
DECLARING = (
    "audit",
    "policy",
    "rules",
    "transitions",
    "rollover",
    "leaving",
    "standing",
    "face",
    "tasks",
    "checks",
)


class Room(AppConfig):
    """Base of every app of ours. `place` is its number among the rooms of its floor, in tens, and one between two is
    taken; `address` what its pages' addresses begin with, by default its label."""

    default = False  # an apps.py imports this class beside its own: Django takes the one that is the default
    place: ClassVar[int] = 0
    address: str = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.default = True
        if "address" not in cls.__dict__:
            cls.address = f"{cls.label}/"

    def ready(self) -> None:
        """Import what the room declares. Which modules those are, DECLARING says once for all rooms."""
        for name in DECLARING:
            if module_has_submodule(self.module, name):
                import_module(f"{self.name}.{name}")


def rooms_of(*floors: str) -> list[str]:
    """For INSTALLED_APPS: the rooms of these floors, in the order of their numbers.

    Raises ValueError where two rooms of a floor have one number, where a room has none, and where a package of a floor
    is no room.
    """
    return [name for floor in floors for name in _rooms(floor)]


def _rooms(floor: str) -> list[str]:
    held: dict[int, str] = {}
    for found in iter_modules(import_module(floor).__path__, f"{floor}."):
        room = _room(found.name)
        if not room.place or room.place in held:
            raise ValueError(f"{room.name}: its place, {room.place}, is none or taken: {held}")
        held[room.place] = room.name
    return [held[place] for place in sorted(held)]


def _room(package: str) -> type[Room]:
    for each in vars(import_module(f"{package}.apps")).values():
        if isinstance(each, type) and issubclass(each, Room) and each is not Room:
            return each
    raise ValueError(f"{package}.apps declares no Room")
