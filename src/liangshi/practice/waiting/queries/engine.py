"""A mentor for each student who waits: last wishes if any, then a teacher of the class, then an even load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.pairing import feasibility
from liangshi.pairing.certify import certify
from liangshi.pairing.problem import Aim, Mentor, Problem
from liangshi.pairing.problem import Student as EngineStudent
from liangshi.pairing.wishes import InfeasibleError, solve
from liangshi.practice.matching.queries.history import LastWishes, last_wishes
from liangshi.practice.waiting.queries.students import Waiting
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.queries import Place
from liangshi.registry.people.queries import teachers_of


@dataclass(frozen=True, slots=True)
class Proposal:
    """Staff by student, or the sentences that say why not everybody can have a place."""

    chosen: Mapping[UUID, UUID] = field(default_factory=dict)
    obstacles: tuple[str, ...] = ()


def propose(rows: Sequence[Waiting], mentors: Sequence[Place], school_id: UUID) -> Proposal:
    """A proposal for all rows at once. Nothing is written. Raises RuntimeError when it is not certified."""
    if not rows:
        return Proposal()
    if not mentors:
        return Proposal({}, ("学校还没有可以任导师的老师，请先导入教职工名册。",))
    problem = problem_for(rows, mentors, school_id)
    try:
        result = solve(problem, Aim.SUM)
    except InfeasibleError:
        return Proposal({}, tuple(each.message for each in feasibility.check(problem)))
    if not certify(problem, result, canonical=True).holds:
        raise RuntimeError("a proposal for students who wait was not certified")
    staff = {place.staff.staff_no: place.staff.pk for place in mentors}
    students = {row.student.pk.hex: row.student.pk for row in rows}
    return Proposal({students[student]: staff[mentor] for student, mentor in result.pairs})


def problem_for(rows: Sequence[Waiting], mentors: Sequence[Place], school_id: UUID) -> Problem:
    day = today()
    keys = [row.student.pk for row in rows]
    teaching = teachers_of({row.group.pk for row in rows if row.group}, day)
    family, earlier = barred_of(keys, day), last_wishes(keys)
    number = {place.staff.pk: place.staff.staff_no for place in mentors}
    average = sum(place.taken for place in mentors) / len(mentors)
    light = {place.staff.staff_no for place in mentors if place.taken <= average}

    def student(row: Waiting) -> EngineStudent:
        key = row.student.pk
        said = earlier.get(key, LastWishes())
        banned = {number[each] for each in said.avoid | family[key] if each in number}
        near = teaching.get(row.group.pk, set()) if row.group else set()
        own = {number[each] for each in near if each in number} - banned
        groups = (own, light - own - banned)
        return EngineStudent(
            key.hex,
            tuple(number[each] for each in said.wishes if each in number and number[each] not in banned),
            frozenset(banned),
            tuple(tuple(sorted(group)) for group in groups if group),
            f"{row.student} {row.class_name}",
        )

    return Problem(
        tuple(student(row) for row in rows),
        tuple(Mentor(place.staff.staff_no, 0, place.free, place.staff.person.name) for place in mentors),
        f"assign:{school_id}:{day}",
    )
