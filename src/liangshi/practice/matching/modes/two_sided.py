"""双向选择: students rank mentors, then the mentors say of each who ranked them whether they are glad to take him."""

from __future__ import annotations

from liangshi.foundation.base.workflow import Move
from liangshi.pairing.problem import Mode as EngineMode
from liangshi.practice.matching.choices import ROUND, RoundState, Verdict
from liangshi.practice.matching.modes import steps
from liangshi.practice.matching.modes.steps import DEADLINE, Deed, Here, Line, Meter, NextStep
from liangshi.practice.matching.modes.way import Facts, MentorsAsked, Way
from liangshi.practice.plans.choices import Mode


def _open(here: Here) -> NextStep:
    meter, line = steps.ranking(here)
    if not here.may_manage:
        return NextStep((line,), (), meter)
    if here.late:
        return NextStep((line,), (Deed("请导师回应", "ask_mentors", style=""), DEADLINE), meter)
    return NextStep((line,), (steps.WHO_IS_MISSING, Deed("提前请导师回应", "ask_mentors"), DEADLINE), meter)


def _answering(here: Here) -> NextStep:
    held = here.tally
    until = f"导师正在回应，{steps.moment(here.answers_until)} 截止；不回应算愿意。"
    said = "回应时间已到，没有回应的都算愿意。" if here.late else until
    numbers = f"这里只有人数：愿意 {held.willing}，一般 {held.fair}，暂不合适 {held.unfit}。"
    meter = Meter(held.answered, held.asked, "已收到的回应")
    return NextStep((Line(said + numbers),), steps.closing(here), meter)


class TwoSided(Way):
    mode = Mode.TWO_SIDED
    flow = ROUND.but(
        answer=Move("请导师回应", RoundState.OPEN, to=RoundState.ANSWERING),
        close=Move("截止", RoundState.ANSWERING, to=RoundState.CLOSED),
    )
    lists = True
    engine = EngineMode.TWO_SIDED
    keeps_first = False
    asks = MentorsAsked(
        RoundState.ANSWERING,
        since="answers_until",
        until="answers_until",
        what="有学生想选您，愿不愿意带",
        title="想选您的学生",
        how="点一下就保存，可以再改。不点的算愿意。学生和家长看不到您点了什么，学校办公室的页面上只有人数。"
        "受托复核的人拿到的文件里有编号的回应，没有姓名。",
        silence="没有回应的都算愿意。",
        verdicts=Verdict.choices,
        counts=True,
    )
    path = ("定名单", "可行", "填报", "回应", "运算", "提案", "公布")
    next = {
        **steps.SHARED,
        RoundState.FEASIBLE: steps.feasible("开启填报"),
        RoundState.OPEN: _open,
        RoundState.ANSWERING: _answering,
        RoundState.CLOSED: steps.closed(steps.wishes_in, "更正个别志愿"),
        RoundState.PROPOSED: steps.proposed(steps.FAIRNESS, steps.MOVES),
    }

    def closing(self, here: Here, without: str) -> Facts:
        if here.answers_until is None:  # the mentors have not been asked
            return super().closing(here, without)
        held = here.tally
        return [(str(held.answered), "个回应收到了"), (str(held.silent), "个没有回应，算愿意")]
