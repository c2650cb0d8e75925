"""What stands around every page: the hat, and the places it leads to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from liangshi.foundation.ui.shell import Hat, HatLine, NavItem, Shell
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import NAV
from liangshi.registry.access.inboxes import Elsewhere, unread
from liangshi.registry.access.links import address


def navigation(actor: Actor, path: str) -> list[NavItem]:
    """The places that rooms register (`registry.access.faces.nav`), narrowed by the policy table."""
    places = [
        (url, each)
        for route, each in NAV.items()
        if actor.role not in each.without and (url := address(actor, route))
    ]
    # Where one is: the place whose address the page's begins with, the longest of several.
    here = max(
        (url for url, _ in places if path == url or (url != "/" and path.startswith(url))),
        key=len,
        default="",
    )
    return [
        NavItem(each.label, url, each.icon, current=url == here, primary=each.primary) for url, each in places
    ]


def _words(actor: Actor, waiting: Elsewhere) -> str:
    """「您以导师身份还有 3 条通知」; with the place where the role alone would not tell two hats apart."""
    hat, hats = waiting.hat, (actor.hat, *actor.others)
    alike = sum(each.role == hat.role for each in hats) > 1
    who = "你" if actor.role == Role.STUDENT else "您"
    return f"{who}以{hat.label if alike else hat.role.label}身份还有 {waiting.unread} 条通知"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {"shell": Shell()}
    waiting = unread(actor)
    return {
        "actor": actor,
        "nav": navigation(actor, request.path),
        "hat": Hat(
            label=str(actor.role.label),
            organisation=actor.hat.place if actor.hat.place != actor.role.label else "",
            has_others=bool(actor.others),
            url=reverse("home:hats"),
            person=actor.name,
            inbox_url=reverse("home:notices"),
            unread=waiting.here,
            waiting=[HatLine(each.hat.key, _words(actor, each)) for each in waiting.elsewhere],
        ),
        "shell": Shell(
            sign_out_url=reverse("home:sign_out"),
            search_url=address(actor, "dossier:search"),
            waits_for_owner=reverse("account:proof") if actor.locked else "",
        ),
    }
