"""Doors: lines that a room puts on a page which it does not know. Each says where it leads and what waits behind it.

A room declares its doors in its `face.py`; the page asks for all that stand on it, by its name, and names no room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from liangshi.registry.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Door:
    """One line. `url` "" where the actor may not enter; `meta` is how much waits; `place` orders the page."""

    label: str
    url: str
    sub: str
    icon: str
    meta: str = ""
    place: int = 0


Doors = Callable[[Actor], Iterable[Door]]
_DOORS: dict[str, list[Doors]] = {}


def doors_on(page: str) -> Callable[[Doors], Doors]:
    """Declare what a room puts on a page, named by its route: a function of the actor."""

    def register(found: Doors) -> Doors:
        _DOORS.setdefault(page, []).append(found)
        return found

    return register


def doors(page: str, actor: Actor) -> list[Door]:
    """The doors of a page that the actor may enter, in their order."""
    found = [door for each in _DOORS.get(page, ()) for door in each(actor) if door.url]
    return sorted(found, key=lambda door: door.place)
