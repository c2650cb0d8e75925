"""The policy of each year."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from liangshi.foundation.base.city.makers import school
from liangshi.foundation.base.city.plan import DAY, Site
from liangshi.practice.plans.models import Policy
from liangshi.registry.people.city import People
from liangshi.registry.schools.city import Campus


@dataclass
class Policies:
    """School year → the policy that its rounds obey."""

    of: dict[UUID, UUID] = field(default_factory=dict)


@school
def policies(site: Site) -> Policies:
    campus, dice, made = site.made(Campus), site.dice("plans"), Policies()
    for year in campus.years:
        at = dice.moment(year.starts_on - DAY * 5)
        made.of[year.id] = key = dice.key(at)
        site.rows.add(
            Policy, id=key, created_at=at, school_id=campus.id, year_id=year.id, meet=dice.randint(0, 2),
            even=dice.randint(0, 1), made_by_id=site.made(People).leaders[1].person,
        )  # fmt: skip
    return made
