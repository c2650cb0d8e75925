"""我的待办: everything that waits for this person under this hat, once each, and gone when the deed exists.

Nothing is stored. Each room says what is still open; the list is the answer of this moment, so an item closes
itself. An item's `title` may name a student, since only its owner reads it; `neutral` leaves the house with the
calendar and never does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.timezone import localtime

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.sealed import digest
from liangshi.portal.agenda.models import CalendarFeed
from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.queries import my_rounds, rounds
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.middleware import actor_of
from liangshi.registry.access.policy import allows

SOON = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done: `key` names it for ever, `on` is the last day (None: no day), `url` leads to it."""

    key: str
    title: str
    neutral: str
    url: str
    icon: str = "list-checks"
    on: dt.date | None = None

    @property
    def tone(self) -> str:
        """Late things are said, never scolded: `warn`, not `bad`."""
        if self.on is None:
            return "quiet"
        return "warn" if self.on < today() else "info" if self.on <= today() + SOON else "quiet"

    @property
    def when(self) -> str:
        """「今天」, 「还有 3 天」, 「过了 2 天」, or ""."""
        if self.on is None:
            return ""
        days = (self.on - today()).days
        return "今天" if days == 0 else f"还有 {days} 天" if days > 0 else f"过了 {-days} 天"


Source = Callable[[Actor], Iterable[Due]]


def _wishes(actor: Actor) -> Iterable[Due]:
    """A student's open round that he has not filled in."""
    if not allows(actor.role, "wish.write"):
        return
    for mine in my_rounds(actor):
        if mine.round.state == RoundState.OPEN and mine.submitted_at is None:
            yield Due(
                f"wish:{mine.pk}",
                f"填「{mine.round.title}」的志愿",
                "填导师志愿",
                reverse("rounds:my_round", args=[mine.round_id]),
                "heart-handshake",
                localtime(mine.round.closes_at).date(),
            )


ROUND_WAITS = {
    RoundState.CLOSED: ("运算「{}」", "匹配运算"),
    RoundState.PROPOSED: ("看「{}」的提案，定了就公布", "看匹配提案"),
}


def _rounds(actor: Actor) -> Iterable[Due]:
    """The office's next step in each round under way."""
    if not allows(actor.role, "round.manage"):
        return
    for row in rounds(actor):
        url = reverse("rounds:round", args=[row.pk])
        if row.state == RoundState.OPEN:
            last = localtime(row.closes_at).date()
            yield Due(f"close:{row.pk}", f"「{row.title}」到时间截止", "匹配填报截止", url, "shuffle", last)
        elif row.state in ROUND_WAITS:
            title, neutral = ROUND_WAITS[RoundState(row.state)]
            yield Due(f"round:{row.pk}:{row.state}", title.format(row.title), neutral, url, "shuffle")


SOURCES: tuple[Source, ...] = (_wishes, _rounds)


def agenda(actor: Actor) -> list[Due]:
    """All that is due, the nearest day first; what has no day comes last."""
    items = [item for source in SOURCES for item in source(actor)]
    return sorted(items, key=lambda item: (item.on is None, item.on or dt.date.max, item.title))


def has_feed(actor: Actor) -> bool:
    return CalendarFeed.objects.filter(account__person=actor.person_id, hat=actor.hat.key).exists()


def reader_of(token: str) -> Actor | None:
    """Whose calendar this secret opens: the account under that hat, if he still wears it today."""
    feed = (
        CalendarFeed.objects.filter(token_digest=digest(token), account__is_active=True)
        .select_related("account__person")
        .first()
    )
    actor = actor_of(feed.account, feed.hat) if feed else None
    return actor if feed and actor and actor.hat.key == feed.hat else None
