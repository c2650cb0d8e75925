"""Arrange a group activity, call the roll in one screen, call it off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import Deed
from liangshi.foundation.notices.actions import Line, tell_each
from liangshi.foundation.records import writing
from liangshi.practice.talks import audit
from liangshi.practice.talks.actions.days import demand_open
from liangshi.practice.talks.models import Activity, ActivityStudent
from liangshi.practice.talks.queries.activities import attending
from liangshi.practice.talks.rules import mentees
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.people.models import Student


def arrange_activity(
    *,
    name: str,
    day: dt.date,
    students: Sequence[UUID],
    key: UUID,
    actor: Actor,
    time: dt.time | None = None,
    place: str = "",
    strategy: str = "",
) -> Activity:
    """A new activity; those who are invited to a coming one are told. The same page again gives the same one.

    Raises DomainError `activity_needs_name`, `not_your_student`, `year_closed`, `saved_already`.
    """

    said = {"name": name.strip(), "day": day, "time": time, "place": place.strip(), "strategy": strategy}

    def write() -> Activity:
        if not name.strip():
            raise DomainError("activity_needs_name", "请给活动起个名字，比如「读书会」。", field="name")
        demand_open(actor.own_school, [day], students)
        his = Student.objects.as_system("the rule `mentees`").filter(mentees(actor))
        invited = list(his.filter(pk__in=students))
        if len(invited) < len(set(students)):
            raise DomainError(
                "not_your_student", "只能邀请自己现在指导的学生。请重新点选。", field="students"
            )
        with Deed(audit.ACTIVITY_MADE, actor, subjects=[each.pk for each in invited]) as deed:
            deed.about = row = Activity.objects.create(
                school_id=actor.own_school,
                owner_id=actor.staff_id,
                **said,
                key=key,
            )
            rows = [ActivityStudent(activity=row, student=student) for student in invited]
            ActivityStudent.objects.bulk_create(rows)
            if day >= today():
                title = f"{actor.name}老师邀请你参加{row.name}"
                _tell(row, ((each.person_id, each.pk) for each in invited), title)
        return row

    return writing.written(
        Activity.objects.filter(owner=actor.staff_id, key=key).first,
        write,
        same=lambda held: writing.says(held, said) and _invited(held) == set(students),
        otherwise=lambda held: writing.saved_already(
            f"「{held.name}」", "要安排的是另一次，请重新打开「安排小组活动」。"
        ),
    )


def _invited(row: Activity) -> set[UUID]:
    return set(row.students.values_list("student_id", flat=True))


def take_attendance(row: Activity, present: Collection[UUID], *, actor: Actor) -> int:
    """Say who came; returns how many. May be done again; who is no mentee any more stays as he was.

    Raises DomainError `activity_not_yet`, `activity_is_void`.
    """
    if row.day > today():
        raise DomainError("activity_not_yet", f"活动在 {row.day:%-m 月 %-d 日}，到那天再点名。")
    with Deed(audit.ACTIVITY_HELD, actor, about=row) as deed:
        if not Activity.objects.select_for_update().filter(pk=row.pk, voided_at__isnull=True).exists():
            raise DomainError("activity_is_void", "这次活动已经取消，不用点名。")
        rows = attending(actor, row).rows
        for each in rows:
            ActivityStudent.objects.filter(pk=each.pk).update(present=each.student_id in present)
        deed.subjects = [each.student_id for each in rows]
    return sum(each.student_id in present for each in rows)


def void_activity(row: Activity, *, reason: str, actor: Actor) -> None:
    """Call it off; of those who are invited to a coming one, his own students are told. Raises DomainError
    `activity_is_void`."""
    with Deed(audit.ACTIVITY_VOIDED, actor, about=row):
        if not writing.voided(row, reason.strip()):
            raise DomainError("activity_is_void", "这次活动已经取消了，不用再点。")
        if row.day >= today():
            title = f"{actor.name}老师取消了 {row.day:%-m 月 %-d 日}的{row.name}，不用来了"
            his = attending(actor, row).rows
            _tell(row, [(each.student.person_id, each.student_id) for each in his], title)


def _tell(row: Activity, invited: Iterable[tuple[UUID, UUID]], title: str) -> None:
    """Each (person, student) who is invited."""
    lines = [Line(person, title, student) for person, student in invited]
    tell_each(lines, role=Role.STUDENT, school=row.school_id, url=reverse("talks:list"))
