"""我的待办: everything that waits for this person under this hat, once each, and gone when the deed exists.

Nothing is stored. Each room says what is still open (`registry.access.faces.due`); the list is the answer of this
moment, so an item closes itself.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from liangshi.foundation.base.faces import Due
from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.base.sealed import digest
from liangshi.portal.agenda.models import CalendarFeed
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.faces import DUES
from liangshi.registry.access.middleware import actor_of
from liangshi.registry.access.policy import allows


def agenda(actor: Actor) -> list[Due]:
    """All that is due: what comes before everything else, then the nearest day first; what has no day comes last.
    For a student in 休学 nothing waits that he could not send."""
    items = [
        replace(item, key=f"{kind}:{item.key}")
        for kind, source in DUES.items()
        if allows(actor.role, source.permission)
        if source.permission.pressing or not actor.hat.paused
        for item in source.items(actor)
    ]
    return sorted(
        items, key=lambda item: (not item.first, item.on is None, item.on or dt.date.max, item.title)
    )


def feeds(actor: Actor) -> GuardedQuerySet[CalendarFeed]:
    """The subscriptions of this account under this hat: at most one."""
    own = CalendarFeed.objects.as_system("the reader's own")
    return own.filter(account__person=actor.person_id, hat=actor.hat.key)


def has_feed(actor: Actor) -> bool:
    return feeds(actor).exists()


def reader_of(token: str) -> Actor | None:
    """Whose calendar this secret opens: the account under that hat, if he still wears it today."""
    feed = (
        CalendarFeed.objects.as_system("whose secret it is")
        .filter(token_digest=digest(token), account__is_active=True)
        .select_related("account__person")
        .first()
    )
    actor = actor_of(feed.account, feed.hat) if feed else None
    return actor if feed and actor and actor.hat.key == feed.hat else None
