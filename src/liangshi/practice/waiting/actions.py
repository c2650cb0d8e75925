"""A mentor for students who come, and a year that is in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.deeds import together
from liangshi.foundation.notices.actions import Line, settle_office, tell_each
from liangshi.foundation.records.decisions import demand_another
from liangshi.practice.waiting.queries.students import day_in, unexplained, waiting, without_mentor
from liangshi.practice.waiting.transitions import ASSIGNED
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import guardians
from liangshi.registry.access.choices import Role
from liangshi.registry.mentorships.actions import Pair, begin
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.choices import Origin
from liangshi.registry.mentorships.queries import places
from liangshi.registry.schools.actions import put_in_force
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import SchoolYear

OWN = "不能把学生配给您自己，请另一位同事来办这一名，或另选一位老师。"


def assign(choice: Mapping[UUID, UUID], *, actor: Actor) -> int:
    """Students (keys) get mentors (keys) from today, all or none; returns how many.

    Raises DomainError `nobody_chosen`, `not_waiting`, `not_in_pool`, `own_decision`, `family`, `ratio_exceeded`,
    `already_has_mentor`.
    """
    if not choice:
        raise DomainError("nobody_chosen", "还没有选导师。请至少给一名学生选一位，再确认。")
    school = actor.own_school
    with together("a student gets a mentor, or a reason"):
        rows = {row.student.pk: row for row in without_mentor(school, today())}
        mentors = {place.staff.pk: place.staff for place in places(school, today())}
        family = barred_of(choice, today())
        for student, mentor in choice.items():
            if student not in rows:
                raise DomainError(
                    "not_waiting", "有学生刚刚已经配好，或不在读了。请刷新页面，按最新的名单再办。"
                )
            if mentor not in mentors:
                raise DomainError(
                    "not_in_pool", f"为{rows[student].student}选的老师现在不在导师名单里，请另选。"
                )
            demand_another(mentors[mentor].person_id, actor.person_id, OWN)
            if mentor in family[student]:
                raise DomainError(
                    "family", f"{mentors[mentor]}不能担任{rows[student].student}的导师，请另选。"
                )
        count = begin(
            [Pair(student, mentor, today()) for student, mentor in choice.items()],
            origin=Origin.ASSIGNED, actor=actor, chain=str(school),
        )  # fmt: skip
        if not waiting(school, today()):
            settle_office(school, "assign")
        home = reverse("home:home")
        loads = Counter(mentors[mentor].person_id for mentor in choice.values())
        tell_each(
            [Line(person, ASSIGNED.next(count=number), None) for person, number in loads.items()],
            role=Role.MENTOR,
            school=school,
            url=home,
        )
        tell_each(
            [
                Line(rows[key].student.person_id, ASSIGNED.student(new=mentors[mentor]), key)
                for key, mentor in choice.items()
            ],
            role=Role.STUDENT,
            school=school,
            url=home,
        )
        for role in (Role.ADVISER, Role.GRADE_HEAD):
            meanwhile = [rows[key] for key in choice if rows[key].arrival and rows[key].beside.hat == role]
            tell_each(
                [
                    Line(row.interim.person_id, ASSIGNED.adviser(child=row.student), row.student.pk)
                    for row in meanwhile
                    if row.interim and row.interim.pk != choice[row.student.pk]
                ],
                role=role,
                school=school,
                url=home,
            )
        links = guardians(choice)
        tell_each(
            [
                Line(person, ASSIGNED.guardians(child=rows[student].student), student)
                for student, person in links.values_list("student_id", "person_id")
            ],
            role=Role.GUARDIAN,
            school=school,
            url=home,
        )
    return count


def mark_year_in_force(year: SchoolYear, *, actor: Actor) -> None:
    """已实施: every student has a mentor, or a reason to be without.

    Raises DomainError `students_without_mentor`, `year_not_begun`, `year_closed`.
    """
    if year.start_year > current_year_start():
        raise DomainError(
            "year_not_begun", f"{year} 学年还没有开始，{year.starts_on:%Y 年 9 月 1 日}以后再标。"
        )
    with together("a student gets a mentor, or a reason"):
        missing = unexplained(without_mentor(year.school_id, day_in(year)))
        if missing:
            names = "、".join(f"{row.student}（{row.class_name}）" for row in missing[:5])
            raise DomainError(
                "students_without_mentor",
                f"还有 {len(missing)} 名学生没有导师，也没有登记原因：{names}{'等' if len(missing) > 5 else ''}。"
                "请先配好导师，或在「无导师学生」里登记原因。",
            )
        put_in_force(year, actor=actor)
