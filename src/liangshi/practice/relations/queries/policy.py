"""What the school's policy of this year says about relations."""

from __future__ import annotations

from uuid import UUID

from liangshi.practice.plans.models import Policy
from liangshi.practice.plans.queries import policy_in_force
from liangshi.registry.schools.grades import current_year_start
from liangshi.registry.schools.models import SchoolYear


def policy_now(school_id: UUID) -> Policy:
    """The policy in force; the usual one, not saved, while the year has not been opened. Two questions."""
    years = SchoolYear.objects.filter(school=school_id, start_year=current_year_start())
    year = years.select_related("school").first()
    return policy_in_force(year.school, year) if year else Policy()
