"""What is looked at every day: students who come, come back and go. Safe to run again."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.audit.actions import Machine
from liangshi.foundation.base.clock import today
from liangshi.foundation.base.schedule import daily
from liangshi.foundation.notices.actions import Line, settle_office, tell_office, tell_once, unread_at
from liangshi.practice.waiting.queries.students import (
    bonds_of_gone,
    returned_to_mentor,
    schools_with_waiting,
    waiting,
)
from liangshi.practice.waiting.transitions import NEW_HERE, RETURNED, WAITS
from liangshi.registry.access.care import charge_of
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import end
from liangshi.registry.mentorships.choices import EndReason

LOOK_BACK = dt.timedelta(days=30)  # a worker may have stood still as long


@daily
def open_assignments() -> None:
    """「配导师」: the office hears how many wait, each 班主任 (where he may not, the 年级组长) hears once that he is there
    for a student until then."""
    told = unread_at("assign")
    for school in {*schools_with_waiting(today()), *told}:
        rows = waiting(school, today())
        if not rows:
            settle_office(school, "assign")
            continue
        last = min(row.due for row in rows if row.due)
        tell_office(
            school,
            (Role.CLERK.value, Role.LEADER.value),
            title=WAITS.format(count=len(rows), day=f"{last.month} 月 {last.day} 日"),
            url=reverse("waiting:without_mentor"),
            key="assign",
        )
        for role in (Role.ADVISER, Role.GRADE_HEAD):
            tell_once(
                {
                    f"assign:{row.student.pk}:{row.since}": Line(
                        row.interim.person_id,
                        NEW_HERE.format(child=row.student, arrival=row.arrival.label),
                        row.student.pk,
                    )
                    for row in rows
                    if row.interim and row.arrival and row.beside.hat == role
                },
                role=role,
                school=school,
                url=reverse("home:home"),
            )


@daily
def greet_returned() -> None:
    """复学: the same mentor goes on, and is asked to meet the student again; while he is away, whoever stands in."""
    returned: dict[UUID, dict[str, Line]] = defaultdict(dict)
    found = returned_to_mentor(today(), today() - LOOK_BACK)
    charge = charge_of(bond.student_id for bond, _ in found)
    for bond, since in found:
        who = charge[bond.student_id]
        still = "仍由您指导" if who == bond.mentor else "这段时间由您临时负责"
        returned[bond.mentor.school_id][f"returned:{bond.student_id}:{since}"] = Line(
            who.person_id, RETURNED.format(child=bond.student, still=still), bond.student_id
        )
    for school, lines in returned.items():
        tell_once(lines, role=Role.MENTOR, school=school, url=reverse("home:home"))


@daily
def end_bonds_of_gone() -> None:
    """A student who left keeps no mentor of either kind, whichever way his leaving came into the books."""
    for bond, left_on in bonds_of_gone(today()):
        chain = str(bond.student.school_id)
        end(bond, on=left_on, reason=EndReason.STUDENT_LEFT, actor=Machine("每日任务", chain), chain=chain)
