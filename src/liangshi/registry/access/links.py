"""Addresses as far as an actor may open them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import may_open


def address(actor: Actor, route: str, *args: Any, **query: str) -> str:
    """The address of `route` for links, or "" when the actor's role may not open it (or it is not installed)."""
    if not may_open(actor.role, route):
        return ""
    url = reverse(route, args=args)
    return f"{url}?{'&'.join(f'{key}={value}' for key, value in query.items())}" if query else url
