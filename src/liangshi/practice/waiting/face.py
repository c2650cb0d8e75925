"""What waits for a mentor, shown on the pages of others: who has none, and whose bond rests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.faces import Due
from liangshi.foundation.ui.shell import ListRow
from liangshi.practice.waiting.queries.students import listed, paused, waiting_for
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.choices import Role
from liangshi.registry.access.faces import RELATIONS_ROWS, Desk, Lines, due, rows
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
        desk.names([row.bond.student_id])
        student = row.bond.student
        yield ListRow(
            str(student),
            reverse("dossier:student", args=[student.pk]),
            sub=row.class_name,
            person=student.person.name,
            state="休学，关系保留",
            tone="info",
        )


def _students(actor: Actor) -> Iterator[ListRow]:
    """Those who came by themselves and get a mentor; all who are without."""
    rows = listed(actor, today())
    come = sum(1 for row in rows if row.arrival and not row.exemption)
    url = address(actor, "waiting:waiting")
    yield ListRow("待配导师", url, sub="转入、复学、借读的学生", icon="user-plus", meta=f"{come} 名")
    url = address(actor, "waiting:without_mentor")
    yield ListRow("无导师学生", url, sub="配上导师，或写明原因", icon="users", meta=f"{len(rows)} 名")


RELATIONS_ROWS.put("waiting", _students, 10)
