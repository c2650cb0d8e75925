"""What a school can decide for its year: ways of matching, aims, limits."""

from django.db.models import TextChoices

MAX_WISHES = 5
MAX_AVOID = 2
MAX_WEIGHT = 3  # of 见得到面 and 均衡: how many places in a wish list each is worth at most
ADVISER_PLACES_SUGGESTED = 8  # the city's advice for a 班主任, who has his class already
MAX_DAYS = 30


class Mode(TextChoices):
    WISHES = "wishes", "志愿优配"
    TWO_SIDED = "two_sided", "双向选择"
    CLUBS = "clubs", "社团"
    CONTINUE = "continue", "续任"
    ASSIGN = "assign", "行政指派"


MODE_WORDS = {
    Mode.WISHES: "学生排志愿，全校一起求最好的安排",
    Mode.TWO_SIDED: "学生排志愿，导师再回应愿不愿意",
    Mode.CLUBS: "社团成员先跟指导老师",
    Mode.CONTINUE: "原来的师生没有不同意见就继续（只用于复核）",
    Mode.ASSIGN: "没有安排到的，由学校统一安排",
}


class Aim(TextChoices):
    """What is made best once as few students as possible stay without a wish (values of `pairing.Aim`)."""

    SUM = "sum", "总体最优"
    GREEDY = "greedy", "第一志愿最多"
    GENEROUS = "generous", "兜底最稳"


class Keep(TextChoices):
    """Of the pairs that exist already, in a review."""

    FIRST = "first", "先保留"
    NONE = "none", "不保留"
