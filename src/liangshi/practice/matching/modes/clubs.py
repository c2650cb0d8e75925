"""社团: the members of a club go to its adviser, as many together as he has places."""

from __future__ import annotations

from liangshi.practice.matching.choices import RoundState
from liangshi.practice.matching.modes import steps
from liangshi.practice.matching.modes.steps import Deed, Here, Line, NextStep
from liangshi.practice.matching.modes.way import Facts, Way
from liangshi.practice.plans.choices import Mode


def _open(here: Here) -> NextStep:
    held = here.tally
    said = f"{held.members} 名学生跟社团的指导老师；{held.undecided} 名参加了几个社团，还没有选"
    who = Deed("看是谁", "students", query="done=no") if held.undecided else None
    return NextStep((Line(said, who, "。"), steps.ends(here)), steps.closing(here))


def _members(here: Here) -> str:
    return f"已截止，{here.tally.members} 名学生跟社团的指导老师。"


class Clubs(Way):
    mode = Mode.CLUBS
    by_club = True
    keeps_first = False
    proposes = True
    path = ("定名单", "可行", "选社团", "运算", "提案", "公布")
    placed_as = "社团"
    placed_by = "人跟社团的指导老师"
    opens = "开启选社团"
    opening = "开启后名单和名额不再变动。只参加一个社团的学生跟它的指导老师，参加几个的自己选一个。"
    student_notice = "「{title}」：看看你会跟哪个社团的指导老师，{until}"
    guardian_notice = "正在按社团选导师"
    next = {
        **steps.SHARED,
        RoundState.FEASIBLE: steps.feasible("开启选社团"),
        RoundState.OPEN: _open,
        RoundState.CLOSED: steps.closed(_members, "看名单"),
        RoundState.PROPOSED: steps.proposed(),
    }

    def closing(self, here: Here, without: str) -> Facts:
        held = here.tally
        return [(str(held.members), "名学生跟社团指导老师"), (str(held.undecided), "名还没有选，转入下一轮")]
