"""Sessions and devices end: one, all but one, or all."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from liangshi.registry.accounts.models import Account, Device

ENDS: list[Callable[[Account], object]] = []  # what else opens something without a password; rooms add theirs


def end_everywhere(account: Account) -> int:
    """Part of a deed that takes an account back: every session ends, every device is forgotten, and with it its PIN, and
    what rooms have registered. Returns how many devices there were."""
    for end in ENDS:
        end(account)
    return end_devices_of(account.devices.all())


def end_devices_of(rows: QuerySet[Device]) -> int:
    keys = [row.session_key for row in rows]
    Session.objects.filter(pk__in=keys).delete()
    rows.delete()
    return len(keys)
