"""How many places a mentor may have in a round: by the roster, by the policy, by 1:15, by what earlier rounds left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.matching.choices import ProgrammeKind
from liangshi.practice.matching.models import Round, RoundMentor
from liangshi.practice.matching.queries.programmes import neighbours, placed_in
from liangshi.practice.matching.queries.rounds import free_places
from liangshi.practice.plans.queries import places_of, policy_in_force
from liangshi.registry.mentorships.choices import POLICY_CAP, Kind
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import active_students
from liangshi.registry.people.models import Enrolment, Staff


def bonds_of(row: Round) -> QuerySet[Mentorship]:
    """The primary mentorships of the active students of the cohorts."""
    enrolled = Enrolment.objects.filter(
        span_at(today()),
        student__in=active_students(today()).filter(school_id=row.school_id).values("pk"),
        class_group__cohort__in=row.cohorts.all(),
    )
    return Mentorship.objects.as_system("whose places may become free").filter(
        span_at(today()), kind=Kind.PRIMARY, student__in=enrolled.values("student_id")
    )


def room(row: Round, staff: Iterable[Staff]) -> dict[UUID, int]:
    """The places of each mentor: free ones, in a review also those of the students who may move; and never more
    than the policy gives him.
    """
    members = list(staff)
    free, given = (
        _free(row, members),
        places_of(policy_in_force(row.school, row.year), members, row.cohorts.all()),
    )
    return {member.pk: min(free[member.pk], given[member.pk]) for member in members}


def _free(row: Round, members: list[Staff]) -> dict[UUID, int]:
    """By the roster alone, without the policy."""
    free = free_places(member.pk for member in members)
    review = row.programme.kind == ProgrammeKind.REVIEW
    moving = Counter(bonds_of(row).values_list("mentor_id", flat=True)) if review else Counter()
    return {member.pk: free.get(member.pk, 0) + moving[member.pk] for member in members}


def left_over(mentor: RoundMentor) -> int:
    """In a later round: the places that the rounds before it left a mentor."""
    before, _ = neighbours(mentor.round)
    assert before is not None
    return _left_by(before).get(mentor.staff_id, 0)


def _left_by(before: Round) -> dict[UUID, int]:
    taken = dict(placed_in(before).values_list("mentor").annotate(n=Count("pk")).order_by())
    held = RoundMentor.objects.of(round=before).values_list("pk", "staff_id", "upper")
    return {staff: upper - taken.get(pk, 0) for pk, staff, upper in held}


def ceilings(row: Round, *, by_policy: bool = True) -> dict[UUID, int]:
    """Mentor's staff key → the most places that he may be given in this round; without the policy, what it withholds."""
    members = [mentor.staff for mentor in RoundMentor.objects.of(round=row).select_related("staff")]
    before, _ = neighbours(row)
    most = _left_by(before) if before else _free(row, members)
    given = places_of(policy_in_force(row.school, row.year), members, row.cohorts.all()) if by_policy else {}
    return {
        member.pk: min(most.get(member.pk, 0), given.get(member.pk, POLICY_CAP), POLICY_CAP)
        for member in members
    }
