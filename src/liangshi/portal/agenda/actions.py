"""Begin and end a calendar subscription."""

from __future__ import annotations

import secrets

from liangshi.foundation.base.sealed import digest
from liangshi.foundation.deeds import Deed
from liangshi.portal.agenda.audit import FEED_ENDED, FEED_MADE
from liangshi.portal.agenda.models import CalendarFeed
from liangshi.portal.agenda.queries import feeds
from liangshi.registry.access.actor import Actor
from liangshi.registry.accounts.models import Account


def make_feed(actor: Actor) -> str:
    """A new secret for this hat's calendar, shown once; the one before it is dead from now on."""
    token = secrets.token_urlsafe(24)
    account = Account.objects.get(person=actor.person_id)
    with Deed(FEED_MADE, actor, about=str(actor.person_id)):
        CalendarFeed.objects.update_or_create(
            account=account, hat=actor.hat.key, defaults={"token_digest": digest(token)}
        )
    return token


def end_feed(actor: Actor) -> None:
    """Nobody reads this hat's calendar any more. Twice changes nothing."""
    with Deed(FEED_ENDED, actor, about=str(actor.person_id)) as deed:
        ended, _ = feeds(actor).delete()
        if not ended:
            deed.nothing()
