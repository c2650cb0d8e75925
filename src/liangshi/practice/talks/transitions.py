"""Who hears of a 重大变故: that there is something, never what."""

from __future__ import annotations

from liangshi.practice.talks.choices import EVENT
from liangshi.registry.access.transitions import Kind, closes, opens, says

LED = "由谁跟进，导师和班主任在学生页上看到；学生和家里由主谈人当面说"
EVENT_ROWS = Kind.moves("重大变故", EVENT, begin="上报", away="主谈人不在岗了")
REPORTED = EVENT_ROWS.row(
    "begin",
    mentor=says("有一件事需要您今天看一看"),
    adviser=says("有一件事需要您今天看一看"),
    office=says("有一名学生的事，请在一个教学日内定一位主谈人") + opens("event"),
    leader=says("有一名学生的事，请在一个教学日内定一位主谈人") + opens("event"),
    rest="一件事只由几个大人知道；学生和家里由人当面说，不由通知说",
)
EVENT_ROWS.row("accept", rest="下一步是定主谈人，办公室已经听到")
LEADS = EVENT_ROWS.row(
    "lead",
    lead=says("请您做一名学生的主谈人，今天看一看") + opens("event"),
    office=closes("event"),
    leader=closes("event"),
    rest=LED,
)
RELIEVED = "{lead}接着做一名学生的主谈人，您不用再跟进"
EVENT_ROWS.row(
    "hand_on",
    lead=says(*LEADS.lead.words, RELIEVED) + opens("event") + closes("event"),
    rest=LED,
)
EVENT_ROWS.row("follow", "calm", rest="主谈人自己记的；别人在页上看到")
EVENT_ROWS.row("close", lead=closes("event"), rest="主谈人自己记的；别人在页上看到")
LEADERLESS = EVENT_ROWS.row(
    "away",
    office=says("一名学生的事，主谈人现在不在岗，请另定一位") + opens("event"),
    leader=says("一名学生的事，主谈人现在不在岗，请另定一位") + opens("event"),
    rest=LED,
)
