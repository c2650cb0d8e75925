"""May this adult accompany this student today, and as what: the one answer for whoever gives a student an adult.

Two things keep somebody from it: what he is himself today (away, suspended, gone, no mentor), and what he is to the
student (`apart.barred_of`: family, or named in what concerns safety). Places are counted where they are taken
(`actions.take_places`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import Enum
from uuid import UUID

from django.db.models import QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.queries import IN_POOL, with_standing
from liangshi.registry.people.choices import StaffState
from liangshi.registry.people.models import Staff


class Part(Enum):
    """As what an adult is with a student; the value is how a sentence calls it."""

    MENTOR = "导师"
    CO_MENTOR = "协同导师"
    CARETAKER = "代管老师"
    STAND_IN = "照看老师"  # until a newcomer has a mentor
    LEAD = "主谈人"


_MENTORS = frozenset({Part.MENTOR, Part.CO_MENTOR})


def fit(staff: QuerySet[Staff], part: Part, day: dt.date) -> QuerySet[Staff]:
    """Those of `staff` whom nothing of their own keeps from it on a day: a mentor is in the pool, everybody else at
    work."""
    if part in _MENTORS:
        return with_standing(staff, day).filter(standing=IN_POOL)
    return staff.filter(state=StaffState.ON_DUTY)


def unfit(staff: Iterable[UUID], part: Part, day: dt.date) -> set[UUID]:
    """Those whom something of their own keeps from it."""
    asked = set(staff)
    able = fit(Staff.objects.as_system("who may accompany a student").filter(pk__in=asked), part, day)
    return asked - set(able.values_list("pk", flat=True))


def demand_fit(pairs: Iterable[tuple[UUID, UUID]], part: Part, *, field: str = "") -> None:
    """Of (student, staff): the last wall, whoever decided before. Raises `not_fit`, `not_given`.

    Of many pairs the refusal says how many, never who.
    """
    asked = list(pairs)
    if many := len(unfit({staff for _, staff in asked}, part, today())):
        raise not_fit(part, many, field)
    barred = barred_of({student for student, _ in asked}, today())
    if many := sum(staff in barred[student] for student, staff in asked):
        raise not_given(many if len(asked) > 1 else 0, field)


def not_fit(part: Part, many: int = 1, field: str = "") -> DomainError:
    who = "选的老师" if many == 1 else f"选的老师里有 {many} 位"
    now = "现在不在导师名单里" if part in _MENTORS else "现在不在岗"
    return DomainError("not_fit", f"{who}{now}，没有保存。请另选一位老师。", field=field)


def not_given(students: int = 0, field: str = "") -> DomainError:
    """Never why. `students`: how many of those chosen; 0 where one was asked about."""
    who = f"有 {students} 名学生不能由所选的老师来带" if students else "这位老师不能带这名学生"
    return DomainError("not_given", f"{who}，没有保存。请另选一位老师。", field=field)
