"""Who may do what with relations after they were published."""

from liangshi.practice.relations import audit
from liangshi.practice.relations.models import Absence, ChangeRequest, Concern, HandOver
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import MENTOR_MANAGE, SCHOOL, STUDENT
from liangshi.registry.access.policy import OFFICE, Resource, Scope, permit, routes
from liangshi.registry.mentorships.models import Mentorship

BOND = Resource("bond", Mentorship, confidential=True)
CHANGE = Resource("change", ChangeRequest, confidential=True)
OWN_CHANGE = Resource("own_change", ChangeRequest, confidential=True)
OFFER = Resource("offer", ChangeRequest, confidential=True)
CONCERN = Resource("concern", Concern, confidential=True)
OWN_CONCERN = Resource("own_concern", Concern, confidential=True)
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
BOND_SWAP = permit(
    "bond.swap",
    BOND,
    "让两名学生互换导师",
    {Role.CLERK: Scope.SCHOOL},
    "须写原因，两位导师和学生都看不到；自己指导的学生由另一位同事办",
)
CHANGE_FOLLOW = permit(
    "change.follow",
    OWN_CHANGE,
    "看自己提出的换导师申请办到哪一步，撤回申请",
    dict.fromkeys((Role.CLERK, Role.MENTOR, Role.STUDENT, Role.GUARDIAN), Scope.SELF),
    own=True,
)
CHANGE_DECIDE = permit(
    "change.decide",
    CHANGE,
    "办理换导师申请",
    OFFICE,
    "与自己有关的看不到；校领导只办学校办公室没有别人能办的",
)
CONCERN_RAISE = permit(
    "concern.raise",
    STUDENT,
    "告诉学校一件关系到安全的事",
    {Role.CLERK: Scope.SCHOOL, Role.STUDENT: Scope.SELF, Role.GUARDIAN: Scope.CHILDREN},
    "说到的老师什么都不会看到；学生休学时也能说",
    confidential=True,
    pressing=True,
)
CONCERN_FOLLOW = permit(
    "concern.follow",
    OWN_CONCERN,
    "看自己告诉学校的事办到哪一步，读学校的答复",
    dict.fromkeys((Role.CLERK, Role.MENTOR, Role.STUDENT, Role.GUARDIAN), Scope.SELF),
    own=True,
    pressing=True,
)
CONCERN_CLOSE = permit(
    "concern.close",
    CONCERN,
    "处理关系到安全的事，写明怎么处理的",
    OFFICE,
    "说到自己的、自己提出的，看不到；校领导办学校办公室没有别人能办的，和过了期限还没有答复的",
    own=True,
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
    "各写各的一半；原导师只在写的时候看得到自己的一半，接任的导师只在学生由他指导时看；学校办公室不看内容",
)

routes(
    "relations",
    {
        "office": ABSENCE_MANAGE,
        "ask": CHANGE_ASK,
        "withdraw": CHANGE_ASK,
        "swap": BOND_SWAP,
        "mine": CHANGE_FOLLOW,
        "counts": CHANGE_COUNT,
        "concern_new": CONCERN_RAISE,
        "concern": CONCERN_CLOSE,
        "concern_withdraw": CONCERN_FOLLOW,
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
        "swap": audit.CHANGE_FORM,
        "mine": audit.CHANGE_READ,
        "counts": audit.CHANGE_COUNTED,
        "change": audit.CHANGE_READ,
        "concern_new": audit.CONCERN_FORM,
        "concern": audit.CONCERN_READ,
        "offers": audit.OFFERS_READ,
        "absence": audit.ABSENCE_READ,
        "succession": audit.PROPOSAL_READ,
        "handovers": audit.HAND_OVER_LISTED,
        "handover": (audit.HAND_OVER_READ, audit.HAND_OVER_LISTED),
        "meetings": audit.MEETING_READ,
        "meeting": audit.MEETING_READ,
    },
)
