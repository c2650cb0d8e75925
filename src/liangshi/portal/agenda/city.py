"""Some teachers have their phone's calendar read what is due."""

from __future__ import annotations

from liangshi.foundation.base.city.makers import school
from liangshi.foundation.base.city.plan import DAY, Site
from liangshi.foundation.base.sealed import digest
from liangshi.portal.agenda.models import CalendarFeed
from liangshi.registry.access.choices import Role
from liangshi.registry.accounts.city import Accounts
from liangshi.registry.people.city import People


@school
def feeds(site: Site) -> None:
    dice, accounts = site.dice("agenda"), site.made(Accounts)
    for one in dice.some(site.made(People).teachers, 0.15):
        at = dice.moment(site.plan.today - DAY * dice.randint(5, 80))
        site.rows.add(
            CalendarFeed, id=dice.key(at), created_at=at, account_id=accounts.of[one.person],
            hat=f"{Role.MENTOR.value}:{one.id}", token_digest=digest(f"{dice.getrandbits(128)}"),
        )  # fmt: skip
