"""Which rollovers are within reach."""

from __future__ import annotations

from django.db.models import Q

from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import Scope
from liangshi.registry.access.scopes import scope


@scope("rollover", Scope.SCHOOL)
def _rollovers_of_school(actor: Actor) -> Q:
    return Q(year__school_id=actor.school_id)
