"""The next step of a round: what its page says, and the deeds it offers. A table of state × mode, without a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from liangshi.foundation.base.clock import deadline
from liangshi.foundation.jobs import NO_WORKER
from liangshi.practice.matching.choices import RoundState

LATER = "数据指纹已经公布，任何人改一个字都会被发现。"


@dataclass(frozen=True, slots=True)
class Deed:
    """A button: `route` is a name in `rounds:`, about the round unless it is the `programme`'s."""

    label: str
    route: str
    icon: str = ""
    style: str = "quiet"
    post: bool = False
    programme: bool = False
    query: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph; `link` stands before its `end`."""

    text: str
    link: Deed | None = None
    end: str = ""


@dataclass(frozen=True, slots=True)
class Meter:
    """How far: `value` of `most`."""

    value: int
    most: int
    label: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What a page shows. With a `title` it is a notice in that `tone`, without one the card 「下一步」."""

    lines: tuple[Line, ...]
    deeds: tuple[Deed, ...] = ()
    meter: Meter | None = None
    trouble: str = ""
    note: str = ""
    title: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of the mode's own phase, each mode uses its own: pairs and objections, club members and undecided,
    answers asked for and given.
    """

    pairs: int = 0
    objected: int = 0
    members: int = 0
    undecided: int = 0
    asked: int = 0
    answered: int = 0
    willing: int = 0
    fair: int = 0
    unfit: int = 0

    @property
    def silent(self) -> int:
        return self.asked - self.answered


@dataclass(frozen=True, slots=True)
class Here:
    """Where a round stands and what the reader may do: all that a cell of the table may look at."""

    students: int = 0
    submitted: int = 0
    waiting: int = 0
    tally: Tally = Tally()
    closes_at: dt.datetime | None = None
    answers_until: dt.datetime | None = None
    published_at: dt.datetime | None = None
    late: bool = False
    falls_on: int = 0
    moved: int = 0
    ready: bool = False
    stalled: bool = False  # no worker lives to do what was begun
    error: str = ""
    void_reason: str = ""
    may_manage: bool = False
    may_publish: bool = False
    may_adjust: bool = False


Cell = Callable[[Here], NextStep]
Table = Mapping[RoundState, Cell]


def moment(end: dt.datetime | None) -> str:
    """「12 月 1 日 18:00」, or ""."""
    return deadline(end) if end else ""


SEE_MENTORS = Deed("看导师名额", "mentors")
DEADLINE = Deed("改截止时间", "deadline")
RUN = Deed("运算", "run", icon="play", style="")
RUN_AGAIN = Deed("重新运算", "run", icon="repeat")
COMPARE = Deed("三种目标比一比", "compare")
WHO_IS_MISSING = Deed("看谁还没填", "students", style="")


def waits_for(title: str) -> NextStep:
    """In place of the cell, while the round before is not confirmed."""
    said = f"这一轮接着「{title}」：那一轮确认以后，没有安排到的学生和剩下的名额会转到这里。"
    return NextStep((Line(said),), title="等上一轮", tone="info")


def draft(here: Here) -> NextStep:
    said = "看一看导师名额和学生名单，没问题就检查可行性：确认名额够用、没有人无处可去，才能开启。"
    check = Deed("检查可行性", "feasibility", icon="check", style="", post=True)
    return NextStep((Line(said),), (check, SEE_MENTORS) if here.may_manage else ())


def feasible(verb: str) -> Cell:
    """`verb` opens the round."""

    def cell(here: Here) -> NextStep:
        then = f"开启后到 {moment(here.closes_at)} 截止。" if here.closes_at else "定下名单以后就可以运算。"
        said = f"已经证明可行：{here.students} 名学生都能有导师。{then}"
        return NextStep(
            (Line(said),), (Deed(verb, "open", icon="play", style=""),) if here.may_manage else ()
        )

    return cell


def ends(here: Here, missing: str = "") -> Line:
    """When what is filled in ends; `missing` tells how many are still to fill it in."""
    if here.late:
        return Line("截止时间已到，学生不能再改。")
    return Line(f"{moment(here.closes_at)} 截止{missing}。")


def closing(here: Here, *before: Deed) -> tuple[Deed, ...]:
    """What the office can do about a deadline; `before` while it has not come."""
    if not here.may_manage:
        return ()
    close = (Deed("截止", "close", style=""),) if here.late else (*before, Deed("提前截止", "close"))
    return (*close, DEADLINE)


def ranking(here: Here) -> tuple[Meter, Line]:
    """How far students are with their wishes."""
    return (
        Meter(here.submitted, here.students, "已填报的学生"),
        ends(here, f"，还有 {here.waiting} 名学生没有填"),
    )


def closed(says: Callable[[Here], str], roll: str, *more: Deed) -> Cell:
    """`says` what is in; `roll` names the way to the list of students; `more` is for every reader."""

    def cell(here: Here) -> NextStep:
        deeds = (RUN, Deed(roll, "students")) if here.may_manage else ()
        why = here.error if here.may_manage or not here.error else "请学校办公室看原因。"
        return NextStep((Line(f"{says(here)}{LATER}"),), (*deeds, *more), trouble=why)

    return cell


def wishes_in(here: Here) -> str:
    return f"填报已截止，{here.submitted} 名学生填了志愿，{here.waiting} 名没有填。"


def running(here: Here) -> NextStep:
    """Beginning anew helps only where somebody computes: a worker that starts goes on with what was left."""
    progress = Deed("看进度", "progress", style="")
    if here.stalled:
        return NextStep((Line(NO_WORKER),), (progress,), title="运算停着", tone="warn")
    said = Line("正在运算。一般几秒钟就好，可以离开这一页。")
    if not here.may_manage:
        return NextStep((said,), (progress,))
    return NextStep((said,), (progress, RUN_AGAIN), note="「重新运算」把这一次作废，从头再算；一般不用点。")


def proposed(*more: Deed) -> Cell:
    """`more`: what one may look at before deciding."""

    def cell(here: Here) -> NextStep:
        left = f"{here.falls_on} 名学生这一轮没有安排到，确认以后转入下一轮。" if here.falls_on else ""
        said = f"提案已经算好，并通过独立核验。{left}只有学校办公室和校领导能看到；公布以后大家才看得到。"
        deeds = [Deed("看提案", "result", style="")]
        if here.ready and here.may_publish:
            deeds.append(Deed("公布结果", "publish", programme=True))
        elif not here.ready and here.may_manage:
            deeds.append(Deed("确认这一轮", "confirm", icon="check"))
        deeds += [deed for deed in more if deed.route != "moves" or here.may_adjust]
        deeds += [RUN_AGAIN] if here.may_manage else []
        note = f"现有 {here.moved} 处个别调整，重新运算后要重新调整。" if here.moved else ""
        return NextStep((Line(said),), tuple(deeds), note=note)

    return cell


FAIRNESS = Deed("公平情况", "fairness")
MOVES = Deed("个别调整", "moves")


def confirmed(here: Here) -> NextStep:
    left = f"{here.falls_on} 名学生转入下一轮。" if here.falls_on else ""
    said = f"这一轮已经确认。{left}全部轮次排好以后一起公布。"
    deeds = (
        Deed("看这一轮的安排", "result", style=""),
        Deed("回到整个匹配", "programme", programme=True),
    )
    return NextStep((Line(said),), deeds)


def published(here: Here) -> NextStep:
    said = f"{moment(here.published_at)} 公布，导师关系已经生效。"
    deeds = (Deed("看结果", "result", style=""), Deed("规则与抽签依据", "rules"))
    return NextStep((Line(said),), deeds, title="已公布", tone="good")


def void(here: Here) -> NextStep:
    return NextStep((Line(f"原因：{here.void_reason}"),), title="这一轮已作废", tone="quiet")


SHARED: Table = {  # the same in every mode
    RoundState.DRAFT: draft,
    RoundState.RUNNING: running,
    RoundState.CONFIRMED: confirmed,
    RoundState.PUBLISHED: published,
    RoundState.VOID: void,
}
