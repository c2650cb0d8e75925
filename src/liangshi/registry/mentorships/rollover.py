"""Mentorships at the change of the year: bonds, interim care and exemptions of those who graduate end.

Places are given back by number, not from the journal, because they go on changing for other reasons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from django.db.models import Count, F, Q

from liangshi.foundation.audit.actions import Doer
from liangshi.foundation.base.clock import today
from liangshi.registry.mentorships import fit
from liangshi.registry.mentorships.actions import end_many
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.choices import EndReason, Kind
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Exemption, Interim, MentorPlaces, Mentorship
from liangshi.registry.people.choices import LEFT
from liangshi.registry.people.models import OPEN
from liangshi.registry.people.rollover import graduates_of
from liangshi.registry.schools.rollover import Entry, Leavers, Part, RowKey, take_part


def _ends(students: Collection[UUID]) -> Mapping[str, int]:
    """Beside the primary bonds, of which a rehearsal tells more."""
    bonds = Mentorship.objects.as_system("how many end with the year")
    held = bonds.filter(OPEN, student__in=students).aggregate(
        co=Count("pk", filter=Q(kind=Kind.CO), distinct=True),
        care=Count(
            "interims", filter=Q(interims__isnull=False, interims__ends_on__isnull=True), distinct=True
        ),
    )
    return {"结束的协同": held["co"], "结束的代管": held["care"]}


def _end(leavers: Leavers, actor: Doer) -> None:
    end_many(leavers.students, on=leavers.on, reason=EndReason.YEAR_OVER, actor=actor, chain=leavers.chain)


def _reopened(entries: Collection[Entry]) -> list[tuple[Mentorship, int | None]]:
    """The bonds that are to go on, each with the seat it had: only primary ones had one."""
    seats = {
        row.key: row.old.get("seat")
        for row in entries
        if row.model is Mentorship and row.old and row.old.get("ends_on", 0) is None
    }
    rows = Mentorship.objects.filter(pk__in=seats).select_related("mentor__person")
    return [(bond, seats[str(bond.pk)]) for bond in rows]


def _in_the_way(entries: Collection[Entry]) -> Iterator[str]:
    """Whoever has a mentor again, and seats that others have taken."""
    reopened = _reopened(entries)
    students = {bond.student_id for bond, _ in reopened} | graduates_of(entries)
    for other in Mentorship.objects.filter(OPEN, student__in=students).select_related("student__person"):
        yield str(other.student)
    wanted = {(bond.mentor_id, seat) for bond, seat in reopened if seat}
    held = Mentorship.objects.filter(ACTIVE_PRIMARY, mentor__in={mentor for mentor, _ in wanted})
    for bond in held.select_related("mentor__person", "student__person"):
        if (bond.mentor_id, bond.seat) in wanted:
            yield f"{bond.mentor}的名额已经给了{bond.student}"
    yield from _nobody_there(entries)


def _nobody_there(entries: Collection[Entry]) -> Iterator[str]:
    """Mentors who have gone meanwhile, or are away and nobody who is at work would stand in for them; and co-mentors who
    have gone."""
    bonds = _reopened(entries)
    cares = {care.mentorship_id: care.caretaker_id for care in _reopened_cares(entries)}
    away = fit.unfit({bond.mentor_id for bond, _ in bonds} | set(cares.values()), fit.Part.CARETAKER, today())
    for bond, seat in bonds:
        covered = bond.pk in cares and cares[bond.pk] not in away
        if bond.mentor.state in LEFT or (seat and bond.mentor_id in away and not covered):
            yield f"{bond.mentor}现在不在岗"


def _put_back(entries: Collection[Entry]) -> set[RowKey]:
    """Nobody is given back to whom he has named meanwhile, nor to a parent, nor to a caretaker who is away: what would,
    stays ended, without a word."""
    reopened, cares = _reopened(entries), _reopened_cares(entries)
    students = {bond.student_id for bond, _ in reopened} | {care.mentorship.student_id for care in cares}
    barred = barred_of(students, today())
    apart = {bond.pk for bond, _ in reopened if bond.mentor_id in barred[bond.student_id]}
    places = Counter(bond.mentor_id for bond, seat in reopened if seat and bond.pk not in apart)
    for mentor, number in places.items():
        MentorPlaces.objects.filter(staff=mentor).update(taken=F("taken") + number)
    idle = fit.unfit({care.caretaker_id for care in cares}, fit.Part.CARETAKER, today())
    ended = {
        care.pk
        for care in cares
        if care.mentorship_id in apart or care.caretaker_id in barred[care.mentorship.student_id] | idle
    }
    return {(Mentorship, str(key)) for key in apart} | {(Interim, str(key)) for key in ended}


def _reopened_cares(entries: Collection[Entry]) -> list[Interim]:
    keys = [
        row.key for row in entries if row.model is Interim and row.old and row.old.get("ends_on", 0) is None
    ]
    return list(Interim.objects.filter(pk__in=keys).select_related("mentorship"))


take_part(
    "registry.mentorships",
    Part(
        of_students={Mentorship: "student", Exemption: "student", Interim: "mentorship__student"},
        end=_end,
        ends=_ends,
        in_the_way=_in_the_way,
        put_back=_put_back,
    ),
)
