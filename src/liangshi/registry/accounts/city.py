"""An account for everybody; most have been activated, with a password that nobody knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from liangshi.foundation.base.city.makers import city, school
from liangshi.foundation.base.city.plan import Site
from liangshi.foundation.base.sealed import digest
from liangshi.registry.accounts.actions import GOOD_FOR
from liangshi.registry.accounts.models import Account, ActivationCode, Device
from liangshi.registry.people.city import Officials, People

SIGNS_IN = 0.6
BROWSERS = (1, 1, 1, 2, 2, 5)  # in which somebody has come in
OWN = 0.3
WAITS = 0.05  # for whom a code has been printed that he has not used
Newcomer = tuple[UUID, str, str, dt.date]


@dataclass
class Accounts:
    """Person → account."""

    of: dict[UUID, UUID]


@city
def of_officials(site: Site) -> Accounts:
    return _accounts(site, site.made(Officials).newcomers)


@school
def of_school(site: Site) -> Accounts:
    return _accounts(site, site.made(People).newcomers)


def _accounts(site: Site, newcomers: Iterable[Newcomer]) -> Accounts:
    dice, made = site.dice("accounts"), Accounts({})
    place = "" if site.number is None else f"{site.number:03d}"
    for order, (person, prefix, wish, since) in enumerate(newcomers):
        at, key = dice.moment(since), dice.key(since)
        made.of[person] = key
        seen = site.last_day if site.number is not None else site.plan.today
        site.rows.add(
            Account, id=key, created_at=at, person_id=person, login=wish or f"{prefix}{place}{order:05d}",
            password=f"!{dice.getrandbits(200):050x}",
            last_login=(last := dice.moment(seen - dt.timedelta(dice.randint(1, 60))) if dice.chance(SIGNS_IN) else None),
        )  # fmt: skip
        for n in range(dice.choice(BROWSERS)) if last else ():
            site.rows.add(
                Device, id=dice.key(at), created_at=at, account_id=key, token_digest=digest(f"{key}{n}"), kind="phone",
                browser="wechat", address=digest(f"{place} {n}"), seen_on=seen, own=dice.chance(OWN),
            )  # fmt: skip
        if dice.chance(WAITS):
            used = dice.chance(0.7)
            site.rows.add(
                ActivationCode, id=dice.key(at), created_at=at, account_id=key, expires_at=at + GOOD_FOR,
                code_digest=digest(f"{dice.getrandbits(60)}"), used_at=at + GOOD_FOR / 3 if used else None,
            )  # fmt: skip
    return made
