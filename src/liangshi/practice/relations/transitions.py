"""Who hears of what happens to a relation after it has begun. In every row about a change of mentor the words are neutral:
nobody is told who asked, or why."""

from __future__ import annotations

from liangshi.practice.matching.transitions import PUBLISHED
from liangshi.practice.relations.choices import ABSENCE, CHANGE, CONCERN, HAND_OVER
from liangshi.registry.access.transitions import BEGINS, ENDS, Kind, closes, opens, says
from liangshi.registry.mentorships.choices import EndReason, Origin

# The relation itself

CHANGED = BEGINS.row(
    Origin.CHANGED,
    Origin.SUCCESSION,
    student=says("导师调整：从今天起，你的导师是{new}"),
    guardians=says("{child}的导师调整：从今天起是{new}"),
    next=says("导师调整：从今天起，您新增 {count} 名学生"),
    mentor=says("导师调整：从今天起，您的 {count} 名学生由别的老师指导"),
    co_mentors=PUBLISHED.co_mentors,
    adviser=says("导师调整：您班 {count} 名学生从今天起由别的老师指导，请看班级名单"),
    rest="办公室自己在办；代管随之结束，另外说",
)
LEFT_SCHOOL = ENDS.row(
    EndReason.STUDENT_LEFT,
    mentor=says("您的 {count} 名学生离校了，导师关系到此结束"),
    co_mentors=says("您的 {count} 名学生离校了，导师关系到此结束"),
    caretaker=says("您临时负责的 {count} 名学生离校了，从今天起不用再负责了"),
    rest="学生自己离校，家里和办公室都知道",
)
GRIEF = says("您的 {count} 名学生去世了，导师关系到此结束。请保重，需要时可以找心理教师谈谈")
DIED = ENDS.row(
    EndReason.STUDENT_DIED,
    mentor=GRIEF,
    co_mentors=GRIEF,
    caretaker=says("您临时负责的 {count} 名学生去世了。请保重，需要时可以找心理教师谈谈"),
    rest="家里由人当面说，不由通知说；办公室和班主任由「学生状态」听到",
)
GRADUATED = ENDS.row(
    EndReason.YEAR_OVER,
    mentor=says("您的 {count} 名学生毕业了，导师关系到此结束，谢谢您"),
    co_mentors=says("您的 {count} 名学生毕业了，导师关系到此结束，谢谢您"),
    caretaker=says("您临时负责的 {count} 名学生毕业了，谢谢您"),
    rest="毕业人人知道",
)
CO_GONE = ENDS.row(
    EndReason.MENTOR_LEFT,
    EndReason.AGREED,
    student=says("{mentor}对你的协同陪伴结束了，你的导师没有变"),
    guardians=says("{mentor}对{child}的协同陪伴结束了，导师没有变"),
    rest="离岗的人自己知道；特需空缺了，办公室另外听到；主导师换人，由「导师关系开始」说",
)
ENDS.nothing_does(EndReason.STUDENT_ASKED, because="记成双方调整：以后翻历史的人，看不出是谁提出的")
ENDS.nothing_does(EndReason.CORRECTED, because="名单里的错，改名单，不结束关系")
BEGINS.nothing_does(Origin.CONTINUED, because="续任的关系没有断，公布时说「续任几名」")

# Who looks after students whose mentor is away

CARE_ROWS = Kind("代管", {"begin": "开始代管", "over": "不再代管", "back": "导师返岗"})
CARE = CARE_ROWS.row(
    "begin",
    student=says("导师调整：从今天起，由{who}临时负责，有事可以找 TA"),
    guardians=says("{child}的导师调整：从今天起由{who}临时负责"),
    caretaker=says("从今天起，请您临时负责 {count} 名学生"),
    rest="离岗是和本人一起登记的；协同导师、班主任在学生页上看到由谁代管",
)
CARE_OVER = CARE_ROWS.row(
    "over",
    caretaker=says("导师调整：您临时负责的 {count} 名学生，从今天起不用再负责了"),
    rest="接着负责的人和家里，由「导师关系开始」或「开始代管」说",
)
CARE_BACK = CARE_ROWS.row(
    "back",
    student=says("{mentor}回来了，还是你的导师"),
    guardians=says("{mentor}已返岗，还是{child}的导师"),
    caretaker=says("{mentor}已返岗，您临时负责的 {count} 名学生交还了"),
    rest="返岗是和本人一起登记的",
)

# Asking for another mentor. The office: the clerks, or the leaders where the request is about a clerk himself.

