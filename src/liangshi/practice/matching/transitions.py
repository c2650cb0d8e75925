"""Who hears that a programme is published."""

from __future__ import annotations

from liangshi.registry.access.transitions import BEGINS, says
from liangshi.registry.mentorships.choices import Origin

HOW_MANY = says("「{programme}」公布了，您{students}")
PUBLISHED = BEGINS.row(
    Origin.ROUND,
    student=says("「{programme}」公布了，来看看你的导师是谁"),
    guardians=says("{child}同学的导师已经确定，请您查看"),
    mentor=HOW_MANY,
    next=HOW_MANY,
    co_mentors=says("导师调整：{new}从今天起是{child}的导师，您的协同陪伴不变"),
    adviser=says("{group} {count} 名学生的导师公布了，请看班级名单"),
    rest="办公室自己公布",
)
