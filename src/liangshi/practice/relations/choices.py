"""Reasons and states of what happens to a relation after it has begun, and the tables of their moves."""

from __future__ import annotations

from django.db.models import TextChoices

from liangshi.foundation.base.states import Moves
from liangshi.registry.people.choices import StaffState

ANSWER_DAYS = 3  # a mentor who is asked and says nothing has agreed
SHORT_DAYS = 30  # 短期离岗


class Asker(TextChoices):
    """Under which hat a change was asked for."""

    STUDENT = "student", "学生"
    GUARDIAN = "guardian", "家长"
    MENTOR = "mentor", "导师"
    CLERK = "clerk", "学校办公室"


class ChangeState(TextChoices):
    ASKED = "asked", "已提出"
    RECEIVED = "received", "已受理"
    MEETING = "meeting", "约了面谈"
    AGREED = "agreed", "已同意"
    DONE = "done", "已生效"
    REFUSED = "refused", "不同意"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "不用再办"


_C = ChangeState
UNDECIDED = frozenset({_C.ASKED, _C.RECEIVED, _C.MEETING})
UNDER_WAY = UNDECIDED | {_C.AGREED}
CHANGE_MOVES: Moves = {
    "receive": (frozenset({_C.ASKED}), _C.RECEIVED),
    "meet": (UNDECIDED, _C.MEETING),
    "agree": (UNDECIDED, _C.AGREED),
    "refuse": (UNDECIDED, _C.REFUSED),
    "decline": (frozenset({_C.AGREED}), _C.RECEIVED),  # by the mentor who was asked, or his places are gone
    "take_effect": (frozenset({_C.ASKED, _C.AGREED}), _C.DONE),  # ASKED: in the trial
    "settle": (
        UNDECIDED,
        _C.DONE,
    ),  # the change was made at once, and what concerned safety has been dealt with
    "withdraw": (UNDER_WAY, _C.WITHDRAWN),
    "lapse": (UNDER_WAY, _C.LAPSED),
}
CHANGE_LABELS = {
    "receive": "受理",
    "meet": "约面谈",
    "agree": "同意",
    "refuse": "不同意",
    "decline": "退回",
    "take_effect": "生效",
    "settle": "办结",
    "withdraw": "撤回",
    "lapse": "结束办理",
}


class AbsenceKind(TextChoices):
    SHORT = "short", "短期离岗（30 天以内）"
    MATERNITY = "maternity", "产假"
    SICK = "sick", "长期病假"
    AWAY = "away", "支教、外派等长期外出"
    GONE = "gone", "离职"
    RETIRED = "retired", "退休"
    CONDUCT = "conduct", "师德处理，暂停工作"


# What the roster says of him at once; who leaves for good leaves it once his students have been passed on.
STATE_AT_ONCE: dict[str, StaffState] = {
    AbsenceKind.SHORT: StaffState.AWAY,
    AbsenceKind.MATERNITY: StaffState.MATERNITY,
    AbsenceKind.SICK: StaffState.SICK,
    AbsenceKind.AWAY: StaffState.AWAY,
    AbsenceKind.GONE: StaffState.AWAY,
    AbsenceKind.RETIRED: StaffState.AWAY,
    AbsenceKind.CONDUCT: StaffState.SUSPENDED,
}
STATE_IN_THE_END: dict[str, StaffState] = {
    AbsenceKind.GONE: StaffState.GONE,
    AbsenceKind.RETIRED: StaffState.RETIRED,
}
ENDS_GRANTS = frozenset({AbsenceKind.GONE, AbsenceKind.RETIRED, AbsenceKind.CONDUCT})


class AbsenceState(TextChoices):
    COVERED = "covered", "代管中"
    WAITING = "waiting", "待接任"
    SUCCEEDED = "succeeded", "已接任"
    BACK = "back", "已返岗"


_A = AbsenceState
AWAY_NOW = frozenset({_A.COVERED, _A.WAITING})
ABSENCE_MOVES: Moves = {
    "return": (AWAY_NOW | {_A.SUCCEEDED}, _A.BACK),
    "hand_over": (frozenset({_A.WAITING}), _A.SUCCEEDED),
    "stay_away": (frozenset({_A.COVERED}), _A.WAITING),  # a short leave has become a long one
}
ABSENCE_LABELS = {"return": "返岗", "hand_over": "全部接任", "stay_away": "转为待接任"}


class HandOverState(TextChoices):
    OPEN = "open", "可以写"
    ACCEPTED = "accepted", "已接过"
    SKIPPED = "skipped", "不写了"


HAND_OVER_MOVES: Moves = {
    "accept": (frozenset({HandOverState.OPEN}), HandOverState.ACCEPTED),
    "skip": (frozenset({HandOverState.OPEN}), HandOverState.SKIPPED),
}
HAND_OVER_LABELS = {"accept": "接过来", "skip": "不写了"}
