import datetime as dt

from django.db.models import TextChoices

NO_MENTOR = "no-mentor"  # key of notices of the office that one room writes and another settles
POLICY_CAP = 15  # 导师与学生之间的配置比例原则上不超过 1:15
MAX_EXTRA = 10  # what one exception can add at most
LONGEST_REVIEW = dt.timedelta(days=366)  # a reason is looked at again within a year
MAX_CO = 3  # co-mentors of one student
MAX_CO_MENTEES = 5  # students whom one teacher accompanies as a co-mentor


class Kind(TextChoices):
    PRIMARY = "primary", "导师"
    CO = "co", "协同导师"


class Origin(TextChoices):
    ROUND = "round", "匹配轮次"
    IMPORTED = "imported", "原有名单"
    ASSIGNED = "assigned", "学校指派"
    CHANGED = "changed", "调整"
    SUCCESSION = "succession", "接任"
    CONTINUED = "continued", "续任"
    NEED = "need", "特需加配"


class EndReason(TextChoices):
    YEAR_OVER = "year_over", "学年结束"
    AGREED = "agreed", "双方调整"
    STUDENT_ASKED = "student_asked", "学生申请"
    MENTOR_LEFT = "mentor_left", "导师离岗"
    STUDENT_LEFT = "student_left", "学生离校"
    STUDENT_DIED = "student_died", "学生去世"
    NEED_OVER = "need_over", "特需结束"
    CORRECTED = "corrected", "更正"


class NotMentoring(TextChoices):
    """Why a teacher is not in the pool. Never a free medical text."""

    IN_TRAINING = "in_training", "培养中"
    NEWCOMER = "newcomer", "新入职观察期"
    TEMPORARY = "temporary", "临时聘用"
    PERSONAL = "personal", "健康或家庭原因"
    SECONDED = "seconded", "支教、外派"
    CONDUCT = "conduct", "师德处理期"
    OTHER = "other", "其他（领导批准）"


class Exempt(TextChoices):
    """Why a student may be without a mentor for a time. Never a free text."""

    SUSPENDING = "suspending", "休学手续办理中"
    LEAVING = "leaving", "离校待办"
    DEFERRED = "deferred", "与家长商定暂缓"
    ON_LEAVE = "on_leave", "长期请假"
    EXCHANGE = "exchange", "校外交流、集训"
    OTHER = "other", "其他（领导同意）"
