"""The table of next steps, cell by cell: every state that a mode can be in, what it says and which deeds it offers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse

from liangshi.foundation.jobs import NO_WORKER
from liangshi.practice.matching.choices import RoundState as S
from liangshi.practice.matching.modes import MODES
from liangshi.practice.matching.modes.steps import Here, NextStep, Tally, waits_for
from liangshi.practice.plans.choices import Mode

SIX = dt.datetime(2026, 12, 1, 10, tzinfo=dt.UTC)  # 18:00 in China
HERE = Here(
    students=20,
    submitted=12,
    waiting=8,
    tally=Tally(
        pairs=9, objected=2, members=7, undecided=3, asked=30, answered=11, willing=8, fair=2, unfit=1
    ),
    closes_at=SIX,
    answers_until=SIX + dt.timedelta(3),
    published_at=SIX,
    void_reason="名单有误",
    may_manage=True,
    may_publish=True,
    may_adjust=True,
)
READER = replace(HERE, may_manage=False, may_publish=False, may_adjust=False)
W, T, CLUBS, KEEP, ASSIGN = Mode.WISHES, Mode.TWO_SIDED, Mode.CLUBS, Mode.CONTINUE, Mode.ASSIGN


def cell(mode: Mode, state: S, here: Here = HERE) -> NextStep:
    return MODES[mode].next[state](here if MODES[mode].fills_in else replace(here, closes_at=None))


def said(step: NextStep) -> str:
    return "".join(f"{line.text}{line.end}" for line in step.lines)


def deeds(step: NextStep) -> list[str]:
    return [deed.label for deed in step.deeds]


def reachable(mode: Mode) -> set[S]:
    """From a draft by the mode's own moves."""
    moves, found = MODES[mode].flow.moves.values(), {S.DRAFT}
    while True:
        more = {S(move.to) for move in moves if move.leaves & found} - found
        if not more:
            return found
        found |= more


@pytest.mark.parametrize("mode", Mode)
def test_a_mode_has_a_cell_for_each_state_that_it_can_be_in_and_no_other(mode: Mode) -> None:
    assert set(MODES[mode].next) == reachable(mode)


