"""What each side is told when a round opens, asks the mentors, closes: students, mentors, guardians, class advisers."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.foundation.notices.actions import Line, tell_each
from liangshi.practice.matching.actions.settings import when
from liangshi.practice.matching.models import Round, RoundStudent, Wish
from liangshi.practice.matching.queries.rounds import STAYING
from liangshi.registry.access.audience import guardians
from liangshi.registry.access.choices import Role
from liangshi.registry.people.models import ClassPost


def tell_students(rows: QuerySet[RoundStudent], title: str, *, school: UUID, url: str) -> None:
    """The same line to every student of these rows, once."""
    people = rows.order_by().values_list("student__person_id", "student_id").distinct()
    tell_each([Line(person, title, key) for person, key in people], role=Role.STUDENT, school=school, url=url)


def _tell_asked(row: Round, students: list[RoundStudent], title: str) -> None:
    """The same line to students of a round, with the way to their page of it."""
    lines = [Line(one.student.person_id, title, one.student_id) for one in students]
    url = reverse("rounds:my_round", args=[row.pk])
    tell_each(lines, role=Role.STUDENT, school=row.school_id, url=url)


def _students(row: Round) -> list[RoundStudent]:
    """Those whom the round asks something of."""
    staying = row.students.filter(STAYING).select_related("student__person")
    if row.way.keeps:
        staying = staying.filter(present__isnull=False)
    return list(staying)


def opened(row: Round) -> None:
    until = f"{when(row.closes_at)}截止" if row.closes_at else ""
    students = _students(row)
    _tell_asked(row, students, row.way.student_notice.format(title=row.title, until=until))
    school, rules = row.school_id, reverse("rounds:rules", args=[row.pk])
    tell_each(_mentors(row, until), role=Role.MENTOR, school=school, url=_mentors_url(row))
    tell_each(_guardians(row, students, until), role=Role.GUARDIAN, school=school, url=rules)
    if until:
        _tell_advisers(row, students, f"请提醒他们在 {until[:-2]}前完成「{row.title}」")


def _mentors_url(row: Round) -> str:
    return reverse("rounds:answer" if row.way.keeps else "rounds:rules", args=[row.pk])


def _mentors(row: Round, until: str) -> list[Line]:
    if row.way.keeps:
        counted = row.mentors.annotate(n=Count("present_of", filter=Q(present_of__left_at__isnull=True)))
        return [
            Line(person, f"「{row.title}」：您的 {n} 名学生准备续任，有困难的请在这里说，{until}", None)
            for person, n in counted.filter(n__gt=0).values_list("staff__person_id", "n")
        ]
    if not row.lists:
        return []
    people = row.mentors.filter(upper__gt=0).values_list("staff__person_id", flat=True)
    title = f"「{row.title}」正在征询学生的志愿，学生看得到您的介绍，{until}"
    return [Line(person, title, None) for person in people]


def _guardians(row: Round, students: list[RoundStudent], until: str) -> list[Line]:
    names = {one.student_id: one.student.person.name for one in students}
    links = guardians(names)
    return [
        Line(person, f"{names[student]}同学{row.way.guardian_notice}，{until}", student)
        for student, person in links.values_list("student_id", "person_id")
    ]


def _tell_advisers(row: Round, students: list[RoundStudent], says: str) -> None:
    """One line for each class adviser, with how many of his students it is about."""
    counts = Counter(one.class_group_id for one in students if one.class_group_id)
    posts = ClassPost.objects.filter(
        span_at(today()), class_group__in=counts, is_adviser=True
    ).select_related("staff", "class_group__cohort")
    lines = [
        Line(
            post.staff.person_id,
            f"{post.class_group.name()} {counts[post.class_group_id]} 名学生：{says}",
            None,
        )
        for post in posts
    ]
    tell_each(lines, role=Role.ADVISER, school=row.school_id, url=reverse("home:home"))


def asked_mentors(row: Round) -> None:
    """双向选择: each mentor is asked for his answers, the students are told that it is his turn."""
    until = when(row.answers_until) if row.answers_until else ""
    asked = (
        Wish.objects.filter(mentor__round=row, round_student__left_at__isnull=True)
        .values_list("mentor__staff__person_id")
        .annotate(n=Count("round_student", distinct=True))
        .order_by()
    )
    tell_each(
        [
            Line(person, f"有 {n} 名学生在「{row.title}」里想选您，请在 {until}前回应，不回应算愿意", None)
            for person, n in asked
        ],
        role=Role.MENTOR,
        school=row.school_id,
        url=reverse("rounds:answer", args=[row.pk]),
    )
    _tell_asked(row, _students(row), f"「{row.title}」填报截止了，接下来由老师们看，公布时会通知你")


def closed(row: Round) -> None:
    """The students (in 双向选择 they know already) and their class advisers learn that it is over."""
    students = _students(row)
    if "answer" not in row.way.flow.moves:
        _tell_asked(row, students, f"「{row.title}」截止了，学校正在安排，公布时会通知你")
    _tell_advisers(row, students, f"「{row.title}」已截止，结果公布时会通知您")
