"""Rounds and who takes part in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.base.models import span_at
from liangshi.practice.matching.choices import ANNOUNCED, UNDER_WAY
from liangshi.practice.matching.models import (
    Round,
    RoundMentor,
    RoundStudent,
)
from liangshi.practice.matching.policy import ROUND_READ, ROUND_RULES, WISH_CORRECT
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import Permission
from liangshi.registry.mentorships.models import MentorPlaces
from liangshi.registry.mentorships.queries import active_students, pool, with_mentor
from liangshi.registry.people.models import Enrolment
from liangshi.registry.schools.models import ClassGroup, Cohort

STAYING = Q(left_at__isnull=True)


def rounds_under_way(actor: Actor) -> QuerySet[Round]:
    """The rounds in which something is still to be done, the oldest first."""
    rows = Round.objects.seen_by(actor, ROUND_READ).filter(state__in=UNDER_WAY)
    return rows.select_related("programme").order_by("created_at")


def round_for(actor: Actor, pk: UUID, permission: Permission[Round] = ROUND_READ) -> Round | None:
    """One round for which the actor has the permission."""
    return (
        Round.objects.seen_by(actor, permission)
        .filter(pk=pk)
        .select_related("school", "year", "programme__policy")
        .prefetch_related("programme__cohorts")
        .first()
    )


def announced_round(actor: Actor, pk: UUID) -> Round | None:
    """A round whose rules the actor may read: any but those in preparation and void."""
    return (
        Round.objects.seen_by(actor, ROUND_RULES)
        .filter(pk=pk, state__in=ANNOUNCED)
        .select_related("school", "year", "programme__policy")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """A round in numbers. `lower` and `upper` are sums over its mentors."""

    students: int
    submitted: int
    left: int
    mentors: int
    lower: int
    upper: int

    @property
    def waiting(self) -> int:
        return self.students - self.submitted


def summary(row: Round) -> Summary:
    students = RoundStudent.objects.of(round=row).aggregate(
        staying=Count("pk", filter=STAYING),
        submitted=Count("pk", filter=STAYING & Q(submitted_at__isnull=False)),
        left=Count("pk", filter=~STAYING),
    )
    mentors = RoundMentor.objects.of(round=row).aggregate(
        count=Count("pk"), lower=Sum("lower"), upper=Sum("upper")
    )
    return Summary(
        students["staying"],
        students["submitted"],
        students["left"],
        mentors["count"],
        mentors["lower"] or 0,
        mentors["upper"] or 0,
    )


def cohorts_of(actor: Actor, *, having: bool = False) -> list[tuple[Cohort, int]]:
    """The school's cohorts with active students who have no mentor (or who do), with how many, newest first."""
    waiting = with_mentor(active_students(today()), today()).filter(
        school_id=actor.own_school, has_mentor=having
    )
    places = Enrolment.objects.as_system("how many they are in each grade")
    held = places.filter(span_at(today()), student__in=waiting.values("pk"))
    counts = dict(
        held.values_list("class_group__cohort").annotate(n=Count("student", distinct=True)).order_by()
    )
    found = Cohort.objects.filter(pk__in=counts)
    return [(cohort, counts[cohort.pk]) for cohort in found]


def mentors_of(row: Round) -> QuerySet[RoundMentor]:
    return RoundMentor.objects.of(round=row).select_related("staff__person", "only_cohort").order_by("code")


def mentor_of(row: Round, pk: UUID) -> RoundMentor | None:
    return mentors_of(row).filter(pk=pk).first()


def free_places(staff_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Quota less places taken, per mentor."""
    held = MentorPlaces.objects.as_system("places are counted").filter(staff_id__in=list(staff_ids))
    return {row.staff_id: max(0, row.quota - row.taken) for row in held}


def out_of_pool(school_id: UUID, staff_ids: Iterable[UUID]) -> list[UUID]:
    """Those of them who do not mentor today: gone, suspended, away, or left out by decision."""
    able = set(pool(school_id, today()).values_list("pk", flat=True))
    return [key for key in staff_ids if key not in able]


def students_of(row: Round) -> GuardedQuerySet[RoundStudent]:
    return RoundStudent.objects.of(round=row).select_related("student__person", "class_group__cohort")


def student_of(row: Round, pk: UUID) -> RoundStudent | None:
    return students_of(row).filter(pk=pk).first()


def correctable(actor: Actor, row: Round, pk: UUID) -> RoundStudent | None:
    """A student of the round whose wishes the actor may correct."""
    return students_of(row).seen_by(actor, WISH_CORRECT).filter(pk=pk).first()


def classes_of(row: Round) -> QuerySet[ClassGroup]:
    """The classes that take part, for a filter."""
    held = RoundStudent.objects.of(round=row).filter(class_group__isnull=False).values("class_group")
    return ClassGroup.objects.filter(pk__in=held).select_related("cohort")
