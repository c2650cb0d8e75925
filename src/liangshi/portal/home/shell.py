"""What stands around every page: the hat, and the places it leads to. One list, narrowed by the policy table."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from liangshi.foundation.notices.queries import notices_for
from liangshi.foundation.ui.shell import Hat, NavItem, Shell
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.links import address

_OFFICE = frozenset({Role.LEADER, Role.CLERK})

# (address, what it is called, icon, roles that do without it); shown to those whom the policy table lets in.
PLACES: tuple[tuple[str, str, str, Collection[Role]], ...] = (
    ("home:home", "首页", "house", ()),
    ("agenda:agenda", "待办", "list-checks", (Role.GUARDIAN, Role.CITY, Role.COUNTY)),
    ("rosters:list", "名册", "file-spreadsheet", ()),
    ("rounds:list", "匹配", "shuffle", ()),
    ("relations:office", "师生关系", "handshake", ()),
    ("rounds:mine", "选导师", "heart-handshake", ()),
    ("dossier:students", "学生", "users", ()),
    ("dossier:classes", "班级", "school", ()),
    ("dossier:staff", "教职工", "contact", ()),
    ("dashboards:schools", "学校", "school", _OFFICE),
    ("dashboards:org", "机构", "network", ()),
    ("dashboards:years", "校历", "calendar", (Role.STUDENT,)),
    ("home:me", "我的", "user", ()),
)


def navigation(actor: Actor, path: str) -> list[NavItem]:
    items = []
    for route, label, icon, without in PLACES:
        url = "" if actor.role in without else address(actor, route)
        if url:
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
            organisation=actor.hat.place if actor.hat.place != actor.role.label else "",
            has_others=bool(actor.others),
            url=reverse("home:hats"),
            person=actor.name,
        ),
        "shell": Shell(sign_out_url=reverse("home:sign_out"), search_url=address(actor, "dossier:search")),
        "unread_notices": unread.filter(read_at__isnull=True).count(),
    }
