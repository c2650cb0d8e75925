"""The only place that asks what time it is."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    return timezone.now()


def today() -> dt.date:
    """Today in the city (Asia/Shanghai)."""
    return timezone.localdate()
