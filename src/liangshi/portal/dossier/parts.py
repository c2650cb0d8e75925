"""The parts of a student's page: which there are for this reader, and which buttons stand in its heading.

A part is a tab of the same address (`?part=`); rooms register theirs (`registry.access.faces`). Which tabs there are,
and what stands in them, follows from the policy table for this actor and this student; a tab that is not offered
answers like the first one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from liangshi.foundation.ui.shell import Button, Tab
from liangshi.portal.dossier.queries import page
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.faces import HEADING_DEEDS, PARTS, Part, Reader, asked


def offered(reader: Reader) -> dict[str, Part]:
    """The parts that this reader finds, in order."""
    return {key: part for key, part in PARTS.items() if not part.needs or part.needs & reader.may}


def chosen(parts: dict[str, Part], key: str) -> str:
    """The part that was asked for; the first one when it is not offered."""
    return key if key in parts else next(iter(parts))


def tabs(parts: dict[str, Part], current: str) -> list[Tab]:
    return [Tab(part.label, f"?part={key}", current=key == current) for key, part in parts.items()]


def reader_of(actor: Actor, student: Any) -> Reader:
    return Reader(actor, student, page.rights(actor, student.pk, asked()))


def deeds(reader: Reader) -> list[Button]:
    """The buttons of the heading. Only the first is a strong one."""
    found = [button for each in HEADING_DEEDS for button in each.buttons(reader)]
    return [replace(button, style=button.style or ("quiet" if n else "")) for n, button in enumerate(found)]
