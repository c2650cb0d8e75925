"""Begin and end a calendar subscription."""

from __future__ import annotations

import secrets

from django.db import transaction

from liangshi.foundation.audit.actions import record
from liangshi.foundation.base.sealed import digest
from liangshi.portal.agenda.audit import FEED_ENDED, FEED_MADE
from liangshi.portal.agenda.models import CalendarFeed
from liangshi.registry.access.actor import Actor
from liangshi.registry.accounts.models import Account


def make_feed(actor: Actor) -> str:
    """A new secret for this hat's calendar, shown once; the one before it is dead from now on."""
    token = secrets.token_urlsafe(24)
    account = Account.objects.get(person=actor.person_id)
    with transaction.atomic():
        CalendarFeed.objects.update_or_create(
            account=account, hat=actor.hat.key, defaults={"token_digest": digest(token)}
        )
        record(FEED_MADE, actor, obj=str(actor.person_id))
    return token


def end_feed(actor: Actor) -> None:
    """Nobody reads this hat's calendar any more. Twice changes nothing."""
    with transaction.atomic():
        ended, _ = CalendarFeed.objects.filter(account__person=actor.person_id, hat=actor.hat.key).delete()
        if ended:
            record(FEED_ENDED, actor, obj=str(actor.person_id))
