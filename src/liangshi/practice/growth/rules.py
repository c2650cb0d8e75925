"""Which goals, choices and moments are within each reach of the policy table.

Most permissions of this room are about a student, whose reaches the registry knows. Here stand the two that are not,
and what a permission alone does not say.
"""

from __future__ import annotations

from django.db.models import Q

from liangshi.practice.growth.policy import SHINE_READ, SUBJECT_WRITE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.care import parted
from liangshi.registry.access.policy import Scope, scope


@scope("shine", Scope.SELF)
def _own_shines(actor: Actor) -> Q:
    """What he wrote as a colleague. What he saw while the student was in his care or in his class goes with him."""
    own = Q(author_id=actor.person_id, student__school_id=actor.school_id)
    return own & ~parted(actor.person_id, "created_at__date")


@scope("cohort", Scope.SCHOOL)
def _cohorts_of_school(actor: Actor) -> Q:
    return Q(school_id=actor.school_id)


def may_choose_in_window_only(actor: Actor) -> bool:
    """A student enters his subjects while his school has opened it; office and 班主任 at any time."""
    return SUBJECT_WRITE.roles.get(actor.role) == Scope.SELF


def may_see_shared_only(actor: Actor) -> bool:
    """A student sees the shining moments whose authors said so."""
    return SHINE_READ.roles.get(actor.role) == Scope.SELF
