from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from liangshi.foundation.notices.models import Notice


def notices_for(*, person: UUID, school: UUID | None, role: str) -> QuerySet[Notice]:
    """A person's own notices, and those of the office he acts for."""
    mine = Q(person=person)
    if school and role:
        mine |= Q(school=school, role=role)
    return Notice.objects.filter(mine)
