from django.db.models import TextChoices

from liangshi.foundation.base.workflow import Move, Workflow


class BureauKind(TextChoices):
    CITY = "city", "市级教育局"
    COUNTY = "county", "县市区教育局"


class Ownership(TextChoices):
    """办学性质 (codes of the national form: 1, 2, 9)."""

    PUBLIC = "1", "公办"
    PRIVATE = "2", "民办"
    AFFILIATED = "9", "高校附属"


class YearState(TextChoices):
    PREPARING = "preparing", "筹备"
    RUNNING = "running", "进行"
    CLOSED = "closed", "关闭"


YEAR = Workflow(
    YearState,
    close=Move("关闭学年", YearState.PREPARING, YearState.RUNNING, to=YearState.CLOSED),
    reopen=Move("重新开启学年", YearState.CLOSED, to=YearState.RUNNING),
)


class TermSeq(TextChoices):
    FIRST = "1", "第一学期"
    SECOND = "2", "第二学期"


class EventKind(TextChoices):
    OPENING = "opening", "开学"
    MIDTERM = "midterm", "期中考试"
    FINAL = "final", "期末考试"
    MONTHLY = "monthly", "月考"
    JOINT = "joint", "联考"
    MOCK = "mock", "模拟考试"
    QUALIFYING = "qualifying", "学业水平合格考"
    GAOKAO = "gaokao", "选考、高考"
    SUBJECTS = "subjects", "选科"
    PARENTS = "parents", "家长会"
    HOLIDAY = "holiday", "假期"
    WORKDAY = "workday", "调休上课"
    OTHER = "other", "其他"


# What concerns one grade by its nature, as a step of `GRADES`: 选科 is 高一's, 选考 and 高考 are 高三's.
OF_ONE_GRADE: dict[str, int] = {EventKind.SUBJECTS: 0, EventKind.GAOKAO: 2}


class ClassKind(TextChoices):
    """班级类型 (教基厅[2007]10号)."""

    ORDINARY = "40", "普通高中班"
    ETHNIC = "41", "民族高中班"
    TALENT = "42", "高中特长班"


class Strategy(TextChoices):
    """五项策略."""

    SX = "SX", "思想引导"
    XY = "XY", "学业辅导"
    XL = "XL", "心理疏导"
    SH = "SH", "生活指导"
    SY = "SY", "生涯向导"


class Topic(TextChoices):
    """五项管理, as tags."""

    HOMEWORK = "homework", "作业"
    SLEEP = "sleep", "睡眠"
    PHONE = "phone", "手机"
    READING = "reading", "读物"
    FITNESS = "fitness", "体质"
