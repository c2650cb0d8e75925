"""What stands around every page: the hat, and the places it leads to. One list per role, from the policy table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from liangshi.foundation.notices.queries import notices_for
from liangshi.foundation.ui.shell import Hat, NavItem, Shell
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import ROUTES, SIGNED_IN, allows

# (address, what it is called, icon); shown to the roles that the policy table lets in. `ONLY` narrows further.
PLACES: tuple[tuple[str, str, str], ...] = (
    ("home:home", "首页", "house"),
    ("rosters:list", "名册", "file-spreadsheet"),
    ("home:me", "我的", "user"),
)


def _open_to(role: Role, route: str) -> bool:
    need = ROUTES[route]
    return need == SIGNED_IN or allows(role, need)


def navigation(actor: Actor, path: str) -> list[NavItem]:
    items = []
    for route, label, icon in PLACES:
        if _open_to(actor.role, route):
            url = reverse(route)
            current = path == url if url == "/" else path.startswith(url)
            items.append(NavItem(label, url, icon, current=current))
    return items


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {"shell": Shell()}
    unread = notices_for(person=actor.person_id, school=actor.school_id, role=actor.role.value)
    return {
        "actor": actor,
        "nav": navigation(actor, request.path),
        "hat": Hat(
            label=str(actor.role.label),
            organisation=actor.hat.place,
            has_others=bool(actor.others),
            url=reverse("home:hats"),
            person=actor.name,
        ),
        "shell": Shell(sign_out_url=reverse("home:sign_out")),
        "unread_notices": unread.filter(read_at__isnull=True).count(),
    }
