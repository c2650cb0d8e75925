"""The kinds of roster and the states of an import."""

from __future__ import annotations

from django.db.models import TextChoices

from liangshi.foundation.base.workflow import Move, Workflow


class RosterKind(TextChoices):
    STUDENTS = "students", "学生"
    STAFF = "staff", "教职工"
    PAIRS = "pairs", "导师名单"
    CLUBS = "clubs", "社团"


# A line that names somebody we do not know may be left out of these; a roster of people is whole or nothing.
MAY_LEAVE_OUT = frozenset({RosterKind.PAIRS, RosterKind.CLUBS})
GIVES = frozenset({RosterKind.STUDENTS, RosterKind.STAFF, RosterKind.PAIRS})  # hats, or students
# Problems of a line by which whoever brings the roster would give himself a hat: he leaves it to a colleague.
OWN = frozenset({"own_guardian", "own_staff", "own_pair"})


class JobState(TextChoices):
    UPLOADED = "uploaded", "待确认列"
    MAPPED = "mapped", "有问题待处理"
    CHECKED = "checked", "待导入"
    APPLIED = "applied", "已导入"
    DISCARDED = "discarded", "已放弃"


OPEN_STATES = frozenset({JobState.UPLOADED, JobState.MAPPED, JobState.CHECKED})

JOB = Workflow(
    JobState,
    map=Move("确认列", *OPEN_STATES, to=JobState.MAPPED),
    check=Move("检查", JobState.MAPPED, JobState.CHECKED, to=JobState.CHECKED),
    apply=Move("导入", JobState.CHECKED, to=JobState.APPLIED),
    discard=Move("放弃", *OPEN_STATES, to=JobState.DISCARDED),
    tones={
        JobState.UPLOADED: "info",
        JobState.MAPPED: "warn",
        JobState.CHECKED: "info",
        JobState.APPLIED: "good",
    },
)
