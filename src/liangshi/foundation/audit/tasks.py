"""The day's job of the log."""

from __future__ import annotations

from django.conf import settings

from liangshi.foundation.audit import heads
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.schedule import daily


@daily
def keep_heads() -> None:
    """The signed heads of the day, in a file for each month. They are small, and none is ever removed."""
    heads.append(settings.AUDIT_HEADS / f"{today():%Y-%m}.jsonl", heads.present())
