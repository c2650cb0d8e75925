"""The day's jobs of this room."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session

from liangshi.foundation.base.clock import now, today
from liangshi.foundation.base.schedule import daily
from liangshi.registry.accounts.limits import MONTH
from liangshi.registry.accounts.models import Device, FailedTry

UNUSED = dt.timedelta(days=180)


@daily
def forget_old_tries() -> None:
    """What no limit counts any more, sessions that are over, and devices that nobody has used for half a year."""
    FailedTry.objects.filter(created_at__lte=now() - MONTH).delete()
    Session.objects.filter(expire_date__lt=now()).delete()
    Device.objects.filter(seen_on__lt=today() - UNUSED).delete()
