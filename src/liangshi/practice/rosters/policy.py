"""Who may do what with rosters, and with the rows that come from them."""

from liangshi.foundation.documents.reading import LIMITS
from liangshi.practice.rosters import audit
from liangshi.practice.rosters.models import ImportJob, OwnPost
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import MENTOR_MANAGE, STAFF, STUDENT_WRITE
from liangshi.registry.access.policy import OFFICE, File, Resource, Scope, permit, routes

IMPORT = Resource("import", ImportJob, confidential=True)
OWN_POST = Resource("own_post", OwnPost, confidential=True)

MENTOR_EXCEED = permit(
    "mentor.exceed",
    STAFF,
    "提出、撤回超过 1:15 的许可",
    {Role.LEADER: Scope.SCHOOL},
    "须写理由和截止日期，另一位同意才生效",
)
MENTOR_EXCEED_AGREE = permit(
    "mentor.exceed_agree",
    STAFF,
    "同意别人提出的超额许可",
    OFFICE,
    "给自己的，由另一位来定",
    own=True,
)
STAFF_WRITE = permit(
    "staff.write", STAFF, "登记教职工状态，更正姓名和电话", {Role.CLERK: Scope.SCHOOL}, confidential=True
)
ROSTER_IMPORT = permit(
    "roster.import",
    IMPORT,
    "导入、导出名册",
    {Role.CLERK: Scope.SCHOOL},
    "含学籍号和电话的导出须写理由，有记录；谁导入的，不能由此给自己身份",
)
OWN_POST_DECIDE = permit(
    "own_post.decide",
    OWN_POST,
    "同意、不同意导入名册的人自己的班主任任命",
    OFFICE,
    "本人不能同意自己的",
    own=True,
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
        "student": STUDENT_WRITE,
        "guardian_new": STUDENT_WRITE,
        "guardian_end": STUDENT_WRITE,
        "guardian_restrict": STUDENT_WRITE,
        "mentor": MENTOR_MANAGE,
        "staff": STAFF_WRITE,
        "exception_new": MENTOR_EXCEED,
        "exception_void": MENTOR_EXCEED,
        "exception_agree": MENTOR_EXCEED_AGREE,
        "exception_refuse": MENTOR_EXCEED_AGREE,
        "own_posts": OWN_POST_DECIDE,
        "agree": OWN_POST_DECIDE,
        "refuse": OWN_POST_DECIDE,
    },
    reads={
        "list": File("导入记录"),
        "difference": (audit.DIFFERENCE_READ, File("名册差异")),
        "export_students": audit.EXPORTED,
        "export_staff": audit.EXPORTED,
        "export_full": audit.EXPORTED_FULL,
        **dict.fromkeys(
            ("student", "guardian_new", "guardian_end"),
            audit.STUDENT_EDITED,
        ),
    },
    bodies={"upload": LIMITS.file + 2**16},  # the file, and what stands around it in the form
)
