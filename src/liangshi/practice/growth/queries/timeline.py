"""What happened in a student's growth, as far as the actor may know: for the timeline of his page."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from liangshi.foundation.base.faces import Happened
from liangshi.practice.growth.queries.goals import goals_of
from liangshi.practice.growth.queries.shining import shines_of
from liangshi.practice.growth.queries.subjects import choices_of
from liangshi.registry.access.actor import Actor
from liangshi.registry.people.models import Student


def timeline(actor: Actor, student: Student) -> list[Happened]:
    """Goals, choices of subjects and shining moments, newest first within a day. A fixed number of questions."""
    return [*_goals(actor, student), *_choices(actor, student), *_shines(actor, student)]


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment)


def _goals(actor: Actor, student: Student) -> list[Happened]:
    found: list[Happened] = []
    for goal in goals_of(actor, student.pk):
        if goal.closed_on:  # on one and the same day, what came last stands first
            title = f"目标{goal.get_state_display()}：{goal.text}"
            found.append(Happened(goal.closed_on, goal.closed_on, title, goal.closing, "flag"))
        day = _day(goal.created_at)
        found.append(Happened(day, day, f"定目标：{goal.text}", str(goal.get_strategy_display()), "flag"))
    return found


def _choices(actor: Actor, student: Student) -> list[Happened]:
    rows = choices_of(actor, student) or []
    before = [*rows[1:], None][: len(rows)]
    return [
        Happened(
            row.starts_on,
            _day(row.created_at),
            f"选科：{old} 改为 {row}" if old else f"选科：{row}",
            str(row.get_source_display()),
            "book-open",
        )
        for row, old in zip(rows, before, strict=True)
    ]


def _shines(actor: Actor, student: Student) -> list[Happened]:
    return [
        Happened(
            row.on,
            _day(row.created_at),
            f"闪光点（{row.get_virtue_display()}）",
            f"{row.author.name}老师：{row.text}",
            "sparkles",
        )
        for row in shines_of(actor, student.pk)
    ]
