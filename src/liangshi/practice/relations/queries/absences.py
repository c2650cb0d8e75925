"""Mentors who are away, who looks after their students, and the proposal of who succeeds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.models import span_at
from liangshi.pairing.problem import Result
from liangshi.practice.relations.choices import AWAY_NOW, STATE_IN_THE_END, AbsenceState
from liangshi.practice.relations.models import Absence, Succession
from liangshi.practice.relations.policy import ABSENCE_MANAGE
from liangshi.practice.relations.queries.successors import (
    Question,
    answer,
    obstacles,
    question,
)
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.care import Near, near
from liangshi.registry.access.permissions import STAFF_READ
from liangshi.registry.mentorships.apart import barred_of
from liangshi.registry.mentorships.choices import Kind
from liangshi.registry.mentorships.fit import Part, fit
from liangshi.registry.mentorships.models import ACTIVE_PRIMARY, Interim, Mentorship
from liangshi.registry.mentorships.queries import Place, places
from liangshi.registry.people.choices import LEFT_FOR_GOOD
from liangshi.registry.people.models import Staff
from liangshi.registry.people.queries import classes_of

NO_PLACES = (
    "所有导师都没有空余名额了。请先调高导师名额，或请校领导批准超额许可，再回来安排接任；"
    "这期间学生由临时负责人照看。"
)


def absences(actor: Actor) -> QuerySet[Absence]:
    """The school's absences, newest first, with `mentees`: how many students are still his."""
    bond = Q(staff__mentorships__ends_on__isnull=True, staff__mentorships__kind=Kind.PRIMARY)
    return (
        Absence.objects.seen_by(actor, ABSENCE_MANAGE)
        .select_related("staff__person", "staff__school")
        .annotate(mentees=Count("staff__mentorships", filter=bond))
    )


def absence_for(actor: Actor, pk: UUID) -> Absence | None:
    return absences(actor).filter(pk=pk).first()


def may_return(row: Absence) -> bool:
    """Whether 返岗 can be registered: he has not left for good, and is not away for another reason by now."""
    if row.state == AbsenceState.SUCCEEDED:
        other = Absence.objects.of(staff=row.staff).filter(state__in=AWAY_NOW).exists()
        return row.kind not in STATE_IN_THE_END and not other
    return row.state in AWAY_NOW


def passed(row: Absence) -> QuerySet[Succession]:
    """The students of the absence who have a successor."""
    found = Succession.objects.of(absence=row).filter(successor__isnull=False)
    return found.select_related("mentorship__student__person", "successor__person")


def may_leave(actor: Actor) -> QuerySet[Staff]:
    """The staff of the school whose absence can be registered: at work, or away without a registration."""
    held = Absence.objects.filter(state__in=AWAY_NOW)
    return (
        Staff.objects.seen_by(actor, STAFF_READ)
        .exclude(state__in=LEFT_FOR_GOOD)
        .exclude(pk__in=held.values("staff"))
        .select_related("person")
        .order_by("staff_no")
    )


def may_care(actor: Actor) -> QuerySet[Staff]:
    """Who of the school can look after somebody's students."""
    able = fit(Staff.objects.seen_by(actor, STAFF_READ), Part.CARETAKER, today())
    return able.select_related("person").order_by("staff_no")


def bonds_of(staff: Staff) -> list[Mentorship]:
    """His present primary mentorships, in the order of the students' names."""
    return list(
        Mentorship.objects.of(mentor=staff)
        .filter(ACTIVE_PRIMARY)
        .select_related("student__person", "mentor__person")
        .order_by("student__person__search", "pk")
    )


def in_care_of(staff: Staff) -> list[Mentorship]:
    """Mentorships of others whose students he looks after now."""
    held = Interim.objects.filter(span_at(today()), caretaker=staff).values("mentorship")
    return list(
        Mentorship.objects.as_system("whom he looks after for others")
        .filter(ACTIVE_PRIMARY, pk__in=held)
        .select_related("student__person", "mentor__person")
    )


def caretakers(bond_ids: Iterable[UUID]) -> dict[UUID, Staff]:
    """Mentorship → who looks after the student today."""
    care = Interim.objects.as_system("who looks after a student meanwhile")
    held = care.filter(span_at(today()), mentorship__in=list(bond_ids))
    return {row.mentorship_id: row.caretaker for row in held.select_related("caretaker__person")}


