"""选科: what a student chose, when, and when he may choose."""

from __future__ import annotations

from django.db.models import QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.growth.models import SubjectChoice, SubjectWindow
from liangshi.practice.growth.policy import SUBJECT_READ, SUBJECT_WINDOW
from liangshi.practice.growth.queries.reach import reaches
from liangshi.registry.access.actor import Actor
from liangshi.registry.people.models import OPEN, Enrolment, Student
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import Cohort


def choice_of(actor: Actor, student: Student) -> SubjectChoice | None:
    """What holds now, or None for 未选."""
    theirs = SubjectChoice.objects.of(student=Student.objects.seen_by(actor, SUBJECT_READ))
    return theirs.filter(OPEN, student=student).first()


def choices_of(actor: Actor, student: Student) -> list[SubjectChoice] | None:
    """The choices over time, newest first; None when they are none of the actor's business."""
    if not reaches(actor, SUBJECT_READ, student.pk):
        return None
    theirs = SubjectChoice.objects.of(student=Student.objects.seen_by(actor, SUBJECT_READ))
    return list(theirs.filter(student=student).select_related("entered_by"))


def window_of(student: Student) -> SubjectWindow | None:
    """The days on which this student's 级 enters its choice, if the school has set any."""
    placed = Enrolment.objects.as_system("in which grade a student in hand is")
    held = placed.filter(span_at(today()), student=student).values("class_group__cohort")
    return SubjectWindow.objects.filter(cohort__in=held).first()


def cohorts(actor: Actor) -> QuerySet[Cohort]:
    """The grades at school now whose days the actor may set."""
    start = current_year_start()
    return (
        Cohort.objects.seen_by(actor, SUBJECT_WINDOW)
        .filter(entry_year__range=(start - 2, start))
        .select_related("subject_window")
    )
