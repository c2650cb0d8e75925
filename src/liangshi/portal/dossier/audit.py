from liangshi.foundation.audit.types import Leaves, declare

STUDENT_OPENED = declare("student.opened", "打开学生页面", Leaves.NONE, read=True)
CONTACT_SHOWN = declare("student.contact", "查看监护人电话", Leaves.NONE, read=True)
LOG_OPENED = declare("student.log", "查看谁看过这位学生", Leaves.NONE, read=True)
