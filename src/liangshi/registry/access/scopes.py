"""From the policy table to the database: each scope of each resource as a filter.

`visible(actor, permission)` is the filter of the rows for which the actor has the permission; a predicate about
one row is membership in that filter, so page, list, search, count and export cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import PERMISSIONS, Scope
from liangshi.registry.mentorships.models import Interim, Mentorship
from liangshi.registry.people.models import ClassPost, Enrolment, GuardianLink

NOTHING = Q(pk__in=[])
Filter = Callable[[Actor], Q]
SCOPES: dict[tuple[str, Scope], Filter] = {}


def scope(resource: str, reach: Scope) -> Callable[[Filter], Filter]:
    """Declare the rows of `resource` within `reach` of an actor."""

    def declare(function: Filter) -> Filter:
        if (resource, reach) in SCOPES:
            raise ValueError(f"scope {reach} of {resource} is declared twice")
        SCOPES[resource, reach] = function
        return function

    return declare


def visible(actor: Actor, permission: str) -> Q:
    """The rows (of the permission's resource) for which the actor has the permission; none when he lacks it."""
    rule = PERMISSIONS[permission]
    reach = rule.roles.get(actor.role)
    return SCOPES[rule.resource, reach](actor) if reach else NOTHING


@scope("school", Scope.CITY)
def _every_school(actor: Actor) -> Q:
    return Q(pk__isnull=False)


@scope("school", Scope.BUREAU)
def _schools_of_bureau(actor: Actor) -> Q:
    return Q(bureau_id=actor.hat.bureau_id)


@scope("school", Scope.SCHOOL)
def _own_school(actor: Actor) -> Q:
    return Q(pk=actor.school_id)


@scope("student", Scope.SCHOOL)
@scope("staff", Scope.SCHOOL)
def _of_school(actor: Actor) -> Q:
    return Q(school_id=actor.school_id)


@scope("student", Scope.GRADE)
def _students_of_grade(actor: Actor) -> Q:
    held = Enrolment.objects.filter(span_at(today()), class_group__cohort=actor.hat.cohort_id)
    return Q(school_id=actor.school_id, pk__in=held.values("student_id"))


@scope("student", Scope.CLASSES)
def _students_of_classes(actor: Actor) -> Q:
    classes = ClassPost.objects.filter(span_at(today()), staff_id=actor.staff_id, is_adviser=True)
    held = Enrolment.objects.filter(span_at(today()), class_group_id__in=classes.values("class_group_id"))
    return Q(school_id=actor.school_id, pk__in=held.values("student_id"))


@scope("student", Scope.MENTEES)
def _mentees(actor: Actor) -> Q:
    held = Mentorship.objects.filter(span_at(today()), mentor_id=actor.staff_id)
    in_care = Interim.objects.filter(span_at(today()), caretaker_id=actor.staff_id).filter(
        span_at(today(), "mentorship__")
    )
    return Q(school_id=actor.school_id) & (
        Q(pk__in=held.values("student_id")) | Q(pk__in=in_care.values("mentorship__student_id"))
    )


@scope("student", Scope.SELF)
def _oneself(actor: Actor) -> Q:
    return Q(pk=actor.hat.student_id)


@scope("student", Scope.CHILDREN)
def _children(actor: Actor) -> Q:
    links = GuardianLink.objects.filter(span_at(today()), person_id=actor.person_id, restricted=False)
    return Q(pk__in=links.values("student_id"))


@scope("staff", Scope.SELF)
def _own_post(actor: Actor) -> Q:
    return Q(pk=actor.staff_id)


@scope("class", Scope.SCHOOL)
def _classes_of_school(actor: Actor) -> Q:
    return Q(cohort__school_id=actor.school_id)


@scope("class", Scope.GRADE)
def _classes_of_grade(actor: Actor) -> Q:
    return Q(cohort_id=actor.hat.cohort_id)


@scope("class", Scope.CLASSES)
def _own_classes(actor: Actor) -> Q:
    posts = ClassPost.objects.filter(span_at(today()), staff_id=actor.staff_id, is_adviser=True)
    return Q(pk__in=posts.values("class_group_id"))
