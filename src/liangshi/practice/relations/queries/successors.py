"""Who could take a student over, and the engine's answer to who should.

The question is always the same: some students, the mentors with free places, the wishes of each student's last
round. Teachers of the student's class come first where no wish can be met; the public lottery breaks ties.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.errors import DomainError
from liangshi.pairing import certify, feasibility, lottery, network, wishes
from liangshi.pairing.problem import Aim, Mentor, Problem, Result
from liangshi.pairing.problem import Student as EngineStudent
from liangshi.practice.matching.queries.history import LastWishes, last_wishes
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import Place
from liangshi.registry.people.models import Staff
from liangshi.registry.people.queries import classes_of, teachers_of

log = logging.getLogger(__name__)
# What must hold of any arrangement, also of one that was changed by hand.
ALWAYS = frozenset({certify.PLACED, certify.QUOTAS, certify.BANS, certify.FIGURES, certify.HASHES})


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
    offered: Sequence[Place],
    *,
    places: Callable[[Place], int] = lambda each: each.free,
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
    barred, groups = barred_of(ids, today()), classes_of(ids, today())
    teachers = teachers_of((group.pk for group in groups.values()), today())
    keep = {bond.pk for bond in staying}
    students, wished, near = [], {}, {}
    for n, bond in enumerate(everybody, 1):
        key = f"{n:05d}"
        own = asked.get(bond.student_id, LastWishes())
        present = bond.mentor_id if bond.pk in keep else None
        banned = (barred[bond.student_id] - {present}) | own.avoid
        group = groups.get(bond.student_id)
        wished[key] = own.wishes
        near[key] = frozenset(teachers[group.pk] if group else ())
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
    said = (each.message for each in certificate.violations if each.promise in broken - {certify.QUOTAS})
    return (*(_crowded(asked, given) if certify.QUOTAS in broken else ()), *said)


def _crowded(asked: Question, given: Mapping[str, str]) -> Iterator[str]:
    """Who was given more students than he has room for, as the office understands it."""
    number = Counter(given[student.key] for student in asked.problem.students)
    for mentor in asked.problem.mentors:
        over = number[mentor.key] - mentor.upper
        if over > 0:
            yield (
                f"{asked.staff[mentor.key]}被选了 {number[mentor.key]} 次，名额只排得下 {mentor.upper} 名学生。"
                f"请给其中 {over} 名学生另选一位导师。"
            )


def obstacles(asked: Question) -> tuple[str, ...]:
    return tuple(obstacle.message for obstacle in feasibility.check(asked.problem))


def nearest(bond: Mentorship, offered: Sequence[Place]) -> Staff | None:
    """Whom the engine gives this one student within the usual places, or None."""
    others = [each for each in offered if each.staff.pk != bond.mentor_id]
    asked = question([bond], others, places=lambda each: each.usual)
    result = answer(asked) if asked else None
    return asked.staff[result.pairs[0][1]] if asked and result else None
