"""When somebody last talked with a student, and about what. For the people who accompany him, and nobody above."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max
from django.utils.timezone import localtime

from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.practice.talks.choices import Family, FollowUpKind
from liangshi.practice.talks.models import ActivityStudent, FollowUp, Talk, TalkStudent, TalkTag
from liangshi.practice.talks.policy import TALK_READ
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.permissions import STUDENT_READ
from liangshi.registry.access.policy import allows
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
    mine = Student.objects.seen_by(actor, STUDENT_READ).filter(pk__in=list(student_ids))
    open_to_him = Talk.objects.seen_by(actor, TALK_READ).filter(voided_at__isnull=True)
    talked = (
        TalkStudent.objects.of(student=mine, talk=open_to_him)
        .values_list("student_id")
        .annotate(day=Max("talk__day"))
    )
    joined = (
        ActivityStudent.objects.of(student=mine)
        .filter(present=True, activity__voided_at__isnull=True)
        .values_list("student_id")
        .annotate(day=Max("activity__day"))
    )
    found = {student: Contact(day, "谈话") for student, day in talked}
    for student, day in joined:
        if student not in found or found[student].day < day:
            found[student] = Contact(day, "小组活动")
    return found


def _about(actor: Actor, student: Student) -> GuardedQuerySet[Talk]:
    """The talks with a student that the actor may open."""
    return Talk.objects.seen_by(actor, TALK_READ).filter(voided_at__isnull=True, students__student=student)


def last_by_strategy(actor: Actor, student: Student) -> dict[str, dt.date] | None:
    """Strategy → the last day on which somebody talked about it, and "family" → the last talk after which the family
    was spoken with; None when talks are none of the actor's business. Three questions."""
    if not allows(actor.role, TALK_READ):
        return None
    about = _about(actor, student)
    found = TalkTag.objects.of(talk=about).filter(code__in=Strategy.values).values_list("code")
    days = dict(found.annotate(day=Max("talk__day")))
    spoken = about.filter(family=Family.DONE).aggregate(day=Max("day"))["day"]
    kept = FollowUp.objects.of(talk=about.filter(family=Family.NEEDED)).filter(kind=FollowUpKind.FAMILY)
    done = kept.aggregate(at=Max("done_at"))["at"]
    last = max((day for day in (spoken, done and localtime(done).date()) if day), default=None)
    return days | ({"family": last} if last else {})


def strategies_by_term(actor: Actor, student: Student, terms: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Term → strategy → talks that the actor may open. For the balance of what is talked about; nobody is measured
    by it. Two questions."""
    spans = {row.pk: (row.opens_on, row.closes_on) for row in Term.objects.filter(pk__in=list(terms))}
    tags = TalkTag.objects.of(talk=_about(actor, student)).filter(code__in=Strategy.values)
    counts: dict[UUID, Counter[str]] = {pk: Counter() for pk in spans}
    for day, code in tags.values_list("talk__day", "code"):
        for pk, (opens, closes) in spans.items():
            if opens <= day <= closes:
                counts[pk][code] += 1
    return {pk: dict(counted) for pk, counted in counts.items()}
