"""Who may do what with talks and what belongs to them: notes, group activities, life events."""

from liangshi.practice.talks import audit
from liangshi.practice.talks.models import Activity, FollowUp, LifeEvent, ScratchNote, Talk, Unmet
from liangshi.registry.access.audit import OFFERED
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import STUDENT
from liangshi.registry.access.policy import ALL_STAFF, OFFICE, TEACHERS, Resource, Scope, permit, routes

OWN_TALK = Resource("own_talk", Talk, confidential=True)
TALK = Resource("talk", Talk, confidential=True)
FOLLOW_UP = Resource("followup", FollowUp, confidential=True)
NOTE = Resource("note", ScratchNote, confidential=True)
ACTIVITY = Resource("activity", Activity, confidential=True)
EVENT = Resource("event", LifeEvent, confidential=True)
UNMET = Resource("unmet", Unmet, confidential=True)

TALK_WRITE = permit(
    "talk.write",
    OWN_TALK,
    "记谈心谈话，更正、作废自己记的",
    {Role.MENTOR: Scope.MENTEES, Role.STAFF: Scope.LED},
    "必填只有学生、日期、方式和策略；结对结束当天起不能再看",
)
TALK_READ = permit(
    "talk.read",
    TALK,
    "看谈心谈话",
    {
        Role.MENTOR: Scope.MENTEES,
        Role.STAFF: Scope.LED,
        Role.ADVISER: Scope.CLASSES,
        Role.STUDENT: Scope.SELF,
        Role.GUARDIAN: Scope.CHILDREN,
    },
    "内容按保密级别：家长只看 0 级，班主任看 0 和 1 级，2 级只有记录的人自己；教师每次打开都有记录",
)
TALK_EXISTS = permit("talk.exists", STUDENT, "知道有过谈话（只有月份，没有内容）", {**OFFICE, **TEACHERS})
FOLLOWUP_WRITE = permit(
    "followup.write",
    FOLLOW_UP,
    "办谈话之后的事",
    dict.fromkeys((Role.LEADER, Role.CLERK, Role.MENTOR, Role.STAFF), Scope.SELF),
    "一件事一位负责人",
)
NOTE_WRITE = permit(
    "note.write",
    NOTE,
    "随手记",
    {Role.MENTOR: Scope.MENTEES},
    "只有自己看得到，不计数，不导出；结对结束当天起自己也看不到，只在写交接信时再给看一次，最迟 90 天后删除",
    own=True,
)
ACTIVITY_READ = permit(
    "activity.read",
    STUDENT,
    "看参加过的小组活动",
    {Role.MENTOR: Scope.MENTEES, Role.ADVISER: Scope.CLASSES, Role.STUDENT: Scope.SELF},
    "学校办公室和年级组长只知道月份，家长不看",
)
ACTIVITY_WRITE = permit(
    "activity.write",
    ACTIVITY,
    "小组活动：安排、点名",
    {Role.MENTOR: Scope.SELF},
    "参加的学生都不再由自己指导，活动也就看不到了",
)
EVENT_REPORT = permit(
    "event.report",
    STUDENT,
    "上报重大变故",
    {
        **dict.fromkeys(ALL_STAFF, Scope.SCHOOL),
        Role.STUDENT: Scope.SELF,
        Role.GUARDIAN: Scope.CHILDREN,
    },
    "上报不等于能看学生的其他情况；学生休学时也能上报",
    confidential=True,
    pressing=True,
)
EVENT_READ = permit(
    "event.read",
    EVENT,
    "看重大变故办到哪一步",
    {**OFFICE, Role.ADVISER: Scope.CLASSES, Role.MENTOR: Scope.MENTEES, Role.STAFF: Scope.SELF},
    "是什么事：主导师和班主任；说明的文字：主导师和主谈人",
)
EVENT_LEAD = permit("event.lead", EVENT, "定一位主谈人", {**OFFICE, Role.ADVISER: Scope.CLASSES})
EVENT_FOLLOW = permit(
    "event.follow",
    EVENT,
    "受理、跟进重大变故",
    {Role.ADVISER: Scope.CLASSES, Role.MENTOR: Scope.MENTEES, Role.STAFF: Scope.SELF},
    "定了主谈人以后由主谈人跟进",
)
UNMET_PRESS = permit(
    "unmet.press",
    STUDENT,
    "还没见过导师，请学校帮忙约",
    {Role.STUDENT: Scope.SELF},
    "学校办公室两个教学日内联系；学生同意才告诉导师，不记在导师头上",
    confidential=True,
)
UNMET_HANDLE = permit(
    "unmet.handle",
    UNMET,
    "联系还没见过导师的学生",
    OFFICE,
    "没有按老师的数字；学生没同意的，导师本人在办公室也看不到",
)

routes(
    "talks",
    {
        "list": TALK_READ,
        "new": TALK_WRITE,
        "talk_draft": TALK_WRITE,
        "talk_draft_drop": TALK_WRITE,
        "talk": TALK_READ,
        "edit": TALK_WRITE,
        "void": TALK_WRITE,
        "versions": TALK_WRITE,
        "forecast": TALK_WRITE,
        "follow_ups": FOLLOWUP_WRITE,
        "follow_up_done": FOLLOWUP_WRITE,
        "notes": NOTE_WRITE,
        "note_new": NOTE_WRITE,
        "note": NOTE_WRITE,
        "activities": ACTIVITY_WRITE,
        "activity_new": ACTIVITY_WRITE,
        "activity": ACTIVITY_WRITE,
        "activity_void": ACTIVITY_WRITE,
        "event_new": EVENT_REPORT,
        "events": EVENT_READ,
        "event": EVENT_READ,
        "event_lead": EVENT_LEAD,
        "event_move": EVENT_FOLLOW,
        "unmet": UNMET_HANDLE,
        "unmet_new": UNMET_PRESS,
        "unmet_done": UNMET_HANDLE,
        "blind_spots": UNMET_HANDLE,
    },
    reads={
        "list": audit.TALKS_LISTED,
        "new": OFFERED,
        "talk": (audit.TALK_READ, audit.OWN_TALK_READ),
        "edit": audit.OWN_TALK_READ,
        "versions": audit.OWN_TALK_READ,
        "forecast": OFFERED,
        "follow_ups": audit.FOLLOW_UPS_READ,
        "notes": audit.NOTE_READ,
        "note_new": OFFERED,
        "note": audit.NOTE_READ,
        "activity_new": OFFERED,
        "activity": audit.ACTIVITY_READ,
        "event_new": OFFERED,
        "events": audit.EVENTS_LISTED,
        "event": audit.EVENT_READ,
        "unmet": audit.UNMET_READ,
        "blind_spots": audit.BLIND_SPOTS_READ,
    },
)