CELLS = [  # mode, state, what it says, the office's deeds in their order
    (W, S.DRAFT, "看一看导师名额和学生名单", ["检查可行性", "看导师名额"]),
    (W, S.FEASIBLE, "20 名学生都能有导师。开启后到 12 月 1 日 18:00 截止。", ["开启填报"]),
    (W, S.OPEN, "12 月 1 日 18:00 截止，还有 8 名学生没有填。", ["看谁还没填", "提前截止", "改截止时间"]),
    (W, S.CLOSED, "填报已截止，12 名学生填了志愿，8 名没有填。", ["运算", "更正个别志愿", "三种目标比一比"]),
    (W, S.RUNNING, "正在运算", ["看进度", "重新运算"]),
    (
        W,
        S.PROPOSED,
        "提案已经算好，并通过独立核验。只有学校",
        ["看提案", "确认这一轮", "公平情况", "个别调整", "三种目标比一比", "重新运算"],
    ),
    (W, S.CONFIRMED, "这一轮已经确认。全部轮次", ["看这一轮的安排", "回到整个匹配"]),
    (W, S.PUBLISHED, "12 月 1 日 18:00 公布，导师关系已经生效。", ["看结果", "规则与抽签依据"]),
    (W, S.VOID, "原因：名单有误", []),
    (T, S.DRAFT, "看一看导师名额和学生名单", ["检查可行性", "看导师名额"]),
    (T, S.FEASIBLE, "开启后到 12 月 1 日 18:00 截止。", ["开启填报"]),
    (T, S.OPEN, "12 月 1 日 18:00 截止，还有 8 名", ["看谁还没填", "提前请导师回应", "改截止时间"]),
    (
        T,
        S.ANSWERING,
        "导师正在回应，12 月 4 日 18:00 截止；不回应算愿意。这里只有人数：愿意 8，一般 2，暂不合适 1。",
        ["提前截止", "改截止时间"],
    ),
    (T, S.CLOSED, "填报已截止，12 名学生填了志愿，8 名没有填。", ["运算", "更正个别志愿"]),
    (T, S.RUNNING, "正在运算", ["看进度", "重新运算"]),
    (T, S.PROPOSED, "提案已经算好", ["看提案", "确认这一轮", "公平情况", "个别调整", "重新运算"]),
    (T, S.CONFIRMED, "这一轮已经确认", ["看这一轮的安排", "回到整个匹配"]),
    (T, S.PUBLISHED, "导师关系已经生效", ["看结果", "规则与抽签依据"]),
    (T, S.VOID, "原因：名单有误", []),
    (CLUBS, S.DRAFT, "看一看导师名额和学生名单", ["检查可行性", "看导师名额"]),
    (CLUBS, S.FEASIBLE, "开启后到 12 月 1 日 18:00 截止。", ["开启选社团"]),
    (
        CLUBS,
        S.OPEN,
        "7 名学生跟社团的指导老师；3 名参加了几个社团，还没有选。12 月 1 日 18:00 截止。",
        ["提前截止", "改截止时间"],
    ),
    (CLUBS, S.CLOSED, "已截止，7 名学生跟社团的指导老师。数据指纹", ["运算", "看名单"]),
    (CLUBS, S.RUNNING, "正在运算", ["看进度", "重新运算"]),
    (CLUBS, S.PROPOSED, "提案已经算好", ["看提案", "确认这一轮", "重新运算"]),
    (CLUBS, S.CONFIRMED, "这一轮已经确认", ["看这一轮的安排", "回到整个匹配"]),
    (CLUBS, S.PUBLISHED, "导师关系已经生效", ["看结果", "规则与抽签依据"]),
    (CLUBS, S.VOID, "原因：名单有误", []),
    (KEEP, S.DRAFT, "看一看导师名额和学生名单", ["检查可行性", "看导师名额"]),
    (KEEP, S.FEASIBLE, "开启后到 12 月 1 日 18:00 截止。", ["开启征询"]),
    (KEEP, S.OPEN, "9 对师生，2 对里有人不再续任，其余到截止时就算续任。", ["提前截止", "改截止时间"]),
    (KEEP, S.CLOSED, "征询已截止，9 对师生里有 2 对不再续任。", ["运算", "看名单"]),
    (KEEP, S.RUNNING, "正在运算", ["看进度", "重新运算"]),
    (KEEP, S.PROPOSED, "提案已经算好", ["看提案", "确认这一轮", "重新运算"]),
    (KEEP, S.CONFIRMED, "这一轮已经确认", ["看这一轮的安排", "回到整个匹配"]),
    (KEEP, S.PUBLISHED, "导师关系已经生效", ["看结果", "规则与抽签依据"]),
    (KEEP, S.VOID, "原因：名单有误", []),
    (ASSIGN, S.DRAFT, "看一看导师名额和学生名单", ["检查可行性", "看导师名额"]),
    (ASSIGN, S.FEASIBLE, "20 名学生都能有导师。定下名单以后就可以运算。", ["定下名单"]),
    (ASSIGN, S.CLOSED, "名单已定下，20 名学生由学校统一安排。", ["运算", "看名单"]),
    (ASSIGN, S.RUNNING, "正在运算", ["看进度", "重新运算"]),
    (ASSIGN, S.PROPOSED, "提案已经算好", ["看提案", "确认这一轮", "个别调整", "重新运算"]),
    (ASSIGN, S.CONFIRMED, "这一轮已经确认", ["看这一轮的安排", "回到整个匹配"]),
    (ASSIGN, S.PUBLISHED, "导师关系已经生效", ["看结果", "规则与抽签依据"]),
    (ASSIGN, S.VOID, "原因：名单有误", []),
]
LOOKING = {
    "看提案",
    "公平情况",
    "三种目标比一比",
    "看进度",
    "看这一轮的安排",
    "回到整个匹配",
    "看结果",
    "规则与抽签依据",
}


def test_the_cells_below_are_the_whole_table() -> None:
    assert {(mode, state) for mode, state, _, _ in CELLS} == {
        (Mode(mode), state) for mode, way in MODES.items() for state in way.next
    }


@pytest.mark.parametrize(("mode", "state", "words", "offered"), CELLS)
def test_the_next_step(mode: Mode, state: S, words: str, offered: list[str]) -> None:
    step = cell(mode, state)
    assert words in said(step)
    assert deeds(step) == offered
    assert [deed.style for deed in step.deeds].count("") <= 1  # one strong deed on a page


@pytest.mark.parametrize(("mode", "state", "words", "offered"), CELLS)
def test_who_may_only_look_is_offered_nothing_to_do(
    mode: Mode, state: S, words: str, offered: list[str]
) -> None:
    step = cell(mode, state, READER)
    assert words in said(step)
    assert deeds(step) == [label for label in offered if label in LOOKING]


