"""What is typed of a record before it is saved: kept as one types, dropped when saved, erased after a week.

Keeping one writes no entry in the log: it says nothing to anybody but its writer, and comes every few seconds.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.guard import GuardedQuerySet, hand_out
from liangshi.foundation.records.models import Draft

DRAFTS_KEPT = dt.timedelta(days=7)
MOST_DRAFTS, LARGEST_DRAFT = 30, 40_000  # of one writer and form; characters


def _own(owner: UUID, form: str) -> GuardedQuerySet[Draft]:
    return Draft.objects.as_system("a writer's own").filter(owner=owner, form=form)


def drafts_of(owner: UUID, form: str) -> QuerySet[Draft]:
    """A writer's own, newest first."""
    return _own(owner, form).filter(changed_at__gte=now() - DRAFTS_KEPT)


def draft_of(owner: UUID, form: str, key: UUID) -> Draft | None:
    return _own(owner, form).filter(key=key).first()


def typed_of(draft: Draft) -> dict[str, list[str]]:
    """The values of each field by its name, for the draft's owner."""
    typed: dict[str, list[str]] = json.loads(hand_out(draft, "typed").typed)
    return typed


def keep_draft(
    typed: Mapping[str, Sequence[str]],
    *,
    owner: UUID,
    form: str,
    key: UUID,
    saved: Callable[[], DomainError | None],
) -> None:
    """Keep the newest state of a form; nothing typed drops it. `saved` says whether it has become a record meanwhile:
    then it leaves no draft, and what `saved` gives is raised.

    Raises DomainError `draft_too_long`, and `too_many_drafts` where one more would begin: those that are kept stay.
    """
    if not typed:
        return drop_draft(owner, form, key)
    text = json.dumps(typed, ensure_ascii=False)
    if len(text) > LARGEST_DRAFT:
        raise DomainError("draft_too_long", "写得太长，草稿没存上。请先保存这一次，再记一条。")
    mine = _own(owner, form)
    if not mine.filter(key=key).exists() and mine.count() >= MOST_DRAFTS:
        raise DomainError(
            "too_many_drafts",
            f"没写完的已经有 {MOST_DRAFTS} 份，这一份没有存成草稿，别的都还在。写完请马上保存；用不着的草稿可以丢掉几份。",
        )
    mine.update_or_create(owner=owner, form=form, key=key, defaults={"typed": text})
    # Asked when the draft is there for all to see: whoever saves drops it, so that one of the two finds the other.
    if refusal := saved():
        drop_draft(owner, form, key)
        raise refusal
    return None


def drop_draft(owner: UUID, form: str, key: UUID) -> None:
    """Twice changes nothing more."""
    _own(owner, form).filter(key=key).delete()


def end_drafts() -> int:
    """Delete what nobody has touched for a week; returns how many."""
    return (
        Draft.objects.as_system("what nobody goes on with ends")
        .filter(changed_at__lt=now() - DRAFTS_KEPT)
        .delete()[0]
    )