def caretakers_of(bonds: Sequence[Mentorship], leaver: Staff, deputy: Staff | None) -> dict[UUID, Staff]:
    """Mentorship → who looks after the student from now on: the deputy, as long as the student may be given him; else
    the 年级组长 of the student's grade, else his 班主任. Of whom nobody may look after, there is none.

    A mentor who is back in charge of his own student, or is his only grade head, does not cover for himself.
    """
    students = [bond.student_id for bond in bonds]
    barred, groups = barred_of(students, today()), classes_of(students, today())
    usual = near(groups, leaver.school_id, today())
    found: dict[UUID, Staff] = {}
    for bond in bonds:
        beside = usual.get(bond.student_id, Near())
        not_he = {leaver.pk, bond.mentor_id}
        able = [each for each in (beside.head, beside.adviser) if each and each.pk not in not_he]
        given = deputy if deputy and deputy.pk not in barred[bond.student_id] | not_he else None
        if who := given or next(iter(able), None):
            found[bond.pk] = who
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One student of the proposal: whom he would get and why. `moved` is one whose own mentor stays."""

    bond: Mentorship
    group: str
    successor: Staff
    rank: int | None
    near: bool
    unmet: int
    wished: bool = False
    moved: bool = False

    @property
    def why(self) -> str:
        """For the office: it tells which wish it was."""
        if self.moved:
            return f"为了让每名学生都有去处，从{self.bond.mentor}那里调整过来。"
        if self.rank:
            before = f"排在前面的 {self.unmet} 个志愿没有空位；" if self.unmet else ""
            return f"{before}{self.successor}是第 {self.rank} 志愿。"
        none = "没有填别的志愿；" if self.wished else "没有填过志愿；"
        none = "志愿里的导师都没有空位；" if self.unmet else none
        where = (
            f"{self.successor}任教本班。"
            if self.near
            else f"在有空位的导师中按公开抽签安排到{self.successor}。"
        )
        return none + where

    @property
    def neutral(self) -> str:
        """For leaders, who do not see who wished for whom."""
        if self.moved:
            return self.why
        return f"{self.successor}任教本班。" if self.near else "按最近一次志愿、任教班级和空位统一安排。"


@dataclass(frozen=True, slots=True)
class Plan:
    """A certified proposal for all students of an absence, or what stands in the way of one."""

    asked: Question | None
    lines: tuple[Line, ...] = ()
    choices: tuple[Place, ...] = ()
    obstacles: tuple[str, ...] = ()

    @property
    def commitment(self) -> str:
        return self.asked.commitment if self.asked else ""


def rematch(absence: Absence) -> Plan:
    """Who of the pool succeeds the mentor for each of his students.

    Nobody else moves as long as the free places suffice. Where the avoided mentors leave no way, students of
    other mentors may move too, as few as possible.
    """
    bonds = bonds_of(absence.staff)
    offered = [each for each in places(absence.staff.school_id, today()) if each.staff.pk != absence.staff_id]
    if not bonds:
        return Plan(None, choices=tuple(offered))
    asked = question(bonds, offered)
    if asked is None:
        return Plan(None, obstacles=(NO_PLACES,))
    result = answer(asked)
    if result is None:
        first = asked
        if len(bonds) > sum(each.free for each in offered):
            return Plan(None, obstacles=obstacles(first))
        asked = question(bonds, offered, staying=_staying(offered))
        result = answer(asked) if asked else None
        if asked is None or result is None:
            return Plan(None, obstacles=obstacles(first))
    return Plan(asked, _lines(asked, result, bonds), tuple(each for each in offered if each.free))


def _staying(offered: Sequence[Place]) -> list[Mentorship]:
    return list(
        Mentorship.objects.of(mentor=[each.staff for each in offered])
        .filter(ACTIVE_PRIMARY)
        .select_related("student__person", "mentor__person")
    )


def _lines(asked: Question, result: Result, bonds: Sequence[Mentorship]) -> tuple[Line, ...]:
    """The leaver's students in the order of their names, then whoever else would move."""
    own = {bond.pk for bond in bonds}
    given = dict(result.pairs)
    groups = classes_of((bond.student_id for bond in asked.bonds.values()), today())
    lines = []
    for key, bond in asked.bonds.items():
        staff = asked.staff[given[key]]
        if bond.pk not in own and staff.pk == bond.mentor_id:
            continue
        wished = asked.wished[key]
        rank = wished.index(staff.pk) + 1 if staff.pk in wished else None
        group = groups.get(bond.student_id)
        lines.append(
            Line(
                bond,
                group.name() if group else "未分班",
                staff,
                rank,
                staff.pk in asked.near[key],
                sum(pk != bond.mentor_id for pk in wished[: None if rank is None else rank - 1]),
                wished=bool(wished),
                moved=bond.pk not in own,
            )
        )
    return tuple(
        sorted(lines, key=lambda line: (line.moved, line.bond.student.person.search, str(line.bond.pk)))
    )
