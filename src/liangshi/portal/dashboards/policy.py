"""Who may see and found schools, grant offices, and keep the calendar."""

from liangshi.oversight.coverage.policy import MOMENT_READ
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import GRANT_CONFIRM, GRANT_WRITE, SCHOOL, SCHOOL_READ
from liangshi.registry.access.policy import ALL_STAFF, File, Scope, permit, routes

ORG_WRITE = permit("org.write", SCHOOL, "建立县区局和学校", {Role.CITY: Scope.CITY})
CALENDAR_READ = permit(
    "calendar.read", SCHOOL, "看校历和关键节点", dict.fromkeys((*ALL_STAFF, Role.STUDENT), Scope.SCHOOL)
)
CALENDAR_WRITE = permit("calendar.write", SCHOOL, "维护学年、学期和校历", {Role.CLERK: Scope.SCHOOL})
YEAR_REOPEN = permit(
    "year.reopen", SCHOOL, "重新开启已关闭的学年", {Role.LEADER: Scope.SCHOOL}, "开启后补进去的都标明补录"
)
routes(
    "dashboards",
    {
        "schools": SCHOOL_READ,
        "school": SCHOOL_READ,
        "org": ORG_WRITE,
        "bureau_new": ORG_WRITE,
        "school_new": ORG_WRITE,
        "bureau_grants": ORG_WRITE,
        "bureau_grant_new": ORG_WRITE,
        "school_grants": GRANT_CONFIRM,
        "school_grant_new": GRANT_WRITE,
        "grant_extend": GRANT_WRITE,
        "grant_replace": GRANT_WRITE,
        "grant_end": GRANT_WRITE,
        "grant_resign": GRANT_WRITE,
        "grant_code": GRANT_WRITE,
        "proposal_agree": GRANT_CONFIRM,
        "proposal_refuse": GRANT_CONFIRM,
        "proposal_withdraw": GRANT_WRITE,
        "years": CALENDAR_READ,
        "year": CALENDAR_READ,
        "year_new": CALENDAR_WRITE,
        "term": CALENDAR_WRITE,
        "event_new": CALENDAR_WRITE,
        "event": CALENDAR_WRITE,
        "event_withdraw": CALENDAR_WRITE,
        "year_close": CALENDAR_WRITE,
        "year_reopen": YEAR_REOPEN,
        "moments": MOMENT_READ,
    },
    reads={"schools": File("学校")},
    confidential=("bureau_new", "school_new", "bureau_grants"),  # they give out offices and codes
)
