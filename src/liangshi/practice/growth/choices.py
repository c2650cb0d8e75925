"""What a portrait, a goal and a shining moment can say, and the table of a goal's moves."""

from django.db.models import TextChoices

from liangshi.foundation.base.workflow import Move, Workflow

MAX_GOALS = 3  # open goals of one student in one term
SHINE_LENGTH = 140
QUIET_WEEK = 12  # from this week of a term on, who has no shining moment yet is shown

# What is compulsory in each form, with the seconds that it takes on a phone; what is filled in already takes one.
COMPULSORY: dict[str, dict[str, int]] = {
    "goal": {"text": 25, "strategy": 4, "owner": 3, "review_on": 8},
    "goal_close": {"outcome": 4, "closing": 16},
    "subjects": {"first": 3, "seconds": 7},
    "window": {"opens_on": 10, "last_on": 10},
    "career_activity": {"title": 14, "on": 1},
    "shine": {"virtue": 3, "text": 17, "on": 1},
    "shine_void": {"reason": 10},
}


class Owner(TextChoices):
    """Who sees to a goal."""

    STUDENT = "student", "学生"
    MENTOR = "mentor", "导师"


class GoalState(TextChoices):
    OPEN = "open", "进行中"
    MET = "met", "达成"
    ADJUSTED = "adjusted", "调整"
    LET_GO = "let_go", "放下"


OUTCOMES = (GoalState.MET, GoalState.ADJUSTED, GoalState.LET_GO)
GOAL = Workflow(
    GoalState,
    met=Move("记为达成", GoalState.OPEN, to=GoalState.MET),
    adjusted=Move("记为调整", GoalState.OPEN, to=GoalState.ADJUSTED),
    let_go=Move("记为放下", GoalState.OPEN, to=GoalState.LET_GO),
)


class Virtue(TextChoices):
    """五育."""

    MORAL = "moral", "德"
    MIND = "mind", "智"
    BODY = "body", "体"
    BEAUTY = "beauty", "美"
    WORK = "work", "劳"


class Source(TextChoices):
    """Who entered a choice of subjects."""

    STUDENT = "student", "本人填报"
    SCHOOL = "school", "学校登记"
