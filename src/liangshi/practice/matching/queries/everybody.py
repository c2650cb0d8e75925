"""Has every student a mentor, or a reason why not? (R7)"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.matching.models import Exemption, Implementation
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.scopes import visible
from liangshi.registry.mentorships.queries import active_students, with_mentor
from liangshi.registry.people.models import Enrolment, Student
from liangshi.registry.schools.models import SchoolYear


def without_mentor(year: SchoolYear) -> QuerySet[Any]:  # with annotations
    """The active students of the year's school without a mentor today, with `cause` and `note` ("" without a reason)."""
    held = Exemption.objects.filter(year=year, student=OuterRef("pk"))
    return (
        with_mentor(active_students(today()), today())
        .filter(school_id=year.school_id, has_mentor=False)
        .select_related("person")
        .annotate(
            cause=Coalesce(Subquery(held.values("cause")[:1]), Value(""), output_field=CharField()),
            note=Coalesce(Subquery(held.values("note")[:1]), Value(""), output_field=CharField()),
        )
        .order_by("school_no", "pk")
    )


def unexplained(year: SchoolYear) -> QuerySet[Any]:
    """Those without a mentor for whom nobody has said why."""
    explained = Exemption.objects.filter(year=year).exclude(cause="")
    return without_mentor(year).exclude(pk__in=explained.values("student_id"))


def one_without_mentor(actor: Actor, year: SchoolYear, pk: UUID) -> Student | None:
    return without_mentor(year).filter(visible(actor, "student.read"), pk=pk).first()


def classes_by_student(year: SchoolYear) -> dict[UUID, str]:
    """Student without a mentor → the name of his class."""
    held = Enrolment.objects.filter(span_at(today()), student__in=without_mentor(year).values("pk"))
    return {one.student_id: one.class_group.name() for one in held.select_related("class_group__cohort")}


def implementation(year: SchoolYear) -> Implementation | None:
    return Implementation.objects.filter(year=year).select_related("made_by").first()
