"""Reasons and states of what happens to a relation after it has begun, and the tables of moves."""

from __future__ import annotations

import datetime as dt

from django.db.models import TextChoices

from liangshi.foundation.base.states import Moves

MAX_STRATEGIES = 3
ASSIGN_WITHIN = 5  # school days in which a student who comes gets a mentor
REVERSIBLE_FOR = dt.timedelta(days=7)  # a rollover


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
NEED_MOVES: Moves = {
    "approve": (frozenset({_N.PROPOSED}), _N.APPROVED),
    "refuse": (frozenset({_N.PROPOSED}), _N.REFUSED),
    "seek": (NEED_OPEN, _N.SEEKING),
    "staff": (frozenset({_N.SEEKING}), _N.STAFFED),
    "end": (NEED_LIVE, _N.ENDED),
}
NEED_MOVE_LABELS = {
    "approve": "批准",
    "refuse": "不批准",
    "seek": "选协同导师",
    "staff": "批准协同导师",
    "end": "结束",
}


class NeedRefusal(TextChoices):
    LEARN_MORE = "more", "先再了解情况"
    ENOUGH = "enough", "现有的支持已经够"
    OTHER_WAY = "other_way", "改用别的办法"


class Exempt(TextChoices):
    """Why a student may stay without a mentor for a time."""

    SUSPENDING = "suspending", "休学手续办理中"
    LEAVING = "leaving", "离校待办"
    DEFERRED = "deferred", "家长要求暂缓"
    ON_LEAVE = "on_leave", "长期请假"
    EXCHANGE = "exchange", "校外交流、集训"
    OTHER = "other", "其他（领导同意）"


class Arrival(TextChoices):
    """How a student who has no mentor came to be one who counts."""

    JOINED = "joined", "转入"
    RETURNED = "returned", "复学"
    GUEST = "guest", "借读"


class RolloverState(TextChoices):
    DONE = "done", "已结转"
    REVERSED = "reversed", "已撤回"


ROLLOVER_MOVES: Moves = {"reverse": (frozenset({RolloverState.DONE}), RolloverState.REVERSED)}
ROLLOVER_MOVE_LABELS = {"reverse": "撤回"}
