"""The rows of rounds and wishes within each reach of the policy table."""

from __future__ import annotations

from django.db.models import Q

from liangshi.practice.matching.models import RoundStudent
from liangshi.practice.matching.policy import WISH_CORRECT
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import children
from liangshi.registry.access.policy import Scope, allows, scope


@scope("round", Scope.SCHOOL)
def _rounds_of_school(actor: Actor) -> Q:
    return Q(school_id=actor.school_id)


@scope("round", Scope.CHILDREN)
def _rounds_of_children(actor: Actor) -> Q:
    links = children(actor.person_id, schools=actor.hat.schools)
    taking_part = RoundStudent.objects.filter(student_id__in=links.values("student_id"))
    return Q(pk__in=taking_part.values("round_id"))


@scope("answer", Scope.SELF)
def _own_mentoring(actor: Actor) -> Q:
    return Q(staff_id=actor.staff_id)


@scope("wish", Scope.SELF)
def _own_wishes(actor: Actor) -> Q:
    return Q(student_id=actor.hat.student_id)


@scope("wish", Scope.SCHOOL)
def _wishes_of_school(actor: Actor) -> Q:
    return Q(round__school_id=actor.school_id)


def may_see_ranks(actor: Actor) -> bool:
    """Which wish a student was given says what he wished: leaders and mentors do not see it."""
    return allows(actor.role, WISH_CORRECT)
