"""Who may do what with relations after they were published."""

from liangshi.practice.relations import audit
from liangshi.practice.relations.models import Absence, ChangeRequest, HandOver
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import MENTOR_MANAGE, SCHOOL
from liangshi.registry.access.policy import OFFICE, Resource, Scope, permit, routes
from liangshi.registry.mentorships.models import Mentorship

BOND = Resource("bond", Mentorship, confidential=True)
CHANGE = Resource("change", ChangeRequest, confidential=True)
OWN_CHANGE = Resource("own_change", ChangeRequest, confidential=True)
OFFER = Resource("offer", ChangeRequest, confidential=True)
ABSENCE = Resource("absence", Absence, confidential=True)
HAND_OVER = Resource("hand_over", HandOver, confidential=True)

MEETING_READ = permit(
    "meeting.read",
    BOND,
    "看、写第一次见面卡",
    {Role.MENTOR: Scope.MENTEES, Role.STUDENT: Scope.SELF},
    "新关系的头四周",
)
CHANGE_ASK = permit(
    "change.ask",
    BOND,
    "申请换导师",
    {
        Role.CLERK: Scope.SCHOOL,
        Role.MENTOR: Scope.MENTEES,
        Role.STUDENT: Scope.SELF,
        Role.GUARDIAN: Scope.CHILDREN,
    },
    "理由只有学校办公室看得到，现在的导师看不到，也不知道有人申请过",
)
CHANGE_FOLLOW = permit(
    "change.follow",
    OWN_CHANGE,
    "看自己提出的换导师申请办到哪一步，撤回申请",
    dict.fromkeys((Role.CLERK, Role.MENTOR, Role.STUDENT, Role.GUARDIAN), Scope.SELF),
)
CHANGE_DECIDE = permit(
    "change.decide",
    CHANGE,
    "办理换导师申请",
    OFFICE,
    "与自己有关的看不到；校领导只办学校办公室没有别人能办的",
)
CHANGE_ANSWER = permit("change.answer", OFFER, "答复学校请自己接的学生", {Role.MENTOR: Scope.SELF})
CHANGE_COUNT = permit(
    "change.count",
    SCHOOL,
    "看各导师被申请更换的次数",
    {Role.LEADER: Scope.SCHOOL},
    "看一次记一次，看不到是谁申请的",
)
ABSENCE_MANAGE = permit("absence.manage", ABSENCE, "登记离岗、返岗，安排代管和接任", OFFICE)
HANDOVER_WRITE = permit(
    "handover.write",
    HAND_OVER,
    "写、读交接信",
    {
        Role.CLERK: Scope.SCHOOL,
        Role.MENTOR: Scope.SELF,
        Role.STAFF: Scope.SELF,
        Role.STUDENT: Scope.SELF,
    },
    "各写各的一半；学校办公室不看内容",
)

routes(
    "relations",
    {
        "office": ABSENCE_MANAGE,
        "ask": CHANGE_ASK,
        "withdraw": CHANGE_ASK,
        "mine": CHANGE_FOLLOW,
        "counts": CHANGE_COUNT,
        "change": CHANGE_DECIDE,
        "offers": CHANGE_ANSWER,
        "offer": CHANGE_ANSWER,
        "absence_new": ABSENCE_MANAGE,
        "absence": ABSENCE_MANAGE,
        "deputy": ABSENCE_MANAGE,
        "back": ABSENCE_MANAGE,
        "longer": ABSENCE_MANAGE,
        "succession": ABSENCE_MANAGE,
        "handovers": HANDOVER_WRITE,
        "handover": HANDOVER_WRITE,
        "meetings": MEETING_READ,
        "meeting": MEETING_READ,
        "exceptions": MENTOR_MANAGE,
        "reason": MENTOR_MANAGE,
    },
    reads={
        "office": audit.OFFICE_OPENED,
        "ask": audit.CHANGE_FORM,
        "mine": audit.CHANGE_READ,
        "counts": audit.CHANGE_COUNTED,
        "change": audit.CHANGE_READ,
        "offers": audit.OFFERS_READ,
        "absence": audit.ABSENCE_READ,
        "succession": audit.PROPOSAL_READ,
        "handovers": audit.HAND_OVER_LISTED,
        "handover": (audit.HAND_OVER_READ, audit.HAND_OVER_LISTED),
        "meetings": audit.MEETING_READ,
        "meeting": audit.MEETING_READ,
    },
)
