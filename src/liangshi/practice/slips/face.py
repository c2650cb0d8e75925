"""What slips show on the pages of others: what waits for a second word, and what may be printed."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from liangshi.foundation.base.faces import Due
from liangshi.practice.slips.actions import DECISIONS
from liangshi.practice.slips.policy import SLIP_DECIDE, SLIP_PRINT
from liangshi.practice.slips.queries import own_to_print
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import due, link

link("slips:list", "启用字条", {Role.CLERK: 35, Role.LEADER: 85}, icon="ticket", sub="申请、确认、打印")


@due("slips", SLIP_DECIDE)
def _to_decide(actor: Actor) -> Iterable[Due]:
    yield from DECISIONS.due(actor, reverse("slips:list"), "ticket")


@due("slips_print", SLIP_PRINT)
def _to_print(actor: Actor) -> Iterable[Due]:
    if number := own_to_print(actor).count():
        words = f"{number} 份启用字条可以打印了"
        yield Due("print", words, words, reverse("slips:list"), "printer")
