"""What each side is told when a round opens, asks the mentors, closes: students, mentors, guardians, class advisers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.foundation.notices.actions import tell_each, tell_people
from liangshi.practice.matching.actions.settings import when
from liangshi.practice.matching.models import Round, RoundStudent, Wish
from liangshi.practice.matching.queries.rounds import STAYING
from liangshi.registry.access.audience import guardians
from liangshi.registry.people.models import ClassPost

Lines = Iterable[tuple[UUID, str]]


def _students(row: Round) -> list[RoundStudent]:
    """Those whom the round asks something of."""
    staying = row.students.filter(STAYING).select_related("student__person")
    if row.way.keeps:
        staying = staying.filter(present__isnull=False)
    return list(staying)


def opened(row: Round) -> None:
    until = f"{when(row.closes_at)}截止" if row.closes_at else ""
    students = _students(row)
    tell_people(
        [one.student.person_id for one in students],
        title=row.way.student_notice.format(title=row.title, until=until),
        url=reverse("rounds:my_round", args=[row.pk]),
    )
    tell_each(_mentors(row, until), url=_mentors_url(row))
    tell_each(_guardians(row, students, until), url=reverse("rounds:rules", args=[row.pk]))
    tell_each(
        _advisers(students, f"请提醒他们在{until[:-2]}前完成「{row.title}」" if until else ""),
        url=reverse("home:home"),
    )


def _mentors_url(row: Round) -> str:
    return reverse("rounds:answer" if row.way.keeps else "rounds:rules", args=[row.pk])


def _mentors(row: Round, until: str) -> Lines:
    if row.way.keeps:
        counted = row.mentors.annotate(n=Count("present_of", filter=Q(present_of__left_at__isnull=True)))
        return [
            (person, f"「{row.title}」：您的 {n} 名学生准备续任，有困难的请在这里说，{until}")
            for person, n in counted.filter(n__gt=0).values_list("staff__person_id", "n")
        ]
    if not row.lists:
        return []
    people = row.mentors.filter(upper__gt=0).values_list("staff__person_id", flat=True)
    return [(person, f"「{row.title}」正在征询学生的志愿，学生看得到您的介绍，{until}") for person in people]


def _guardians(row: Round, students: list[RoundStudent], until: str) -> Lines:
    names = {one.student_id: one.student.person.name for one in students}
    links = guardians(names)
    return [
        (person, f"{names[student]}同学{row.way.guardian_notice}，{until}")
        for student, person in links.values_list("student_id", "person_id")
    ]


def _advisers(students: list[RoundStudent], says: str) -> Lines:
    """One line for each class adviser, with how many of his students it is about."""
    if not says:
        return []
    counts = Counter(one.class_group_id for one in students if one.class_group_id)
    posts = ClassPost.objects.filter(
        span_at(today()), class_group__in=counts, is_adviser=True
    ).select_related("staff", "class_group__cohort")
    return [
        (post.staff.person_id, f"{post.class_group.name()} {counts[post.class_group_id]} 名学生：{says}")
        for post in posts
    ]


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
        (
            (person, f"有 {n} 名学生在「{row.title}」里想选您，请在{until}前回应，不回应算愿意")
            for person, n in asked
        ),
        url=reverse("rounds:answer", args=[row.pk]),
    )
    tell_people(
        [one.student.person_id for one in _students(row)],
        title=f"「{row.title}」填报截止了，接下来由老师们看，公布时会通知你",
        url=reverse("rounds:my_round", args=[row.pk]),
    )


def closed(row: Round) -> None:
    """The students (in 双向选择 they know already) and their class advisers learn that it is over."""
    students = _students(row)
    if "answer" not in row.way.flow.moves:
        tell_people(
            [one.student.person_id for one in students],
            title=f"「{row.title}」截止了，学校正在安排，公布时会通知你",
            url=reverse("rounds:my_round", args=[row.pk]),
        )
    tell_each(_advisers(students, f"「{row.title}」已截止，结果公布时会通知您"), url=reverse("home:home"))
