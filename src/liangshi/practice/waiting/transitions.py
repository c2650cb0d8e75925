"""Who hears of students who come, and of the mentors whom the school gives them."""

from __future__ import annotations

from liangshi.registry.access.transitions import BEGINS, STANDING, closes, opens, says
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.people.choices import StudentState

ASSIGNED = BEGINS.row(
    Origin.ASSIGNED,
    student=says("你的导师是{new}"),
    guardians=says("{child}同学的导师已经确定，请您查看"),
    next=says("您新增 {count} 名学生，请约一次见面"),
    adviser=says("{child}配好导师了，您不用再照看"),
    office=closes("waiting"),
    rest="从前没有导师",
)
NEW_HERE = "{child}{arrival}，配好导师以前请您先照看"
RETURNED = "{child}复学了，{still}，请约一次见面"
WAITS = "{count} 名转入、复学、借读的学生待配导师，最早一名 {day}到期"
WITHOUT = "{child}已{state}，还没有导师。"
MISTAKEN = "先前登记一名学生去世，是登记错了：TA 在读。很抱歉，请和 TA 打个招呼"
MISTAKEN_OF = "先前登记{child}去世，是登记错了，已经改回；请重新编班、配导师，并当面告诉家长"
ARRIVED = STANDING.row(
    StudentState.ENROLLED,
    StudentState.GUEST,
    mentor=says(RETURNED, MISTAKEN),
    co_mentors=says(MISTAKEN),
    adviser=says(NEW_HERE, MISTAKEN),
    office=says(WITHOUT, WAITS, MISTAKEN_OF) + opens("waiting"),
    leader=says(WITHOUT, WAITS, MISTAKEN_OF),
    rest="学生和家里自己来的；配好导师时由「导师关系开始」听到",
)
PAUSED = STANDING.row(
    StudentState.SUSPENDED,
    mentor=says("{child}休学了，仍是您的学生，复学时会告诉您"),
    co_mentors=says("{child}休学了，仍是您的学生，复学时会告诉您"),
    rest="休学由家里申请、办公室登记；班主任的名单上写着",
)
STANDING.row(
    StudentState.TRANSFERRED,
    StudentState.WITHDRAWN,
    office=closes("waiting"),
    rest="导师由「导师关系结束」听到；班主任的名单上没有他了",
)
REGISTERED = says(
    "{child}同学去世，已经登记。家长的账号里不再显示 TA，也不再有任何通知；想留存的资料，请当面交给家长"
)
DIED = STANDING.row(
    StudentState.DIED,
    adviser=says("您班上的一名学生去世了，已经登记。请保重；同学们和您需要时，可以找心理教师"),
    office=REGISTERED,
    leader=REGISTERED,
    rest="家里由人当面说，不由通知说；导师由「导师关系结束」听到",
)
STANDING.row(StudentState.GRADUATED, rest="导师由「导师关系结束」听到")
