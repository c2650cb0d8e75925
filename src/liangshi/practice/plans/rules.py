"""The rows of a policy within each reach of the policy table."""

from __future__ import annotations

from django.db.models import Q

from liangshi.practice.plans.policy import POLICY
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import Scope
from liangshi.registry.access.scopes import scope


@scope(POLICY, Scope.SCHOOL)
def _policies_of_school(actor: Actor) -> Q:
    return Q(school_id=actor.school_id)
