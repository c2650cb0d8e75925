"""Requests for slips: whoever holds a code for a while could use it, so two people give it."""

from __future__ import annotations

import datetime as dt

from django.db import models

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal
from liangshi.foundation.records.decisions import Decision
from liangshi.practice.slips.choices import GOOD_DAYS, Kind, Whom
from liangshi.registry.accounts.models import Account, ActivationCode
from liangshi.registry.people.models import Asked, Student
from liangshi.registry.schools.models import ClassGroup, School


class SlipRequest(Asked, Personal):
    """Slips for a class, for the staff, or for one person; or that somebody was met in person after a reset.

    `what` says for whom, in words, as of the day on which it was asked. `above`: it is about somebody who leads the
    school, or nobody else there could decide, so a leader or the bureau does; `by_bureau`: a bureau has asked.
    """

    holds = Holds(c1="kind whom", c2="what")
    school = models.ForeignKey(School, models.PROTECT, related_name="slip_requests")
    kind = models.CharField("事由", max_length=5, choices=Kind)
    whom = models.CharField("给谁", max_length=9, choices=Whom)
    what = models.CharField("给谁", max_length=80)
    group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, blank=True, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, null=True, blank=True, related_name="+")
    above = models.BooleanField(default=False)
    by_bureau = models.BooleanField(default=False)
    printed_at = models.DateTimeField("打印", null=True, blank=True)
    stopped_at = models.DateTimeField("本人叫停", null=True, blank=True)

    class Meta(Asked.Meta):
        ordering = ("-created_at",)
        constraints = (*Asked.Meta.constraints,)
        indexes = (models.Index(fields=["school", "state", "-created_at"], name="slips_of_school"),)

    def __str__(self) -> str:
        return self.what

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it may be printed, once another one has agreed."""
        return self.decided_on + dt.timedelta(GOOD_DAYS) if self.decided_on else None

    @property
    def is_used(self) -> bool:
        """Whether the code of a slip for one person has been used: there is nothing left to stop."""
        return ActivationCode.objects.filter(request=self.pk, used_at__isnull=False).exists()

    @property
    def is_agreed(self) -> bool:
        return bool(self.state == Decision.AGREED and not self.stopped_at)


class SlipLine(Personal):
    """An account for which the slip is meant."""

    request = models.ForeignKey(SlipRequest, models.CASCADE, related_name="lines")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["request", "account"], name="slip_once_in_a_request"),)

    def __str__(self) -> str:
        return str(self.account)
