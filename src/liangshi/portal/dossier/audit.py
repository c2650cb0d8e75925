"""Entries of the log that tell who read about whom."""

from liangshi.foundation.audit.types import Leaves, declare

STUDENT_OPENED = declare("student.opened", "打开学生页面", Leaves.NONE, read=True)
CONTACT_SHOWN = declare("student.contact", "查看监护人电话", Leaves.NONE, read=True)
LOG_OPENED = declare("student.log", "查看谁看过这位学生", Leaves.NONE, read=True)
LISTED = declare("student.listed", "在名单里看到", Leaves.NONE, read=True, glance=True)
SEARCHED = declare("student.found", "查找学生时看到", Leaves.NONE, read=True, glance=True)
STAFF_LISTED = declare("staff.listed", "看教职工名单", Leaves.NONE, read=True, glance=True)
