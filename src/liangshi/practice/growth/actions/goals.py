"""Set a goal, and look back on it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.timing import note_time
from liangshi.foundation.deeds import Deed
from liangshi.foundation.records import writing
from liangshi.practice.growth import audit
from liangshi.practice.growth.choices import GOAL, MAX_GOALS
from liangshi.practice.growth.models import Goal
from liangshi.practice.growth.queries.goals import free_seats, term_at
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.people.models import Student

LONGEST = dt.timedelta(days=365)


def set_goal(
    student: Student,
    *,
    strategy: str,
    text: str,
    owner: str,
    review_on: dt.date | None,
    key: UUID,
    actor: Actor,
    mark: str = "",
) -> Goal:
    """A goal for the running term. A student is told when somebody else wrote it down.

    `key` is that of the form that was sent: the second tap gives the goal of the first. `mark`: since when it
    was open; of a mentor the time that it took is kept without his name.

    Raises DomainError `goal_needs_review_date`, `review_date_past`, `review_date_far`, `no_term`, `three_goals`, `saved_already`.
    """
    day = today()
    if review_on is None:
        raise DomainError(
            "goal_needs_review_date", "请定一个回头看的日期，到那一天一起看看做得怎么样。", field="review_on"
        )
    if review_on <= day:
        raise DomainError("review_date_past", "回头看的日期要在今天以后。", field="review_on")
    if review_on > day + LONGEST:
        raise DomainError("review_date_far", "回头看的日期请定在一年以内。", field="review_on")
    term = term_at(student.school_id, day)
    if term is None:
        raise DomainError("no_term", "学校还没有在校历里登记这个学期，请先请学校办公室登记。")
    said = {"strategy": strategy, "text": text, "owner": owner, "review_on": review_on}
    with Deed(audit.GOAL_SET, actor, school=student.school_id, subjects=[student.pk]) as deed:
        # Rivals wait here; the unique seat is the wall behind.
        Student.objects.select_for_update().get(pk=student.pk)
        if held := Goal.objects.filter(student=student, key=key).first():
            deed.nothing()
            if not writing.says(held, said):
                raise writing.saved_already(f"「{held.text}」", "要再定一个，请重新打开「定目标」。")
            return held
        free = free_seats(student.pk, term)
        if not free:
            raise DomainError(
                "three_goals",
                f"这学期已经有 {MAX_GOALS} 个进行中的目标。先把其中一个收尾（达成、调整或放下），再定新的。",
            )
        deed.about = goal = Goal.objects.create(
            student=student, term=term, seat=free[0], set_by_id=actor.person_id, key=key, **said,
        )  # fmt: skip
        if actor.role == Role.MENTOR:
            note_time("goal", student.school_id, mark)
        if actor.person_id != student.person_id:
            url = reverse("dossier:student", args=[student.pk]) + "?part=aims"
            deed.tell(
                [student.person_id],
                role=Role.STUDENT,
                student=student.pk,
                title="导师和你定的目标记下来了，去看看写得对不对",
                url=url,
            )
    return goal


def close_goal(goal: Goal, *, outcome: str, closing: str, actor: Actor) -> None:
    """达成, 调整 or 放下, and one line. Raises DomainError `goal_needs_line` or `invalid_transition`."""
    if not closing.strip():
        raise DomainError("goal_needs_line", "请写一句话：做得怎么样，接下来怎么办。", field="closing")
    with Deed(audit.GOAL_CLOSED, actor, about=goal, subjects=[goal.student_id], outcome=outcome):
        GOAL.move(goal, outcome, seat=None, closing=closing.strip(), closed_on=today())
