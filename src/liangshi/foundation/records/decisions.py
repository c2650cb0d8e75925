"""Decisions: what one person asks for, another one decides. The action says so in a sentence, and where it is forgotten
the database refuses.

A row has `decided_by` and a field of him who asked or whom it favours, both keys of people.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import CheckConstraint, F, Q, TextChoices

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.workflow import Move, Workflow


class Decision(TextChoices):
    """Of what another one agrees to or refuses as a whole."""

    ASKED = "asked", "等决定"
    AGREED = "agreed", "同意"
    REFUSED = "refused", "不同意"


DECISION = Workflow(
    Decision,
    tones={Decision.ASKED: "warn", Decision.AGREED: "good"},
    agree=Move("同意", Decision.ASKED, to=Decision.AGREED),
    refuse=Move("不同意", Decision.ASKED, to=Decision.REFUSED),
)


def by_another(asked: str, *, name: str) -> CheckConstraint:
    """The constraint of a row: whoever is in its field `asked` does not decide it."""
    return CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F(asked)), name=name)


def by_somebody(*, name: str) -> CheckConstraint:
    """The constraint of a row with a `Decision`: what is decided has been decided by somebody, on a day."""
    nobody = Q(state=Decision.ASKED, decided_by=None)
    somebody = ~Q(state=Decision.ASKED) & Q(decided_by__isnull=False, decided_on__isnull=False)
    return CheckConstraint(condition=nobody | somebody, name=name)


def demand_another(asked: UUID, decides: UUID | None, said: str, *, field: str = "") -> None:
    """Raise DomainError `own_decision` with the sentence `said` where one person would be both."""
    if asked == decides:
        raise DomainError("own_decision", said, field=field)
