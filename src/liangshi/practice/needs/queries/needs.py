"""Needs as an actor may see them, what is still open in them, and who could cover it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from liangshi.foundation.base.clock import today
from liangshi.foundation.base.guard import GuardedQuerySet
from liangshi.foundation.base.models import span_at
from liangshi.practice.needs.choices import NEED_LIVE, NEED_OPEN, NeedState
from liangshi.practice.needs.models import Need, NeedStrategy
from liangshi.practice.needs.policy import NEED_DECIDE, NEED_MANAGE, NEED_READ
from liangshi.registry.access.actor import Actor
from liangshi.registry.access.policy import Permission
from liangshi.registry.mentorships.choices import MAX_CO_MENTEES, Kind
from liangshi.registry.mentorships.models import Mentorship
from liangshi.registry.mentorships.queries import pool
from liangshi.registry.people.choices import GONE
from liangshi.registry.people.models import OPEN, Staff, Student, StudentSpan
from liangshi.registry.people.queries import classes_of
from liangshi.registry.schools.choices import Strategy


def _strategies(found: GuardedQuerySet[Need]) -> Prefetch[Any]:
    rows = NeedStrategy.objects.of(need=found).select_related("suggested__person", "bond__mentor__person")
    return Prefetch("strategies", rows)


def needs(actor: Actor, permission: Permission[Need] = NEED_READ) -> QuerySet[Need]:
    """The needs that the actor may read, those to be reviewed first on top."""
    found = Need.objects.seen_by(actor, permission)
    return (
        found.select_related("student__person", "student__school", "asked_by", "decided_by")
        .prefetch_related(_strategies(found))
        .opening("category")
    )


def need_for(actor: Actor, pk: UUID, permission: Permission[Need] = NEED_READ) -> Need | None:
    return needs(actor, permission).filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Listed:
    """A need in a list: the class it belongs to, and whether its day of review has come."""

    need: Need
    group: str
    due: bool

    @property
    def wanted(self) -> str:
        """「学业辅导 · 周敏老师、生活指导 · 待配」."""
        return "、".join(f"{line} · {holder(line)}" for line in self.need.strategies.all())


def holder(line: NeedStrategy) -> str:
    """Who covers a strategy, who is to cover it, or that nobody does."""
    if line.met and line.bond:
        return str(line.bond.mentor)
    return f"拟请{line.suggested}" if line.suggested else "待配"


def listed(rows: Iterable[Need]) -> list[Listed]:
    """Needs with their students' classes. One question more, however many."""
    rows = list(rows)
    groups = classes_of([row.student_id for row in rows], today())
    return [
        Listed(
            row,
            groups[row.student_id].name() if row.student_id in groups else "未分班",
            row.state in NEED_LIVE and row.review_on <= today(),
        )
        for row in rows
    ]


def bonds_of(student: Student) -> list[Mentorship]:
    """The student's primary mentor and co-mentors now, the primary first."""
    held = Mentorship.objects.of(student=student).filter(OPEN)
    held = held.select_related("mentor__person", "student__person")
    return sorted(held, key=lambda row: (row.kind != Kind.PRIMARY, row.starts_on))


def live_needs_of(students: Collection[UUID]) -> QuerySet[Need]:
    """What is proposed or goes on for these students."""
    rows = Need.objects.as_system("what ends or is settled with a relation, and how many that are")
    return rows.filter(student__in=students, state__in=sorted(NEED_LIVE)).select_related("student")


def unmet(found: GuardedQuerySet[Need]) -> list[NeedStrategy]:
    """The strategies that these needs ask for where they are approved, and that nobody covers now."""
    return list(
        NeedStrategy.objects.of(need=found)
        .filter(Q(bond__isnull=True) | Q(bond__ends_on__isnull=False), need__state__in=sorted(NEED_OPEN))
        .select_related("need__student__person", "suggested__person", "bond")
        .order_by("need__review_on", "need__created_at", "strategy")
    )


