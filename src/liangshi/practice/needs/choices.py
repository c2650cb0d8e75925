"""Why a student needs several mentors, the states of a need, and the table of its moves."""

from __future__ import annotations

from django.db.models import TextChoices

from liangshi.foundation.base.workflow import Move, Workflow

# What is compulsory in the forms of a mentor, with the seconds that it takes on a phone.
COMPULSORY: dict[str, dict[str, int]] = {"need": {"category": 6, "strategies": 4, "review_on": 6}}


class NeedCategory(TextChoices):
    """Why a student has several mentors. Coded: never a free text about health."""

    STUDY = "study", "学业"
    MIND = "mind", "心理"
    FAMILY = "family", "家庭"
    MONEY = "money", "经济"
    BODY = "body", "身体"
    CONDUCT = "conduct", "行为"
    LEFT_BEHIND = "left", "留守"
    OTHER = "other", "其他"


class NeedState(TextChoices):
    PROPOSED = "proposed", "提出"
    APPROVED = "approved", "批准"
    SEEKING = "seeking", "配备中"
    STAFFED = "staffed", "已配备"
    ENDED = "ended", "结束"
    REFUSED = "refused", "不批准"


_N = NeedState
NEED_OPEN = frozenset({_N.APPROVED, _N.SEEKING, _N.STAFFED})  # a leader has approved it and it goes on
NEED_LIVE = NEED_OPEN | {_N.PROPOSED}
NEED = Workflow(
    NeedState,
    tones={_N.PROPOSED: "warn", _N.APPROVED: "info", _N.SEEKING: "info", _N.STAFFED: "good"},
    approve=Move("批准", _N.PROPOSED, to=_N.APPROVED),
    refuse=Move("不批准", _N.PROPOSED, to=_N.REFUSED),
    seek=Move("选协同导师", *NEED_OPEN, to=_N.SEEKING),
    staff=Move("批准协同导师", _N.SEEKING, to=_N.STAFFED),
    end=Move("结束", *NEED_LIVE, to=_N.ENDED),
)


class NeedRefusal(TextChoices):
    LEARN_MORE = "more", "先再了解情况"
    ENOUGH = "enough", "现有的支持已经够"
    OTHER_WAY = "other_way", "改用别的办法"
