"""What an inbox holds: the notices of one hat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from liangshi.foundation.notices.choices import EVERY_HAT
from liangshi.foundation.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Inbox:
    """What a person reads under one hat. Foundation knows neither roles nor students: whoever does makes it.

    `roles`: the words under which this hat is written to; `school`: where it is worn, None where it is of no school;
    `students`: asks for the keys of those whom it may read, which is not cheap.
    """

    person: UUID
    roles: Sequence[str]
    school: UUID | None
    students: Callable[[], QuerySet[Any]]

    @property
    def addresses(self) -> list[dict[str, Any]]:
        """What a notice has that is written to this hat, one of these: to the person under it, about his account, or to
        the office in which it is worn."""
        at: dict[str, Any] = {"school": self.school} if self.school else {}
        own = [{"person": self.person, "role": role, **at} for role in self.roles]
        office = [{"person": None, "role": role, **at} for role in self.roles if at]
        return [*own, *office, {"person": self.person, "role": EVERY_HAT}]

    @property
    def holds(self) -> Q:
        written = reduce(or_, (Q(**each) for each in self.addresses))
        return written & (Q(student=None) | Q(student__in=self.students()))

    def takes(self, row: Mapping[str, Any]) -> bool:
        """Whether it is written to this hat; whether its student may be read is another question."""
        return any(all(row[name] == value for name, value in each.items()) for each in self.addresses)


def notices_in(inbox: Inbox) -> QuerySet[Notice]:
    return Notice.objects.as_system("the inbox of whoever is given").filter(inbox.holds)


def unread_in(inboxes: Sequence[Inbox]) -> list[int]:
    """How many unread notices each inbox of one person holds. One question, and one more for each that has some about
    students: most pages ask for no rule of reach."""
    mine = Q(person__in={each.person for each in inboxes}) | Q(
        person=None, school__in={each.school for each in inboxes if each.school}
    )
    rows = Notice.objects.as_system("how many wait for whoever is given").filter(mine, read_at=None)
    waiting: list[Mapping[str, Any]] = list(
        rows.order_by().values("person", "role", "school", "student").annotate(n=Count("pk"))
    )
    return [_count(each, [row for row in waiting if each.takes(row)]) for each in inboxes]


def _count(inbox: Inbox, rows: Sequence[Mapping[str, Any]]) -> int:
    about = {row["student"] for row in rows if row["student"]}
    read = {None, *inbox.students().filter(pk__in=about).values_list("pk", flat=True)} if about else {None}
    return sum(row["n"] for row in rows if row["student"] in read)
