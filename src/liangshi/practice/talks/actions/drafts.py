"""What was typed of a talk before it is saved (`foundation.records.drafts`), by its author's post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.records import drafts
from liangshi.practice.talks.choices import TALK_FORM
from liangshi.practice.talks.models import Talk
from liangshi.registry.access.actor import Actor


def keep_draft(typed: Mapping[str, Sequence[str]], *, key: UUID, actor: Actor) -> None:
    """Keep the newest state of the form. Raises DomainError as `drafts.keep_draft`, and `talk_saved_already`."""

    def saved() -> DomainError | None:
        held = Talk.objects.as_system("whether it is saved").filter(author=actor.staff_id, key=key).first()
        return saved_already(held) if held else None

    drafts.keep_draft(typed, owner=actor.staff_id, form=TALK_FORM, key=key, saved=saved)


def saved_already(talk: Talk) -> DomainError:
    """For a page that does not know that its talk has been saved from another one."""
    return DomainError(
        "talk_saved_already",
        f"这次谈话（{talk.day:%-m 月 %-d 日}）已经在另一处存过了，这一页写的还没有存。"
        "请把要补的话抄下来，到「谈话」里打开那一条更正。",
    )


def drop_draft(key: UUID, *, actor: Actor) -> None:
    """`key` is that of the talk it would have become. Twice changes nothing more."""
    drafts.drop_draft(actor.staff_id, TALK_FORM, key)
