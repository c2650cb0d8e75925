"""When somebody last talked with a student, and about what. For the people who accompany him, and nobody above."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max

from liangshi.foundation.base.clock import today
from liangshi.practice.talks.choices import CALM, LONG
from liangshi.practice.talks.models import ActivityStudent, Talk, TalkStudent, TalkTag
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.queries import active, class_of, students
from liangshi.registry.access.scopes import visible
from liangshi.registry.people.models import Student
from liangshi.registry.schools.choices import Strategy
from liangshi.registry.schools.models import Term


@dataclass(frozen=True, slots=True)
class Contact:
    """The last day on which somebody talked with a student or had him in an activity."""

    day: dt.date
    kind: str  # 谈话, 小组活动


def last_contacts(actor: Actor, student_ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """The last contact of each, of those talks that the actor may open; who has none is left out. Two questions."""
    keys = Student.objects.filter(visible(actor, "student.read"), pk__in=list(student_ids)).values("pk")
    open_to_him = Talk.objects.filter(visible(actor, "talk.read"), voided_at__isnull=True)
    talked = (
        TalkStudent.objects.filter(student__in=keys, talk__in=open_to_him)
        .values_list("student_id")
        .annotate(day=Max("talk__day"))
    )
    joined = (
        ActivityStudent.objects.filter(student__in=keys, present=True, activity__voided_at__isnull=True)
        .values_list("student_id")
        .annotate(day=Max("activity__day"))
    )
    found = {student: Contact(day, "谈话") for student, day in talked}
    for student, day in joined:
        if student not in found or found[student].day < day:
            found[student] = Contact(day, "小组活动")
    return found


@dataclass(frozen=True, slots=True)
class Mentee:
    """A student in a mentor's list, and how long since the last contact (None: not yet)."""

    student: Any
    group: str
    days: int | None

    @property
    def words(self) -> str:
        if self.days is None:
            return "还没谈过"
        return {0: "今天", 1: "昨天"}.get(self.days, f"{self.days} 天前")

    @property
    def tone(self) -> str:
        """The two thresholds colour this list, and nothing else is made of them."""
        if self.days is None or self.days >= LONG:
            return "warn"
        return "info" if self.days >= CALM else "quiet"


def mentees_by_contact(actor: Actor) -> list[Mentee]:
    """A mentor's students, the longest without contact first. Three questions, however many students."""
    rows = list(active(students(actor)))
    last = last_contacts(actor, [row.pk for row in rows])
    listed = [
        Mentee(row, class_of(row), (today() - last[row.pk].day).days if row.pk in last else None)
        for row in rows
    ]
    return sorted(listed, key=lambda each: -(10**6 if each.days is None else each.days))


def _since(student: Student) -> dt.date:
    """The first day of last term; a year ago when the school has entered no terms."""
    opened = Term.objects.filter(year__school=student.school_id, opens_on__lte=today())
    days = list(opened.order_by("-opens_on").values_list("opens_on", flat=True)[:2])
    return days[-1] if days else today() - dt.timedelta(days=365)


def distribution(actor: Actor, student: Student) -> list[tuple[str, int]]:
    """(strategy, talks) of this term and the last, of the talks that the actor may open, all five. For the balance
    of what is talked about; nobody is measured by it."""
    about = Talk.objects.filter(
        visible(actor, "talk.read"),
        voided_at__isnull=True,
        day__gte=_since(student),
        students__student=student,
    )
    counts = Counter(TalkTag.objects.filter(talk__in=about).values_list("code", flat=True))
    return [(str(label), counts[code]) for code, label in Strategy.choices]
