"""Which needs are within each reach of the policy table."""

from __future__ import annotations

from django.db.models import Q

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.needs.choices import NEED_LIVE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import Scope
from liangshi.registry.access.scopes import scope
from liangshi.registry.mentorships.models import Mentorship


@scope("need", Scope.SCHOOL)
def _needs_of_school(actor: Actor) -> Q:
    return Q(student__school_id=actor.school_id)


@scope("need", Scope.MENTEES)
def _needs_of_own_mentees(actor: Actor) -> Q:
    """Primary mentor and co-mentors, as long as the need goes on. Whoever only looks after them reads nothing."""
    held = Mentorship.objects.filter(span_at(today()), mentor_id=actor.staff_id)
    return Q(
        student__school_id=actor.school_id,
        student__in=held.values("student_id"),
        state__in=sorted(NEED_LIVE),
    )
