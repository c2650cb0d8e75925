"""Resources and permissions that several rooms share: the lasting facts about schools, students, staff and classes."""

from __future__ import annotations

from liangshi.registry.access.choices import Role
from liangshi.registry.access.policy import ALL_STAFF, BUREAUS, OFFICE, TEACHERS, Resource, Scope, permit
from liangshi.registry.people.models import Staff, Student
from liangshi.registry.schools.models import ClassGroup, Cohort, School, SchoolYear

SCHOOL = Resource("school", School)
YEAR = Resource("year", SchoolYear)
COHORT = Resource("cohort", Cohort)
CLASS = Resource("class", ClassGroup)
STUDENT = Resource("student", Student)
STAFF = Resource("staff", Staff)

SCHOOL_READ = permit("school.read", SCHOOL, "看学校概况（只有数字）", {**BUREAUS, **OFFICE})
STUDENT_READ = permit(
    "student.read",
    STUDENT,
    "看学生（姓名、班级、导师）",
    {**OFFICE, **TEACHERS, Role.STUDENT: Scope.SELF, Role.GUARDIAN: Scope.CHILDREN},
    "教师每次打开都有记录",
)
STUDENT_SEARCH = permit("student.search", STUDENT, "搜索、翻看学生名单", {**OFFICE, **TEACHERS})
CONTACT_READ = permit(
    "contact.read",
    STUDENT,
    "看监护人电话",
    {Role.CLERK: Scope.SCHOOL, Role.ADVISER: Scope.CLASSES, Role.MENTOR: Scope.MENTEES},
    "默认隐去中间四位，点开有记录",
    confidential=True,
)
STUDENT_LOG = permit("student.log", STUDENT, "看谁打开过某位学生的页面", OFFICE)
STUDENT_WRITE = permit(
    "student.write", STUDENT, "登记转出、休学、复学等", {Role.CLERK: Scope.SCHOOL}, confidential=True
)
STAFF_READ = permit(
    "staff.read", STAFF, "看教职工（姓名、学科、是否导师）", dict.fromkeys(ALL_STAFF, Scope.SCHOOL)
)
MENTOR_MANAGE = permit(
    "mentor.manage",
    STAFF,
    "调整导师名额、暂不担任、恢复",
    OFFICE,
    "暂不担任须选原因和复核日期",
    confidential=True,
)
MENTOR_ASSIGN = permit(
    "mentor.assign", STUDENT, "给学生配导师、换主导师、登记暂不配导师的原因", {Role.CLERK: Scope.SCHOOL}
)
GRANT_WRITE = permit(
    "grant.write",
    SCHOOL,
    "提出授予、结束身份",
    {Role.CITY: Scope.CITY, Role.LEADER: Scope.SCHOOL},
    "须另一人同意，都有截止日期",
    confidential=True,
    own=True,
)
GRANT_CONFIRM = permit(
    "grant.confirm",
    SCHOOL,
    "看谁有什么身份，同意别人提出的",
    {Role.CITY: Scope.CITY, **OFFICE},
    "学校办公室只在学校没有校领导时同意",
    confidential=True,
    own=True,
)
CLASS_READ = permit(
    "class.read", CLASS, "看班级", {**OFFICE, Role.GRADE_HEAD: Scope.GRADE, Role.ADVISER: Scope.CLASSES}
)
