"""The one table of who may do what. Code, the page 「谁能做什么」 and the generated tests all read it.

A permission names a resource, a verb in Chinese, and for each role that has it the scope in which it holds. A role
that is not listed has nothing. A route names the permission that its view needs; a route that is not listed
stops the start (`checks.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from liangshi.registry.access.choices import Role


class Scope(TextChoices):
    """How far a permission reaches."""

    CITY = "city", "全市"
    BUREAU = "bureau", "所辖学校"
    SCHOOL = "school", "本校"
    GRADE = "grade", "本年级"
    CLASSES = "classes", "本班"
    MENTEES = "mentees", "自己指导的学生"
    LED = "led", "自己主谈的学生"
    SELF = "self", "本人"
    CHILDREN = "children", "自己的孩子"


@dataclass(frozen=True, slots=True)
class Permission:
    resource: str
    label: str
    roles: Mapping[Role, Scope]
    note: str = ""


_CITY, _COUNTY, _LEADER, _CLERK = Role.CITY, Role.COUNTY, Role.LEADER, Role.CLERK
_GRADE, _ADVISER, _MENTOR, _STAFF = Role.GRADE_HEAD, Role.ADVISER, Role.MENTOR, Role.STAFF
_STUDENT, _GUARDIAN = Role.STUDENT, Role.GUARDIAN
_OFFICE = {_LEADER: Scope.SCHOOL, _CLERK: Scope.SCHOOL}
_BUREAUS = {_CITY: Scope.CITY, _COUNTY: Scope.BUREAU}
_ALL_STAFF = (_LEADER, _CLERK, _GRADE, _ADVISER, _MENTOR, _STAFF)
_TEACHERS = {_GRADE: Scope.GRADE, _ADVISER: Scope.CLASSES, _MENTOR: Scope.MENTEES}

PERMISSIONS: dict[str, Permission] = {
    "org.write": Permission("school", "建立县区局和学校", {_CITY: Scope.CITY}),
    "school.read": Permission("school", "看学校概况（只有数字）", {**_BUREAUS, **_OFFICE}),
    "calendar.read": Permission(
        "school",
        "看校历和关键节点",
        dict.fromkeys((_LEADER, _CLERK, _GRADE, _ADVISER, _MENTOR, _STAFF, _STUDENT), Scope.SCHOOL),
    ),
    "calendar.write": Permission("school", "维护学年、学期和校历", {_CLERK: Scope.SCHOOL}),
    "year.reopen": Permission(
        "school", "重新开启已关闭的学年", {_LEADER: Scope.SCHOOL}, "开启后补进去的都标明补录"
    ),
    "grant.write": Permission(
        "school", "授予、收回身份", {_CITY: Scope.CITY, _LEADER: Scope.SCHOOL}, "须另一人批准，都有截止日期"
    ),
    "student.read": Permission(
        "student",
        "看学生（姓名、班级、导师）",
        {**_OFFICE, **_TEACHERS, _STUDENT: Scope.SELF, _GUARDIAN: Scope.CHILDREN},
        "每次打开都有记录",
    ),
    "student.search": Permission("student", "搜索、翻看学生名单", {**_OFFICE, **_TEACHERS}),
    "contact.read": Permission(
        "student",
        "看监护人电话",
        {_CLERK: Scope.SCHOOL, _ADVISER: Scope.CLASSES, _MENTOR: Scope.MENTEES},
        "默认隐去中间四位，点开有记录",
    ),
    "student.log": Permission("student", "看谁打开过某位学生的页面", _OFFICE),
    "student.write": Permission("student", "登记转出、休学、复学等", {_CLERK: Scope.SCHOOL}),
    "staff.read": Permission(
        "staff",
        "看教职工（姓名、学科、是否导师）",
        dict.fromkeys((_LEADER, _CLERK, _GRADE, _ADVISER, _MENTOR, _STAFF), Scope.SCHOOL),
    ),
    "mentor.manage": Permission(
        "staff", "调整导师名额、暂不担任、恢复", _OFFICE, "暂不担任须选原因和复核日期"
    ),
    "mentor.exceed": Permission("staff", "批准超过 1:15", {_LEADER: Scope.SCHOOL}, "须写理由和截止日期"),
    "mentor.profile": Permission("staff", "写自己的导师介绍", {_MENTOR: Scope.SELF, _ADVISER: Scope.SELF}),
    "round.read": Permission("round", "看匹配轮次的进度和结果", _OFFICE, "校领导看不到谁填了谁"),
    "round.manage": Permission("round", "匹配轮次：建立、开启、截止、运算、调整", {_CLERK: Scope.SCHOOL}),
    "round.publish": Permission("round", "公布匹配结果", _OFFICE),
    "round.adjust": Permission("round", "公布前给个别学生调整导师", _OFFICE, "每处都选原因，留有记录"),
    "round.override": Permission(
        "round", "同意把学生安排给他回避的老师", {_LEADER: Scope.SCHOOL}, "须写明理由，亲属一律不行"
    ),
    "round.fairness": Permission("round", "公布前看过公平情况（打勾）", {_LEADER: Scope.SCHOOL}),
    "round.proof": Permission(
        "round", "下载一轮匹配的复核凭证", {_CLERK: Scope.SCHOOL}, "没有姓名和编号，下载有记录"
    ),
    "round.rules": Permission(
        "round",
        "看匹配规则、抽签依据和志愿满足比例",
        {
            **dict.fromkeys((_LEADER, _CLERK, _GRADE, _ADVISER, _MENTOR, _STAFF, _STUDENT), Scope.SCHOOL),
            _GUARDIAN: Scope.CHILDREN,
        },
    ),
    "policy.read": Permission("policy", "看学年匹配办法", _OFFICE),
    "policy.write": Permission(
        "policy", "改学年匹配办法", {_LEADER: Scope.SCHOOL}, "每次改动都是新的一版，留有记录"
    ),
    "answer.write": Permission(
        "answer",
        "回应选自己的学生，对续任提出不同意见",
        {_MENTOR: Scope.SELF},
        "学生和家长都看不到；学校办公室只看人数",
    ),
    "wish.write": Permission(
        "wish",
        "填报志愿",
        {_STUDENT: Scope.SELF},
        "截止后只有学校办公室能改，且留有记录；老师看不到回避名单",
    ),
    "wish.correct": Permission("wish", "截止后更正志愿", {_CLERK: Scope.SCHOOL}, "须写原因，留有记录"),
    "staff.write": Permission("staff", "登记教职工状态，更正姓名和电话", {_CLERK: Scope.SCHOOL}),
    "roster.import": Permission(
        "import",
        "导入、导出名册，打印启用字条",
        {_CLERK: Scope.SCHOOL},
        "含学籍号和电话的导出须写理由，有记录",
    ),
    "burden.read": Permission(
        "school",
        "看负担预算和实际用时",
        {**_BUREAUS, **dict.fromkeys((_LEADER, _CLERK, _GRADE, _ADVISER, _MENTOR, _STAFF), Scope.SCHOOL)},
        "只有表单和秒数，没有教师个人的数字",
    ),
    "burden.write": Permission(
        "school", "把选填项改为必填", {_LEADER: Scope.SCHOOL}, "超过全市上限的加不进去"
    ),
    "burden.cap": Permission("school", "调整全市填写时间上限", {_CITY: Scope.CITY}, "须写公开说明"),
    "talk.write": Permission(
        "own_talk",
        "记谈心谈话，更正、作废自己记的",
        {_MENTOR: Scope.MENTEES, _STAFF: Scope.LED},
        "必填只有学生、日期、方式和策略；结对结束当天起不能再看",
    ),
    "talk.read": Permission(
        "talk",
        "看谈心谈话",
        {
            _MENTOR: Scope.MENTEES,
            _STAFF: Scope.LED,
            _ADVISER: Scope.CLASSES,
            _STUDENT: Scope.SELF,
            _GUARDIAN: Scope.CHILDREN,
        },
        "内容按保密级别：家长只看 0 级，班主任看 0 和 1 级，2 级只有记录的人自己；每次打开都有记录",
    ),
    "talk.exists": Permission("student", "知道有过谈话（只有月份，没有内容）", {**_OFFICE, **_TEACHERS}),
    "followup.write": Permission(
        "followup",
        "办谈话之后的事",
        dict.fromkeys((_LEADER, _CLERK, _MENTOR, _STAFF), Scope.SELF),
        "一件事一位负责人",
    ),
    "note.write": Permission(
        "note",
        "随手记",
        {_MENTOR: Scope.SELF, _STAFF: Scope.SELF},
        "只有自己看得到，不计数，不导出，结对结束 90 天后删除",
    ),
    "activity.read": Permission(
        "student",
        "看参加过的小组活动",
        {_MENTOR: Scope.MENTEES, _ADVISER: Scope.CLASSES, _STUDENT: Scope.SELF},
        "学校办公室和年级组长只知道月份，家长不看",
    ),
    "activity.write": Permission("activity", "小组活动：安排、点名", {_MENTOR: Scope.SELF}),
    "event.report": Permission(
        "student",
        "上报重大变故",
        {
            **dict.fromkeys((_LEADER, _CLERK, _GRADE, _ADVISER, _MENTOR, _STAFF), Scope.SCHOOL),
            _STUDENT: Scope.SELF,
            _GUARDIAN: Scope.CHILDREN,
        },
        "上报不等于能看学生的其他情况",
    ),
    "event.read": Permission(
        "event",
        "看重大变故办到哪一步",
        {**_OFFICE, _ADVISER: Scope.CLASSES, _MENTOR: Scope.MENTEES, _STAFF: Scope.SELF},
        "是什么事：主导师和班主任；说明的文字：主导师和主谈人",
    ),
    "event.lead": Permission("event", "定一位主谈人", {**_OFFICE, _ADVISER: Scope.CLASSES}),
    "event.follow": Permission(
        "event",
        "受理、跟进重大变故",
        {_ADVISER: Scope.CLASSES, _MENTOR: Scope.MENTEES, _STAFF: Scope.SELF},
        "定了主谈人以后由主谈人跟进",
    ),
    "unmet.press": Permission(
        "student",
        "还没见过导师，请学校帮忙约",
        {_STUDENT: Scope.SELF},
        "学校办公室两个教学日内联系；学生同意才告诉导师，不记在导师头上",
    ),
    "unmet.handle": Permission(
        "unmet", "联系还没见过导师的学生", _OFFICE, "没有按老师的数字；学生没同意的，导师本人在办公室也看不到"
    ),
    "moment.read": Permission(
        "student",
        "看关键节点的触达（按年级的数字）",
        {**_OFFICE, _GRADE: Scope.GRADE},
        "没有按老师的数字",
    ),
    "meeting.read": Permission(
        "bond", "看、写第一次见面卡", {_MENTOR: Scope.MENTEES, _STUDENT: Scope.SELF}, "新关系的头四周"
    ),
    "change.ask": Permission(
        "bond",
        "申请换导师",
        {
            _CLERK: Scope.SCHOOL,
            _MENTOR: Scope.MENTEES,
            _STUDENT: Scope.SELF,
            _GUARDIAN: Scope.CHILDREN,
        },
        "理由只有学校办公室看得到，现在的导师看不到，也不知道有人申请过",
    ),
    "change.decide": Permission(
        "change", "办理换导师申请", _OFFICE, "与自己有关的看不到；校领导只办学校办公室没有别人能办的"
    ),
    "change.answer": Permission("offer", "答复学校请自己接的学生", {_MENTOR: Scope.SELF}),
    "change.count": Permission(
        "school", "看各导师被申请更换的次数", {_LEADER: Scope.SCHOOL}, "看一次记一次，看不到是谁申请的"
    ),
    "absence.manage": Permission("absence", "登记离岗、返岗，安排代管和接任", _OFFICE),
    "handover.write": Permission(
        "hand_over",
        "写、读交接信",
        {
            _CLERK: Scope.SCHOOL,
            _MENTOR: Scope.SELF,
            _STAFF: Scope.SELF,
            _STUDENT: Scope.SELF,
        },
        "各写各的一半；学校办公室不看内容",
    ),
    "need.propose": Permission(
        "student",
        "提出某位学生需要多位导师",
        {_CLERK: Scope.SCHOOL, _ADVISER: Scope.CLASSES, _MENTOR: Scope.MENTEES},
        "须校领导批准；提出的人批准不了自己的",
    ),
    "need.read": Permission(
        "need",
        "看特需的类别",
        {**_OFFICE, _MENTOR: Scope.MENTEES},
        "只给办公室和这名学生的导师、协同导师看，每次打开都有记录",
    ),
    "need.manage": Permission("need", "选协同导师、结束特需", {_CLERK: Scope.SCHOOL}),
    "need.decide": Permission("need", "批准特需和协同导师", {_LEADER: Scope.SCHOOL}),
    "mentor.assign": Permission(
        "student", "给学生配导师、换主导师、登记暂不配导师的原因", {_CLERK: Scope.SCHOOL}
    ),
    "waiting.read": Permission("school", "看没有导师的学生", _OFFICE),
    "year.enforce": Permission("year", "把学年标为已实施", {_LEADER: Scope.SCHOOL}, "没有学生无导师时才可以"),
    "rollover.rehearse": Permission("year", "预演学年结转", _OFFICE),
    "rollover.run": Permission("year", "学年结转", {_LEADER: Scope.SCHOOL}, "7 天内可以撤回"),
    "rollover.reverse": Permission("rollover", "撤回学年结转", {_LEADER: Scope.SCHOOL}),
    "class.read": Permission("class", "看班级", {**_OFFICE, _GRADE: Scope.GRADE, _ADVISER: Scope.CLASSES}),
    "portrait.write": Permission(
        "student", "写、清空自己的自画像", {_STUDENT: Scope.SELF}, "每一项都可以不填，随时可以清空"
    ),
    "portrait.read": Permission(
        "student",
        "看自画像",
        {_STUDENT: Scope.SELF, _MENTOR: Scope.MENTEES},
        "代管老师看不到困扰和不希望提起的事；每次打开都有记录",
    ),
    "goal.write": Permission(
        "student", "看、定、回顾目标", {_STUDENT: Scope.SELF, _MENTOR: Scope.MENTEES}, "由学生和导师一起定"
    ),
    "career.write": Permission("student", "写自己的生涯记录", {_STUDENT: Scope.SELF}),
    "career.read": Permission("student", "看生涯记录", {_STUDENT: Scope.SELF, _MENTOR: Scope.MENTEES}),
    "subject.read": Permission(
        "student",
        "看选科",
        {
            **_OFFICE,
            _ADVISER: Scope.CLASSES,
            _MENTOR: Scope.MENTEES,
            _STUDENT: Scope.SELF,
            _GUARDIAN: Scope.CHILDREN,
        },
    ),
    "subject.write": Permission(
        "student",
        "填写选科",
        {_CLERK: Scope.SCHOOL, _ADVISER: Scope.CLASSES, _STUDENT: Scope.SELF},
        "学生只在学校开放的日子里填；每次变动都留历史",
    ),
    "subject.window": Permission("cohort", "开放选科填报", {_CLERK: Scope.SCHOOL}),
    "shine.write": Permission("student", "给本校学生记闪光点", dict.fromkeys(_ALL_STAFF, Scope.SCHOOL)),
    "shine.void": Permission(
        "shine", "作废自己记的闪光点", dict.fromkeys(_ALL_STAFF, Scope.SELF), "须写原因"
    ),
    "shine.read": Permission(
        "student",
        "看闪光点",
        {_ADVISER: Scope.CLASSES, _MENTOR: Scope.MENTEES, _STUDENT: Scope.SELF},
        "学生只看到作者同意给TA看的；其他老师只看自己记的",
    ),
    "shine.count": Permission("student", "看一名学生有几条闪光点（不看内容）", _OFFICE),
}

PUBLIC = "public"  # no sign-in needed
SIGNED_IN = "signed-in"  # anybody who is signed in, about himself

ROUTES: dict[str, str] = {
    "home:sign_in": PUBLIC,
    "home:activate": PUBLIC,
    "home:sign_out": PUBLIC,
    "home:home": SIGNED_IN,
    "home:hats": SIGNED_IN,
    "home:who_may_what": SIGNED_IN,
    "home:notices": SIGNED_IN,
    "home:notice": SIGNED_IN,
    "home:me": SIGNED_IN,
    "burden:budget": "burden.read",
    "burden:cap": "burden.cap",
    "burden:require": "burden.write",
    "burden:release": "burden.write",
    "agenda:agenda": SIGNED_IN,
    "agenda:calendar": SIGNED_IN,
    "agenda:subscribe": SIGNED_IN,
    "agenda:unsubscribe": SIGNED_IN,
    "agenda:feed": PUBLIC,  # calendar apps cannot sign in: the address itself is the secret
    "rounds:list": "round.read",
    "rounds:new": "round.manage",
    "rounds:round": "round.read",
    "rounds:settings": "round.manage",
    "rounds:deadline": "round.manage",
    "rounds:mentors": "round.read",
    "rounds:quota": "round.manage",
    "rounds:refresh": "round.manage",
    "rounds:feasibility": "round.manage",
    "rounds:open": "round.manage",
    "rounds:students": "round.read",
    "rounds:drop": "round.manage",
    "rounds:correct": "wish.correct",
    "rounds:close": "round.manage",
    "rounds:void": "round.manage",
    "rounds:run": "round.manage",
    "rounds:progress": "round.read",
    "rounds:result": "round.read",
    "rounds:loads": "round.read",
    "rounds:compare": "round.read",
    "rounds:compare_start": "round.manage",
    "rounds:choose_aim": "round.manage",
    "rounds:confirm": "round.manage",
    "rounds:ask_mentors": "round.manage",
    "rounds:programme": "round.read",
    "rounds:add_round": "round.manage",
    "rounds:abort": "round.manage",
    "rounds:outcome": "round.read",
    "rounds:outcome_loads": "round.read",
    "rounds:released": "round.read",
    "rounds:left": "round.read",
    "rounds:publish": "round.publish",
    "rounds:policy": "policy.read",
    "rounds:policy_edit": "policy.write",
    "rounds:answer": "answer.write",
    "rounds:say": "answer.write",
    "rounds:my_club": "wish.write",
    "rounds:my_keep": "wish.write",
    "rounds:rules": "round.rules",
    "rounds:moves": "round.adjust",
    "rounds:board": "round.adjust",
    "rounds:move": "round.adjust",
    "rounds:undo": "round.adjust",
    "rounds:undo_all": "round.adjust",
    "rounds:fairness": "round.read",
    "rounds:fairness_seen": "round.fairness",
    "rounds:verify": "round.rules",
    "rounds:proof": "round.proof",
    "rounds:mine": "wish.write",
    "rounds:my_round": "wish.write",
    "rounds:my_mentors": "wish.write",
    "rounds:my_wishes": "wish.write",
    "rounds:my_reasons": "wish.write",
    "home:no_hat": PUBLIC,
    "rounds:lottery_script": PUBLIC,
    "dossier:search": "student.search",
    "dossier:students": "student.search",
    "dossier:student": "student.read",
    "dossier:contact": "contact.read",
    "dossier:log": "student.log",
    "dossier:staff": "staff.read",
    "dossier:staff_member": "staff.read",
    "dossier:not_mentoring": "mentor.manage",
    "dossier:classes": "class.read",
    "dossier:class": "class.read",
    "dossier:profile": "mentor.profile",
    "dashboards:schools": "school.read",
    "dashboards:school": "school.read",
    "dashboards:org": "org.write",
    "dashboards:bureau_new": "org.write",
    "dashboards:school_new": "org.write",
    "dashboards:bureau_grants": "org.write",
    "dashboards:school_grants": "grant.write",
    "dashboards:revoke": "grant.write",
    "dashboards:years": "calendar.read",
    "dashboards:year": "calendar.read",
    "dashboards:year_new": "calendar.write",
    "dashboards:term": "calendar.write",
    "dashboards:event_new": "calendar.write",
    "dashboards:event": "calendar.write",
    "dashboards:event_withdraw": "calendar.write",
    "dashboards:year_close": "calendar.write",
    "dashboards:year_reopen": "year.reopen",
    "talks:list": "talk.read",
    "talks:new": "talk.write",
    "talks:draft": "talk.write",
    "talks:draft_drop": "talk.write",
    "talks:talk": "talk.read",
    "talks:edit": "talk.write",
    "talks:void": "talk.write",
    "talks:versions": "talk.write",
    "talks:forecast": "talk.write",
    "talks:follow_ups": "followup.write",
    "talks:follow_up_done": "followup.write",
    "talks:notes": "note.write",
    "talks:note_new": "note.write",
    "talks:note": "note.write",
    "talks:activities": "activity.write",
    "talks:activity_new": "activity.write",
    "talks:activity": "activity.write",
    "talks:activity_void": "activity.write",
    "talks:event_new": "event.report",
    "talks:events": "event.read",
    "talks:event": "event.read",
    "talks:event_lead": "event.lead",
    "talks:event_move": "event.follow",
    "talks:unmet": "unmet.handle",
    "talks:unmet_new": "unmet.press",
    "talks:unmet_done": "unmet.handle",
    "talks:blind_spots": "unmet.handle",
    "dashboards:moments": "moment.read",
    "rosters:list": "roster.import",
    "rosters:upload": "roster.import",
    "rosters:job": "roster.import",
    "rosters:columns": "roster.import",
    "rosters:difference": "roster.import",
    "rosters:leave_out": "roster.import",
    "rosters:apply": "roster.import",
    "rosters:discard": "roster.import",
    "rosters:export": "roster.import",
    "rosters:export_students": "roster.import",
    "rosters:export_staff": "roster.import",
    "rosters:export_full": "roster.import",
    "rosters:slips": "roster.import",
    "rosters:student_slip": "student.write",
    "rosters:guardian_slip": "student.write",
    "rosters:staff_slip": "staff.write",
    "rosters:student": "student.write",
    "rosters:guardian_new": "student.write",
    "rosters:guardian_end": "student.write",
    "rosters:guardian_restrict": "student.write",
    "rosters:mentor": "mentor.manage",
    "rosters:staff": "staff.write",
    "rosters:exception_new": "mentor.exceed",
    "rosters:exception_void": "mentor.exceed",
    "growth:portrait": "portrait.write",
    "growth:portrait_clear": "portrait.write",
    "growth:goal_new": "goal.write",
    "growth:goal_close": "goal.write",
    "growth:subjects": "subject.write",
    "growth:windows": "subject.window",
    "growth:window": "subject.window",
    "growth:career": "career.write",
    "growth:activity_new": "career.write",
    "growth:activity_remove": "career.write",
    "growth:shine": "shine.write",
    "growth:shine_new": "shine.write",
    "growth:shine_void": "shine.void",
    "growth:unnoticed": "shine.write",
    "relations:office": "absence.manage",
    "relations:ask": "change.ask",
    "relations:withdraw": "change.ask",
    "relations:mine": "change.ask",
    "relations:counts": "change.count",
    "relations:change": "change.decide",
    "relations:offers": "change.answer",
    "relations:offer": "change.answer",
    "relations:absence_new": "absence.manage",
    "relations:absence": "absence.manage",
    "relations:deputy": "absence.manage",
    "relations:back": "absence.manage",
    "relations:longer": "absence.manage",
    "relations:succession": "absence.manage",
    "relations:handovers": "handover.write",
    "relations:handover": "handover.write",
    "relations:meetings": "meeting.read",
    "relations:meeting": "meeting.read",
    "relations:needs": "need.read",
    "relations:need": "need.read",
    "relations:need_new": "need.propose",
    "relations:need_decide": "need.decide",
    "relations:need_grant": "need.decide",
    "relations:need_renew": "need.decide",
    "relations:need_end": "need.manage",
    "relations:staffing": "need.manage",
    "relations:end_primary": "mentor.assign",
    "relations:waiting": "mentor.assign",
    "relations:without_mentor": "waiting.read",
    "relations:exempt": "mentor.assign",
    "relations:exemption_end": "mentor.assign",
    "relations:year_in_force": "year.enforce",
    "relations:exceptions": "mentor.manage",
    "relations:reason": "mentor.manage",
    "relations:rollover": "rollover.rehearse",
    "relations:rollover_run": "rollover.run",
    "relations:rollover_reverse": "rollover.reverse",
}


def may_open(role: Role, route: str) -> bool:
    """Whether a role may open an address at all; False too for one that is not installed."""
    need = ROUTES.get(route)
    return need is not None and (need in {PUBLIC, SIGNED_IN} or allows(role, need))


def allows(role: Role, permission: str) -> bool:
    """Whether a role has a permission in any scope."""
    return role in PERMISSIONS[permission].roles
