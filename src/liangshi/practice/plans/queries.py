"""The school's policy of a year: the version in force, and how many places it gives each mentor."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.practice.plans.models import Policy
from liangshi.practice.plans.policy import POLICY_READ
from liangshi.registry.access.actor import Actor
from liangshi.registry.mentorships.choices import POLICY_CAP
from liangshi.registry.people.choices import Post
from liangshi.registry.people.models import ClassPost, Staff
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import Cohort, School, SchoolYear
from liangshi.registry.schools.queries import year_of


def policy_in_force(school: School, year: SchoolYear) -> Policy:
    """The newest version; where nobody has decided anything yet, the sensible one, not saved (`version` 0)."""
    held = Policy.objects.filter(school=school, year=year).first()
    return held or Policy(school=school, year=year, version=0)


def own_policy(actor: Actor) -> Policy | None:
    """The policy in force of the actor's school this year; None when the year has not been opened yet."""
    school = School.objects.get(pk=actor.own_school)
    year = year_of(school)
    return policy_in_force(school, year) if year else None


def policy_now(school_id: UUID) -> Policy:
    """The policy in force; the usual one, not saved, while the year has not been opened. Two questions."""
    years = SchoolYear.objects.filter(school=school_id, start_year=current_year_start())
    year = years.select_related("school").first()
    return policy_in_force(year.school, year) if year else Policy()


def policies(actor: Actor, year: SchoolYear) -> QuerySet[Policy]:
    """All versions of a year that the actor may read, newest first."""
    return Policy.objects.seen_by(actor, POLICY_READ).filter(year=year).select_related("made_by", "year")


def places_of(policy: Policy, staff: Iterable[Staff], cohorts: Iterable[Cohort]) -> dict[UUID, int]:
    """How many students the policy gives each mentor: by post, less for a 班主任, and by grade.

    In a programme of several grades the smallest of their ratios holds.
    """
    rows = list(staff)
    grades = {cohort.grade(policy.year.start_year) for cohort in cohorts}
    of_grade = min((int(policy.grade_places.get(grade, POLICY_CAP)) for grade in grades), default=POLICY_CAP)
    posts = ClassPost.objects.as_system("how many students somebody may have")
    held = posts.filter(span_at(today()), staff__in=rows, is_adviser=True)
    advisers = set(held.values_list("staff_id", flat=True))
    places = {}
    for row in rows:
        of_post = policy.manager_places if row.post == Post.MANAGER else policy.teacher_places
        of_adviser = policy.adviser_places if row.pk in advisers else POLICY_CAP
        places[row.pk] = min(of_post, of_adviser, of_grade)
    return places
