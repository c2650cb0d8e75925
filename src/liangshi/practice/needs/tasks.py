"""What is looked at every day: needs of students who left, without a co-mentor, to be reviewed. Safe to run again."""

from __future__ import annotations

from django.urls import reverse

from liangshi.foundation.audit.actions import Machine
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.schedule import daily
from liangshi.foundation.notices.actions import tell_office
from liangshi.practice.needs.actions import end_need, settle
from liangshi.practice.needs.queries.needs import due_for_review, needs_of_gone, vacated
from liangshi.practice.needs.transitions import REVIEW
from liangshi.registry.access.choices import Role


@daily
def end_needs_of_gone() -> None:
    """The needs of a student who left end with the bonds of his co-mentors."""
    for need, left_on in needs_of_gone(today()):
        end_need(need, on=left_on, actor=Machine("每日任务", str(need.student.school_id)))


@daily
def look_after_needs() -> None:
    """Needs whose co-mentor has gone look for another; those whose day has come are reviewed."""
    for need in vacated():
        settle(need, actor=Machine("每日任务", str(need.student.school_id)))
    for school, number in due_for_review(today()).items():
        tell_office(
            school,
            (Role.LEADER.value, Role.CLERK.value),
            title=REVIEW.office(count=number),
            url=reverse("needs:needs"),
            key="need-review",
        )
