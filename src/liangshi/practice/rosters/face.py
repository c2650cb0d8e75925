"""What rosters show on the pages of others: where to import, and where a student's standing is changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from liangshi.foundation.base.faces import Due
from liangshi.foundation.ui.shell import Button
from liangshi.practice.rosters.actions.own import DECISIONS
from liangshi.practice.rosters.policy import MENTOR_EXCEED_AGREE, OWN_POST_DECIDE
from liangshi.practice.rosters.queries.people import exceptions_to_decide
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import HEADING_DEEDS, Deeds, Reader, due, link, nav
from liangshi.registry.access.links import address

nav(40, "rosters:list", "名册", "file-spreadsheet")
link("rosters:list", "名册", {Role.CLERK: 30}, icon="upload", sub="导入、核对、发启用字条")


@due("exception", MENTOR_EXCEED_AGREE)
def _exceptions(actor: Actor) -> Iterable[Due]:
    """超额许可 that another has asked for."""
    for row in exceptions_to_decide(actor):
        url = reverse("rosters:mentor", args=[row.staff_id])
        yield Due(str(row.pk), f"决定{row.staff}的超额许可", "决定一项超额许可", url, "users")


@due("own_post", OWN_POST_DECIDE)
def _own_posts(actor: Actor) -> Iterable[Due]:
    yield from DECISIONS.due(actor, reverse("rosters:own_posts"), "clipboard-check")


def _edit(reader: Reader) -> Iterable[Button]:
    if url := address(reader.actor, "rosters:student", reader.student.pk):
        yield Button("登记变动", url, "pencil", "quiet")


HEADING_DEEDS.put("edit", Deeds(_edit), 40)
