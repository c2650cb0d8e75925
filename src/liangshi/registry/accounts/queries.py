"""What has been tried at the doors, and who has come in: what the limits ask the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from django.db.models import Max, QuerySet

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.sealed import digest
from liangshi.registry.accounts.limits import DAY, HOUSE, MONTH, Reach, Try
from liangshi.registry.accounts.models import Account, Device, FailedTry


class Ledger:
    """The `Book` of the database, for one try. What was typed, and from where, it knows by their digests alone."""

    def __init__(self, each: Try) -> None:
        self.door = each.door
        self.at = now()
        self._at_account: dict[Try, list[dt.datetime]] = {}

    def at_account(self, each: Try) -> Sequence[dt.datetime]:
        if each not in self._at_account:
            rows = failed(each).filter(browser=digest(each.browser), created_at__gt=self.at - MONTH)
            self._at_account[each] = list(rows.order_by("-created_at").values_list("created_at", flat=True))
        return self._at_account[each]

    def accounts_of(self, browser: str) -> int:
        rows = FailedTry.objects.filter(browser=digest(browser), created_at__gt=self.at - DAY)
        return rows.values("login").distinct().count()

    def with_password(self, each: Try) -> Sequence[dt.datetime]:
        rows = self._since(MONTH).filter(mark=each.mark, browser="").exclude(login=digest(each.login))
        return sorted(rows.values("login").annotate(last=Max("created_at")).values_list("last", flat=True))

    def by_strangers(self, reach: Reach, each: Try) -> Sequence[dt.datetime]:
        address = digest(each.address)
        return [
            when
            for when, where, place in self._day
            if reach is Reach.CITY or (where == address if reach is Reach.ADDRESS else place == each.place)
        ]

    def newcomers(self, reach: Reach, each: Try) -> int:
        rows = Device.objects.filter(created_at__gt=self.at - DAY)
        if reach is Reach.ADDRESS:
            rows = rows.filter(address=digest(each.address))
        if reach is Reach.SCHOOL:
            rows = rows.filter(account__login__startswith=each.place)
        return rows.values("account").distinct().count()

    def familiar(self, each: Try) -> bool:
        here = Device.objects.filter(address=digest(each.address))
        lately = here.filter(created_at__gt=self.at - MONTH).values("account").distinct()
        return here.filter(account__login=each.login).exists() or lately.count() >= HOUSE

    def _since(self, span: dt.timedelta) -> QuerySet[FailedTry]:
        return FailedTry.objects.filter(door=self.door, created_at__gt=self.at - span)

    @cached_property
    def _day(self) -> list[tuple[dt.datetime, str, str]]:
        rows = self._since(DAY).filter(browser="").order_by("created_at")
        return list(rows.values_list("created_at", "address", "place"))


def failed(each: Try) -> QuerySet[FailedTry]:
    """What has failed at this account and door, by whomever."""
    return FailedTry.objects.filter(door=each.door, login=digest(each.login))


def device_of(login: str, token: str) -> Device | None:
    """The browser with this token, where the account with this login knows it."""
    if not token:
        return None
    return Device.objects.filter(token_digest=digest(token), account__login=login).first()


def devices_of(account: Account) -> list[Device]:
    return list(account.devices.all())


def device_with(account: Account, key: UUID) -> Device | None:
    return account.devices.filter(pk=key).first()
