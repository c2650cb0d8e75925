"""Who may do what about students who need several mentors."""

from liangshi.practice.needs import audit
from liangshi.practice.needs.models import Need
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import MENTOR_ASSIGN, STUDENT
from liangshi.registry.access.policy import OFFICE, Resource, Scope, permit, routes

NEED = Resource("need", Need, confidential=True)

NEED_PROPOSE = permit(
    "need.propose",
    STUDENT,
    "提出某位学生需要多位导师",
    {Role.CLERK: Scope.SCHOOL, Role.ADVISER: Scope.CLASSES, Role.MENTOR: Scope.MENTEES},
    "须校领导批准；提出的人批准不了自己的",
    confidential=True,
)
NEED_READ = permit(
    "need.read",
    NEED,
    "看特需的类别",
    {**OFFICE, Role.MENTOR: Scope.MENTEES},
    "只给办公室和这名学生的导师、协同导师看，每次打开都有记录",
)
NEED_MANAGE = permit("need.manage", NEED, "选协同导师、结束特需", {Role.CLERK: Scope.SCHOOL})
NEED_DECIDE = permit(
    "need.decide",
    NEED,
    "批准特需和协同导师",
    {Role.LEADER: Scope.SCHOOL},
    own=True,
)

routes(
    "needs",
    {
        "needs": NEED_READ,
        "need": NEED_READ,
        "new": NEED_PROPOSE,
        "decide": NEED_DECIDE,
        "grant": NEED_DECIDE,
        "renew": NEED_DECIDE,
        "end": NEED_MANAGE,
        "staffing": NEED_MANAGE,
        "end_primary": MENTOR_ASSIGN,
    },
    reads={
        **dict.fromkeys(("needs", "need", "decide", "renew"), audit.NEED_OPENED),
        **dict.fromkeys(("new", "end", "staffing", "end_primary"), audit.NEED_FORM),
    },
)
