"""Who could take a student over, and the engine's answer to who should.

The question is always the same: some students, the mentors with free places, the wishes of each student's last
round. Teachers of the student's class come first where no wish can be met; the public lottery breaks ties.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import OuterRef

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.foundation.base.models import span_at
from liangshi.pairing import certify, feasibility, lottery, network, wishes
from liangshi.pairing.problem import Aim, Mentor, Problem, Result
from liangshi.pairing.problem import Student as EngineStudent
from liangshi.practice.matching.queries import LastWishes, last_wishes
from liangshi.registry.mentorships.choices import POLICY_CAP
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import live_extra, pool
from liangshi.registry.people.models import ClassPost, Enrolment, GuardianLink, Staff
from liangshi.registry.schools.models import ClassGroup

log = logging.getLogger(__name__)
# What must hold of any arrangement, also of one that was changed by hand.
ALWAYS = frozenset({certify.PLACED, certify.QUOTAS, certify.BANS, certify.FIGURES, certify.HASHES})


@dataclass(frozen=True, slots=True)
class Successor:
    """A mentor of the pool. `usual` places are free within his quota, `free` with live exceptions."""

    staff: Staff
    usual: int
    free: int

    @property
    def line(self) -> str:
        """「周敏老师 · 化学 · 余 3」."""
        parts = (str(self.staff), self.staff.subject, f"余 {self.free}")
        return " · ".join(part for part in parts if part)


def successors(school_id: UUID) -> list[Successor]:
    """The mentors of the school who are in the pool today, with their free places. One question."""
    rows = (
        pool(school_id, today())
        .select_related("person", "places", "profile")
        .annotate(extra=live_extra(OuterRef("pk"), today()))
        .order_by("staff_no")
    )
    found = []
    for row in rows:
        places = getattr(row, "places", None)
        left = places.quota - places.taken if places else POLICY_CAP
        found.append(Successor(row, max(0, left), max(0, left + row.extra)))
    return found


def relatives(student_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Student → persons who are his guardians: they are not given to him."""
    links = GuardianLink.objects.filter(span_at(today()), student__in=list(student_ids))
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for student, person in links.values_list("student_id", "person_id"):
        found[student].add(person)
    return found


def places_in_class(student_ids: Iterable[UUID]) -> dict[UUID, Enrolment]:
    """Student → his place in a class today, with class and cohort."""
    held = Enrolment.objects.filter(span_at(today()), student__in=list(student_ids))
    return {row.student_id: row for row in held.select_related("class_group__cohort")}


def teachers_of(groups: Iterable[ClassGroup]) -> dict[UUID, set[UUID]]:
    """Class → its adviser and subject teachers."""
    posts = ClassPost.objects.filter(span_at(today()), class_group__in=list(groups))
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for group, staff in posts.values_list("class_group_id", "staff_id"):
        found[group].add(staff)
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """The engine's problem, and whom its keys mean. `wished` are the staff of the last round, best first."""

    problem: Problem
    bonds: Mapping[str, Mentorship]
    staff: Mapping[str, Staff]
    wished: Mapping[str, tuple[UUID, ...]]
    near: Mapping[str, frozenset[UUID]]

    @property
    def commitment(self) -> str:
        """Fingerprint of students, wishes and places: another one means that something has changed."""
        return lottery.commitment(self.problem)