def unmet_in(school_id: UUID) -> list[NeedStrategy]:
    """Those of a whole school, for what its office is told."""
    return unmet(Need.objects.as_system("what the office is told").filter(student__school=school_id))


def suggestible(actor: Actor) -> list[NeedStrategy]:
    """Those of the needs that the actor manages."""
    return unmet(Need.objects.seen_by(actor, NEED_MANAGE))


def to_grant(actor: Actor) -> list[NeedStrategy]:
    """What the office has chosen somebody for, and the actor decides."""
    return [line for line in unmet(Need.objects.seen_by(actor, NEED_DECIDE)) if line.suggested_id]


@dataclass(frozen=True, slots=True)
class CoTeacher:
    """Somebody who may become a co-mentor: for which strategies, and how many more students he can take."""

    staff: Staff
    strategies: frozenset[str]
    free: int

    def line(self, strategy: str) -> str:
        """Who he is, for a list of those who could cover a strategy."""
        said = "" if strategy in self.strategies else "没有勾选这一方面"
        parts = (str(self.staff), self.staff.subject, f"还能协同 {self.free} 名", said)
        return " · ".join(part for part in parts if part)


def co_teachers(school_id: UUID, day: dt.date) -> list[CoTeacher]:
    """The mentors of a school with what they are good at; psychology teachers count for 心理疏导 always."""
    rows = (
        pool(school_id, day)
        .select_related("person", "profile")
        .annotate(
            accompanied=Count(
                "mentorships", filter=Q(mentorships__ends_on__isnull=True, mentorships__kind=Kind.CO)
            )
        )
        .order_by("staff_no")
    )
    return [CoTeacher(row, _good_at(row), max(0, MAX_CO_MENTEES - row.accompanied)) for row in rows]


def _good_at(staff: Staff) -> frozenset[str]:
    profile = getattr(staff, "profile", None)
    said = set(profile.good_at) if profile else set()
    if staff.counsels:
        said.add(Strategy.XL)
    return frozenset(said & set(Strategy.values))


def choosable(
    line: NeedStrategy, teachers: Iterable[CoTeacher], held: Mapping[UUID, Collection[UUID]]
) -> list[CoTeacher]:
    """The mentors with places whom the student has not yet, those who said that they are good at it first."""
    free = [row for row in teachers if row.free and row.staff.pk not in held.get(line.need.student_id, ())]
    return sorted(free, key=lambda row: line.strategy not in row.strategies)


def taken_by(students: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """The mentors of either kind whom each student has now: none of them is given once more."""
    held: dict[UUID, set[UUID]] = {}
    bonds = Mentorship.objects.as_system("who is not given to a student once more")
    pairs = bonds.filter(OPEN, student__in=list(students)).values_list("student_id", "mentor_id")
    for student, mentor in pairs:
        held.setdefault(student, set()).add(mentor)
    return held


def vacated() -> list[Need]:
    """Needs that count as 已配备 although a co-mentor has gone."""
    gone = NeedStrategy.objects.filter(Q(bond__isnull=True) | Q(bond__ends_on__isnull=False))
    rows = Need.objects.filter(state=NeedState.STAFFED, pk__in=gone.values("need_id"))
    return list(rows.select_related("student__person"))


def needs_of_gone(day: dt.date) -> list[tuple[Need, dt.date]]:
    """Live needs of students who have left their school, with the day they left."""
    spans = StudentSpan.objects.filter(span_at(day), state__in=sorted(GONE))
    left = dict(spans.values_list("student_id", "starts_on"))
    rows = Need.objects.filter(state__in=sorted(NEED_LIVE), student__in=left).select_related(
        "student__person"
    )
    return [(row, left[row.student_id]) for row in rows]


def due_for_review(day: dt.date) -> dict[UUID, int]:
    """How many needs are to be reviewed, by school."""
    rows = Need.objects.filter(state__in=sorted(NEED_OPEN), review_on__lte=day).order_by()
    return dict(rows.values_list("student__school_id").annotate(number=Count("pk")))
