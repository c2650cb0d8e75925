"""What waits for a mentor, shown on the pages of others: who has none, and whose bond rests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.faces import Due
from liangshi.foundation.ui.shell import ListRow
from liangshi.practice.waiting.queries.students import paused, waiting_for, without_mentor
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.doors import Door, doors_on
from liangshi.registry.access.faces import Desk, Lines, due, rows
from liangshi.registry.access.links import address
from liangshi.registry.access.permissions import MENTOR_ASSIGN


@due("waiting", MENTOR_ASSIGN)
def _without_mentor(actor: Actor) -> Iterable[Due]:
    """Students who came by themselves and are to have a mentor within five school days: one line for all."""
    found = [row for row in waiting_for(actor) if row.due]
    if found:
        words, url = f"给 {len(found)} 名学生配导师", reverse("waiting:waiting")
        first = min(row.due for row in found if row.due)
        yield Due(f"{actor.own_school}", words, words, url, "users", first)


@rows("paused", {Role.MENTOR: 10}, Lines.MORE_MENTEES)
def _paused(desk: Desk) -> Iterable[ListRow]:
    for row in paused(desk.actor):
        student = row.bond.student
        yield ListRow(
            str(student),
            reverse("dossier:student", args=[student.pk]),
            sub=row.class_name,
            person=student.person.name,
            state="休学，关系保留",
            tone="info",
        )


@doors_on("relations:office")
def students(actor: Actor) -> Iterator[Door]:
    """Those who came by themselves and get a mentor; all who are without."""
    rows = without_mentor(actor.own_school, today())
    come = sum(1 for row in rows if row.arrival and not row.exemption)
    url = address(actor, "waiting:waiting")
    yield Door("待配导师", url, "转入、复学、借读的学生", "user-plus", f"{come} 名", place=10)
    url = address(actor, "waiting:without_mentor")
    yield Door("无导师学生", url, "配上导师，或写明原因", "users", f"{len(rows)} 名", place=20)
