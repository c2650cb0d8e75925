"""Who may do what about students without a mentor."""

from liangshi.practice.waiting import audit
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import MENTOR_ASSIGN, SCHOOL, YEAR
from liangshi.registry.access.policy import OFFICE, File, Scope, permit, routes

WAITING_READ = permit("waiting.read", SCHOOL, "看没有导师的学生", OFFICE)
YEAR_ENFORCE = permit(
    "year.enforce", YEAR, "把学年标为已实施", {Role.LEADER: Scope.SCHOOL}, "没有学生无导师时才可以"
)

routes(
    "waiting",
    {
        "waiting": MENTOR_ASSIGN,
        "without_mentor": WAITING_READ,
        "exempt": MENTOR_ASSIGN,
        "exemption_end": MENTOR_ASSIGN,
        "year_in_force": YEAR_ENFORCE,
    },
    reads={
        "waiting": audit.WAITING_LISTED,
        "without_mentor": (audit.WAITING_LISTED, File("无导师学生")),
        "exempt": audit.WAITING_LISTED,
    },
)
