"""The one table of who may do what. Code, the page 「谁能做什么」 and the generated tests all read it.

A permission names a resource, a verb in Chinese, and for each role that has it the scope in which it holds. A role
that is not listed has nothing. A route names the permission that its view needs; a route that is not listed
stops the start (`checks.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from liangshi.registry.access.choices import Role


class Scope(TextChoices):
    """How far a permission reaches."""

    CITY = "city", "全市"
    BUREAU = "bureau", "所辖学校"
    SCHOOL = "school", "本校"
    GRADE = "grade", "本年级"
    CLASSES = "classes", "本班"
    MENTEES = "mentees", "自己指导的学生"
    SELF = "self", "本人"
    CHILDREN = "children", "自己的孩子"


@dataclass(frozen=True, slots=True)
class Permission:
    resource: str
    label: str
    roles: Mapping[Role, Scope]
    note: str = ""


_CITY, _COUNTY, _LEADER, _CLERK = Role.CITY, Role.COUNTY, Role.LEADER, Role.CLERK
_GRADE, _ADVISER, _MENTOR, _STAFF = Role.GRADE_HEAD, Role.ADVISER, Role.MENTOR, Role.STAFF
_STUDENT, _GUARDIAN = Role.STUDENT, Role.GUARDIAN
_OFFICE = {_LEADER: Scope.SCHOOL, _CLERK: Scope.SCHOOL}
_BUREAUS = {_CITY: Scope.CITY, _COUNTY: Scope.BUREAU}
_TEACHERS = {_GRADE: Scope.GRADE, _ADVISER: Scope.CLASSES, _MENTOR: Scope.MENTEES}

PERMISSIONS: dict[str, Permission] = {
    "org.write": Permission("school", "建立县区局和学校", {_CITY: Scope.CITY}),
    "school.read": Permission("school", "看学校概况（只有数字）", {**_BUREAUS, **_OFFICE}),
    "calendar.read": Permission(
        "school",
        "看校历和关键节点",
        dict.fromkeys((_LEADER, _CLERK, _GRADE, _ADVISER, _MENTOR, _STAFF, _STUDENT), Scope.SCHOOL),
    ),
    "calendar.write": Permission("school", "维护学年、学期和校历", {_CLERK: Scope.SCHOOL}),
    "grant.write": Permission(
        "school", "授予、收回身份", {_CITY: Scope.CITY, _LEADER: Scope.SCHOOL}, "须另一人批准，都有截止日期"
    ),
    "student.read": Permission(
        "student",
        "看学生（姓名、班级、导师）",
        {**_OFFICE, **_TEACHERS, _STUDENT: Scope.SELF, _GUARDIAN: Scope.CHILDREN},
        "每次打开都有记录",
    ),
    "student.search": Permission("student", "搜索、翻看学生名单", {**_OFFICE, **_TEACHERS}),
    "contact.read": Permission(
        "student",
        "看监护人电话",
        {_CLERK: Scope.SCHOOL, _ADVISER: Scope.CLASSES, _MENTOR: Scope.MENTEES},
        "默认隐去中间四位，点开有记录",
    ),
    "student.log": Permission("student", "看谁打开过某位学生的页面", _OFFICE),
    "student.write": Permission("student", "登记转出、休学、复学等", {_CLERK: Scope.SCHOOL}),
    "staff.read": Permission(
        "staff",
        "看教职工（姓名、学科、是否导师）",
        dict.fromkeys((_LEADER, _CLERK, _GRADE, _ADVISER, _MENTOR, _STAFF), Scope.SCHOOL),
    ),
    "mentor.manage": Permission(
        "staff", "调整导师名额、暂不担任、恢复", _OFFICE, "暂不担任须选原因和复核日期"
    ),
    "mentor.exceed": Permission("staff", "批准超过 1:15", {_LEADER: Scope.SCHOOL}, "须写理由和截止日期"),
    "mentor.profile": Permission("staff", "写自己的导师介绍", {_MENTOR: Scope.SELF, _ADVISER: Scope.SELF}),
    "staff.write": Permission("staff", "登记教职工状态，更正姓名和电话", {_CLERK: Scope.SCHOOL}),
    "roster.import": Permission(
        "import",
        "导入、导出名册，打印启用字条",
        {_CLERK: Scope.SCHOOL},
        "含学籍号和电话的导出须写理由，有记录",
    ),
    "class.read": Permission("class", "看班级", {**_OFFICE, _GRADE: Scope.GRADE, _ADVISER: Scope.CLASSES}),
}

PUBLIC = "public"  # no sign-in needed
SIGNED_IN = "signed-in"  # anybody who is signed in, about himself

ROUTES: dict[str, str] = {
    "home:sign_in": PUBLIC,
    "home:activate": PUBLIC,
    "home:sign_out": PUBLIC,
    "home:home": SIGNED_IN,
    "home:hats": SIGNED_IN,
    "home:who_may_what": SIGNED_IN,
    "home:notices": SIGNED_IN,
    "home:notice": SIGNED_IN,
    "home:me": SIGNED_IN,
    "rosters:list": "roster.import",
    "rosters:upload": "roster.import",
    "rosters:job": "roster.import",
    "rosters:columns": "roster.import",
    "rosters:difference": "roster.import",
    "rosters:leave_out": "roster.import",
    "rosters:apply": "roster.import",
    "rosters:discard": "roster.import",
    "rosters:export": "roster.import",
    "rosters:export_students": "roster.import",
    "rosters:export_staff": "roster.import",
    "rosters:export_full": "roster.import",
    "rosters:slips": "roster.import",
    "rosters:student_slip": "student.write",
    "rosters:guardian_slip": "student.write",
    "rosters:staff_slip": "staff.write",
    "rosters:student": "student.write",
    "rosters:guardian_new": "student.write",
    "rosters:guardian_end": "student.write",
    "rosters:guardian_restrict": "student.write",
    "rosters:mentor": "mentor.manage",
    "rosters:staff": "staff.write",
    "rosters:exception_new": "mentor.exceed",
    "rosters:exception_void": "mentor.exceed",
}


def allows(role: Role, permission: str) -> bool:
    """Whether a role has a permission in any scope."""
    return role in PERMISSIONS[permission].roles
