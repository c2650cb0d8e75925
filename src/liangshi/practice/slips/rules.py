"""Which requests are within each reach."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import as_system
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.models import RoleGrant, in_force
from liangshi.registry.access.permissions import CLASS
from liangshi.registry.access.policy import OFFICE, SCOPES, Scope, scope
from liangshi.registry.access.reach import read_about
from liangshi.registry.people.models import Student
from liangshi.registry.schools.models import ClassGroup, School


@scope("slip", Scope.SCHOOL)
def _of_school(actor: Actor) -> Q:
    return Q(school_id=actor.school_id)


@scope("slip", Scope.CLASSES)
def _of_classes(actor: Actor) -> Q:
    """What a class adviser can judge: slips for his own class, or for one of his students and their families, but for his
    own child, and one who has named him."""
    groups = ClassGroup.objects.filter(SCOPES[CLASS.name, Scope.CLASSES](actor))
    students = Student.objects.filter(read_about(actor, Scope.CLASSES))
    return Q(school_id=actor.school_id) & (Q(group__in=groups) | Q(student__in=students))


@scope("slip", Scope.BUREAU)
def _of_bureau(actor: Actor) -> Q:
    return _above_schools(actor) & Q(school__bureau_id=actor.hat.bureau_id)


@scope("slip", Scope.CITY)
def _above_schools(_actor: Actor) -> Q:
    """What nobody at the school may decide, and what a bureau has asked for."""
    return Q(above=True) | Q(by_bureau=True) | Q(school__in=_alone())


def _alone() -> list[UUID]:
    """Schools in which fewer than two are in office: nobody there is another one."""
    with as_system("at which schools nobody could say the second word"):
        held = RoleGrant.objects.filter(in_force(today()), role__in=OFFICE, school__isnull=False)
        several = held.values("school").annotate(people=Count("person", distinct=True)).filter(people__gt=1)
        return list(School.objects.exclude(pk__in=several.values("school")).values_list("pk", flat=True))


@scope("own_slip", Scope.SELF)
def _asked_by_him(actor: Actor) -> Q:
    return Q(school_id=actor.school_id, asked_by=actor.person_id)


@scope("own_slip", Scope.CITY)
def _asked_by_the_city(_actor: Actor) -> Q:
    return Q(by_bureau=True)
