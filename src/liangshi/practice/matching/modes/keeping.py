"""续任: pairs that exist go on, unless one of the two would rather not."""

from __future__ import annotations

from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.modes import steps
from liangshi.practice.matching.modes.steps import Here, Line, NextStep
from liangshi.practice.matching.modes.way import Facts, MentorsAsked, Way
from liangshi.practice.plans.choices import Mode


def _open(here: Here) -> NextStep:
    held = here.tally
    said = (
        f"{held.pairs} 对师生，{held.objected} 对里有人不再续任，其余到截止时就算续任。"
        "是谁提出的，谁也看不到。"
    )
    return NextStep((Line(said), steps.ends(here)), steps.closing(here))


def _answers(here: Here) -> str:
    held = here.tally
    return f"征询已截止，{held.pairs} 对师生里有 {held.objected} 对不再续任。"


class Keeping(Way):
    mode = Mode.CONTINUE
    keeps = True
    review_only = True
    proposes = True
    provable = False
    asks = MentorsAsked(
        RoundState.OPEN,
        since="opened_at",
        until="closes_at",
        what="您的学生是否续任",
        title="续任征询",
        how="不用每个都点：不说的就算继续带。学生看不到您点了什么，也不用写理由。",
        silence="没有说的都算继续带。",
        verdicts=(("keep", "继续带"), ("no", "不再续任")),
        counts=False,
    )
    path = ("定名单", "可行", "征询", "运算", "提案", "公布")
    placed_as = "续任"
    placed_by = "人继续跟原来的导师"
    opens = "开始征询"
    opening = "开启后名单不再变动，学生和导师都可以说不再续任，不说的就继续。"
    student_notice = "「{title}」：你的导师准备继续带你，有别的想法请在这里说，{until}"
    guardian_notice = "的导师准备续任，孩子有想法可以自己说"
    next = {
        **steps.SHARED,
        RoundState.FEASIBLE: steps.feasible("开启征询"),
        RoundState.OPEN: _open,
        RoundState.CLOSED: steps.closed(_answers, "看名单"),
        RoundState.PROPOSED: steps.proposed(),
    }

    def days(self, objection_days: int) -> int | None:
        return objection_days

    def closing(self, here: Here, without: str) -> Facts:
        held = here.tally
        return [(str(held.pairs - held.objected), "对师生续任"), (str(held.objected), "对不再续任")]

    def why(self, mentor: str) -> str:
        return f"{mentor}原来就是你的导师，继续带你。"
