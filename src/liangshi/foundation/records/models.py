"""What every record that somebody writes is made of, each part on its own: a key against double taps, the day and how
late it was entered, the number of its correction, the withdrawal with a reason, the level of who reads it.

Drafts and earlier versions of all records lie in two tables here, sealed. Their columns are plain keys: foundation
knows neither schools nor people nor what a record is about.
"""

from __future__ import annotations

from django.db import models

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.models import Personal, new_key
from liangshi.foundation.base.sealed import SealedField
from liangshi.foundation.records.levels import Level

LATE_AFTER = 7  # days: what is entered later than this after its day is 补录


class WriteOnce(models.Model):
    """`key` is that of the page on which it was written, or one of its own. The record's constraint makes it unique
    per writer."""

    key = models.UUIDField(editable=False, default=new_key)

    class Meta:
        abstract = True


class Dated(models.Model):
    """Something that happened on a day and may have been entered later. Late is said, and never punished."""

    day = models.DateField("日期")
    late_by = models.PositiveSmallIntegerField("晚记的天数", default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def late(self) -> bool:
        return self.late_by > LATE_AFTER

    @property
    def late_words(self) -> str:
        """「补录（+12 天）」, or ""."""
        return late_words(self.late_by)


def late_words(days: int) -> str:
    """How an entry that came `days` after its day is marked, or ""."""
    return f"补录（+{days} 天）" if days > LATE_AFTER else ""


class Corrected(models.Model):
    """May be written anew: each correction has the next number, and what stood there before is kept."""

    version = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Voidable(models.Model):
    """Withdrawn with a reason, and visible as withdrawn: nothing is deleted."""

    holds = Holds(c3="void_reason")
    voided_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)
    void_reason = SealedField("作废原因", blank=True, default="", editable=False)

    class Meta:
        abstract = True


STANDING = models.Q(voided_at__isnull=True)  # of a `Voidable`: what was not withdrawn


class Levelled(models.Model):
    """Read by others as far as its `level` says. By default by those at school whose student it is about."""

    level = models.PositiveSmallIntegerField("谁能看内容", choices=Level, default=Level.SCHOOL)

    class Meta:
        abstract = True


class Draft(Personal):
    """What was typed of a record that is not saved yet: its writer's alone, and gone within a week.

    `key` is that of the record that it would become, so that the two cannot both remain. `form` says of which kind.
    """

    holds = Holds(c1="form", c4="typed")
    owner = models.UUIDField()
    form = models.CharField(max_length=20)
    key = models.UUIDField()
    typed = SealedField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-changed_at",)
        constraints = (models.UniqueConstraint(fields=["owner", "form", "key"], name="draft_once"),)

    def __str__(self) -> str:
        return "没写完的记录"


class Version(Personal):
    """What a record said before its correction number `number`, as sealed JSON."""

    holds = Holds(c4="content")
    school = models.UUIDField()
    of = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    content = SealedField()

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["of", "number"], name="version_once"),)

    def __str__(self) -> str:
        return f"{self.number}"
