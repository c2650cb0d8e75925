"""Whoever leaves by the roster, without a student, comes back from no leave."""

from collections.abc import Collection
from uuid import UUID

from liangshi.foundation.audit.actions import Doer
from liangshi.practice.relations.actions.absences import close_absences
from liangshi.registry.people.leaving import ends_with_post


@ends_with_post
def _close(staff: Collection[UUID], _actor: Doer) -> None:
    close_absences(staff)
