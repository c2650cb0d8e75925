"""With whom a student may change his mentor for the other's."""

from __future__ import annotations

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.relations.policy import BOND_SWAP
from liangshi.practice.relations.queries.changes import suitable
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Mentorship
from liangshi.registry.mentorships.queries import Place
from liangshi.registry.people.queries import classes_of


def mentors(actor: Actor, bond: Mentorship) -> list[Place]:
    """Who may be given the student and has students himself, also without a place. Not the actor, and for his own student
    nobody, whatever else there is: he would read from the gaps who has named him."""
    if bond.mentor.person_id == actor.person_id:
        return []
    return [each for each in suitable(bond) if each.taken and each.staff.person_id != actor.person_id]


def partners(actor: Actor, bond: Mentorship, mentor: Place) -> list[tuple[Mentorship, str]]:
    """The students of another mentor who may be given this one's, each with name and class."""
    held = Mentorship.objects.seen_by(actor, BOND_SWAP).filter(
        ACTIVE_PRIMARY, span_at(today()), mentor=mentor.staff.pk
    )
    rows = list(
        held.select_related("student__person", "student__school", "mentor__person").order_by(
            "student__person__search", "pk"
        )
    )
    keys = [row.student_id for row in rows]
    barred, groups = barred_of(keys, today()), classes_of(keys, today())
    return [
        (row, f"{row.student} {groups[row.student_id].name() if row.student_id in groups else '未分班'}")
        for row in rows
        if bond.mentor_id not in barred[row.student_id]
    ]
