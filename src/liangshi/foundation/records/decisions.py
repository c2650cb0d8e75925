"""Decisions: what one person asks for, another one decides. The action says so in a sentence, and where it is forgotten
the database refuses.

A row has `decided_by` and a field of him who asked or whom it favours, both keys of people.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import CheckConstraint, F, Q

from liangshi.foundation.base.errors import DomainError


def by_another(asked: str, *, name: str) -> CheckConstraint:
    """The constraint of a row: whoever is in its field `asked` does not decide it."""
    return CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F(asked)), name=name)


def demand_another(asked: UUID, decides: UUID | None, said: str, *, field: str = "") -> None:
    """Raise DomainError `own_decision` with the sentence `said` where one person would be both."""
    if asked == decides:
        raise DomainError("own_decision", said, field=field)
