"""An import on its way: what was uploaded, what the clerk decided, what came of it."""

from __future__ import annotations

import base64

from django.db import models

from liangshi.foundation.base.classes import Holds
from liangshi.foundation.base.guard import hand_out
from liangshi.foundation.base.models import Personal
from liangshi.foundation.base.sealed import SealedField
from liangshi.foundation.records.decisions import Decision
from liangshi.practice.rosters.choices import JobState, RosterKind
from liangshi.registry.people.models import Asked, ClassPost, Person, Staff
from liangshi.registry.schools.models import ClassGroup, School


class ImportJob(Personal):
    """One uploaded file. `answers`: heading → field of ours, or null for a column that is not read.

    `left_out`: lines that the clerk chose to leave out ("Sheet1!42"). The four counts are those of the
    difference that was last looked at, or that was applied.
    """

    holds = Holds(c1="kind sha256 state answers left_out", c2="file_name")
    school = models.ForeignKey(School, models.CASCADE, related_name="imports")
    kind = models.CharField("种类", max_length=10, choices=RosterKind)
    file_name = models.CharField("文件", max_length=120)
    sha256 = models.CharField(max_length=64)
    year_start = models.PositiveSmallIntegerField("学年")
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.UPLOADED)
    answers = models.JSONField(default=dict, blank=True)
    left_out = models.JSONField(default=list, blank=True)
    new = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("更改", default=0)
    unchanged = models.PositiveIntegerField("不变", default=0)
    problems = models.PositiveIntegerField("问题", default=0)
    uploaded_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="上传人"
    )
    ended_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = (models.Index(fields=["school", "-created_at"], name="imports_of_school"),)

    def __str__(self) -> str:
        return self.file_name


class StagedFile(Personal):
    """The uploaded bytes, sealed. Erased when the import is applied or discarded, or after seven days."""

    holds = Holds(c4="sealed")
    job = models.OneToOneField(ImportJob, models.CASCADE, related_name="staged")
    sealed = SealedField()

    def __str__(self) -> str:
        return str(self.job)

    @classmethod
    def of(cls, job: ImportJob, data: bytes) -> StagedFile:
        return cls(job=job, sealed=base64.b64encode(data).decode())

    @property
    def data(self) -> bytes:
        """What was uploaded, for whoever may reach the import."""
        return base64.b64decode(hand_out(self, "sealed").sealed)


class OwnPost(Asked, Personal):
    """A class that somebody would have given himself as its 班主任, by a line of the file that he brought: another one
    agrees first. `asked_by` is he whose post it is, `replaces` the post of the adviser in whose place he comes.
    """

    holds = Holds(c3="reason")
    school = models.ForeignKey(School, models.PROTECT, related_name="own_posts")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="own_posts")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, related_name="+")
    replaces = models.ForeignKey(ClassPost, models.PROTECT, null=True, blank=True, related_name="+")
    asked_on = models.DateField("导入日期")
    reason = SealedField("为什么不同意", with_row=True, blank=True, default="")

    class Meta(Asked.Meta):
        ordering = ("-created_at",)
        constraints = (
            *Asked.Meta.constraints,
            models.UniqueConstraint(
                fields=["staff", "class_group"],
                condition=models.Q(state=Decision.ASKED),
                name="own_post_asked_once",
            ),
        )
        indexes = (models.Index(fields=["school", "state", "-created_at"], name="own_posts_of_school"),)

    def __str__(self) -> str:
        return str(self.class_group)
