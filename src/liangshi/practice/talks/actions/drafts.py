"""What was typed of a talk before it is saved: kept as one types, dropped when saved, erased after a week.

Keeping one writes no entry in the log: it says nothing to anybody but its author, and comes every few seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from liangshi.foundation.base.clock import now
from liangshi.foundation.base.errors import DomainError
from liangshi.practice.talks.choices import DRAFTS_KEPT, LARGEST_DRAFT, MOST_DRAFTS
from liangshi.practice.talks.models import Talk, TalkDraft
from liangshi.registry.access.actor import Actor


def keep_draft(typed: Mapping[str, Sequence[str]], *, key: UUID, actor: Actor) -> None:
    """Keep the newest state of a form; nothing typed drops it. One that is saved already leaves no draft.

    Raises DomainError `draft_too_long`, `talk_saved_already`, and `too_many_drafts` where one more would begin: those
    that are kept stay.
    """
    if not typed:
        return drop_draft(key, actor=actor)
    text = json.dumps(typed, ensure_ascii=False)
    if len(text) > LARGEST_DRAFT:
        raise DomainError("draft_too_long", "写得太长，草稿没存上。请先保存这一次，再记一条。")
    mine = TalkDraft.objects.filter(author=actor.staff_id)
    if not mine.filter(key=key).exists() and mine.count() >= MOST_DRAFTS:
        raise DomainError(
            "too_many_drafts",
            f"没写完的已经有 {MOST_DRAFTS} 份，这一份没有存成草稿，别的都还在。写完请马上保存；用不着的草稿可以丢掉几份。",
        )
    with transaction.atomic():
        TalkDraft.objects.update_or_create(author_id=actor.staff_id, key=key, defaults={"typed": text})
        saved = Talk.objects.filter(author=actor.staff_id, key=key).first()
        if saved:  # it came late: the talk was saved meanwhile, here or on another page
            drop_draft(key, actor=actor)
    if saved:
        raise saved_already(saved)
    return None


def saved_already(talk: Talk) -> DomainError:
    """For a page that does not know that its talk has been saved from another one."""
    return DomainError(
        "talk_saved_already",
        f"这次谈话（{talk.day:%-m 月 %-d 日}）已经在另一处存过了，这一页写的还没有存。"
        "请把要补的话抄下来，到「谈话」里打开那一条更正。",
    )


def drop_draft(key: UUID, *, actor: Actor) -> None:
    """`key` is that of the talk it would have become. Twice changes nothing more."""
    TalkDraft.objects.filter(author=actor.staff_id, key=key).delete()


def end_drafts() -> int:
    """Delete the drafts that nobody has touched for a week; returns how many."""
    return TalkDraft.objects.filter(changed_at__lt=now() - DRAFTS_KEPT).delete()[0]
