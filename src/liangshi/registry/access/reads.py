"""Who has read about whom: a route declares the entry, the view says whom its answer is about, the gate writes.

    routes("talks", {"talk": TALK_READ, …}, reads={"talk": audit.TALK_READ})      beside the route (`policy.py`)
    reading(request, [each.student_id for each in named], about=row)              in the view; nothing is written yet

The entry is written when the answer is there and before it goes out: where it cannot be written, nothing is read. A
refusal and a redirect hand out nothing. What needs an entry, and which of them are written once a sitting, says
docs/decisions/0012-reads.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from liangshi.foundation.audit.queries import subjects_since
from liangshi.foundation.audit.types import EntryType
from liangshi.foundation.base.clock import now
from liangshi.foundation.deeds import noted
from liangshi.registry.access.actor import Actor, ActorRequest
from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import READS

SITTING = dt.timedelta(minutes=30)
_HELD = "_reading"  # on the request


@dataclass
class Reading:
    """What one answer hands out. `students` is None where the entry stands about the thing itself."""

    entry: EntryType
    students: set[UUID] | None
    about: str
    detail: dict[str, Any]


def reading(
    request: ActorRequest,
    students: Iterable[UUID] | None = None,
    *,
    entry: EntryType | None = None,
    about: Model | str = "",
    **detail: Any,
) -> None:
    """Say that this answer names `students`; without, that it hands out a thing as such, the list of staff.

    `entry` picks one of those that the route declares, by default the first. LookupError when the route does not
    declare it, or this answer has said its reading already.
    """
    route = request.resolver_match.view_name if request.resolver_match else ""
    declared = READS.get(route, ())
    chosen = entry or next(iter(declared), None)
    if chosen is None or chosen not in declared or hasattr(request, _HELD):
        raise LookupError(f"{route} declares {[each.code for each in declared]}, its view reads {chosen}")
    named = None if students is None else _others(request.actor, students)
    obj = str(about.pk) if isinstance(about, Model) else about
    setattr(request, _HELD, Reading(chosen, named, obj[:80], detail))


def _others(actor: Actor, students: Iterable[UUID]) -> set[UUID]:
    """Without the reader himself; a guardian reaches nobody but his own children."""
    return set() if actor.role == Role.GUARDIAN else {*students} - {actor.hat.student_id}


def deliver(request: HttpRequest, response: HttpResponse) -> None:
    """Write the entry of an answer that goes out (the gate calls this).

    Of a glance only those are written whom the same account has not met within a sitting under this hat, entry and
    object, which one question finds; anything else, and a file, each time.
    """
    held: Reading | None = getattr(request, _HELD, None)
    if held is None or request.method == "HEAD" or not 200 <= response.status_code < 300:
        return
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = {""} if held.students is None else {str(key) for key in held.students}
    if wanted and held.entry.glance:
        wanted -= subjects_since(
            now() - SITTING, held.entry, account=actor.account_id, hat=actor.hat_label, obj=held.about
        )
    if wanted:
        subjects = [UUID(key) for key in sorted(wanted) if key]
        noted(held.entry, actor, about=held.about, subjects=subjects, **held.detail)
