"""The inbox of a hat: what was written to it, as far as it may still read whom that is about.

The one rule of reach is that of the student himself (`STUDENT_READ`): a former mentor, adviser or guardian finds no
notice about a student who is his no more, from the next request on. Rights do not add up, neither do inboxes: of a
person's other hats one learns how many notices wait there, and no word of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from liangshi.foundation.base.wall import everywhere
from liangshi.foundation.notices.models import Notice
from liangshi.foundation.notices.queries import Inbox, notices_in, unread_in
from liangshi.registry.access.actor import Actor, Hat
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import STUDENT_READ
from liangshi.registry.people.models import Student

POST = (Role.MENTOR, Role.STAFF)  # one post at different times: with students, and without


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another hat of the reader under which notices wait."""

    hat: Hat
    unread: int


@dataclass(frozen=True, slots=True)
class Unread:
    """How many notices wait under the hat that is worn, and under which others."""

    here: int
    elsewhere: Sequence[Elsewhere]


def inbox_of(actor: Actor) -> Inbox:
    role = actor.role
    return Inbox(
        actor.person_id,
        POST if role in POST else (role,),
        actor.school_id,
        lambda: Student.objects.seen_by(actor, STUDENT_READ).values("pk"),
    )


def own_notices(actor: Actor) -> QuerySet[Notice]:
    """What the hat that is worn reads, the newest first."""
    return notices_in(inbox_of(actor))


def unread(actor: Actor) -> Unread:
    """Asked for all hats at once. Those of other schools lie behind the wall of the one that is worn."""
    inboxes = [inbox_of(replace(actor, hat=hat)) for hat in (actor.hat, *actor.others)]
    with everywhere("how many notices wait under the other hats of the reader"):
        here, *others = unread_in(inboxes)
    return Unread(
        here, [Elsewhere(hat, count) for hat, count in zip(actor.others, others, strict=True) if count]
    )