UNTOLD = "现在的导师只在换了以后听到「导师调整」，提出的过程谁也不告诉"
CHANGE_ROWS = Kind.moves("换导师申请", CHANGE, begin="提出")
ASKED = CHANGE_ROWS.row(
    "begin",
    office=says("有换导师申请等着受理") + opens("change"),
    rest=UNTOLD,
)
RECEIVED = CHANGE_ROWS.row("receive", asker=says("{you}的申请学校已经受理"), rest=UNTOLD)
MEETING = CHANGE_ROWS.row("meet", asker=says("学校想在 {day} 和{you}当面聊聊{you}的申请"), rest=UNTOLD)
OFFERED = CHANGE_ROWS.row(
    "agree",
    next=says("学校想请您担任一名学生的导师，请在 {day}前答复") + opens("offer"),
    office=closes("change"),
    rest=UNTOLD,
)
REFUSED = CHANGE_ROWS.row(
    "refuse",
    asker=says("{you}的申请有了答复"),
    office=closes("change"),
    rest=UNTOLD,
)
NOT_NOW = "请到的导师这次不方便，请另选一位"
IS_AWAY = "选定的导师离岗了，请另选一位"
CANNOT = "选定的导师现在不能接这名学生了，请另选一位"
FULL = "选定的导师名额刚刚满了，请另选一位"
ANOTHER = says(NOT_NOW, IS_AWAY, CANNOT, FULL) + opens("change")
CHANGE_ROWS.row("take_effect", next=closes("offer"), rest="人人由「导师关系开始」听到，话里没有谁提出的")
OFF = "学校请您接的一名学生，现在不用再答复了"
CHANGE_ROWS.row("decline", next=says(OFF) + closes("offer"), office=ANOTHER, rest=UNTOLD)
CHANGE_ROWS.row(
    "withdraw",
    next=says(OFF) + closes("offer"),
    office=closes("change"),
    rest=UNTOLD,
)
CHANGE_ROWS.row(
    "lapse",
    next=says(OFF) + closes("offer"),
    office=closes("change"),
    rest="提出的人已经听到谁是新导师",
)

# What concerns safety

ACCUSED = "被提到的人什么也听不到；别人不该知道有这件事"
CONCERN_ROWS = Kind.moves("关系到安全的事", CONCERN, begin="提出", withdraw="说不用处理了", late="过了期限")
TOLD = CONCERN_ROWS.row(
    "begin",
    office=says("有一件关系到安全的事，请马上看") + opens("concern"),
    rest=ACCUSED,
)
TAKEN = CONCERN_ROWS.row("take", asker=says("{you}说的事，学校正在处理"), rest=ACCUSED)
ANSWERED = CONCERN_ROWS.row(
    "close",
    asker=says("{you}说的事，学校有了答复"),
    office=closes("concern"),
    rest=ACCUSED,
)
TAKEN_BACK = CONCERN_ROWS.row(
    "withdraw",
    office=says("有人说一件关系到安全的事不用处理了，请仍当面了解，写明怎么处理的"),
    rest=ACCUSED,
)
LATE = CONCERN_ROWS.row(
    "late", leader=says("有一件关系到安全的事过了期限还没有答复，请马上看"), rest="办公室的待办里已经是急事"
)

# Somebody of the staff is away

ABSENCE_ROWS = Kind.moves("离岗", ABSENCE, begin="登记", due="到了返岗的日子", overdue="短期离岗满了 30 天")
KNOWN = "学生、家里和代管老师由「代管」听到；离岗是和本人一起登记的"
SUCCESSION = says("{staff}的 {count} 名学生等着安排接任的导师") + opens("absence")
AWAY = ABSENCE_ROWS.row("begin", office=SUCCESSION, leader=SUCCESSION, rest=KNOWN)
ABSENCE_ROWS.row("come_back", office=closes("absence"), leader=closes("absence"), rest=KNOWN)
ABSENCE_ROWS.row(
    "hand_over",
    office=closes("absence"),
    leader=closes("absence"),
    rest="学生、家里和两位导师由「导师关系开始」听到，代管老师由「不再代管」听到",
)
ABSENCE_ROWS.row("stay_away", office=SUCCESSION, leader=SUCCESSION, rest="由谁代管没有变")
BACK = says("{staff}预计 {day} 返岗，请登记返岗，或转为待接任")
DUE_BACK = ABSENCE_ROWS.row(
    "due",
    office=BACK,
    leader=BACK,
    rest="由办公室登记，别人不用做什么",
)
OVERDUE = ABSENCE_ROWS.row(
    "overdue",
    leader=says("{staff}短期离岗已满 {days} 天，请登记返岗，或转为待接任"),
    rest="办公室早先已经听到返岗的日子",
)

# 交接信

OPTIONAL = "写不写由本人，谁也不催"
LETTER_ROWS = Kind.moves("交接信", HAND_OVER, begin="可以写了", asked="学生请原导师写")
LETTER = LETTER_ROWS.row(
    "begin",
    student=says("可以给新导师写一封交接信，写不写由你"),
    mentor=says("{count} 名学生换了导师，可以给接任的导师写交接信（选写）"),
    office=says("{count} 封交接信没有原导师可写，可由学校代写，也可不写"),
    rest=OPTIONAL,
)
LETTER_ROWS.row("asked", mentor=LETTER.mentor, rest=OPTIONAL)
LETTER_TAKEN = LETTER_ROWS.row(
    "accept",
    student=says("{who}读了你写的交接信，接过去了"),
    mentor=says("{who}读了您写的交接信，接过去了"),
    next=closes("letter"),
    rest="信只在写的人和接的人之间",
)
LETTER_ROWS.row("skip", next=closes("letter"), rest="没有人写，也就没有人等")
