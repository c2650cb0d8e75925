"""What was typed of a talk before it is saved, by its author's post."""

from __future__ import annotations

from liangshi.practice.talks.choices import TALK_FORM
from liangshi.practice.talks.models import Talk
from liangshi.registry.access.drafts import Drafts

DRAFTS = Drafts(
    TALK_FORM,
    Talk,
    what=lambda talk: f"这次谈话（{talk.day:%-m 月 %-d 日}）",
    mend="请先把写的抄下来：要补几句，到「谈话」里打开那一条更正；要记的是另一次，重新打开「记一次谈话」。",
)
