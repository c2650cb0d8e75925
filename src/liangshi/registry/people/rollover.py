"""People at the change of the year: who graduates leaves standing, class and clubs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from liangshi.foundation.audit.actions import Doer
from liangshi.registry.people.actions import graduate
from liangshi.registry.people.models import OPEN, ClubMember, Enrolment, GuardianLink, StudentSpan
from liangshi.registry.schools.rollover import Entry, Leavers, Part, take_part


def graduates_of(entries: Collection[Entry]) -> set[UUID]:
    """Those whom a rollover made graduates."""
    return {UUID(row.new["student_id"]) for row in entries if row.model is StudentSpan and row.old is None}


def _end(leavers: Leavers, actor: Doer) -> None:
    note = f"{leavers.year} 学年结转"
    graduate(leavers.students, on=leavers.on, note=note, actor=actor, chain=leavers.chain)


def _in_the_way(entries: Collection[Entry]) -> Iterator[str]:
    """Whoever has a class again."""
    places = Enrolment.objects.filter(OPEN, student__in=graduates_of(entries))
    for place in places.select_related("student__person"):
        yield str(place.student)


take_part(
    "registry.people",
    Part(
        of_students={StudentSpan: "student", Enrolment: "student", ClubMember: "student"},
        stays={GuardianLink: "whose child has graduated is still his guardian"},
        end=_end,
        in_the_way=_in_the_way,
    ),
)
