"""Whoever leads what happened to a student leads no more once he is away, and what he was asked to talk over is asked of
another."""

from collections.abc import Collection
from uuid import UUID

from liangshi.foundation.audit.actions import Doer
from liangshi.practice.talks.actions.events import ask_for_another_lead
from liangshi.practice.talks.actions.talks import consult_others
from liangshi.registry.people.leaving import when_away


@when_away
def _ask(staff: Collection[UUID], _actor: Doer) -> None:
    ask_for_another_lead(staff)
    consult_others(staff)
