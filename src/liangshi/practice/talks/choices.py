"""Words and limits of talks, the states of a life event, and what each form costs a teacher."""

from __future__ import annotations

import datetime as dt

from django.db.models import TextChoices

from liangshi.foundation.base.workflow import Move, Workflow

LIGHT_FOR = dt.timedelta(days=7)  # without optional prompts after taking the lead in a heavy event
TALK_FORM = "talk"  # of drafts and of measured times
NOTES_KEPT = dt.timedelta(days=90)  # after the last bond of author and student
FAMILY_DAYS, CONSULT_DAYS, EVENT_DAYS = 3, 2, 3
LEAD_WITHIN = 1  # school days in which one adult is named to lead in a life event
CONTACT_WITHIN = 2  # school days in which the office gets in touch with a student who has not met his mentor
UNSEEN_AFTER = dt.timedelta(
    days=28
)  # of a bond without a talk or an activity: the office looks at the student
LONGEST_TEXT, LONGEST_REMARK, LONGEST_REASON = 2000, 300, 200
BOUNDARY = "倾听、陪伴、转介，不做诊断"

# What is compulsory in each form, with the seconds that a teacher on a phone needs for it.
COMPULSORY: dict[str, dict[str, int]] = {
    "talk": {"students": 4, "day": 1, "mode": 1, "strategies": 3},
    "void": {"reason": 8},
    "note": {"student": 3, "text": 10},
    "activity": {"name": 6, "day": 2},
    "attendance": {},  # an empty one says that nobody came
    "event": {"kind": 3, "student": 4},  # or his name and class
    "lead": {"lead": 5},
}


class Mode(TextChoices):
    FACE = "face", "面谈"
    PHONE = "phone", "电话"
    VIDEO = "video", "视频"


class Cause(TextChoices):
    ROUTINE = "routine", "日常"
    OPENING = "opening", "开学前后"
    EXAM = "exam", "考试前后"
    EVENT = "event", "重大变故"
    STUDENT = "student", "学生约的"
    FAMILY = "family", "家长约的"


class Family(TextChoices):
    """需要与家长沟通吗."""

    NO = "no", "不需要"
    NEEDED = "needed", "需要"
    DONE = "done", "已沟通"
    UNFIT = "unfit", "不宜告知"


class FollowUpKind(TextChoices):
    FAMILY = "family", "与家长沟通"
    CONSULT = "consult", "商量怎样与家长沟通"


class Happening(TextChoices):
    """重大变故, the coded list."""

    BEREAVED = "bereaved", "亲人病故"
    DIVORCED = "divorced", "父母离异"
    DISASTER = "disaster", "家庭变故或灾害"
    ILLNESS = "illness", "重病或受伤"
    SUSPENDED = "suspended", "休学、复学"
    SANCTION = "sanction", "处分"
    MARKS = "marks", "成绩骤变"
    BULLIED = "bullied", "欺凌"
    RELATIONS = "relations", "失恋、人际"
    MOVED = "moved", "迁居、转学"
    HONOURED = "honoured", "获奖、升学"
    OTHER = "other", "其他"


HEAVY = frozenset(
    {Happening.BEREAVED, Happening.DIVORCED, Happening.DISASTER, Happening.ILLNESS, Happening.BULLIED}
)


class EventState(TextChoices):
    REPORTED = "reported", "已上报"
    ACCEPTED = "accepted", "已受理"
    LED = "led", "已定主谈人"
    FOLLOWED = "followed", "跟进中"
    STABLE = "stable", "平稳"
    CLOSED = "closed", "已关闭"


OPEN_STATES = tuple(state for state in EventState if state != EventState.CLOSED)

_S = EventState
EVENT = Workflow(
    EventState,
    accept=Move("受理", _S.REPORTED, to=_S.ACCEPTED),
    lead=Move("定主谈人", _S.ACCEPTED, to=_S.LED),
    hand_on=Move("换主谈人", _S.LED, _S.FOLLOWED, _S.STABLE, to=_S.LED),
    follow=Move("开始跟进", _S.LED, _S.STABLE, to=_S.FOLLOWED),
    calm=Move("记为平稳", _S.FOLLOWED, to=_S.STABLE),
    close=Move("关闭", _S.STABLE, to=_S.CLOSED),
)
BY_LEAD = ("follow", "calm", "close")
