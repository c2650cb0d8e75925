"""The address under which a calendar app may read what is due."""

from __future__ import annotations

from django.db import models

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal
from liangshi.registry.accounts.models import Account


class CalendarFeed(Personal):
    """One subscription of one account under one hat. Calendar apps cannot sign in, so its address is a secret:
    only the digest is kept, it tells no student's name, and a new one makes the old one dead."""

    holds = Holds(c2="hat token_digest")
    account = models.ForeignKey(Account, models.CASCADE, related_name="feeds")
    hat = models.CharField("身份", max_length=60)
    token_digest = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account", "hat"], name="one_feed_for_a_hat"),)

    def __str__(self) -> str:
        return f"{self.account} {self.hat}"
