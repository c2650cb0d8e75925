"""Needs at the change of the year: those of students who graduate end, and with them the bonds of co-mentors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from liangshi.foundation.audit.actions import Doer
from liangshi.practice.needs.actions import end_need
from liangshi.practice.needs.models import Need, NeedStrategy
from liangshi.practice.needs.queries.needs import live_needs_of
from liangshi.registry.schools.rollover import Leavers, Part, take_part


def _end(leavers: Leavers, actor: Doer) -> None:
    for need in live_needs_of(leavers.students):
        end_need(need, on=leavers.on, actor=actor)


def _ends(students: Collection[UUID]) -> Mapping[str, int]:
    return {"结束的特需": live_needs_of(students).count()}


take_part(
    "practice.needs",
    Part(of_students={Need: "student", NeedStrategy: "need__student"}, end=_end, ends=_ends),
)
