"""闪光点: who sees which, and who has none yet."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Q

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import hand_out
from liangshi.foundation.base.models import span_at
from liangshi.foundation.records.models import STANDING
from liangshi.practice.growth.choices import QUIET_WEEK
from liangshi.practice.growth.models import Shine
from liangshi.practice.growth.policy import SHINE_COUNT, SHINE_READ, SHINE_VOID, SHINE_WRITE
from liangshi.practice.growth.queries.goals import term_at
from liangshi.practice.growth.queries.reach import reaches
from liangshi.practice.growth.rules import may_see_shared_only
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.permissions import STUDENT_READ
from liangshi.registry.access.queries import active, students
from liangshi.registry.access.reach import read_about
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.models import Apart, Mentorship
from liangshi.registry.people.models import ClassPost, Enrolment, Student
from liangshi.registry.people.queries import named

SHOWN = 30


def pupils_found(actor: Actor, text: str) -> list[Any]:
    """Students of the actor's school by name or pinyin: name and class, no more."""
    return list(active(students(actor, SHINE_WRITE)).filter(named(text))[:SHOWN])


def pupil_for(actor: Actor, pk: UUID) -> Any | None:
    return students(actor, SHINE_WRITE).filter(pk=pk).first()


def opens_page(actor: Actor, student_id: UUID) -> bool:
    """Whether the actor may open the student's page, not only write for him."""
    return reaches(actor, STUDENT_READ, student_id)


def shines_of(actor: Actor, student_id: UUID) -> list[Shine]:
    """What the actor may read of a student: a student the shared ones, mentors and 班主任 all, others their own, and so a
    班主任 of his own child, and of one who has named him."""
    reach = SHINE_READ.roles.get(actor.role)
    held = Student.objects.seen_by(actor, SHINE_READ).filter(read_about(actor, reach)) if reach else None
    if held is not None and held.filter(pk=student_id).exists():
        rows = Shine.objects.of(student=held)
        if may_see_shared_only(actor):  # nobody whom he has named speaks to him by it, and nobody is told so
            apart = Apart.objects.as_system("whose words do not reach a student").filter(student=student_id)
            rows = rows.filter(shared=True).exclude(author__in=apart.values("person"))
    else:
        rows = Shine.objects.seen_by(actor, SHINE_VOID)
    return list(rows.filter(STANDING, student_id=student_id).select_related("author"))


def count_of(actor: Actor, student_id: UUID) -> int | None:
    """How many stand, for the office; None for those who see the moments themselves or nothing."""
    if not reaches(actor, SHINE_COUNT, student_id):
        return None
    counted = Shine.objects.of(student=Student.objects.seen_by(actor, SHINE_COUNT))
    return counted.filter(STANDING, student_id=student_id).count()


def own_shines(actor: Actor, latest: int) -> list[Shine]:
    """What the actor wrote at this school, newest first, the voided ones too, each with its reason."""
    rows = Shine.objects.seen_by(actor, SHINE_VOID).select_related("student__person")
    return [hand_out(row, "void_reason") for row in rows[:latest]]


def own_shine(actor: Actor, pk: UUID) -> Shine | None:
    rows = Shine.objects.seen_by(actor, SHINE_VOID).filter(pk=pk)
    return rows.select_related("student__person").first()


def unnoticed(actor: Actor, day: dt.date | None = None) -> list[Any]:
    """From week 12 of a term on: students who have a mentor and no shining moment in it.

    For their mentors and the teachers of their classes; for everybody else, and before that week, nobody.
    """
    day = day or today()
    staff = actor.hat.staff_id
    if staff is None or actor.school_id is None:
        return []
    term = term_at(actor.school_id, day)
    if term is None or day >= term.closes_on or (day - term.opens_on).days // 7 + 1 < QUIET_WEEK:
        return []
    mentored = Mentorship.objects.filter(span_at(day), kind=Kind.PRIMARY)
    taught = ClassPost.objects.filter(span_at(day), staff_id=staff).values("class_group_id")
    in_class = Enrolment.objects.filter(span_at(day), class_group_id__in=taught)
    seen = Shine.objects.filter(STANDING, on__gte=term.opens_on)
    return list(
        active(students(actor, SHINE_WRITE))
        .filter(pk__in=mentored.values("student_id"))
        .filter(
            Q(pk__in=mentored.filter(mentor_id=staff).values("student_id"))
            | Q(pk__in=in_class.values("student_id"))
        )
        .exclude(pk__in=seen.values("student_id"))
    )
