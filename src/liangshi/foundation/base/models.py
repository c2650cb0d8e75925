"""What every table shares: an opaque key, and when the row was made."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

import uuid6
from django.db import models

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.guard import GuardedManager
from liangshi.foundation.base.sealed import carrying


def new_key() -> uuid.UUID:
    """A time-ordered opaque key (UUIDv7, RFC 9562): says nothing about whom it belongs to."""
    return uuid.UUID(bytes=uuid6.uuid7().bytes)


class Row(models.Model):
    """Base of all our tables."""

    personal = False  # whether its rows are about people, and therefore guarded

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        with carrying():
            super().refresh_from_db(*args, **kwargs)


class Personal(Row):
    """Base of the tables whose rows are about people: reached by a rule or for a reason (`guard`)."""

    personal = True

    class Meta:
        abstract = True


class ScheduledRun(Row):
    """One daily job on one day. The unique pair keeps two workers from doing it twice."""

    holds = Holds(c1="job")
    job = models.CharField("任务", max_length=80)
    day = models.DateField("日期")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["job", "day"], name="scheduled_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.job} {self.day}"


class WorkerBeat(Row):
    """A worker says every few seconds that it lives. One that falls silent has its task taken over."""

    holds = Holds(c1="worker")
    worker = models.CharField("进程", max_length=64, unique=True)
    beat_at = models.DateTimeField("最近一次")

    def __str__(self) -> str:
        return f"{self.worker} {self.beat_at:%H:%M:%S}"


class FormTime(Row):
    """How long one filling-in of a form took, in seconds. Whose it was is not kept.

    `school` is a plain key: foundation knows no schools.
    """

    holds = Holds(c1="form")
    school = models.UUIDField()
    form = models.CharField("表单", max_length=20)
    seconds = models.PositiveSmallIntegerField("用时（秒）")
    day = models.DateField("日期")

    class Meta:
        indexes = (models.Index(fields=["form", "day"], name="form_time_by_day"),)

    def __str__(self) -> str:
        return f"{self.form} {self.seconds}"


def span_at(day: Any, prefix: str = "") -> models.Q:
    """Rows of a dated history that hold on `day`: half-open spans, `starts_on` ≤ day < `ends_on`."""
    return models.Q(**{f"{prefix}starts_on__lte": day}) & (
        models.Q(**{f"{prefix}ends_on__isnull": True}) | models.Q(**{f"{prefix}ends_on__gt": day})
    )
