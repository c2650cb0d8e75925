"""In-app notices. A row is written in the transaction of the deed it tells of."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal
from liangshi.foundation.notices.choices import EVERY_HAT


class Notice(Personal):
    """A line for one person under one hat. Carries no content beyond its title; the link leads to it.

    `person`, `school` and `student` are plain keys: foundation knows none of these tables. `role` is the hat it was
    written for, at that `school` where the hat has one, or `EVERY_HAT`. A notice to a school's office has no `person`
    unless it is not for everybody there. One about a `student` is read only while its reader may read him.
    """

    holds = Holds(c1="role", c2="title url key")  # a name, and that there is something to do: never why
    person = models.UUIDField(null=True, blank=True)
    school = models.UUIDField(null=True, blank=True)
    role = models.CharField(max_length=12)
    student = models.UUIDField(null=True, blank=True)
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
            models.CheckConstraint(condition=Q(role__gt=""), name="notice_for_a_hat"),
            models.CheckConstraint(
                condition=Q(role=EVERY_HAT, person__isnull=False, school__isnull=True)
                | ~Q(role=EVERY_HAT) & (Q(person__isnull=False) | Q(school__isnull=False)),
                name="notice_for_somebody",
            ),
        )
        indexes = (
            models.Index(fields=["person", "read_at"], name="notice_of_person"),
            models.Index(fields=["school", "role", "read_at"], name="notice_of_office"),
        )

    def __str__(self) -> str:
        return self.title