@pytest.mark.parametrize(("mode", "state"), [(mode, state) for mode, state, _, _ in CELLS])
def test_every_deed_leads_to_a_page(mode: Mode, state: S) -> None:
    for here in (HERE, replace(HERE, late=True), replace(HERE, ready=True)):
        for deed in cell(mode, state, here).deeds:
            assert reverse(f"rounds:{deed.route}", args=["0" * 8 + "-0000" * 3 + "-" + "0" * 12])


@pytest.mark.parametrize(
    ("mode", "state", "offered"),
    [
        (W, S.OPEN, ["截止", "改截止时间"]),
        (CLUBS, S.OPEN, ["截止", "改截止时间"]),
        (KEEP, S.OPEN, ["截止", "改截止时间"]),
        (T, S.OPEN, ["请导师回应", "改截止时间"]),
        (T, S.ANSWERING, ["截止", "改截止时间"]),
    ],
)
def test_after_the_deadline(mode: Mode, state: S, offered: list[str]) -> None:
    step = cell(mode, state, replace(HERE, late=True))
    assert deeds(step) == offered
    assert (
        "没有回应的都算愿意" in said(step)
        if state == S.ANSWERING
        else "截止时间已到，学生不能再改。" in said(step)
    )


def test_what_is_filled_in_shows_how_far_it_is() -> None:
    wishing, answering = cell(W, S.OPEN).meter, cell(T, S.ANSWERING).meter
    assert wishing
    assert (wishing.value, wishing.most) == (12, 20)
    assert answering
    assert (answering.value, answering.most) == (11, 30)
    assert cell(CLUBS, S.OPEN).meter is None
    assert cell(KEEP, S.OPEN).meter is None


def test_members_of_several_clubs_who_have_not_chosen_can_be_found() -> None:
    link = cell(CLUBS, S.OPEN).lines[0].link
    assert link
    assert (link.route, link.query) == ("students", "done=no")
    assert cell(CLUBS, S.OPEN, replace(HERE, tally=Tally(members=7))).lines[0].link is None


@pytest.mark.parametrize("mode", Mode)
def test_a_failed_computation_says_why_to_the_office_alone(mode: Mode) -> None:
    assert cell(mode, S.CLOSED).trouble == ""
    assert cell(mode, S.CLOSED, replace(HERE, error="名额不够")).trouble == "名额不够"
    assert cell(mode, S.CLOSED, replace(READER, error="名额不够")).trouble == "请学校办公室看原因。"


@pytest.mark.parametrize("mode", Mode)
def test_a_computation_that_nobody_does_is_not_begun_anew(mode: Mode) -> None:
    step = cell(mode, S.RUNNING, replace(HERE, stalled=True))
    assert (said(step), deeds(step), step.note) == (NO_WORKER, ["看进度"], "")
    step = cell(mode, S.RUNNING)
    assert "重新运算" in deeds(step)
    assert step.note == "「重新运算」把这一次作废，从头再算；一般不用点。"
    assert cell(mode, S.RUNNING, READER).note == ""


@pytest.mark.parametrize("mode", Mode)
def test_a_proposal_is_published_by_a_leader_once_nobody_is_left_over(mode: Mode) -> None:
    ready = replace(HERE, ready=True)
    assert "公布结果" in deeds(cell(mode, S.PROPOSED, ready))
    assert "确认这一轮" not in deeds(cell(mode, S.PROPOSED, ready))
    assert "公布结果" not in deeds(cell(mode, S.PROPOSED, replace(ready, may_publish=False)))


def test_a_proposal_tells_who_falls_on_and_what_was_moved() -> None:
    step = cell(W, S.PROPOSED, replace(HERE, falls_on=4, moved=2))
    assert "4 名学生这一轮没有安排到，确认以后转入下一轮。" in said(step)
    assert step.note == "现有 2 处个别调整，重新运算后要重新调整。"
    assert "4 名学生转入下一轮。" in said(cell(W, S.CONFIRMED, replace(HERE, falls_on=4)))


def test_nothing_is_moved_by_who_may_not_adjust() -> None:
    assert "个别调整" not in deeds(cell(W, S.PROPOSED, replace(HERE, may_adjust=False)))


def test_a_round_whose_turn_has_not_come_says_for_which_it_waits() -> None:
    assert "「社团轮」" in said(waits_for("社团轮"))
    assert not waits_for("社团轮").deeds
