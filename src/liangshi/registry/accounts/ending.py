"""Sessions and devices end: one, all but one, or all."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from liangshi.registry.accounts.models import Account, Device


def end_everywhere(account: Account) -> int:
    """Part of a deed that takes an account back: every session ends, every device is forgotten, and with it its PIN.
    Returns how many there were."""
    return end_devices_of(account.devices.all())


def end_devices_of(rows: QuerySet[Device]) -> int:
    keys = [row.session_key for row in rows]
    Session.objects.filter(pk__in=keys).delete()
    rows.delete()
    return len(keys)
