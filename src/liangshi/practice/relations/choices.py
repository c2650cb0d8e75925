"""Reasons and states of what happens to a relation after it has begun, and the tables of their moves."""

from __future__ import annotations

from django.db.models import TextChoices

from liangshi.foundation.base.workflow import Move, Workflow
from liangshi.registry.people.choices import StaffState

ANSWER_DAYS = 3  # a mentor who is asked and says nothing has agreed
SHORT_DAYS = 30  # 短期离岗
LETTER_DAYS = 14  # in which a former mentor may write his half of the letter
CONCERN_DAYS = 2  # school days after which a concern without an answer is due to the school's leaders too
NAMED_WITHIN = 365  # days after its end in which a relation may still be named in a concern


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
CHANGE = Workflow(
    ChangeState,
    tones={_C.ASKED: "warn", _C.RECEIVED: "info", _C.MEETING: "info", _C.AGREED: "info", _C.DONE: "good"},
    receive=Move("受理", _C.ASKED, to=_C.RECEIVED),
    meet=Move("约面谈", *UNDECIDED, to=_C.MEETING),
    agree=Move("同意", *UNDECIDED, to=_C.AGREED),
    refuse=Move("不同意", *UNDECIDED, to=_C.REFUSED),
    # by the mentor who was asked, or his places are gone
    decline=Move("退回", _C.AGREED, to=_C.RECEIVED),
    # ASKED: in the trial
    take_effect=Move("生效", _C.ASKED, _C.AGREED, to=_C.DONE),
    withdraw=Move("撤回", *UNDER_WAY, to=_C.WITHDRAWN),
    lapse=Move("结束办理", *UNDER_WAY, to=_C.LAPSED),
)


class ConcernState(TextChoices):
    OPEN = "open", "还没有人看"
    TAKEN = "taken", "有人在处理"
    CLOSED = "closed", "已答复"


STANDS = frozenset({ConcernState.OPEN, ConcernState.TAKEN})
CONCERN = Workflow(
    ConcernState,
    tones={ConcernState.OPEN: "bad", ConcernState.TAKEN: "warn", ConcernState.CLOSED: "good"},
    take=Move("我来处理", ConcernState.OPEN, to=ConcernState.TAKEN),
    close=Move("答复并结束", *STANDS, to=ConcernState.CLOSED),
)


class AbsenceKind(TextChoices):
    SHORT = "short", "短期离岗（30 天以内）"
    MATERNITY = "maternity", "产假"
    SICK = "sick", "长期病假"
    AWAY = "away", "支教、外派等长期外出"
    GONE = "gone", "离职"
    RETIRED = "retired", "退休"
    CONDUCT = "conduct", "师德处理，暂停工作"
    DIED = "died", "去世"


# What the roster says of him at once; who leaves for good leaves it once his students have been passed on.
STATE_AT_ONCE: dict[str, StaffState] = {
    AbsenceKind.SHORT: StaffState.AWAY,
    AbsenceKind.MATERNITY: StaffState.MATERNITY,
    AbsenceKind.SICK: StaffState.SICK,
    AbsenceKind.AWAY: StaffState.AWAY,
    AbsenceKind.GONE: StaffState.AWAY,
    AbsenceKind.RETIRED: StaffState.AWAY,
    AbsenceKind.CONDUCT: StaffState.SUSPENDED,
    AbsenceKind.DIED: StaffState.DIED,
}
STATE_IN_THE_END: dict[str, StaffState] = {
    AbsenceKind.GONE: StaffState.GONE,
    AbsenceKind.RETIRED: StaffState.RETIRED,
    AbsenceKind.DIED: StaffState.DIED,
}
ENDS_GRANTS = frozenset({AbsenceKind.GONE, AbsenceKind.RETIRED, AbsenceKind.CONDUCT, AbsenceKind.DIED})


class AbsenceState(TextChoices):
    COVERED = "covered", "代管中"
    WAITING = "waiting", "待接任"
    SUCCEEDED = "succeeded", "已接任"
    BACK = "back", "已返岗"


_A = AbsenceState
AWAY_NOW = frozenset({_A.COVERED, _A.WAITING})
ABSENCE = Workflow(
    AbsenceState,
    tones={_A.COVERED: "info", _A.WAITING: "warn", _A.SUCCEEDED: "good"},
    come_back=Move("返岗", *(AWAY_NOW | {_A.SUCCEEDED}), to=_A.BACK),
    hand_over=Move("全部接任", _A.WAITING, to=_A.SUCCEEDED),
    # a short leave has become a long one
    stay_away=Move("转为待接任", _A.COVERED, to=_A.WAITING),
)


class HandOverState(TextChoices):
    OPEN = "open", "可以写"
    ACCEPTED = "accepted", "已接过"
    SKIPPED = "skipped", "不写了"


HAND_OVER = Workflow(
    HandOverState,
    tones={HandOverState.OPEN: "info", HandOverState.ACCEPTED: "good"},
    accept=Move("接过来", HandOverState.OPEN, to=HandOverState.ACCEPTED),
    skip=Move("不写了", HandOverState.OPEN, to=HandOverState.SKIPPED),
)
