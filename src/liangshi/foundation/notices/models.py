"""In-app notices. A row is written in the transaction of the deed it tells of."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal


class Notice(Personal):
    """A line for one person under one hat. Carries no content beyond its title; the link leads to it.

    `person` and `school` are plain keys: foundation knows neither table. A notice to a school's office has a
    `school` and `role`, and a `person` only where it is not for everybody there.
    """

    holds = Holds(c1="role", c2="title url key")  # a name, and that there is something to do: never why
    person = models.UUIDField(null=True, blank=True)
    school = models.UUIDField(null=True, blank=True)
    role = models.CharField(max_length=12, blank=True)
    title = models.CharField("标题", max_length=120)
    url = models.CharField(max_length=200)
    read_at = models.DateTimeField("已读", null=True, blank=True)
    key = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key="") & Q(read_at__isnull=True), name="notice_not_repeated"
            ),
        )
        indexes = (
            models.Index(fields=["person", "read_at"], name="notice_of_person"),
            models.Index(fields=["school", "role", "read_at"], name="notice_of_office"),
        )

    def __str__(self) -> str:
        return self.title
