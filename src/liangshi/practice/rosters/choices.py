"""The kinds of roster and the states of an import."""

from __future__ import annotations

from django.db.models import TextChoices

from liangshi.foundation.base.states import Moves


class RosterKind(TextChoices):
    STUDENTS = "students", "学生"
    STAFF = "staff", "教职工"
    PAIRS = "pairs", "导师名单"
    CLUBS = "clubs", "社团"


# A line that names somebody we do not know may be left out of these; a roster of people is whole or nothing.
MAY_LEAVE_OUT = frozenset({RosterKind.PAIRS, RosterKind.CLUBS})


class JobState(TextChoices):
    UPLOADED = "uploaded", "待确认列"
    MAPPED = "mapped", "有问题待处理"
    CHECKED = "checked", "待导入"
    APPLIED = "applied", "已导入"
    DISCARDED = "discarded", "已放弃"


OPEN_STATES = frozenset({JobState.UPLOADED, JobState.MAPPED, JobState.CHECKED})

MOVES: Moves = {
    "map": (OPEN_STATES, JobState.MAPPED),
    "check": (frozenset({JobState.MAPPED, JobState.CHECKED}), JobState.CHECKED),
    "apply": (frozenset({JobState.CHECKED}), JobState.APPLIED),
    "discard": (OPEN_STATES, JobState.DISCARDED),
}
EVENTS = {"map": "确认列", "check": "检查", "apply": "导入", "discard": "放弃"}
