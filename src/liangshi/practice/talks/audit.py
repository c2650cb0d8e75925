"""Entries of the log that tell of talks. None holds a word of what was talked about, nor its level.

On a student's page of the log the office learns no more than on his timeline: of a talk its month, not its author;
of a life event not who reported it, and its steps by month, since saving a talk takes one. What only the author of a
talk, or the mentor of an activity, reads or does is as unnamed as they. Not at all: who wants to see his mentor, because
a mentor who also works in the office must not learn it there, and a mentor's own notes.
"""

from liangshi.foundation.audit.types import Leaves, Shown, declare

TALK_SAVED = declare("talk.saved", "记谈心谈话", Leaves.NONE, shown=Shown.MONTH_ALONE)
TALK_CORRECTED = declare("talk.corrected", "更正谈心谈话", Leaves.NONE, shown=Shown.MONTH_ALONE)
TALK_VOIDED = declare("talk.voided", "作废谈心谈话", Leaves.NONE, shown=Shown.MONTH_ALONE)
TALK_READ = declare("talk.read", "打开谈心谈话", Leaves.NONE, read=True, shown=Shown.MONTH)
FOLLOW_UP_DONE = declare("talk.follow_up", "谈话后的跟进已办", Leaves.NONE, shown=Shown.MONTH_ALONE)
EVENT_REPORTED = declare("life_event.reported", "上报重大变故", Leaves.NONE, shown=Shown.NOT)
# Who opens what he has written himself, perhaps as the only one who can, is its author.
OWN_TALK_READ = declare(
    "talk.own_read", "打开自己记的谈心谈话", Leaves.NONE, read=True, shown=Shown.MONTH_ALONE
)
TALKS_LISTED = declare(
    "talk.listed", "看谈话的列表", Leaves.NONE, read=True, glance=True, shown=Shown.MONTH_ALONE
)
FOLLOW_UPS_READ = declare(
    "talk.follow_ups_read", "看谈话后的跟进", Leaves.NONE, read=True, glance=True, shown=Shown.MONTH_ALONE
)
EVENT_READ = declare("life_event.read", "打开重大变故", Leaves.NONE, read=True)
# Whoever has reported goes on to the list: its minute would be that of the report.
EVENTS_LISTED = declare(
    "life_event.listed", "看重大变故的列表", Leaves.NONE, read=True, glance=True, shown=Shown.MONTH
)
NOTE_READ = declare("note.read", "看自己的随手记", Leaves.NONE, read=True, glance=True, shown=Shown.NOT)
ACTIVITY_READ = declare(
    "activity.read", "打开小组活动", Leaves.NONE, read=True, glance=True, shown=Shown.MONTH_ALONE
)
BLIND_SPOTS_READ = declare("talk.blind_spots", "看还没有人谈过的学生", Leaves.NONE, read=True, glance=True)
UNMET_READ = declare("unmet.read", "看想见导师的学生", Leaves.NONE, read=True, glance=True, shown=Shown.NOT)
EVENT_MOVED = declare("life_event.moved", "重大变故进入下一步", Leaves.NONE, shown=Shown.MONTH)
EVENT_LED = declare("life_event.led", "定主谈人", Leaves.NONE)
NOTE_CHANGED = declare("note.changed", "写随手记", Leaves.NONE, shown=Shown.NOT)
NOTES_ENDED = declare("note.ended", "到期删除随手记", Leaves.NONE, shown=Shown.NOT)
ACTIVITY_MADE = declare("activity.made", "安排小组活动", Leaves.NONE, shown=Shown.MONTH_ALONE)
ACTIVITY_HELD = declare("activity.held", "小组活动点名", Leaves.NONE, shown=Shown.MONTH_ALONE)
ACTIVITY_VOIDED = declare("activity.voided", "取消小组活动", Leaves.NONE, shown=Shown.MONTH_ALONE)
UNMET_SAID = declare("unmet.said", "还没见过导师，告诉学校", Leaves.NONE, shown=Shown.NOT)
UNMET_CONTACTED = declare("unmet.contacted", "已联系想见导师的学生", Leaves.NONE, shown=Shown.NOT)
