from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from liangshi.foundation.notices.models import Notice


def notices_for(*, person: UUID, school: UUID | None, role: str) -> QuerySet[Notice]:
    """A person's own notices, and those of the office he acts for: all of it, or himself in it."""
    mine = Q(person=person, role="")
    if school and role:
        mine |= Q(Q(person=None) | Q(person=person), school=school, role=role)
    return Notice.objects.as_system("the inbox of whoever is given").filter(mine)
