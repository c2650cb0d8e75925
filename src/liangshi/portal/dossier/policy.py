"""Who may open the pages about students, staff and classes."""

from liangshi.portal.dossier import audit
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import (
    CLASS_READ,
    CONTACT_READ,
    MENTOR_MANAGE,
    STAFF,
    STAFF_READ,
    STUDENT_LOG,
    STUDENT_READ,
    STUDENT_SEARCH,
)
from liangshi.registry.access.policy import File, Scope, permit, routes

MENTOR_PROFILE = permit(
    "mentor.profile", STAFF, "写自己的导师介绍", {Role.MENTOR: Scope.SELF, Role.ADVISER: Scope.SELF}
)

routes(
    "dossier",
    {
        "search": STUDENT_SEARCH,
        "students": STUDENT_SEARCH,
        "student": STUDENT_READ,
        "contact": CONTACT_READ,
        "log": STUDENT_LOG,
        "staff": STAFF_READ,
        "staff_member": STAFF_READ,
        "not_mentoring": MENTOR_MANAGE,
        "classes": CLASS_READ,
        "class": CLASS_READ,
        "profile": MENTOR_PROFILE,
    },
    reads={
        "search": audit.SEARCHED,
        "students": (audit.LISTED, File("学生名单")),
        "student": audit.STUDENT_OPENED,
        "contact": audit.CONTACT_SHOWN,
        "log": (audit.LOG_OPENED, File("谁看过")),
        "staff": (audit.STAFF_LISTED, File("教职工名单")),
        "staff_member": audit.LISTED,
        "classes": File("班级"),
        "class": (audit.LISTED, File("班级名单")),
    },
    confidential=("staff_member",),  # why somebody may have more than fifteen
)
