"""What was typed of a talk before it is saved, by its author's post."""

from __future__ import annotations

from liangshi.foundation.base.errors import DomainError
from liangshi.practice.talks.choices import TALK_FORM
from liangshi.practice.talks.models import Talk
from liangshi.registry.access.drafts import Drafts


def saved_already(talk: Talk) -> DomainError:
    """For a page that does not know that its talk has been saved from another one."""
    return DomainError(
        "talk_saved_already",
        f"这次谈话（{talk.day:%-m 月 %-d 日}）已经在另一处存过了，这一页写的还没有存。"
        "请把要补的话抄下来，到「谈话」里打开那一条更正。",
    )


DRAFTS = Drafts(TALK_FORM, Talk, saved_already)
