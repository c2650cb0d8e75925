"""行政指派: nobody is asked anything; the school places whom the rounds before left over."""

from __future__ import annotations

from liangshi.foundation.base.workflow import Move
from liangshi.practice.matching.choices import ROUND, RoundState
from liangshi.practice.matching.modes import steps
from liangshi.practice.matching.modes.steps import Here
from liangshi.practice.matching.modes.way import Way
from liangshi.practice.plans.choices import Mode


def _roll(here: Here) -> str:
    return f"名单已定下，{here.students} 名学生由学校统一安排。"


class Assign(Way):
    mode = Mode.ASSIGN
    flow = ROUND.but(open=Move("开启填报", RoundState.FEASIBLE, to=RoundState.CLOSED))
    fills_in = False
    weighs = True
    always_places = True
    path = ("定名单", "可行", "运算", "提案", "公布")
    placed_as = "学校安排"
    placed_by = "人由学校统一安排"
    opens = "定下名单"
    opening = "定下后名单和名额不再变动，接着就可以运算。没有人要填什么。"
    opened = "名单已定下。下一步：运算。"
    opening_undo = "之后也可以写明原因作废这一轮。"
    told = "名学生"
    next = {
        **steps.SHARED,
        RoundState.FEASIBLE: steps.feasible("定下名单"),
        RoundState.CLOSED: steps.closed(_roll, "看名单"),
        RoundState.PROPOSED: steps.proposed(steps.MOVES),
    }

    def why(self, mentor: str) -> str:
        return f"{mentor}由学校统一安排给你：优先教你们班的老师，同样合适的由公开抽签决定。"
