"""A student's talks, activities and life events in the order in which they happened, as far as the actor may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from liangshi.foundation.base.guard import hand_out
from liangshi.foundation.records.models import STANDING
from liangshi.practice.talks.models import ActivityStudent, LifeEvent, Talk
from liangshi.practice.talks.policy import ACTIVITY_READ, EVENT_READ, TALK_EXISTS, TALK_READ
from liangshi.practice.talks.queries.talks import talks
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.permissions import STUDENT_LOG, STUDENT_READ
from liangshi.registry.access.policy import allows
from liangshi.registry.people.models import Student


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. A restricted one says that something was, and in which month, and no more."""

    day: dt.date  # by which it is sorted; of a restricted entry the first of its month
    when: str
    title: str
    text: str = ""
    url: str = ""
    icon: str = "message-circle"
    restricted: bool = False


def timeline(actor: Actor, student: Student) -> list[Entry]:
    """Newest first by the day of the event; what was recorded late says so. Empty when the student is not his.

    Restricted entries stand below all dated ones of their month, and among themselves in an order that tells nothing
    of their days.
    """
    if not Student.objects.seen_by(actor, STUDENT_READ).filter(pk=student.pk).exists():
        return []
    entries = [*_talks(actor, student), *_activities(actor, student), *_events(actor, student)]
    entries.sort(key=lambda entry: entry.title if entry.restricted else "")
    return sorted(entries, key=lambda entry: (entry.day, not entry.restricted), reverse=True)


def _talks(actor: Actor, student: Student) -> list[Entry]:
    opened = (
        list(talks(actor).filter(students__student=student).order_by("-day", "-pk"))
        if allows(actor.role, TALK_READ)
        else []
    )
    found = [_opened(talk) for talk in opened]
    if Student.objects.seen_by(actor, TALK_EXISTS).filter(pk=student.pk).exists():
        there = Talk.objects.as_system("that there was a talk, and in which month")
        hidden = there.filter(students__student=student).exclude(pk__in=[row.pk for row in opened])
        if not allows(actor.role, STUDENT_LOG):  # that something was voided is the office's to know
            hidden = hidden.filter(STANDING)
        found += [
            _restricted(day, "有一条作废的记录" if voided else "有一条受限记录")
            for day, voided in hidden.values_list("day", "voided_at")
        ]
    return found


def _opened(talk: Talk) -> Entry:
    heads: int = talk.heads  # type: ignore[attr-defined]
    words = [str(tag) for tag in talk.tags.all()]
    group = f"，{heads} 人一起" if heads > 1 else ""
    notes = [
        talk.late_words,
        f"已作废：{hand_out(talk, 'void_reason').void_reason}" if talk.voided_at else "",
    ]
    return Entry(
        talk.day,
        f"{talk.day:%Y 年 %-m 月 %-d 日}",
        f"{talk.get_mode_display()}（{'、'.join(words)}）{group}",
        " · ".join(filter(None, [str(talk.author), *notes])),
        reverse("talks:talk", args=[talk.pk]),
    )


def _restricted(day: dt.date, what: str) -> Entry:
    return Entry(day.replace(day=1), f"{day:%Y 年 %-m 月}", what, icon="lock", restricted=True)


def _activities(actor: Actor, student: Student) -> list[Entry]:
    """What a group calls itself may tell a worry: it reaches as far as a talk of level 1."""
    there = ActivityStudent.objects.as_system("that there was an activity; its name by the rule below")
    joined = there.filter(student=student, present=True, activity__voided_at__isnull=True).order_by(
        "-activity__day", "-pk"
    )
    if not allows(actor.role, ACTIVITY_READ):
        if not Student.objects.seen_by(actor, TALK_EXISTS).filter(pk=student.pk).exists():
            return []
        return [_restricted(day, "有一次小组活动") for day in joined.values_list("activity__day", flat=True)]
    return [
        Entry(
            row.activity.day,
            f"{row.activity.day:%Y 年 %-m 月 %-d 日}",
            f"小组活动：{row.activity.name}",
            str(row.activity.owner),
            icon="users",
        )
        for row in joined.select_related("activity__owner__person")
    ]


def _events(actor: Actor, student: Student) -> list[Entry]:
    if not allows(actor.role, EVENT_READ):
        return []
    rows = (
        LifeEvent.objects.seen_by(actor, EVENT_READ).filter(student=student).order_by("-reported_on", "-pk")
    )
    return [
        Entry(
            row.reported_on,
            f"{row.reported_on:%Y 年 %-m 月 %-d 日}",
            "重大变故",
            row.get_state_display(),
            reverse("talks:event", args=[row.pk]),
            icon="heart-handshake",
        )
        for row in rows
    ]