def question(
    bonds: Sequence[Mentorship],
    offered: Sequence[Successor],
    *,
    places: Callable[[Successor], int] = lambda each: each.free,
    staying: Sequence[Mentorship] = (),
) -> Question | None:
    """Who of `offered` becomes the mentor of each student of `bonds`; None when nobody has a place.

    `staying` are students who have a mentor of the pool and may be moved if it cannot be helped (the engine's
    `present`): as few as possible lose whom they have, and the places they hold count as free.
    """
    room: dict[UUID, int] = {each.staff.pk: places(each) for each in offered}
    for bond in staying:
        room[bond.mentor_id] += 1
    open_ = {each.staff.pk: each.staff for each in offered if room[each.staff.pk]}
    if not open_ or not bonds:
        return None
    everybody = sorted([*bonds, *staying], key=lambda bond: str(bond.student_id))
    ids = [bond.student_id for bond in everybody]
    asked = last_wishes(bond.student_id for bond in bonds)
    kin, seats = relatives(ids), places_in_class(ids)
    teachers = teachers_of({seat.class_group for seat in seats.values()})
    keep = {bond.pk for bond in staying}
    students, wished, near = [], {}, {}
    for n, bond in enumerate(everybody, 1):
        key = f"{n:05d}"
        own = asked.get(bond.student_id, LastWishes())
        banned = {pk for pk, staff in open_.items() if staff.person_id in kin[bond.student_id]} | own.avoid
        present = bond.mentor_id if bond.pk in keep else None
        seat = seats.get(bond.student_id)
        wished[key] = own.wishes
        near[key] = frozenset(teachers[seat.class_group_id] if seat else ())
        students.append(_student(key, bond, own.wishes, banned, near[key], open_, present))
    mentors = [Mentor(staff.staff_no, 0, room[pk], staff.person.name) for pk, staff in open_.items()]
    blank = Problem(tuple(students), tuple(mentors), "")
    seed = lottery.seed(lottery.commitment(blank))
    return Question(
        Problem(blank.students, blank.mentors, seed),
        {student.key: bond for student, bond in zip(students, everybody, strict=True)},
        {staff.staff_no: staff for staff in open_.values()},
        wished,
        near,
    )


def _student(
    key: str,
    bond: Mentorship,
    wanted: Sequence[UUID],
    banned: set[UUID] | frozenset[UUID],
    near: frozenset[UUID],
    open_: Mapping[UUID, Staff],
    present: UUID | None,
) -> EngineStudent:
    codes = {pk: staff.staff_no for pk, staff in open_.items()}
    teachers = tuple(sorted(codes[pk] for pk in near if pk in codes and pk not in banned))
    return EngineStudent(
        key,
        tuple(codes[pk] for pk in wanted if pk in codes and pk not in banned),
        frozenset(codes[pk] for pk in banned if pk in codes),
        (teachers,) if teachers else (),
        bond.student.person.name,
        codes[present] if present else "",
    )


def answer(asked: Question) -> Result | None:
    """The best arrangement, certified; None when there is none. Raises DomainError `not_certified`."""
    try:
        result = wishes.solve(asked.problem, Aim.SUM)
    except wishes.InfeasibleError:
        return None
    certificate = certify.certify(asked.problem, result, canonical=True)
    if not certificate.holds:
        log.error("re-match not certified: %s", certificate.violations)
        raise DomainError("not_certified", "方案没有通过独立核验，因此没有采用。请联系管理员。")
    return result


def checked_by_hand(asked: Question, given: Mapping[str, str]) -> tuple[str, ...]:
    """What does not hold of an arrangement that people have changed: sentences, none when all is well.

    The wishes need not be met best; places, avoided mentors and completeness must hold.
    """
    row = {mentor.key: n for n, mentor in enumerate(asked.problem.mentors)}
    chosen = np.array([row[given[student.key]] for student in asked.problem.students])
    options = network.compile_options(asked.problem)
    result = wishes.report(asked.problem, Aim.SUM, options, chosen)
    certificate = certify.certify(asked.problem, result)
    broken = ALWAYS - set(certificate.kept)
    return tuple(each.message for each in certificate.violations if each.promise in broken)


def obstacles(asked: Question) -> tuple[str, ...]:
    return tuple(obstacle.message for obstacle in feasibility.check(asked.problem))


def nearest(bond: Mentorship, offered: Sequence[Successor]) -> Staff | None:
    """Whom the engine gives this one student within the usual places, or None."""
    others = [each for each in offered if each.staff.pk != bond.mentor_id]
    asked = question([bond], others, places=lambda each: each.usual)
    result = answer(asked) if asked else None
    return asked.staff[result.pairs[0][1]] if asked and result else None
