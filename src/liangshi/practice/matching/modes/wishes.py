"""志愿优配: students rank mentors, and the whole is made as good as it can be by the school's aim."""

from __future__ import annotations

from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.modes import steps
from liangshi.practice.matching.modes.steps import Here, NextStep
from liangshi.practice.matching.modes.way import Way
from liangshi.practice.plans.choices import Aim, Mode

# What each aim makes best, once as few as possible are left without a wish.
AIM_WORDS: dict[str, str] = {
    Aim.SUM: "让全体同学的志愿名次加起来最小",
    Aim.GREEDY: "让得到第一志愿的同学最多，然后是第二志愿，依次往下",
    Aim.GENEROUS: "让分到最后一个志愿的同学最少，然后是倒数第二个，依次往上",
}


def _open(here: Here) -> NextStep:
    meter, line = steps.ranking(here)
    return NextStep((line,), steps.closing(here, steps.WHO_IS_MISSING), meter)


class Wishes(Way):
    mode = Mode.WISHES
    lists = True
    aims = True
    weighs = True
    path = ("定名单", "可行", "填报", "运算", "提案", "公布")
    next = {
        **steps.SHARED,
        RoundState.FEASIBLE: steps.feasible("开启填报"),
        RoundState.OPEN: _open,
        RoundState.CLOSED: steps.closed(steps.wishes_in, "更正个别志愿", steps.COMPARE),
        RoundState.PROPOSED: steps.proposed(steps.FAIRNESS, steps.MOVES, steps.COMPARE),
    }
