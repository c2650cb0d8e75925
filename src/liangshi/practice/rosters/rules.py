"""Which imports, and which posts that wait for another, are within each reach of the policy table."""

from __future__ import annotations

from django.db.models import Q

from liangshi.practice.rosters.policy import IMPORT, OWN_POST
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import Scope, scope


@scope(IMPORT, Scope.SCHOOL)
@scope(OWN_POST, Scope.SCHOOL)
def _of_school(actor: Actor) -> Q:
    return Q(school_id=actor.school_id)
