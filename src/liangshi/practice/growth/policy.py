"""Who may do what with a student's portrait, goals, choices and shining moments."""

from liangshi.practice.growth import audit
from liangshi.practice.growth.models import Shine
from liangshi.registry.access.choices import Role
from liangshi.registry.access.permissions import COHORT, STUDENT
from liangshi.registry.access.policy import ALL_STAFF, OFFICE, Resource, Scope, also_reads, permit, routes

SHINE = Resource("shine", Shine, confidential=True)

PORTRAIT_WRITE = permit(
    "portrait.write",
    STUDENT,
    "写、清空自己的自画像",
    {Role.STUDENT: Scope.SELF},
    "每一项都可以不填，随时可以清空",
    own=True,
    confidential=True,
)
PORTRAIT_READ = permit(
    "portrait.read",
    STUDENT,
    "看自画像",
    {Role.STUDENT: Scope.SELF, Role.MENTOR: Scope.MENTEES},
    "代管老师看不到困扰和不希望提起的事；教师每次打开都有记录",
    own=True,
    confidential=True,
)
GOAL_WRITE = permit(
    "goal.write",
    STUDENT,
    "看、定、回顾目标",
    {Role.STUDENT: Scope.SELF, Role.MENTOR: Scope.MENTEES},
    "由学生和导师一起定",
    confidential=True,
)
CAREER_WRITE = permit(
    "career.write", STUDENT, "写自己的生涯记录", {Role.STUDENT: Scope.SELF}, confidential=True
)
CAREER_READ = permit(
    "career.read",
    STUDENT,
    "看生涯记录",
    {Role.STUDENT: Scope.SELF, Role.MENTOR: Scope.MENTEES},
    confidential=True,
)
SUBJECT_READ = permit(
    "subject.read",
    STUDENT,
    "看选科",
    {
        **OFFICE,
        Role.ADVISER: Scope.CLASSES,
        Role.MENTOR: Scope.MENTEES,
        Role.STUDENT: Scope.SELF,
        Role.GUARDIAN: Scope.CHILDREN,
    },
)
SUBJECT_WRITE = permit(
    "subject.write",
    STUDENT,
    "填写选科",
    {Role.CLERK: Scope.SCHOOL, Role.ADVISER: Scope.CLASSES, Role.STUDENT: Scope.SELF},
    "学生只在学校开放的日子里填；每次变动都留历史",
)
SUBJECT_WINDOW = permit("subject.window", COHORT, "开放选科填报", {Role.CLERK: Scope.SCHOOL})
SHINE_WRITE = permit(
    "shine.write", STUDENT, "给本校学生记闪光点", dict.fromkeys(ALL_STAFF, Scope.SCHOOL), confidential=True
)
SHINE_VOID = permit(
    "shine.void", SHINE, "作废自己记的闪光点", dict.fromkeys(ALL_STAFF, Scope.SELF), "须写原因"
)
SHINE_READ = permit(
    "shine.read",
    STUDENT,
    "看闪光点",
    {Role.ADVISER: Scope.CLASSES, Role.MENTOR: Scope.MENTEES, Role.STUDENT: Scope.SELF},
    "学生只看到作者同意给TA看的；其他老师只看自己记的",
)
SHINE_COUNT = permit("shine.count", STUDENT, "看一名学生有几条闪光点（不看内容）", OFFICE)

routes(
    "growth",
    {
        "portrait": PORTRAIT_WRITE,
        "portrait_clear": PORTRAIT_WRITE,
        "goal_new": GOAL_WRITE,
        "goal_close": GOAL_WRITE,
        "subjects": SUBJECT_WRITE,
        "windows": SUBJECT_WINDOW,
        "window": SUBJECT_WINDOW,
        "career": CAREER_WRITE,
        "activity_new": CAREER_WRITE,
        "activity_remove": CAREER_WRITE,
        "shine": SHINE_WRITE,
        "shine_new": SHINE_WRITE,
        "shine_void": SHINE_VOID,
        "unnoticed": SHINE_WRITE,
    },
    reads={
        **dict.fromkeys(("goal_new", "goal_close", "subjects"), audit.AIMS_OPENED),
        **dict.fromkeys(("shine", "shine_new", "shine_void", "unnoticed"), audit.SHINES_LISTED),
    },
)
also_reads("dossier:student", audit.PORTRAIT_READ)  # the part 「自画像」
