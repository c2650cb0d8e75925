"""Which needs are within each reach of the policy table."""

from __future__ import annotations

from django.db.models import Q

from liangshi.practice.needs.choices import NEED_LIVE
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.care import mentored
from liangshi.registry.access.policy import Scope, scope
from liangshi.registry.people.models import Student


@scope("need", Scope.SCHOOL)
def _needs_of_school(actor: Actor) -> Q:
    return Q(student__school_id=actor.school_id)


@scope("need", Scope.MENTEES)
def _needs_of_own_mentees(actor: Actor) -> Q:
    """Primary mentor and co-mentors, as long as the need goes on. Whoever only looks after them reads nothing."""
    theirs = Student.objects.filter(mentored(actor.staff_id), school=actor.school_id)
    return Q(student__in=theirs, state__in=sorted(NEED_LIVE))
