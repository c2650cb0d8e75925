"""What the home pages show, per role. Each is a fixed number of questions to the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.foundation.notices.models import Notice
from liangshi.foundation.notices.queries import notices_for
from liangshi.practice.growth import queries as growth
from liangshi.practice.growth.choices import GoalState
from liangshi.practice.growth.models import Goal, Shine, SubjectChoice
from liangshi.practice.matching.models import Round
from liangshi.practice.matching.queries import Published, published_placements
from liangshi.practice.relations.queries.absences import caretakers
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.queries import active, class_of, staff, students
from liangshi.registry.mentorships.choices import POLICY_CAP
from liangshi.registry.mentorships.models import MentorProfile, Mentorship
from liangshi.registry.mentorships.queries import live_extra
from liangshi.registry.people.actions import GONE
from liangshi.registry.people.choices import StudentState
from liangshi.registry.people.models import Staff, Student


@dataclass(frozen=True, slots=True)
class Mine:
    """One student (oneself, or a child), the mentors he has today, and the round that gave him the primary one."""

    student: Any
    group: str
    bonds: tuple[Mentorship, ...]
    published: Published | None = None
    caretaker: Staff | None = None

    @property
    def gone(self) -> str:
        """「转出」, 「毕业」, 「退学」, or "" for a student of the school."""
        return str(StudentState(self.student.state).label) if self.student.state in GONE else ""


def own_students(actor: Actor) -> list[Mine]:
    """The student himself, or a guardian's children, each with class, mentors, why these, and who stands in. Four questions."""
    rows = list(students(actor))
    bonds: dict[UUID, list[Mentorship]] = {row.pk: [] for row in rows}
    held = Mentorship.objects.filter(span_at(today()), student__in=rows).select_related(
        "mentor__person", "mentor__profile"
    )
    for bond in held.order_by("-kind", "starts_on"):
        bonds[bond.student_id].append(bond)
    given = {each.student.pk: each for each in published_placements(actor)}
    care = caretakers(bond.pk for held in bonds.values() for bond in held)
    mine = []
    for row in rows:
        why = given.get(row.pk)
        still = why and any(bond.mentor_id == why.mentor.pk for bond in bonds[row.pk])
        standing_in = next((care[bond.pk] for bond in bonds[row.pk] if bond.pk in care), None)
        mine.append(Mine(row, class_of(row), tuple(bonds[row.pk]), why if still else None, standing_in))
    return mine


@dataclass(frozen=True, slots=True)
class Growing:
    """What a student finds of himself on his home page."""

    portrait_empty: bool
    goals: tuple[Goal, ...]
    choice: SubjectChoice | None
    may_choose: bool
    shines: tuple[Shine, ...]


def growing(actor: Actor, student: Student) -> Growing:
    """A student's own portrait, open goals, subjects, and the latest shining moments that are for his eyes."""
    portrait = growth.portrait_for(actor, student)
    window = growth.window_of(student)
    return Growing(
        portrait is None or portrait.empty,
        tuple(growth.goals_of(actor, student.pk).filter(state=GoalState.OPEN)),
        growth.choice_of(student),
        window is not None and window.is_open,
        tuple(growth.shines_of(actor, student.pk)[:3]),
    )


def rounds_behind(actor: Actor) -> list[Round]:
    """The published rounds that gave the actor's students their mentors, newest first."""
    rounds = {each.round.pk: each.round for each in published_placements(actor)}
    return sorted(rounds.values(), key=lambda row: row.created_at, reverse=True)


def by_class(rows: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Students (in order of class) under the names of their classes."""
    return [(name, list(group)) for name, group in groupby(rows, key=class_of)]


def in_care(actor: Actor) -> list[Any]:
    """A mentor's mentees, or the students of a 班主任's classes."""
    return list(active(students(actor)))


def own_post(actor: Actor) -> Staff | None:
    return Staff.objects.filter(pk=actor.staff_id).select_related("person", "school").first()


@dataclass(frozen=True, slots=True)
class Places:
    """A mentor's places: how many students he has, how many he may have, and why it may be more than 15."""

    taken: int
    quota: int
    extra: int

    @property
    def all(self) -> int:
        return self.quota + self.extra


def places(actor: Actor) -> Places:
    row = (
        Staff.objects.filter(pk=actor.staff_id)
        .annotate(extra=live_extra(actor.staff_id, today()))
        .values_list("places__taken", "places__quota", "extra")
        .first()
    )
    taken, quota, extra = row or (None, None, 0)
    return Places(taken or 0, POLICY_CAP if quota is None else quota, extra)


def has_introduction(actor: Actor) -> bool:
    return MentorProfile.objects.filter(staff=actor.staff_id).exclude(intro="").exists()


def unread(actor: Actor) -> list[Notice]:
    rows = notices_for(person=actor.person_id, school=actor.school_id, role=actor.role.value)
    return list(rows.filter(read_at__isnull=True)[:3])


def colleagues(actor: Actor) -> int:
    """How many staff the school has on its books."""
    return staff(actor).count()
