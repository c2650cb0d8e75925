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
    ("talks:new", "记谈话", "plus", (Role.STAFF,)),
    ("agenda:agenda", "待办", "list-checks", (Role.GUARDIAN, Role.CITY, Role.COUNTY)),
    ("rosters:list", "名册", "file-spreadsheet", ()),
    ("rounds:list", "匹配", "shuffle", ()),
    ("relations:office", "师生关系", "handshake", ()),
    ("rounds:mine", "选导师", "heart-handshake", ()),
    ("dossier:students", "学生", "users", ()),
    ("talks:list", "谈话", "message-circle", (Role.STAFF,)),
    ("dossier:classes", "班级", "school", ()),
    ("dossier:staff", "教职工", "contact", ()),
    ("dashboards:schools", "学校", "school", _OFFICE),
    ("dashboards:org", "机构", "network", ()),
    ("dashboards:years", "校历", "calendar", (Role.STUDENT,)),
    ("home:me", "我的", "user", ()),
)
PRIMARY = "talks:new"  # the raised ＋ on a phone


def navigation(actor: Actor, path: str) -> list[NavItem]:
    places = [
        (url, label, icon, route == PRIMARY)
        for route, label, icon, without in PLACES
        if actor.role not in without and (url := address(actor, route))
    ]
    # Where one is: the place whose address the page's begins with, the longest of several.
    here = max(
        (url for url, *_ in places if path == url or (url != "/" and path.startswith(url))),
        key=len,
        default="",
    )
    return [
        NavItem(label, url, icon, current=url == here, primary=primary)
        for url, label, icon, primary in places
    ]


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
