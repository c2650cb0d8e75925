"""Who asks for slips, who gives the second word, and who prints them.

Whoever holds a code could sign in as its owner. So it takes two people, and the owner hears of it; alone only he may
give one who may do all that the owner may (`registry.access.policy.covers`), which in a school nobody may.
"""

from liangshi.practice.slips import audit
from liangshi.practice.slips.models import SlipRequest
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import SCHOOL, STAFF, STUDENT
from liangshi.registry.access.policy import BUREAUS, OFFICE, SIGNED_IN, Resource, Scope, permit, routes

SLIP = Resource("slip", SlipRequest, confidential=True)
OWN_SLIP = Resource("own_slip", SlipRequest, confidential=True)

SLIP_FOR_STUDENTS = permit(
    "slip.for_students", STUDENT, "申请学生、家长的启用字条", {Role.CLERK: Scope.SCHOOL}, "须另一人确认"
)
SLIP_FOR_STAFF = permit("slip.for_staff", STAFF, "申请教职工的启用字条", OFFICE, "须另一人确认")
SLIP_FOR_OFFICERS = permit(
    "slip.for_officers", SCHOOL, "申请校领导、学校办公室的启用字条", {Role.CITY: Scope.CITY}, "须另一人确认"
)
SLIP_DECIDE = permit(
    "slip.decide",
    SLIP,
    "确认、退回启用字条的申请",
    {**BUREAUS, **OFFICE, Role.ADVISER: Scope.CLASSES},
    "申请的人自己不能确认；教育局只办校内没有别人能确认的，看不到姓名",
    own=True,
)
SLIP_PRINT = permit(
    "slip.print",
    OWN_SLIP,
    "打印已经确认的启用字条",
    {Role.CITY: Scope.CITY, **dict.fromkeys(OFFICE, Scope.SELF)},
    "学校里只有申请的人能打印；7 天内有效",
    own=True,
)

routes(
    "slips",
    {
        "list": SLIP_DECIDE,
        "new": SLIP_FOR_STAFF,
        "student": SLIP_FOR_STUDENTS,
        "guardian": SLIP_FOR_STUDENTS,
        "staff": SLIP_FOR_STAFF,
        "officer": SLIP_FOR_OFFICERS,
        "agree": SLIP_DECIDE,
        "refuse": SLIP_DECIDE,
        "print": SLIP_PRINT,
        "own": SIGNED_IN,
        "stop": SIGNED_IN,
    },
    reads={
        "list": audit.SLIPS_LISTED,
        "student": audit.SLIPS_READ,
        "guardian": audit.SLIPS_READ,
        "print": audit.SLIPS_READ,
    },
    confidential=("new", "staff", "officer"),  # a phone left lying asks for nobody's account
)
