"""What an inbox holds: the notices of one hat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from liangshi.foundation.notices.choices import EVERY_HAT
from liangshi.foundation.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Inbox:
    """What a person reads under one hat. Foundation knows neither roles nor students: whoever does makes it.

    `roles`: the words under which this hat is written to; `school`: where it is worn, None where it is of no school;
    `students`: the keys of those whom it may read, as a query.
    """

    person: UUID
    roles: Sequence[str]
    school: UUID | None
    students: QuerySet[Any]

    @property
    def holds(self) -> Q:
        here = Q(role__in=self.roles)
        if self.school:
            here &= Q(school=self.school)
        own = Q(person=self.person) & (here | Q(role=EVERY_HAT))
        office = Q(person=None) & here if self.school else Q(pk=None)
        return (own | office) & (Q(student=None) | Q(student__in=self.students))


def notices_in(inbox: Inbox) -> QuerySet[Notice]:
    return Notice.objects.as_system("the inbox of whoever is given").filter(inbox.holds)


def unread_in(inboxes: Sequence[Inbox]) -> list[int]:
    """How many unread notices each inbox of one person holds. One question."""
    mine = Q(person__in={each.person for each in inboxes}) | Q(
        person=None, school__in={each.school for each in inboxes if each.school}
    )
    rows = Notice.objects.as_system("how many wait for whoever is given").filter(mine, read_at=None)
    counts = rows.aggregate(
        **{f"n{number}": Count("pk", filter=each.holds) for number, each in enumerate(inboxes)}
    )
    return [counts[f"n{number}"] for number in range(len(inboxes))]
