"""Who hears of what happens to a 特需: who is there for a student, and never what for."""

from __future__ import annotations

from liangshi.practice.needs.choices import NEED
from liangshi.practice.relations.transitions import CO_GONE
from liangshi.registry.access.transitions import BEGINS, ENDS, Kind, closes, opens, says
from liangshi.registry.mentorships.choices import EndReason, Origin

NOT_YET = "还没有人选，说早了是空许诺"
NEED_ROWS = Kind.moves("特需", NEED, begin="提出", reopen="协同导师空缺了", review="到了复核的日子")
PROPOSED = NEED_ROWS.row(
    "begin", leader=says("有一项多位导师的申请等您批准") + opens("need"), rest="批不批由校领导定，定了再说"
)
APPROVED = NEED_ROWS.row(
    "approve",
    asker=says("您为{child}提出的多位导师申请批准了"),
    leader=closes("need"),
    office=says("一项多位导师的申请批准了，请选协同导师") + opens("need"),
    rest=NOT_YET,
)
REFUSED = NEED_ROWS.row(
    "refuse",
    asker=says("您为{child}提出的多位导师申请没有批准"),
    leader=closes("need"),
    rest="学生和家里从来不知道提过",
)
CHOSEN = NEED_ROWS.row(
    "seek",
    office=closes("need"),
    leader=says("协同导师选好了，等您批准") + opens("need"),
    rest="批准以前，人选还会变",
)
GRANTED = BEGINS.row(
    Origin.NEED,
    student=says("从今天起，{also}也会陪伴你，有事可以找 TA"),
    guardians=says("从今天起，{also}也会陪伴{child}"),
    co_mentors=says("您成为{child}的协同导师，请约一次见面"),
    mentor=says("{also}和您一起陪伴{child}，请先碰个头"),
    rest="班主任在学生页上看到；为什么，只有经手的人知道",
)
NEED_ROWS.row("staff", leader=closes("need"), rest="人人由「导师关系开始」听到")
ENDED = NEED_ROWS.row(
    "end",
    co_mentors=says("您对一名学生的协同指导结束了，谢谢您"),
    rest="学生和家里由「导师关系结束」听到",
)
ENDS.row(
    EndReason.NEED_OVER,
    student=CO_GONE.student,
    guardians=CO_GONE.guardians,
    rest="协同导师由「特需结束」听到",
)
REOPENED = NEED_ROWS.row(
    "reopen",
    office=says("有学生的协同导师空缺了，请再选一位") + opens("need"),
    rest="学生和家里由「导师关系结束」听到",
)
REVIEW = NEED_ROWS.row(
    "review",
    office=says("{count} 项特需到了复核的日子"),
    leader=says("{count} 项特需到了复核的日子"),
    rest="复核由学校来做，关系照旧",
)
