"""Who may do what with rosters, and with the rows that come from them."""

from liangshi.practice.rosters import audit
from liangshi.practice.rosters.models import ImportJob
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import MENTOR_MANAGE, STAFF, STUDENT_WRITE
from liangshi.registry.access.policy import File, Resource, Scope, permit, routes

IMPORT = Resource("import", ImportJob, confidential=True)

MENTOR_EXCEED = permit(
    "mentor.exceed", STAFF, "批准超过 1:15", {Role.LEADER: Scope.SCHOOL}, "须写理由和截止日期"
)
STAFF_WRITE = permit(
    "staff.write", STAFF, "登记教职工状态，更正姓名和电话", {Role.CLERK: Scope.SCHOOL}, confidential=True
)
ROSTER_IMPORT = permit(
    "roster.import",
    IMPORT,
    "导入、导出名册，打印启用字条",
    {Role.CLERK: Scope.SCHOOL},
    "含学籍号和电话的导出须写理由，有记录",
)

routes(
    "rosters",
    {
        "list": ROSTER_IMPORT,
        "upload": ROSTER_IMPORT,
        "job": ROSTER_IMPORT,
        "columns": ROSTER_IMPORT,
        "difference": ROSTER_IMPORT,
        "leave_out": ROSTER_IMPORT,
        "apply": ROSTER_IMPORT,
        "discard": ROSTER_IMPORT,
        "export": ROSTER_IMPORT,
        "export_students": ROSTER_IMPORT,
        "export_staff": ROSTER_IMPORT,
        "export_full": ROSTER_IMPORT,
        "slips": ROSTER_IMPORT,
        "student_slip": STUDENT_WRITE,
        "guardian_slip": STUDENT_WRITE,
        "staff_slip": STAFF_WRITE,
        "student": STUDENT_WRITE,
        "guardian_new": STUDENT_WRITE,
        "guardian_end": STUDENT_WRITE,
        "guardian_restrict": STUDENT_WRITE,
        "mentor": MENTOR_MANAGE,
        "staff": STAFF_WRITE,
        "exception_new": MENTOR_EXCEED,
        "exception_void": MENTOR_EXCEED,
    },
    reads={
        "list": File("导入记录"),
        "difference": (audit.DIFFERENCE_READ, File("名册差异")),
        "export_students": audit.EXPORTED,
        "export_staff": audit.EXPORTED,
        "export_full": audit.EXPORTED_FULL,
        **dict.fromkeys(
            ("student", "guardian_new", "guardian_end", "student_slip", "guardian_slip"),
            audit.STUDENT_EDITED,
        ),
    },
)
