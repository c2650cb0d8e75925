"""From the policy table to the database: each scope of the shared resources as a filter."""

from __future__ import annotations

from django.db.models import Q

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.audience import children
from liangshi.registry.access.care import accompanied
from liangshi.registry.access.permissions import CLASS, SCHOOL, STAFF, STUDENT, YEAR
from liangshi.registry.access.policy import Scope, scope
from liangshi.registry.people.models import ClassPost, Enrolment
from liangshi.registry.people.queries import advising


@scope(SCHOOL, Scope.CITY)
def _every_school(actor: Actor) -> Q:
    return Q(pk__isnull=False)


@scope(SCHOOL, Scope.BUREAU)
def _schools_of_bureau(actor: Actor) -> Q:
    return Q(bureau_id=actor.hat.bureau_id)


@scope(SCHOOL, Scope.SCHOOL)
def _own_school(actor: Actor) -> Q:
    return Q(pk=actor.school_id)


@scope(STUDENT, Scope.SCHOOL)
@scope(STAFF, Scope.SCHOOL)
@scope(YEAR, Scope.SCHOOL)
def _of_school(actor: Actor) -> Q:
    return Q(school_id=actor.school_id)


@scope(STUDENT, Scope.GRADE)
def _students_of_grade(actor: Actor) -> Q:
    held = Enrolment.objects.filter(span_at(today()), class_group__cohort=actor.hat.cohort_id)
    return Q(school_id=actor.school_id, pk__in=held.values("student_id"))


@scope(STUDENT, Scope.CLASSES)
def _students_of_classes(actor: Actor) -> Q:
    classes = ClassPost.objects.filter(span_at(today()), staff_id=actor.staff_id, is_adviser=True)
    held = Enrolment.objects.filter(span_at(today()), class_group_id__in=classes.values("class_group_id"))
    return Q(school_id=actor.school_id, pk__in=held.values("student_id"))


@scope(STUDENT, Scope.MENTEES)
def _mentees(actor: Actor) -> Q:
    return Q(school_id=actor.school_id) & accompanied(actor.staff_id)


@scope(STUDENT, Scope.SELF)
def _oneself(actor: Actor) -> Q:
    return Q(pk=actor.hat.student_id)


@scope(STUDENT, Scope.CHILDREN)
def _children(actor: Actor) -> Q:
    links = children(actor.person_id, schools=actor.hat.schools)
    return Q(pk__in=links.values("student_id"))


@scope(STAFF, Scope.SELF)
def _own_post(actor: Actor) -> Q:
    return Q(pk=actor.staff_id)


@scope(CLASS, Scope.SCHOOL)
def _classes_of_school(actor: Actor) -> Q:
    return Q(cohort__school_id=actor.school_id)


@scope(CLASS, Scope.GRADE)
def _classes_of_grade(actor: Actor) -> Q:
    return Q(cohort_id=actor.hat.cohort_id)


@scope(CLASS, Scope.CLASSES)
def _own_classes(actor: Actor) -> Q:
    return Q(pk__in=advising(actor.staff_id, today()).values("class_group_id"))
